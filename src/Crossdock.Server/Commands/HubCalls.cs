using System.CommandLine;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Crossdock.Server.Commands;

/// <summary>What the commands exit with. docs/command-line.md lists them.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    internal const int Done = 0;
    /// <summary>It failed, or what was looked at is not well.</summary>
    internal const int Failed = 1;
    /// <summary>The command or what it was given is not understood.</summary>
    internal const int Usage = 2;
    /// <summary>The hub refused it, or there is no such thing; nothing was changed.</summary>
    internal const int Refused = 3;
}

/// <summary>How commands ask a running hub: one way to call it, to print what it answers, and to say why it did not.</summary>
internal static class HubCalls
{
    /// <summary>The options that every command has which asks a hub.</summary>
    internal sealed record Hub(Option<string> Url, Option<string?> Token, Option<bool> Json)
    {
        internal static Hub AddTo(Command command)
        {
            var hub = new Hub(RemoteCommands.Url(), RemoteCommands.Token(), JsonOption());
            command.Add(hub.Json);
            command.Add(hub.Url);
            command.Add(hub.Token);
            return hub;
        }

        /// <summary>Sends one request and prints the answer: as it is with --json, otherwise in words.</summary>
        internal async Task<int> SendAsync(ParseResult parsed, HttpMethod method, string path, object? body, Func<JsonElement, string> words, CancellationToken cancellationToken)
        {
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(Url)!, parsed.GetValue(Token), cancellationToken);
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(JsonSerializer.Serialize(body, Web), Encoding.UTF8, "application/json") };
            if (method != HttpMethod.Get)
            {
                // Should the line break, whoever sends it again by this process does it once.
                request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
            }

            using var answer = await http.SendAsync(request, cancellationToken);
            string said = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                return await RefusedAsync(answer, said);
            }

            if (parsed.GetValue(Json))
            {
                Console.WriteLine(said.Length == 0 ? "{}" : said);
                return ExitCodes.Done;
            }

            using var document = JsonDocument.Parse(said.Length == 0 ? "{}" : said);
            string text = words(document.RootElement);
            if (text.Length > 0)
            {
                Console.WriteLine(text);
            }

            return ExitCodes.Done;
        }
    }

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    /// <summary><c>--json</c>.</summary>
    internal static Option<bool> JsonOption() => new("--json") { Description = "Print the API's answer as it is, for programs" };

    /// <summary>Says why the hub did not do it, in its own words; answers the exit code.</summary>
    internal static async Task<int> RefusedAsync(HttpResponseMessage answer, string said)
    {
        await Console.Error.WriteLineAsync(Words((int)answer.StatusCode, said));
        return CodeOf(answer.StatusCode);
    }

    /// <summary>The exit code for a status that is no success.</summary>
    internal static int CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity or HttpStatusCode.UnsupportedMediaType or HttpStatusCode.RequestEntityTooLarge => ExitCodes.Usage,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed or HttpStatusCode.Gone => ExitCodes.Refused,
        _ => ExitCodes.Failed,
    };

    /// <summary>A problem as people read it: <c>Not found: There is no order with this id. ...</c>, and its errors one a line.</summary>
    internal static string Words(int status, string said)
    {
        try
        {
            using var problem = JsonDocument.Parse(said);
            if (problem.RootElement.ValueKind is JsonValueKind.Object && problem.RootElement.TryGetProperty("title", out var title))
            {
                string detail = problem.RootElement.TryGetProperty("detail", out var more) ? $": {more.GetString()}" : "";
                string errors = problem.RootElement.TryGetProperty("errors", out var list) && list.ValueKind is JsonValueKind.Array ? string.Concat(list.EnumerateArray().Select(one => $"\n  {one}")) : "";
                return $"{title.GetString()}{detail}{errors}";
            }
        }
        catch (JsonException)
        {
            // Something between here and the hub answered.
        }

        return $"The hub answered {status}{(said.Length == 0 ? "." : ": " + said)}";
    }

    /// <summary>A text of a JSON object; empty where it is null or not there.</summary>
    internal static string Text(this JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(one => one.ToString())),
        _ => value.ToString(),
    } : "";

    /// <summary>The moment of a JSON object to the minute in UTC; empty where it is null.</summary>
    internal static string Minute(this JsonElement json, string name) => json.Text(name) is { Length: >= 16 } text ? text[..16].Replace('T', ' ') : "";

    /// <summary>Rows in columns, each as wide as its widest cell; what to do where there are none, and how to see more where there is more.</summary>
    internal static string Table(JsonElement page, string none, params Func<JsonElement, string>[] columns)
    {
        List<string[]> rows = [.. page.GetProperty("items").EnumerateArray().Select(item => Array.ConvertAll(columns, column => column(item).ReplaceLineEndings(" ")))];
        if (rows.Count == 0)
        {
            return none;
        }

        int[] widths = [.. columns.Select((_, place) => rows.Max(row => row[place].Length))];
        string text = string.Join('\n', rows.Select(row => string.Join("  ", row.Select((cell, place) => cell.PadRight(widths[place]))).TrimEnd()));
        return page.Text("next") is { Length: > 0 } next ? $"{text}\nThere is more: --cursor {next}" : text;
    }
}
