using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Crossdock.Server.Commands;

/// <summary><c>backfill CONNECTION --from --to</c>: has a running hub read the orders of a range.</summary>
internal static class BackfillCommand
{
    internal static Command Create()
    {
        var url = RemoteCommands.Url();
        var token = RemoteCommands.Token();
        var connection = new Argument<string>("connection") { Description = "The store's key" };
        var from = new Option<string>("--from") { Description = "Begin, UTC: 2026-01-01 or 2026-01-01T12:00:00Z", Required = true };
        var to = new Option<string?>("--to") { Description = "End, UTC, not included; default now" };
        var deliver = new Option<bool>("--deliver") { Description = "Hand the orders to the store's destinations; otherwise they are history: shown, and sent nowhere" };
        var wait = new Option<bool>("--wait") { Description = "Show how it goes until it is over" };
        var command = new Command("backfill", "Read the orders of a range of time from a shop.") { connection, from, to, deliver, wait, url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(url)!, parsed.GetValue(token), cancellationToken);
            using var content = new StringContent(
                JsonSerializer.Serialize(new { from = parsed.GetValue(from), to = parsed.GetValue(to), deliver = parsed.GetValue(deliver) }), Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync($"/api/v1/connections/{Uri.EscapeDataString(parsed.GetValue(connection)!)}/backfills", content, cancellationToken);
            string body = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                return await HubCalls.RefusedAsync(answer, body);
            }

            using var started = JsonDocument.Parse(body);
            string id = started.RootElement.GetProperty("id").GetString()!;
            if (!parsed.GetValue(wait))
            {
                Console.WriteLine(body);
                return 0;
            }

            return await WaitAsync(http, id, cancellationToken);
        });
        return command;
    }

    private static async Task<int> WaitAsync(HttpClient http, string id, CancellationToken cancellationToken)
    {
        string last = "";
        while (true)
        {
            using var row = JsonDocument.Parse(await http.GetStringAsync($"/api/v1/backfills/{id}", cancellationToken));
            string state = row.RootElement.GetProperty("state").GetString()!, line = Line(row.RootElement);
            if (line != last)
            {
                Console.WriteLine(line);
                last = line;
            }

            if (state is not ("running" or "paused"))
            {
                return state == "done" ? 0 : 1;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>For example <c>running 42.0 %: 4,200 of 10,000 read, 4,100 new, 49.8 a second, 117 s left</c>.</summary>
    internal static string Line(JsonElement row)
    {
        var line = new StringBuilder().Append(CultureInfo.InvariantCulture,
            $"{row.GetProperty("state").GetString()} {row.GetProperty("progress").GetDouble():0.0 %}: {row.GetProperty("read").GetInt64():N0}");
        if (row.GetProperty("total") is { ValueKind: JsonValueKind.Number } total)
        {
            line.Append(CultureInfo.InvariantCulture, $" of {total.GetInt64():N0}");
        }

        line.Append(CultureInfo.InvariantCulture, $" read, {row.GetProperty("new").GetInt64():N0} new");
        if (row.GetProperty("perSecond") is { ValueKind: JsonValueKind.Number } rate)
        {
            line.Append(CultureInfo.InvariantCulture, $", {rate.GetDouble():0.#} a second");
        }

        if (row.GetProperty("secondsLeft") is { ValueKind: JsonValueKind.Number } left)
        {
            line.Append(CultureInfo.InvariantCulture, $", {left.GetInt64():N0} s left");
        }

        return row.GetProperty("error") is { ValueKind: JsonValueKind.String } error ? line.Append(": ").Append(error.GetString()).ToString() : line.ToString();
    }
}
