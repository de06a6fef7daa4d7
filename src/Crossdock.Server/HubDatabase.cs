using Crossdock.Database;
using Npgsql;

namespace Crossdock.Server;

/// <summary>The database of one process: the configured one, or a private one that starts and stops with it.</summary>
public sealed class HubDatabase : IAsyncDisposable
{
    private HubDatabase(NpgsqlDataSource source, KeyedDatabase keyed, PrivatePostgres? own)
    {
        Source = source;
        Keyed = keyed;
        Own = own;
    }

    public NpgsqlDataSource Source { get; }

    /// <summary>For the statements of the main path.</summary>
    public KeyedDatabase Keyed { get; }

    /// <summary>The private server; null with a configured one.</summary>
    public PrivatePostgres? Own { get; }

    /// <summary>Starts or finds it.</summary>
    public static async Task<HubDatabase> OpenAsync(HubSettings settings, CancellationToken cancellationToken)
    {
        var own = string.IsNullOrWhiteSpace(settings.Database) ? await PrivatePostgres.StartAsync(new() { DataFolder = settings.DataFolder }, cancellationToken) : null;
        var connection = Connection(own?.ConnectionString ?? settings.Database!);
        return new(new NpgsqlDataSourceBuilder(connection.ConnectionString).Build(), KeyedDatabase.Open(connection), own);
    }

    /// <summary>Connections to the database that is there already, for commands beside a hub: the configured one, or the private one while somebody runs it. Null when the private one does not run.</summary>
    internal static async Task<NpgsqlDataSource?> JoinAsync(HubSettings settings, CancellationToken cancellationToken)
    {
        string? text = string.IsNullOrWhiteSpace(settings.Database) ? await PrivatePostgresFiles.FindRunningAsync(settings.DataFolder, cancellationToken) : settings.Database;
        if (text is null) return null;
        var connection = Connection(text);
        // A command needs few connections, and none that the next one finds.
        (connection.MaxPoolSize, connection.MaxAutoPrepare, connection.NoResetOnClose) = (4, 0, false);
        connection.ApplicationName = "crossdock command";
        if (!connection.ShouldSerialize("Timeout")) connection.Timeout = 5;
        return new NpgsqlDataSourceBuilder(connection.ConnectionString).Build();
    }

    /// <summary>The connection string with the hub's own choices where the operator made none.</summary>
    internal static NpgsqlConnectionStringBuilder Connection(string text)
    {
        NpgsqlConnectionStringBuilder connection;
        try
        {
            connection = new NpgsqlConnectionStringBuilder(text);
        }
        catch (ArgumentException malformed)
        {
            throw new HubException("Crossdock__Database is not a connection string such as Host=db;Database=crossdock;Username=crossdock;Password=...: " + malformed.Message, malformed);
        }

        // Not ContainsKey: the driver's answers true for every keyword that exists, whether it was set or not.
        if (!connection.ShouldSerialize("Maximum Pool Size")) connection.MaxPoolSize = 60;
        if (!connection.ShouldSerialize("Max Auto Prepare")) connection.MaxAutoPrepare = 60;
        // A batch goes out in two or three pieces instead of a hundred.
        if (!connection.ShouldSerialize("Write Buffer Size")) connection.WriteBufferSize = 256 * 1024;
        // Nobody leaves settings or locks behind on a connection (Migrator and Partitions take back what they set): seven statements less with every use.
        if (!connection.ShouldSerialize("No Reset On Close")) connection.NoResetOnClose = true;
        if (!connection.ShouldSerialize("Include Error Detail")) connection.IncludeErrorDetail = false;      // details may hold a customer's data
        connection.ApplicationName ??= "crossdock";
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        await Keyed.Source.DisposeAsync();
        await Source.DisposeAsync();
        if (Own is not null) await Own.DisposeAsync();
    }
}
