using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Crossdock.Server.Commands;

/// <summary><c>token create|list|revoke</c>: tokens of programs, at a running hub.</summary>
internal static class TokenCommand
{
    internal static Command Create() => new("token", "Tokens of programs: each with what it may do, and no more.") { Make(), List(), Revoke() };

    private static Command Make()
    {
        var url = RemoteCommands.Url();
        var token = RemoteCommands.Token();
        var json = HubCalls.JsonOption();
        var name = new Argument<string>("name") { Description = "Which program has it" };
        var scopes = new Option<string[]>("--scope") { Description = "What it may do: read, analyse, write, configure, administer; several by repeating it. Each includes read", DefaultValueFactory = _ => ["read"] };
        var connections = new Option<string[]>("--connection") { Description = "Key of a connection it is limited to; several by repeating it. Left out: all", DefaultValueFactory = _ => [] };
        var days = new Option<int?>("--days") { Description = "After how many days it runs out; left out: never" };
        var command = new Command("create", "Make a token. It is shown this once.") { name, scopes, connections, days, json, url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(url)!, parsed.GetValue(token), cancellationToken);
            using var content = new StringContent(JsonSerializer.Serialize(new
            {
                name = parsed.GetValue(name),
                scopes = parsed.GetValue(scopes),
                connections = parsed.GetValue(connections),
                expiresAt = parsed.GetValue(days) is { } after ? TimeProvider.System.GetUtcNow().AddDays(after).ToString("O", CultureInfo.InvariantCulture) : null,
            }), Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync("/api/v1/tokens", content, cancellationToken);
            return await ShowAsync(answer, parsed.GetValue(json), made => $"{made.GetProperty("token").GetString()}\n{Line(made.GetProperty("details"))}", cancellationToken);
        });
        return command;
    }

    private static Command List()
    {
        var url = RemoteCommands.Url();
        var token = RemoteCommands.Token();
        var json = HubCalls.JsonOption();
        var command = new Command("list", "All tokens: what each may do, until when, and when it was last used.") { json, url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(url)!, parsed.GetValue(token), cancellationToken);
            using var answer = await http.GetAsync("/api/v1/tokens", cancellationToken);
            return await ShowAsync(answer, parsed.GetValue(json), list => list.GetProperty("items").GetArrayLength() == 0 ? "There is no token yet." : string.Join('\n', list.GetProperty("items").EnumerateArray().Select(Line)), cancellationToken);
        });
        return command;
    }

    private static Command Revoke()
    {
        var url = RemoteCommands.Url();
        var token = RemoteCommands.Token();
        var json = HubCalls.JsonOption();
        var id = new Argument<Guid>("id") { Description = "The token's id, as list shows it" };
        var command = new Command("revoke", "End a token for good.") { id, json, url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(url)!, parsed.GetValue(token), cancellationToken);
            using var answer = await http.DeleteAsync($"/api/v1/tokens/{parsed.GetValue(id)}", cancellationToken);
            return await ShowAsync(answer, parsed.GetValue(json), _ => "Revoked.", cancellationToken);
        });
        return command;
    }

    /// <summary>For example <c>0190...  warehouse  …1f3a  read, write  mine  until 2027-01-31  used never</c>.</summary>
    internal static string Line(JsonElement token)
    {
        string connections = token.GetProperty("connections") is { ValueKind: JsonValueKind.Array } some ? string.Join(", ", some.EnumerateArray().Select(one => one.GetString())) : "all connections";
        string until = token.GetProperty("revokedAt").ValueKind == JsonValueKind.String ? "revoked" : Day(token.GetProperty("expiresAt")) is { } end ? "until " + end : "without end";
        return $"{token.GetProperty("id").GetString()}  {token.GetProperty("name").GetString()}  …{token.GetProperty("ending").GetString()}  {string.Join(", ", token.GetProperty("scopes").EnumerateArray().Select(one => one.GetString()))}  {connections}  {until}  used {Day(token.GetProperty("usedAt")) ?? "never"}";
    }

    private static string? Day(JsonElement time) => time.ValueKind == JsonValueKind.String ? time.GetDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null;

    private static async Task<int> ShowAsync(HttpResponseMessage answer, bool isJson, Func<JsonElement, string> show, CancellationToken cancellationToken)
    {
        string body = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            return await HubCalls.RefusedAsync(answer, body);
        }

        using var document = JsonDocument.Parse(body.Length == 0 ? "{}" : body);
        Console.WriteLine(isJson ? (body.Length == 0 ? "{}" : body) : show(document.RootElement));
        return 0;
    }
}
