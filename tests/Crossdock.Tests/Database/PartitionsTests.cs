using Crossdock.Database;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Xunit;

namespace Crossdock.Tests.Database;

public sealed class PartitionsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Days_ahead_are_made_old_ones_dropped_and_old_keys_forgotten()
    {
        var clock = new FakeClock();
        using var partitions = new Partitions(database.DataSource, Options.Create(new RetentionOptions { PayloadDays = 3, AttemptDays = 3, KeyDays = 5 }), clock, NullLogger<Partitions>.Instance);
        await partitions.MaintainAsync();
        Assert.Equal(8, await CountAsync("SELECT count(*) FROM pg_class WHERE relname LIKE 'events_2026%' AND relkind = 'r'"));

        Assert.Equal(1, await CountAsync("SELECT count(*) FROM pg_class WHERE relname = 'attempts_20260302'"));

        var old = Guid.CreateVersion7(clock.GetUtcNow());
        await InsertAsync(old);
        Assert.Equal(1, await CountAsync("SELECT count(*) FROM events_20260302"));
        clock.Advance(TimeSpan.FromDays(6));
        await InsertAsync(Guid.CreateVersion7(clock.GetUtcNow()));
        await partitions.MaintainAsync();
        await partitions.MaintainAsync();

        Assert.Equal(1, await CountAsync("SELECT count(*) FROM events"));
        Assert.Equal(0, await CountAsync("SELECT count(*) FROM pg_class WHERE relname = 'events_20260302'"));
        Assert.Equal(0, await CountAsync("SELECT count(*) FROM pg_class WHERE relname = 'attempts_20260302'"));
        Assert.Equal(1, await CountAsync("SELECT count(*) FROM event_keys"));
        Assert.Equal(1, await CountAsync("SELECT count(*) FROM pg_class WHERE relname = 'timeline_20260302'"));
    }

    [Fact]
    public async Task Counts_ended_alerts_and_what_was_done_with_gone_events_are_deleted_by_the_policy()
    {
        await using TestDatabase own = new();
        await own.InitializeAsync();
        var clock = new FakeClock(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));
        await InsertAsync(own, Guid.CreateVersion7(clock.GetUtcNow()));
        await using var fill = own.DataSource.CreateCommand("""
            INSERT INTO statistics SELECT 1, timestamptz '2026-05-31' - n * interval '1 minute', 'received', 1 FROM generate_series(1, 25000) n;
            INSERT INTO statistics VALUES (1, '2026-05-31', 'received', 1);
            INSERT INTO alerts (id, kind, subject, severity, sentence, opened_at, seen_at, ended_at) VALUES
                (gen_random_uuid(), 'webhooks_lost', 'old', 'warning', 'x', '2026-01-01', '2026-01-01', '2026-01-02'),
                (gen_random_uuid(), 'webhooks_lost', 'new', 'warning', 'x', '2026-01-01', '2026-01-01', '2026-05-30'),
                (gen_random_uuid(), 'webhooks_lost', 'open', 'warning', 'x', '2025-01-01', '2025-01-01', NULL);
            INSERT INTO event_actions (id, event_id, at, actor, text) VALUES
                (gen_random_uuid(), gen_random_uuid(), '2026-05-01', 'operator', 'x'), (gen_random_uuid(), gen_random_uuid(), '2026-05-31', 'operator', 'y')
            """);
        await fill.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        using var partitions = new Partitions(own.DataSource, Options.Create(new RetentionOptions { PayloadDays = 10, StatisticDays = 2, AlertDays = 30 }), clock, NullLogger<Partitions>.Instance);
        await partitions.MaintainAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1 + 1440, await CountAsync(own, "SELECT count(*) FROM statistics"));
        Assert.Equal(0, await CountAsync(own, "SELECT count(*) FROM alerts WHERE subject = 'old'"));
        Assert.Equal(2, await CountAsync(own, "SELECT count(*) FROM alerts"));
        Assert.Equal(1, await CountAsync(own, "SELECT count(*) FROM event_actions"));
    }

    [Fact]
    public async Task Backup_that_holds_its_locks_keeps_no_hub_from_starting()
    {
        var clock = new FakeClock();
        clock.Advance(TimeSpan.FromDays(400));
        using var partitions = new Partitions(database.DataSource, Options.Create(new RetentionOptions()), clock, NullLogger<Partitions>.Instance);
        await using (var backup = await database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken))
        await using (var transaction = await backup.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await using var reading = new NpgsqlCommand("LOCK TABLE events_default IN ACCESS SHARE MODE", backup, transaction);
            await reading.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await Assert.ThrowsAsync<PostgresException>(() => partitions.MaintainAsync(TestContext.Current.CancellationToken));
            await partitions.TryMaintainAsync(TestContext.Current.CancellationToken);
        }

        await partitions.TryMaintainAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, await CountAsync($"SELECT count(*) FROM pg_class WHERE relname = 'events_{clock.GetUtcNow():yyyyMMdd}'"));
    }

    [Theory]
    [InlineData(200, true, false)]
    [InlineData(200, false, false)]
    [InlineData(-1, false, false)]
    [InlineData(-1, true, true)]
    public async Task Clock_that_jumped_ahead_drops_nothing(int daysAhead, bool hasNewEvent, bool drops)
    {
        await using TestDatabase own = new();
        await own.InitializeAsync();
        var clock = new FakeClock(TimeProvider.System.GetUtcNow().AddDays(-100));
        using var partitions = new Partitions(own.DataSource, Options.Create(new RetentionOptions()), clock, NullLogger<Partitions>.Instance);
        await partitions.MaintainAsync(TestContext.Current.CancellationToken);
        await InsertAsync(own, Guid.CreateVersion7(clock.GetUtcNow()));
        clock.Set(TimeProvider.System.GetUtcNow().AddDays(daysAhead));
        if (hasNewEvent) await InsertAsync(own, Guid.CreateVersion7(clock.GetUtcNow()));
        await partitions.MaintainAsync(TestContext.Current.CancellationToken);

        await using var count = own.DataSource.CreateCommand("SELECT count(*) FROM events");
        Assert.Equal((hasNewEvent ? 2L : 1L) - (drops ? 1 : 0), await count.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        await using var keys = own.DataSource.CreateCommand("SELECT count(*) FROM event_keys");
        Assert.Equal(hasNewEvent ? 2L : 1L, await keys.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    private Task InsertAsync(Guid id) => InsertAsync(database, id);

    private static async Task InsertAsync(TestDatabase database, Guid id)
    {
        await using var command = database.DataSource.CreateCommand("""
            INSERT INTO events (id, connection_id, topic, dedupe_key, received_at, source, headers, body) VALUES ($1, 1, 't', 'd', now(), 'webhook', '', '');
            """);
        command.Parameters.Add(new() { Value = id });
        await command.ExecuteNonQueryAsync();
        await using var key = database.DataSource.CreateCommand("INSERT INTO event_keys (connection_id, key_hash, event_id) VALUES (1, gen_random_uuid(), $1)");
        key.Parameters.Add(new() { Value = id });
        await key.ExecuteNonQueryAsync();
    }

    private Task<long> CountAsync(string sql) => CountAsync(database, sql);

    private static async Task<long> CountAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
