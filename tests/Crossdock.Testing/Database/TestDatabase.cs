using Npgsql;
using Xunit;

namespace Crossdock.Testing.Database;

/// <summary>A migrated database of a test class's own: <c>class FooTests(TestDatabase database) : IClassFixture&lt;TestDatabase&gt;</c>.</summary>
public sealed class TestDatabase : IAsyncLifetime
{
    private NpgsqlDataSource? dataSource;

    /// <summary>How to connect.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>Connections to it.</summary>
    public NpgsqlDataSource DataSource => dataSource ?? throw new InvalidOperationException("the fixture is not initialised yet");

    public async ValueTask InitializeAsync()
    {
        ConnectionString = await (await PostgresServer.GetAsync()).CreateDatabaseAsync();
        dataSource = new NpgsqlDataSourceBuilder(new NpgsqlConnectionStringBuilder(ConnectionString) { MaxPoolSize = 20, MaxAutoPrepare = 60, NoResetOnClose = true }.ConnectionString).Build();
    }

    public async ValueTask DisposeAsync()
    {
        if (dataSource is null) return;
        await dataSource.DisposeAsync();
        await (await PostgresServer.GetAsync()).DropDatabaseAsync(ConnectionString);
    }
}
