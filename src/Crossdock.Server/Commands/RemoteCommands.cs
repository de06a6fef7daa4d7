using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;
using Crossdock.Accounts;

namespace Crossdock.Server.Commands;

/// <summary>What concerns a running hub goes through its API: <c>apply</c>, <c>export</c>, <c>events replay</c>.</summary>
internal static class RemoteCommands
{
    internal static Option<string> Url() => new("--url") { Description = "The hub's address", DefaultValueFactory = _ => "http://localhost:8080" };

    internal static Option<string?> Token() => new("--token") { Description = "The API token; default Crossdock__AdminToken, then the token file in the data folder" };

    internal static Command Apply()
    {
        var url = Url();
        var token = Token();
        var file = new Option<string>("--file", "-f") { Description = "The YAML file; - for standard input", Required = true };
        var prune = new Option<bool>("--prune") { Description = "Delete connections that the file does not name; refused while they have unfinished work" };
        var force = new Option<bool>("--force") { Description = "With --prune: delete them all the same; what waits for them becomes dead letters" };
        var command = new Command("apply", "Put a configuration file in force, as a whole or not at all.") { file, prune, force, url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string name = parsed.GetValue(file)!;
            string yaml = name == "-" ? await Console.In.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(name, cancellationToken);
            using var content = new StringContent(EnvironmentText.Fill(yaml), Encoding.UTF8, "application/yaml");
            return await CallAsync(HttpMethod.Post, parsed.GetValue(url)!, $"/api/v1/configuration?prune={(parsed.GetValue(prune) ? "true" : "false")}&force={(parsed.GetValue(force) ? "true" : "false")}", parsed.GetValue(token), content, cancellationToken);
        });
        return command;
    }

    internal static Command Export()
    {
        var url = Url();
        var token = Token();
        var command = new Command("export", "Write the configuration in force as YAML, without secrets.") { url, token };
        command.SetAction((parsed, cancellationToken) =>
            CallAsync(HttpMethod.Get, parsed.GetValue(url)!, "/api/v1/configuration", parsed.GetValue(token), null, cancellationToken));
        return command;
    }

    internal static Command Events()
    {
        var url = Url();
        var token = Token();
        var id = new Argument<Guid>("id") { Description = "The event's id" };
        var replay = new Command("replay", "Process a stored payload again.") { id, url, token };
        replay.SetAction((parsed, cancellationToken) =>
            CallAsync(HttpMethod.Post, parsed.GetValue(url)!, $"/api/v1/events/{parsed.GetValue(id)}/replay", parsed.GetValue(token), null, cancellationToken));
        return new Command("events", "Received events.") { replay };
    }

    /// <summary>A client for a hub's API, signed in.</summary>
    internal static async Task<HttpClient> HubAsync(string url, string? token, CancellationToken cancellationToken)
    {
        var settings = CommandLine.Settings();
        string file = Path.Combine(settings.DataFolder, FirstToken.FileName);
        string secret = token ?? (string.IsNullOrWhiteSpace(settings.AdminToken) ? null : settings.AdminToken)
            ?? (File.Exists(file) ? (await File.ReadAllTextAsync(file, cancellationToken)).Trim()
                : throw new HubException($"No token: give --token, set Crossdock__AdminToken, or run where the token file {file} is."));
        return new HttpClient
        {
            BaseAddress = new Uri(url.TrimEnd('/') + "/"),
            Timeout = TimeSpan.FromSeconds(100),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", secret) },
        };
    }

    private static async Task<int> CallAsync(HttpMethod method, string url, string path, string? token, HttpContent? content, CancellationToken cancellationToken)
    {
        using var http = await HubAsync(url, token, cancellationToken);
        using var request = new HttpRequestMessage(method, new Uri(url.TrimEnd('/') + path)) { Content = content };
        using var answer = await http.SendAsync(request, cancellationToken);
        string body = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (answer.IsSuccessStatusCode)
        {
            if (body.Length > 0) Console.WriteLine(body.TrimEnd());
            return 0;
        }
        return await HubCalls.RefusedAsync(answer, body);
    }
}
