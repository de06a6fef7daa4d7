using Crossdock.Database;
using Crossdock.Testing.Database;
using Npgsql;
using Xunit;

namespace Crossdock.Tests.Database;

public sealed class KeyedDatabaseTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    // PostgreSQL knows nothing of a table that was just made: with few rows in it, reading it whole looks cheap, and a plan that is kept would go on doing so when it has grown.
    [Fact]
    public async Task Plans_go_by_keys_before_anything_is_known_of_the_tables()
    {
        await using var keyed = KeyedDatabase.Open(new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxAutoPrepare = 20 }).Source;
        for (int use = 0; use < 3; use++)      // a connection that is used again keeps its settings
        {
            await using var explain = keyed.CreateCommand("EXPLAIN UPDATE orders o SET number = k.number FROM unnest(ARRAY['a'], ARRAY['1']) AS k (external_id, number) WHERE o.external_id = k.external_id AND o.connection_id = 1");
            await using var reader = await explain.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            List<string> plan = [];
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            {
                plan.Add(reader.GetString(0));
            }

            Assert.Contains(plan, line => line.Contains("Index Cond", StringComparison.Ordinal));
            Assert.DoesNotContain(plan, line => line.Contains("Seq Scan on orders", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Statements_are_prepared_and_planned_once()
    {
        await using var keyed = KeyedDatabase.Open(new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = 1, MaxAutoPrepare = 20 }).Source;
        for (int use = 0; use < 4; use++)
        {
            await using var ask = keyed.CreateCommand("SELECT count(*) FROM inbox WHERE id = ANY($1)");
            ask.Parameters.Add(new() { Value = new[] { Guid.Empty } });
            await ask.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        }

        await using var prepared = keyed.CreateCommand("SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%FROM inbox WHERE id = ANY%' AND statement NOT LIKE '%pg_prepared%'");
        await using var reader = await prepared.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        Assert.True(await reader.ReadAsync(TestContext.Current.CancellationToken), "the statement was not prepared");
        Assert.True(reader.GetInt64(0) >= 2, "its plan was not kept");
        Assert.Equal(0L, reader.GetInt64(1));
    }

    [Fact]
    public async Task Nothing_is_kept_in_the_session_where_a_pooler_shares_it()
    {
        await using var keyed = KeyedDatabase.Open(new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxAutoPrepare = 0 }).Source;
        await using var ask = keyed.CreateCommand("SHOW enable_seqscan");
        Assert.Equal("on", await ask.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }
}
