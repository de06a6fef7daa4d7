using Crossdock.Database;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Npgsql;
using Xunit;

namespace Crossdock.Tests.Database;

public sealed class MigratorTests : IAsyncLifetime
{
    private static readonly Migration One = new(1, "one", "CREATE TABLE one (n int);");
    private static readonly Migration Two = new(2, "two", "CREATE TABLE two (n int);");
    private NpgsqlDataSource database = null!;
    private string connectionString = "";

    public async ValueTask InitializeAsync()
    {
        connectionString = await (await PostgresServer.GetAsync()).CreateEmptyDatabaseAsync();
        database = NpgsqlDataSource.Create(connectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        await (await PostgresServer.GetAsync()).DropDatabaseAsync(connectionString);
    }

    private Migrator With(params Migration[] migrations) => new(database, new FakeClock(), migrations);

    [Fact]
    public async Task Empty_database_is_refused_with_the_command_that_mends_it_and_accepted_afterwards()
    {
        var migrator = new Migrator(database, new FakeClock());
        Assert.Contains("./crossdock migrate", await migrator.CheckAsync(), StringComparison.Ordinal);
        Assert.Equal(Migrator.Embedded().Select(one => one.FullName), await migrator.MigrateAsync());
        Assert.Null(await migrator.CheckAsync());
        Assert.Empty(await migrator.MigrateAsync());
    }

    [Fact]
    public async Task Nodes_that_migrate_at_the_same_moment_apply_each_step_once()
    {
        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => With(One, Two).MigrateAsync()));
        Assert.Equal(["0001_one", "0002_two"], applied.SelectMany(names => names).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Older_changed_and_newer_schemas_are_told_apart()
    {
        await With(One).MigrateAsync();
        Assert.Contains("older than this version", await With(One, Two).CheckAsync(), StringComparison.Ordinal);
        Assert.Contains("changed after it was applied", await With(One with { Sql = "CREATE TABLE one (n bigint);" }).CheckAsync(), StringComparison.Ordinal);
        await With(One, Two).MigrateAsync();
        Assert.Contains("newer than this version", await With(One).CheckAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failing_step_leaves_nothing_of_itself_and_all_of_those_before()
    {
        await Assert.ThrowsAsync<PostgresException>(() => With(One, Two with { Sql = "CREATE TABLE two (n int); SELECT 1/0;" }).MigrateAsync());
        Assert.Equal(["0002_two"], await With(One, Two).MigrateAsync());
    }
}
