using System.CommandLine;
using System.Text.Json;

namespace Crossdock.Server.Commands;

/// <summary><c>webhooks</c>: the user's own systems that a running hub tells what happens.</summary>
internal static class WebhooksCommand
{
    internal static Command Create() => new("webhooks", "Your own systems, told what happens: signed, once each, and again until they take it.")
    {
        HubCommand.List("All webhooks.", "/api/v1/webhooks", [], "There is no webhook yet. Make one: ./crossdock webhooks create NAME URL", row => row.Text("id"), row => row.Text("name"), row => row.Text("url"),
            row => row.Text("types") is { Length: > 0 } types ? types : "everything", Standing),
        Make(), Switch("enable", "Switch one on; what waits is told now.", true), Switch("disable", "Switch one off.", false),
        HubCommand.One("secret", "Give one a new secret, shown this once; the former one signs as well for a while.", id => $"/api/v1/webhooks/{id}/secret", reply => reply.Text("secret"), HttpMethod.Post),
        Test(), Events(),
        HubCommand.One("delete", "Delete one with its log.", id => $"/api/v1/webhooks/{id}", _ => "Deleted.", HttpMethod.Delete),
        Replay(),
    };

    private static string Standing(JsonElement row) => !row.GetProperty("enabled").GetBoolean() ? $"off: {row.Text("disabledBecause")}"
        : row.Text("failingSince").Length > 0 ? $"fails since {row.Minute("failingSince")}" : row.Text("waiting") is not "0" ? $"{row.Text("waiting")} waiting" : "well";

    private static Command Make()
    {
        var name = new Argument<string>("name") { Description = "Whose system it tells" };
        var address = new Argument<string>("url") { Description = "The address that is called, https://" };
        var events = new Option<string[]>("--event") { Description = "What it is told, for example order.created; several by repeating it. Left out: everything", DefaultValueFactory = _ => [] };
        var connections = new Option<string[]>("--connection") { Description = "Key of a connection it is limited to; several by repeating it. Left out: all", DefaultValueFactory = _ => [] };
        var command = new Command("create", "Make one. Its secret is shown this once.") { name, address, events, connections };
        var hub = HubCalls.Hub.AddTo(command);
        command.SetAction((parsed, cancellationToken) => hub.SendAsync(parsed, HttpMethod.Post, "/api/v1/webhooks",
            new { name = parsed.GetValue(name), url = parsed.GetValue(address), types = parsed.GetValue(events), connections = parsed.GetValue(connections) },
            reply => $"{reply.GetProperty("webhook").Text("id")}\n{reply.Text("secret")}   (shown this once: put it where the calls are checked)", cancellationToken));
        return command;
    }

    private static Command Switch(string name, string description, bool isOn)
    {
        var id = HubCommand.Id();
        var command = new Command(name, description) { id };
        var hub = HubCalls.Hub.AddTo(command);
        command.SetAction((parsed, cancellationToken) => hub.SendAsync(parsed, HttpMethod.Patch, $"/api/v1/webhooks/{parsed.GetValue(id)}", new { enabled = isOn }, row => $"{row.Text("name")} is {(isOn ? "on" : "off")}.", cancellationToken));
        return command;
    }

    private static Command Test()
    {
        var id = HubCommand.Id();
        var command = new Command("test", "Send a test now and say what came back. Ends with 1 when it was not taken.") { id };
        var hub = HubCalls.Hub.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            bool isTaken = true;
            int code = await hub.SendAsync(parsed, HttpMethod.Post, $"/api/v1/webhooks/{parsed.GetValue(id)}/test", null, test =>
            {
                isTaken = test.GetProperty("isTaken").GetBoolean();
                return isTaken ? $"Taken: HTTP {test.Text("status")} after {test.Text("elapsedMs")} ms." : $"Not taken: {test.Text("because")} {test.Text("answer")}".TrimEnd();
            }, cancellationToken);
            return code == ExitCodes.Done && !isTaken ? ExitCodes.Failed : code;
        });
        return command;
    }

    private static Command Events()
    {
        var id = HubCommand.Id();
        var state = new Option<string?>("--state") { Description = "Only waiting, delivered or failed ones" };
        var limit = new Option<int?>("--limit") { Description = "How many at most, 1 to 500; default 50" };
        var cursor = new Option<string?>("--cursor") { Description = "Where the list before ended, as it said" };
        var command = new Command("events", "What one was told or is to be told, newest first.") { id, state, limit, cursor };
        var hub = HubCalls.Hub.AddTo(command);
        command.SetAction((parsed, cancellationToken) => hub.SendAsync(parsed, HttpMethod.Get,
            $"/api/v1/webhooks/{parsed.GetValue(id)}/events" + HubCommand.Query([("state", parsed.GetValue(state)), ("limit", parsed.GetValue(limit)?.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("cursor", parsed.GetValue(cursor))]), null,
            page => HubCalls.Table(page, "Nothing was told yet. Try it: ./crossdock webhooks test ID", one => one.Text("id"), one => one.Text("type"), one => one.Text("connection"), one => one.Minute("at"), one => one.Text("state"), one => $"{one.Text("attempts")} attempts", one => one.Text("lastError")), cancellationToken));
        return command;
    }

    private static Command Replay()
    {
        var id = HubCommand.Id();
        var one = new Option<Guid?>("--event") { Description = "Only the event with this id" };
        var from = new Option<string?>("--from") { Description = "What happened at or after, UTC: 2026-03-01" };
        var to = new Option<string?>("--to") { Description = "What happened before; default now" };
        var state = new Option<string?>("--state") { Description = "Only delivered or failed ones" };
        var command = new Command("replay", "Tell one event, or what happened in a range, again with the same ids.") { id, one, from, to, state };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(one) is null) == (result.GetValue(from) is null))
            {
                result.AddError("Say what to tell again: --event ID, or --from with --to.");
            }
        });
        var hub = HubCalls.Hub.AddTo(command);
        command.SetAction((parsed, cancellationToken) => parsed.GetValue(one) is { } single
            ? hub.SendAsync(parsed, HttpMethod.Post, $"/api/v1/webhooks/{parsed.GetValue(id)}/events/{single}/replay", null, _ => "It is told again now.", cancellationToken)
            : hub.SendAsync(parsed, HttpMethod.Post, $"/api/v1/webhooks/{parsed.GetValue(id)}/replay", new { from = parsed.GetValue(from), to = parsed.GetValue(to), state = parsed.GetValue(state) }, done => $"{done.Text("count")} told again now.", cancellationToken));
        return command;
    }
}
