using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Crossdock.Server.Commands;

/// <summary><c>completeness [CONNECTION]</c> and <c>reconcile CONNECTION</c>: how complete a running hub's stores are, and comparing them now.</summary>
internal static class CompletenessCommands
{
    internal static Command Completeness()
    {
        var url = RemoteCommands.Url();
        var token = RemoteCommands.Token();
        var connection = new Argument<string?>("connection") { Description = "The store's key; all stores when left out", Arity = ArgumentArity.ZeroOrOne };
        var from = new Option<string?>("--from") { Description = "First day in the store's time zone: 2026-03-01; default 14 days ago" };
        var to = new Option<string?>("--to") { Description = "Last day, included; default today" };
        var json = new Option<bool>("--json") { Description = "The API's answer as it is" };
        var command = new Command("completeness", "What stores list and what is here of it, day by day.") { connection, from, to, json, url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string path = parsed.GetValue(connection) is { } key ? $"/api/v1/connections/{Uri.EscapeDataString(key)}/completeness" : "/api/v1/completeness";
            string query = string.Join('&', new[] { ("from", parsed.GetValue(from)), ("to", parsed.GetValue(to)) }.Where(pair => pair.Item2 is not null).Select(pair => $"{pair.Item1}={Uri.EscapeDataString(pair.Item2!)}"));
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(url)!, parsed.GetValue(token), cancellationToken);
            using var answer = await http.GetAsync($"{path}?{query}", cancellationToken);
            string body = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                return await HubCalls.RefusedAsync(answer, body);
            }

            if (parsed.GetValue(json))
            {
                Console.WriteLine(body);
                return 0;
            }

            using var document = JsonDocument.Parse(body);
            Console.Write(Told(document.RootElement.TryGetProperty("items", out var items) ? [.. items.EnumerateArray()] : [document.RootElement]));
            return 0;
        });
        return command;
    }

    internal static Command Reconcile()
    {
        var url = RemoteCommands.Url();
        var token = RemoteCommands.Token();
        var connection = new Argument<string>("connection") { Description = "The store's key" };
        var from = new Option<string?>("--from") { Description = "First day in the store's time zone: 2026-03-01; default the last one" };
        var to = new Option<string?>("--to") { Description = "Last day, included; default today" };
        var command = new Command("reconcile", "Compare days of a store now; what is missing is fetched.") { connection, from, to, url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(url)!, parsed.GetValue(token), cancellationToken);
            using var content = new StringContent(JsonSerializer.Serialize(new { from = parsed.GetValue(from), to = parsed.GetValue(to) }), Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync($"/api/v1/connections/{Uri.EscapeDataString(parsed.GetValue(connection)!)}/reconcile", content, cancellationToken);
            string body = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                return await HubCalls.RefusedAsync(answer, body);
            }

            Console.WriteLine(body);
            return 0;
        });
        return command;
    }

    /// <summary>A store a block, a day a line: <c>2026-03-02   12,431 of 12,431</c>.</summary>
    internal static string Told(IEnumerable<JsonElement> stores)
    {
        var text = new StringBuilder();
        foreach (var store in stores)
        {
            text.Append(CultureInfo.InvariantCulture, $"{store.GetProperty("name").GetString()} ({store.GetProperty("connection").GetString()}, {store.GetProperty("zone").GetString()})\n");
            if (store.GetProperty("problem") is { ValueKind: JsonValueKind.String } problem)
            {
                text.Append(CultureInfo.InvariantCulture, $"  cannot be compared: {problem.GetString()}\n");
            }

            foreach (var day in store.GetProperty("days").EnumerateArray())
            {
                var more = new (string Name, string Words)[] { ("missing", "missing"), ("differing", "out of date"), ("waiting", "on their way"), ("parked", "not understood"), ("healed", "fetched by comparing") }
                    .Where(part => day.GetProperty(part.Name).GetInt64() > 0).Select(part => string.Create(CultureInfo.InvariantCulture, $"{day.GetProperty(part.Name).GetInt64():N0} {part.Words}"));
                string notes = string.Join(", ", more.Concat(day.GetProperty("isWhole").GetBoolean() ? [] : ["so far"]));
                text.Append(CultureInfo.InvariantCulture, $"  {day.GetProperty("day").GetString()}   {day.GetProperty("here").GetInt64():N0} of {day.GetProperty("listed").GetInt64():N0}{(notes.Length > 0 ? $"   {notes}" : "")}\n");
            }
        }

        return text.Length > 0 ? text.ToString() : "There is no store whose orders can be read.\n";
    }
}
