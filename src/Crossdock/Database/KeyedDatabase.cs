using Npgsql;

namespace Crossdock.Database;

/// <summary>The same database, by connections of their own, for the few statements that run for every batch and reach their rows by keys alone.
/// Their plans are made once per connection, go by indexes whatever the statistics of a young table say, and no connection is reset between two uses: nothing here may leave a session's state behind.</summary>
/// <param name="source">The connections.</param>
public sealed class KeyedDatabase(NpgsqlDataSource source)
{
    private const string Settings = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off";

    /// <summary>The connections.</summary>
    public NpgsqlDataSource Source => source;

    /// <summary>Connections of their own.</summary>
    /// <param name="connection">How to connect; how many connections there may be at most stands for these alone.</param>
    public static KeyedDatabase Open(NpgsqlConnectionStringBuilder connection)
    {
        if (connection.MaxAutoPrepare == 0)
        {
            // A pooler shares the server's sessions out by transaction: nothing is kept in them.
            return new KeyedDatabase(NpgsqlDataSource.Create(connection));
        }

        NpgsqlDataSourceBuilder builder = new(new NpgsqlConnectionStringBuilder(connection.ConnectionString) { NoResetOnClose = true, AutoPrepareMinUsages = 2 }.ConnectionString);
        builder.UsePhysicalConnectionInitializer(
            opened =>
            {
                using NpgsqlCommand settings = new(Settings, opened);
                settings.ExecuteNonQuery();
            },
            async opened =>
            {
                await using NpgsqlCommand settings = new(Settings, opened);
                await settings.ExecuteNonQueryAsync();
            });
        return new KeyedDatabase(builder.Build());
    }
}
