using System.CommandLine;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Crossdock.Server.Commands;

/// <summary><c>replay start|show|differences|apply|stop|resume</c>: has a running hub try stored events under today's or other rules, and apply what is chosen.</summary>
internal static class ReplayCommand
{
    internal static Command Create() => new("replay", "Try stored events under today's connectors and other rules; nothing is sent. Then apply what is chosen.")
    {
        Start(), Show(), Differences(), Apply(), Move("stop", "Stop a replay where it is."), Move("resume", "Let a stopped replay go on where it was."),
    };

    private static Command Start()
    {
        var (url, token, json) = Common();
        var connections = new Argument<string[]>("connections") { Description = "The stores' keys; none for all", Arity = ArgumentArity.ZeroOrMore };
        var from = new Option<string>("--from") { Description = "Begin by the events' arrival, UTC: 2026-11-01 or 2026-11-01T12:00:00Z", Required = true };
        var to = new Option<string?>("--to") { Description = "End, UTC, not included; default now" };
        var rules = new Option<string?>("--rules") { Description = "YAML file with the list of rules of the one store, tried before they are in force; - for standard input" };
        var because = Because();
        var wait = new Option<bool>("--wait") { Description = "Show how it goes until the trial is over" };
        var command = new Command("start", "Try the stored events of a window.") { connections, from, to, rules, because, wait, json, url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(url)!, parsed.GetValue(token), cancellationToken);
            string? file = parsed.GetValue(rules);
            string? text = file is null ? null : file == "-" ? await Console.In.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(file, cancellationToken);
            var row = await SendAsync(http, "replays", new { from = parsed.GetValue(from), to = parsed.GetValue(to), connections = parsed.GetValue(connections), rules = text, because = parsed.GetValue(because) }, cancellationToken);
            return row is null ? 1 : parsed.GetValue(wait)
                ? await WaitAsync(http, row["id"]!.ToString(), parsed.GetValue(json), "state", Line, cancellationToken)
                : Print(row, parsed.GetValue(json), Line);
        });
        return command;
    }

    private static Command Show()
    {
        var (url, token, json) = Common();
        var id = Id();
        var wait = new Option<bool>("--wait") { Description = "Show how it goes until the trial is over" };
        var command = new Command("show", "How far a replay is, and how many orders would be different.") { id, wait, json, url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(url)!, parsed.GetValue(token), cancellationToken);
            if (parsed.GetValue(wait))
            {
                return await WaitAsync(http, parsed.GetValue(id).ToString(), parsed.GetValue(json), "state", Line, cancellationToken);
            }

            return await GetAsync(http, $"replays/{parsed.GetValue(id)}", cancellationToken) is { } row ? Print(row, parsed.GetValue(json), Line) : 1;
        });
        return command;
    }

    private static Command Differences()
    {
        var (url, token, json) = Common();
        var id = Id();
        var kind = new Option<string?>("--kind") { Description = "Only this kind of difference: excluded, included, state, held, released, lines, packages, deliveries, fields, new_order, not_understood, not_kept" };
        var limit = new Option<int>("--limit") { Description = "How many orders at most", DefaultValueFactory = _ => 50 };
        var command = new Command("differences", "The orders that would be different, before and after.") { id, kind, limit, json, url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(url)!, parsed.GetValue(token), cancellationToken);
            string? cursor = null;
            for (int left = parsed.GetValue(limit); left > 0;)
            {
                string path = string.Create(CultureInfo.InvariantCulture, $"replays/{parsed.GetValue(id)}/differences?limit={Math.Min(left, 500)}");
                path += (parsed.GetValue(kind) is { } only ? $"&kind={Uri.EscapeDataString(only)}" : "") + (cursor is null ? "" : $"&cursor={cursor}");
                if (await GetAsync(http, path, cancellationToken) is not { } page)
                {
                    return 1;
                }

                foreach (var one in page["items"]!.AsArray())
                {
                    Print(one!, parsed.GetValue(json), Order);
                    left--;
                }

                if ((cursor = page["next"]?.ToString()) is null)
                {
                    break;
                }
            }

            return 0;
        });
        return command;
    }

    private static Command Apply()
    {
        var (url, token, json) = Common();
        var id = Id();
        var kinds = new Option<string[]>("--kind") { Description = "Orders with this kind of difference; may be given several times" };
        var orders = new Option<Guid[]>("--order") { Description = "This order, by its id; may be given several times" };
        var all = new Option<bool>("--all") { Description = "All orders that would be different" };
        var shipped = new Option<bool>("--include-shipped") { Description = "Also orders in shipment, delivered or closed" };
        var preview = new Option<bool>("--preview") { Description = "Only tell what would be done" };
        var because = Because();
        var wait = new Option<bool>("--wait") { Description = "Show how it goes until it is over" };
        var command = new Command("apply", "Work the chosen orders again for good.") { id, kinds, orders, all, shipped, preview, because, wait, json, url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(url)!, parsed.GetValue(token), cancellationToken);
            var row = await SendAsync(http, $"replays/{parsed.GetValue(id)}/apply", new
            {
                all = parsed.GetValue(all), kinds = parsed.GetValue(kinds), orders = parsed.GetValue(orders), includeShipped = parsed.GetValue(shipped), preview = parsed.GetValue(preview), because = parsed.GetValue(because),
            }, cancellationToken);
            return row is null ? 1 : parsed.GetValue(preview) ? Print(row, parsed.GetValue(json), Preview)
                : parsed.GetValue(wait) ? await WaitAsync(http, parsed.GetValue(id).ToString(), parsed.GetValue(json), "applications", Application, cancellationToken)
                : Print(row, parsed.GetValue(json), Application);
        });
        return command;
    }

    private static Command Move(string what, string description)
    {
        var (url, token, json) = Common();
        var id = Id();
        var command = new Command(what, description) { id, json, url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(url)!, parsed.GetValue(token), cancellationToken);
            return await SendAsync(http, $"replays/{parsed.GetValue(id)}/{what}", new { }, cancellationToken) is { } row ? Print(row, parsed.GetValue(json), Line) : 1;
        });
        return command;
    }

    /// <summary>For example <c>running 42.0 %: 4,200 of 10,000 events, 4,100 orders, 12 different (excluded 10, held 2), 9,800 a second, 1 s left</c>.</summary>
    internal static string Line(JsonNode row)
    {
        var line = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{row["state"]} {row["progress"]!.GetValue<double>():0.0 %}: {row["read"]!.GetValue<long>():N0}");
        if (row["total"] is { } total)
        {
            line.Append(CultureInfo.InvariantCulture, $" of {total.GetValue<long>():N0}");
        }

        line.Append(CultureInfo.InvariantCulture, $" events, {row["orders"]!.GetValue<long>():N0} orders, {row["different"]!.GetValue<long>():N0} different");
        if (row["counts"] is JsonObject { Count: > 0 } counts)
        {
            line.Append(" (").AppendJoin(", ", counts.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value!.GetValue<long>():N0}"))).Append(')');
        }

        if (row["notKept"]?.GetValue<long>() is > 0 and var gone)
        {
            line.Append(CultureInfo.InvariantCulture, $", {gone:N0} no longer kept");
        }

        if (row["perSecond"] is { } rate)
        {
            line.Append(CultureInfo.InvariantCulture, $", {rate.GetValue<double>():N0} a second");
        }

        if (row["secondsLeft"] is { } left)
        {
            line.Append(CultureInfo.InvariantCulture, $", {left.GetValue<long>():N0} s left");
        }

        return row["error"] is { } error ? line.Append(": ").Append(error).ToString() : line.ToString();
    }

    /// <summary>The last choice that was applied.</summary>
    internal static string Application(JsonNode row)
    {
        if (row["applications"]!.AsArray().LastOrDefault() is not { } last)
        {
            return "nothing was applied";
        }

        string line = string.Create(CultureInfo.InvariantCulture, $"{last["state"]}: {last["putBack"]!.GetValue<long>():N0} of {last["total"]!.GetValue<long>():N0} put back to be worked, {last["skipped"]!.GetValue<long>():N0} passed over");
        return last["error"] is { } error ? $"{line}: {error}" : line;
    }

    private static string Preview(JsonNode row) => string.Create(CultureInfo.InvariantCulture,
        $"{row["chosen"]} orders chosen: {row["putBack"]} would be worked again ({row["creates"]} deliveries made, {row["updates"]} changed, {row["cancels"]} cancelled); passed over: {row["shipped"]} sent, {row["changed"]} changed since the trial, {row["impossible"]} not possible");

    private static string Order(JsonNode one)
    {
        var line = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{one["connection"]} {one["number"] ?? one["externalId"] ?? one["id"]} [{one["id"]}]: {string.Join(", ", one["kinds"]!.AsArray())}");
        if (one["stateBefore"]?.ToString() != one["stateAfter"]?.ToString())
        {
            line.Append(CultureInfo.InvariantCulture, $"; {one["stateBefore"] ?? "nothing"} -> {one["stateAfter"] ?? "nothing"}");
        }

        foreach (var field in one["told"]!["fields"]!.AsArray())
        {
            line.AppendLine().Append(CultureInfo.InvariantCulture, $"    {field!["path"]}: {field["before"] ?? "nothing"} -> {field["after"] ?? "nothing"}");
        }

        foreach (string list in (string[])["held", "released", "deliveries", "why"])
        {
            foreach (var sentence in one["told"]![list]!.AsArray())
            {
                line.AppendLine().Append(CultureInfo.InvariantCulture, $"    {list}: {sentence}");
            }
        }

        return one["applied"] is { } applied ? line.AppendLine().Append(CultureInfo.InvariantCulture, $"    {applied} {one["appliedBecause"]}").ToString() : line.ToString();
    }

    private static async Task<int> WaitAsync(HttpClient http, string id, bool asJson, string what, Func<JsonNode, string> line, CancellationToken cancellationToken)
    {
        string last = "";
        while (await GetAsync(http, $"replays/{id}", cancellationToken) is { } row)
        {
            string said = asJson ? row.ToJsonString() : line(row);
            if (said != last)
            {
                Console.WriteLine(last = said);
            }

            string state = what == "state" ? row["state"]!.ToString() : row["applications"]!.AsArray()[^1]!["state"]!.ToString();
            if (state != "running")
            {
                return state == "done" ? 0 : 1;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
        }

        return 1;
    }

    private static int Print(JsonNode row, bool asJson, Func<JsonNode, string> line)
    {
        Console.WriteLine(asJson ? row.ToJsonString() : row["id"] is { } id && line == Line ? $"{id} {line(row)}" : line(row));
        return 0;
    }

    private static async Task<JsonNode?> SendAsync(HttpClient http, string path, object body, CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsJsonAsync(new Uri($"/api/v1/{path}", UriKind.Relative), body, cancellationToken);
        return await ReadAsync(answer, cancellationToken);
    }

    private static async Task<JsonNode?> GetAsync(HttpClient http, string path, CancellationToken cancellationToken)
    {
        using var answer = await http.GetAsync(new Uri($"/api/v1/{path}", UriKind.Relative), cancellationToken);
        return await ReadAsync(answer, cancellationToken);
    }

    private static async Task<JsonNode?> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        string body = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (answer.IsSuccessStatusCode)
        {
            return JsonNode.Parse(body);
        }

        await Console.Error.WriteLineAsync(HubCalls.Words((int)answer.StatusCode, body));
        return null;
    }

    private static (Option<string> Url, Option<string?> Token, Option<bool> Json) Common() => (RemoteCommands.Url(), RemoteCommands.Token(), new("--json") { Description = "Answer as JSON" });

    private static Argument<Guid> Id() => new("id") { Description = "The replay's id" };

    private static Option<string?> Because() => new("--because") { Description = "Why; kept with it" };
}
