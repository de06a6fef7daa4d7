using System.CommandLine;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Crossdock.Server.Commands;

/// <summary><c>import CONNECTION FILE</c>: has a running hub check a CSV or XLSX file and import its orders.</summary>
internal static class ImportCommand
{
    internal static Command Create()
    {
        var url = RemoteCommands.Url();
        var token = RemoteCommands.Token();
        var connection = new Argument<string>("connection") { Description = "The connection's key" };
        var file = new Argument<string>("file") { Description = "A CSV or XLSX file" };
        var goodRows = new Option<bool>("--good-rows-only") { Description = "Leave rows with errors out; otherwise one error refuses the whole file" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only check and show what would be imported" };
        var report = new Option<string?>("--report") { Description = "Write the rows with errors, with their reasons, to this CSV file" };
        var command = new Command("import", "Import orders from a CSV or XLSX file.") { connection, file, goodRows, dryRun, report, url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string name = parsed.GetValue(file)!;
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(url)!, parsed.GetValue(token), cancellationToken);
            await using var content = File.OpenRead(name);
            using var body = new StreamContent(content);
            using var answer = await http.PostAsync($"api/v1/connections/{Uri.EscapeDataString(parsed.GetValue(connection)!)}/imports?file={Uri.EscapeDataString(Path.GetFileName(name))}", body, cancellationToken);
            if (await RefusedAsync(answer, cancellationToken))
            {
                return 1;
            }

            string id = (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("import").GetProperty("id").GetString()!;
            var found = await WaitAsync(http, id, "checking", cancellationToken);
            var import = found.GetProperty("import");
            bool isChecked = import.GetProperty("state").GetString() == "checked";
            foreach (string line in isChecked ? Preview(found) : [import.GetProperty("error").GetString() ?? "The file could not be checked."])
            {
                Console.WriteLine(line);
            }

            if (isChecked && parsed.GetValue(report) is { } to && import.GetProperty("bad").GetInt32() > 0)
            {
                await File.WriteAllBytesAsync(to, await http.GetByteArrayAsync($"api/v1/imports/{id}/report", cancellationToken), cancellationToken);
                Console.WriteLine($"The rows with errors stand in {to}");
            }

            if (!isChecked || parsed.GetValue(dryRun))
            {
                // Nothing is left lying about of a file that was only to be looked at.
                using var given = await http.DeleteAsync($"api/v1/imports/{id}", cancellationToken);
                return isChecked && import.GetProperty("bad").GetInt32() == 0 ? 0 : 1;
            }

            using var start = await http.PostAsJsonAsync($"api/v1/imports/{id}/start", new { goodRowsOnly = parsed.GetValue(goodRows) }, cancellationToken);
            if (await RefusedAsync(start, cancellationToken))
            {
                return 1;
            }

            return (await WaitAsync(http, id, "importing", cancellationToken)).GetProperty("import").GetProperty("state").GetString() == "done" ? 0 : 1;
        });
        return command;
    }

    /// <summary>The counts, and every error as <c>row 7, F7: ...</c>.</summary>
    internal static IEnumerable<string> Preview(JsonElement answer)
    {
        var import = answer.GetProperty("import");
        yield return $"{Count(import, "rows")} rows, {Count(import, "orders")} orders: {Count(import, "good")} good ({Count(import, "new")} new, {Count(import, "updates")} change known orders, {Count(import, "duplicates")} known already), {Count(import, "bad")} with errors";
        var errors = answer.GetProperty("preview").GetProperty("errors");
        foreach (var error in errors.EnumerateArray())
        {
            yield return $"  row {error.GetProperty("row").GetInt32().ToString(CultureInfo.InvariantCulture)}{(error.GetProperty("cell").GetString() is { } cell ? $", {cell}" : "")}: {error.GetProperty("because").GetString()}";
        }

        if (import.GetProperty("errors") is { ValueKind: JsonValueKind.Number } all && all.GetInt32() > errors.GetArrayLength())
        {
            yield return $"  ... and {(all.GetInt32() - errors.GetArrayLength()).ToString(CultureInfo.InvariantCulture)} more; --report FILE writes them all";
        }
    }

    /// <summary>For example <c>importing 42.0 %: 4,200 of 10,000 orders, 1,180 a second, 5 s left</c>.</summary>
    internal static string Line(JsonElement import)
    {
        string state = import.GetProperty("state").GetString()!;
        string line = state == "checking"
            ? $"checking, row {import.GetProperty("doneRow").GetInt32().ToString("N0", CultureInfo.InvariantCulture)}"
            : string.Create(CultureInfo.InvariantCulture, $"{state} {import.GetProperty("progress").GetDouble():0.0 %}: {import.GetProperty("doneOrders").GetInt32():N0} of {Count(import, "orders")} orders, {import.GetProperty("imported").GetInt32():N0} imported, {import.GetProperty("skipped").GetInt32():N0} known already, {import.GetProperty("leftOut").GetInt32():N0} left out");
        line += import.GetProperty("perSecond") is { ValueKind: JsonValueKind.Number } rate ? string.Create(CultureInfo.InvariantCulture, $", {rate.GetDouble():N0} a second") : "";
        line += import.GetProperty("secondsLeft") is { ValueKind: JsonValueKind.Number } left ? string.Create(CultureInfo.InvariantCulture, $", {left.GetInt64():N0} s left") : "";
        return import.GetProperty("error") is { ValueKind: JsonValueKind.String } error ? $"{line}: {error.GetString()}" : line;
    }

    private static string Count(JsonElement import, string name) => import.GetProperty(name) is { ValueKind: JsonValueKind.Number } count ? count.GetInt32().ToString("N0", CultureInfo.InvariantCulture) : "?";

    private static async Task<JsonElement> WaitAsync(HttpClient http, string id, string during, CancellationToken cancellationToken)
    {
        string last = "";
        while (true)
        {
            var answer = await http.GetFromJsonAsync<JsonElement>($"api/v1/imports/{id}", cancellationToken);
            var import = answer.GetProperty("import");
            string line = Line(import);
            bool isOver = import.GetProperty("state").GetString() != during;
            if (line != last && (!isOver || during == "importing"))
            {
                Console.WriteLine(line);
                last = line;
            }

            if (isOver)
            {
                return answer;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellationToken);
        }
    }

    private static async Task<bool> RefusedAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.IsSuccessStatusCode)
        {
            return false;
        }

        string body = await answer.Content.ReadAsStringAsync(cancellationToken);
        string? detail = null;
        try
        {
            detail = JsonDocument.Parse(body).RootElement.GetProperty("detail").GetString();
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Something between us and the hub answered.
        }

        await Console.Error.WriteLineAsync(detail ?? $"The hub answered {(int)answer.StatusCode}: {body}");
        return true;
    }
}
