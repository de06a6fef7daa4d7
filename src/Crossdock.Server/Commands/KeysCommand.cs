using System.CommandLine;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Crossdock.Server.Commands;

/// <summary><c>keys list|rotate</c>: the keys that secrets are encrypted with, at a running hub.</summary>
internal static class KeysCommand
{
    internal static Command Create() => new("keys", "The keys that connections' secrets are encrypted with.") { List(), Rotate() };

    private static Command List()
    {
        var url = RemoteCommands.Url();
        var token = RemoteCommands.Token();
        var command = new Command("list", "All keys: since when, until when, and how many stored secrets each encrypts.") { url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(url)!, parsed.GetValue(token), cancellationToken);
            using var answer = await http.GetAsync("/api/v1/keys", cancellationToken);
            return await ShowAsync(answer, cancellationToken);
        });
        return command;
    }

    private static Command Rotate()
    {
        var url = RemoteCommands.Url();
        var token = RemoteCommands.Token();
        var revoke = new Option<bool>("--revoke") { Description = "Afterwards the former keys open nothing any more, also not what is in older backups: for when somebody may have seen them" };
        var wait = new Option<bool>("--wait") { Description = "Wait until everything is encrypted with the new key" };
        var command = new Command("rotate", "Make a new key and encrypt everything that is stored with it, in the background. Back the keys up afterwards.") { revoke, wait, url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(url)!, parsed.GetValue(token), cancellationToken);
            bool revokes = parsed.GetValue(revoke);
            using var answer = await http.PostAsJsonAsync("/api/v1/keys/rotate", new { revoke = revokes }, cancellationToken);
            if (!answer.IsSuccessStatusCode || !parsed.GetValue(wait))
            {
                return await ShowAsync(answer, cancellationToken);
            }

            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
                var standing = await http.GetFromJsonAsync<JsonElement>("/api/v1/keys", cancellationToken);
                var items = standing.GetProperty("items").EnumerateArray();
                if (standing.GetProperty("left").GetInt32() == 0 && (!revokes || items.All(key => key.GetProperty("isCurrent").GetBoolean() || key.GetProperty("isRevoked").GetBoolean())))
                {
                    Console.WriteLine(Text(standing));
                    return 0;
                }
            }
        });
        return command;
    }

    private static async Task<int> ShowAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        string body = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            await Console.Error.WriteLineAsync($"The hub answered {(int)answer.StatusCode}: {body}");
            return 1;
        }

        using var document = JsonDocument.Parse(body);
        Console.WriteLine(Text(document.RootElement));
        return 0;
    }

    /// <summary>One line for each key, then what is left.</summary>
    internal static string Text(JsonElement standing)
    {
        List<string> lines = [.. standing.GetProperty("items").EnumerateArray().Select(key => string.Create(CultureInfo.InvariantCulture,
            $"{key.GetProperty("id").GetString()}  {Day(key, "createdAt")} to {Day(key, "activeTo")}  {key.GetProperty("secrets").GetInt32()} secrets{(key.GetProperty("isCurrent").GetBoolean() ? "  current" : "")}{(key.GetProperty("isRevoked").GetBoolean() ? "  revoked" : "")}"))];
        string behind = string.Join(", ", standing.GetProperty("behind").EnumerateArray().Select(one => one.GetString()));
        lines.Add(standing.GetProperty("left").GetInt32() is > 0 and var left ? string.Create(CultureInfo.InvariantCulture, $"{left} secrets are still to be encrypted with the current key.") : "Everything is encrypted with the current key.");
        if (behind.Length > 0) lines.Add($"Nodes on {behind} do not know the current key yet: nothing is encrypted anew before they do. Copy the folder keys to them.");
        if (standing.GetProperty("unreadable").GetInt32() is > 0 and var lost) lines.Add(string.Create(CultureInfo.InvariantCulture, $"{lost} secrets cannot be read with these keys: bring the keys back from their backup, or type the secrets again."));
        return string.Join('\n', lines);
    }

    private static string Day(JsonElement key, string name) => key.GetProperty(name).GetDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
