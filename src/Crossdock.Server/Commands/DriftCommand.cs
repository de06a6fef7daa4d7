using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Crossdock.Server.Commands;

/// <summary><c>drift</c>: what changed in stores' documents, and what becomes of it.</summary>
internal static class DriftCommand
{
    internal static Command Create()
    {
        var url = RemoteCommands.Url();
        var token = RemoteCommands.Token();
        var json = HubCalls.JsonOption();
        var connection = new Option<string?>("--connection") { Description = "Only of this store" };
        var all = new Option<bool>("--all") { Description = "Also what was accepted, ignored, worked again or is over" };
        var command = new Command("drift", "List what changed in the documents of stores: new, missing and changed fields, and the orders held for it.") { connection, all, json, url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(url)!, parsed.GetValue(token), cancellationToken);
            string path = parsed.GetValue(connection) is { } key ? $"/api/v1/connections/{Uri.EscapeDataString(key)}/drift" : "/api/v1/drift";
            using var answer = await http.GetAsync(path + (parsed.GetValue(all) ? "?all=true" : ""), cancellationToken);
            string body = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                return await HubCalls.RefusedAsync(answer, body);
            }

            using var rows = JsonDocument.Parse(body);
            var items = rows.RootElement.GetProperty("items");
            Console.WriteLine(parsed.GetValue(json) ? body : items.GetArrayLength() == 0 ? "Nothing changed in any store's documents." : string.Join("\n\n", items.EnumerateArray().Select(Lines)));
            return 0;
        });
        command.Subcommands.Add(Verb("accept", "It is right so: orders held for it go on.", url, token));
        command.Subcommands.Add(Verb("ignore", "Say no more of it; only of what holds no order.", url, token));
        command.Subcommands.Add(Verb("replay", "The connector was mended: work the orders held for it again.", url, token));
        return command;
    }

    /// <summary>For example <c>acme 1a2b3c4d5e6f7081 open, 12 orders held</c> and the sentence below it.</summary>
    internal static string Lines(JsonElement row)
    {
        long held = row.GetProperty("held").GetInt64(), parked = row.GetProperty("parked").GetInt64();
        var lines = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{row.GetProperty("connection").GetString()} {row.GetProperty("id").GetString()} {row.GetProperty("state").GetString()}");
        if (held > 0)
        {
            lines.Append(CultureInfo.InvariantCulture, $", {held:N0} {(held == 1 ? "order" : "orders")} held");
        }

        if (parked > 0)
        {
            lines.Append(CultureInfo.InvariantCulture, $", {parked:N0} {(parked == 1 ? "event" : "events")} parked");
        }

        return lines.Append("\n  ").Append(row.GetProperty("sentence").GetString()).ToString();
    }

    private static Command Verb(string verb, string description, Option<string> url, Option<string?> token)
    {
        var json = HubCalls.JsonOption();
        var connection = new Argument<string>("connection") { Description = "The store's key" };
        var id = new Argument<string>("id") { Description = "The change, as drift lists it" };
        var because = new Option<string?>("--because") { Description = "Why; it is kept with the change and in the orders' timelines" };
        var command = new Command(verb, description) { connection, id, because, json, url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(url)!, parsed.GetValue(token), cancellationToken);
            using var content = new StringContent(JsonSerializer.Serialize(new { because = parsed.GetValue(because) }), Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync($"/api/v1/connections/{Uri.EscapeDataString(parsed.GetValue(connection)!)}/drift/{Uri.EscapeDataString(parsed.GetValue(id)!)}/{verb}", content, cancellationToken);
            string body = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                return await HubCalls.RefusedAsync(answer, body);
            }

            using var done = JsonDocument.Parse(body);
            int orders = done.RootElement.GetProperty("orders").GetInt32();
            Console.WriteLine(parsed.GetValue(json) ? body : verb switch
            {
                "accept" => string.Create(CultureInfo.InvariantCulture, $"Accepted; {orders:N0} {(orders == 1 ? "order goes" : "orders go")} on."),
                "replay" => string.Create(CultureInfo.InvariantCulture, $"{orders:N0} {(orders == 1 ? "order is" : "orders are")} worked again; what is still wrong stays held."),
                _ => "Ignored.",
            });
            return 0;
        });
        return command;
    }
}
