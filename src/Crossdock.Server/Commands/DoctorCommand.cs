using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Crossdock.Database;
using Npgsql;

namespace Crossdock.Server.Commands;

/// <summary><c>doctor</c>: looks at what Crossdock needs and says what is wrong, with the remedy.</summary>
internal static class DoctorCommand
{
    internal static Command Create()
    {
        var data = new Option<string?>("--data") { Description = "The data folder" };
        var url = new Option<string>("--url") { Description = "The hub's address", DefaultValueFactory = _ => "http://localhost:8080" };
        var command = new Command("doctor", "Check what Crossdock needs and say what is wrong.") { data, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = CommandLine.Settings(parsed.GetValue(data));
            int bad = 0;
            foreach (var (what, problem) in await LookAsync(settings, new Uri(parsed.GetValue(url)!), cancellationToken))
            {
                Console.WriteLine(problem is null ? $"ok    {what}" : $"WRONG {what}: {problem}");
                if (problem is not null) bad++;
            }
            Console.WriteLine(bad == 0 ? "Nothing is wrong." : $"{bad} things are wrong.");
            return bad == 0 ? 0 : 1;
        });
        return command;
    }

    private static async Task<List<(string What, string? Problem)>> LookAsync(HubSettings settings, Uri url, CancellationToken cancellationToken)
    {
        var found = new List<(string, string?)>();
        found.Add(Probe("roles", () => settings.RoleSet().Count > 0 ? null : "none"));
        found.Add(Probe($"data folder {Path.GetFullPath(settings.DataFolder)} can be written", () =>
        {
            string file = Path.Combine(Directory.CreateDirectory(settings.DataFolder).FullName, ".doctor");
            File.WriteAllText(file, "");
            File.Delete(file);
            return null;
        }));
        if (string.IsNullOrWhiteSpace(settings.Database))
        {
            var installed = await PostgresBinaries.FindAllAsync(cancellationToken);
            found.Add(Probe(installed.Count == 0 ? "PostgreSQL" : $"PostgreSQL {installed[0].Major} in {installed[0].Folder}", () => PostgresBinaries.Choose(installed, null, settings.DataFolder) is null ? "none" : null));
        }
        else
        {
            found.Add(("the configured database answers and has this version's schema", await DatabaseProblemAsync(settings, cancellationToken)));
        }
        found.Add(($"a hub answers on {url}, or its port is free", await HubProblemAsync(url, cancellationToken)));
        return found;
    }

    private static (string, string?) Probe(string what, Func<string?> look)
    {
        try
        {
            return (what, look());
        }
        catch (Exception failure) when (failure is HubException or PrivatePostgresException or IOException or UnauthorizedAccessException)
        {
            return (what, failure.Message);
        }
    }

    private static async Task<string?> DatabaseProblemAsync(HubSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            await using var database = await HubDatabase.OpenAsync(settings, cancellationToken);
            return await new Migrator(database.Source, TimeProvider.System).CheckAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is HubException or NpgsqlException)
        {
            return failure.Message;
        }
    }

    private static async Task<string?> HubProblemAsync(Uri url, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var answer = await http.GetAsync(new Uri(url, "/health/ready"), cancellationToken);
            string said = await answer.Content.ReadAsStringAsync(cancellationToken);
            return answer.IsSuccessStatusCode && said == "ready" ? null : $"it answered {(int)answer.StatusCode}: {said[..Math.Min(said.Length, 200)]}";
        }
        catch (Exception silent) when (silent is HttpRequestException or OperationCanceledException)
        {
            using var listener = new TcpListener(IPAddress.Loopback, url.Port);
            try
            {
                listener.Start();
                return null;
            }
            catch (SocketException)
            {
                return "something that is not Crossdock listens there";
            }
        }
    }
}
