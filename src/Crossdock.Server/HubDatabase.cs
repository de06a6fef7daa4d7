using Crossdock.Database;
using Npgsql;

namespace Crossdock.Server;

/// <summary>The database of one process: the configured one, or a private one that starts and stops with it.</summary>
public sealed class HubDatabase : IAsyncDisposable
{
    private HubDatabase(NpgsqlDataSource source, PrivatePostgres? own)
    {
        Source = source;
        Own = own;
    }

    public NpgsqlDataSource Source { get; }

    /// <summary>The private server; null with a configured one.</summary>
    public PrivatePostgres? Own { get; }

    /// <summary>Starts or finds it.</summary>
    public static async Task<HubDatabase> OpenAsync(HubSettings settings, CancellationToken cancellationToken)
    {
        var own = string.IsNullOrWhiteSpace(settings.Database) ? await PrivatePostgres.StartAsync(new() { DataFolder = settings.DataFolder }, cancellationToken) : null;
        NpgsqlConnectionStringBuilder connection;
        try
        {
            connection = new NpgsqlConnectionStringBuilder(own?.ConnectionString ?? settings.Database);
        }
        catch (ArgumentException malformed)
        {
            throw new HubException("Crossdock__Database is not a connection string such as Host=db;Database=crossdock;Username=crossdock;Password=...: " + malformed.Message, malformed);
        }
        if (!connection.ContainsKey("Maximum Pool Size")) connection.MaxPoolSize = 60;
        if (!connection.ContainsKey("Max Auto Prepare")) connection.MaxAutoPrepare = 60;
        if (!connection.ContainsKey("Include Error Detail")) connection.IncludeErrorDetail = false;      // details may hold a customer's data
        connection.ApplicationName ??= "crossdock";
        return new(new NpgsqlDataSourceBuilder(connection.ConnectionString).Build(), own);
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        if (Own is not null) await Own.DisposeAsync();
    }
}
