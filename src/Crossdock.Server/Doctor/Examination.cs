using System.Collections;
using System.Net;
using System.Net.Sockets;
using Crossdock.Connectors;
using Crossdock.Database;
using Crossdock.Diagnosis;
using Npgsql;

namespace Crossdock.Server.Doctor;

/// <summary>Everything that <c>doctor</c> looks at, one after the other. Nothing is started or changed.</summary>
/// <param name="settings">Where the hub's data and database are.</param>
/// <param name="environment">The options that are set.</param>
/// <param name="clock">This machine's clock.</param>
/// <param name="limits">From where on something is told; null for the usual.</param>
internal sealed class Examination(HubSettings settings, IDictionary environment, TimeProvider clock, DiagnosisLimits? limits = null)
{
    private readonly DiagnosisLimits limits = limits ?? new();

    /// <param name="url">Where the hub answers, or would.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<IReadOnlyList<Finding>> LookAsync(Uri url, CancellationToken cancellationToken)
    {
        string dataFolder = Path.GetFullPath(settings.DataFolder);
        return
        [
            .. OptionCheck.Look(environment),
            .. await new MachineDiagnosis(dataFolder, limits).LookAsync(cancellationToken),
            await AddressAsync(url, cancellationToken),
            .. await DatabaseAsync(dataFolder, cancellationToken),
        ];
    }

    private async Task<IReadOnlyList<Finding>> DatabaseAsync(string dataFolder, CancellationToken cancellationToken)
    {
        List<Finding> found = [];
        bool isOwn = string.IsNullOrWhiteSpace(settings.Database);
        try
        {
            if (isOwn) found.Add(await InstalledAsync(dataFolder, cancellationToken));
            await using var database = await HubDatabase.JoinAsync(settings, cancellationToken);
            if (database is null)
            {
                found.Add(Finding.Advice("database", "The private PostgreSQL does not run, so that its data could not be looked at.", "It runs while the hub runs: start it (./crossdock serve) and ask again."));
                return found;
            }

            found.AddRange(await new DatabaseDiagnosis(database, clock, limits).LookAsync(cancellationToken));
            if (!found.Exists(one => one is { Check: "schema", State: FindingState.Wrong }))
            {
                found.AddRange(await new WorkDiagnosis(database, BuiltInConnectors.All, dataFolder, clock, limits).LookAsync(cancellationToken));
            }
        }
        catch (HubException wrong)
        {
            found.Add(Finding.Wrong("database", wrong.Message, "Correct Crossdock__Database (docs/operations.md, PostgreSQL)."));
        }
        catch (PostgresException refused)
        {
            found.Add(Finding.Wrong("database", $"The database refuses: {refused.MessageText}.", Remedy(refused.SqlState)));
        }
        catch (Exception silent) when (silent is NpgsqlException or TimeoutException or SocketException)
        {
            found.Add(Finding.Wrong("database", $"The database does not answer: {silent.Message}", isOwn
                ? $"Look into the end of server.log in {Path.Combine(dataFolder, "postgres")}; stop the hub and start it again."
                : "See that the server runs and that host and port in Crossdock__Database are right, that this machine may reach it (firewall), and that it lets it in (listen_addresses, pg_hba.conf)."));
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or PrivatePostgresException or IOException)
        {
            found.Add(Finding.Wrong("database", refused.Message, "Run doctor as the user that runs the hub."));
        }

        return found;
    }

    private static async Task<Finding> InstalledAsync(string dataFolder, CancellationToken cancellationToken)
    {
        var installed = await PostgresBinaries.FindAllAsync(cancellationToken);
        try
        {
            var fitting = PostgresBinaries.Choose(installed, PrivatePostgresFiles.VersionOf(dataFolder), dataFolder);
            return Finding.Good("postgres", $"PostgreSQL {fitting.Major} is installed in {fitting.Folder}.");
        }
        catch (PrivatePostgresException wrong)
        {
            return Finding.Wrong("postgres", wrong.Message, "See the sentence before.");
        }
    }

    private static string Remedy(string state) => state switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => "Correct user name and password in Crossdock__Database.",
        PostgresErrorCodes.InvalidCatalogName => "Make the database (CREATE DATABASE crossdock OWNER ...), or correct its name in Crossdock__Database.",
        PostgresErrorCodes.InsufficientPrivilege => "The user in Crossdock__Database must own the database: ALTER DATABASE ... OWNER TO ....",
        PostgresErrorCodes.TooManyConnections => "Raise max_connections in postgresql.conf, or end programs that hold connections.",
        PostgresErrorCodes.CannotConnectNow => "It is starting or stopping: ask again in a minute.",
        _ => "Look into the server's log.",
    };

    private static async Task<Finding> AddressAsync(Uri url, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var answer = await http.GetAsync(new Uri(url, "/health/ready"), cancellationToken);
            string said = await answer.Content.ReadAsStringAsync(cancellationToken);
            return answer.IsSuccessStatusCode && said == "ready"
                ? Finding.Good("address", $"A hub is ready on {url}.")
                : answer.StatusCode == HttpStatusCode.ServiceUnavailable
                    ? Finding.Wrong("address", $"The hub on {url} is not ready: {Cut(said)}", "See what else is said here of the database; look into the hub's log.")
                    : Finding.Wrong("address", $"What answers on {url} is not Crossdock, or not by itself (HTTP {(int)answer.StatusCode}).", "Stop the other program, give the hub another port (Crossdock__Urls), or say with --url where it is.");
        }
        catch (Exception silent) when (silent is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return Port(url);
        }
    }

    private static Finding Port(Uri url)
    {
        if (!url.IsLoopback) return Finding.Wrong("address", $"Nothing answers on {url}.", "See that the hub runs there and that this machine may reach it.");
        using var listener = new TcpListener(IPAddress.Loopback, url.Port);
        try
        {
            listener.Start();
            return Finding.Good("address", $"No hub runs on {url}, and the port is free.");
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AccessDenied)
        {
            return Finding.Wrong("address", $"This user may not listen on port {url.Port}.", "Use a port from 1024 on behind a reverse proxy, or allow it (AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit).");
        }
        catch (SocketException)
        {
            return Finding.Wrong("address", $"Something that does not answer as Crossdock listens on port {url.Port}.", $"Find it with ss -ltnp 'sport = :{url.Port}' and stop it, or give the hub another port (Crossdock__Urls).");
        }
    }

    private static string Cut(string said) => said.Length > 200 ? said[..200] : said;
}
