using System.Collections;
using Crossdock.Connections;
using Crossdock.Connectors;
using Crossdock.Database;
using Crossdock.Diagnosis;
using Crossdock.Server;
using Crossdock.Server.Doctor;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Xunit;

namespace Crossdock.Tests.Diagnosis;

/// <summary>What doctor says of the database and the work in it. Every fault is made in a database of its own.</summary>
public sealed class DoctorDatabaseTests : IAsyncLifetime
{
    private readonly TestDatabase database = new();
    private readonly string folder = Directory.CreateTempSubdirectory("crossdock-doctor-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Database_that_is_away_refuses_the_password_or_does_not_exist_is_told_with_what_to_mend()
    {
        var right = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        foreach (var (text, remedy) in new[]
        {
            (new NpgsqlConnectionStringBuilder(right.ConnectionString) { Password = "wrong" }.ConnectionString, "password"),
            (new NpgsqlConnectionStringBuilder(right.ConnectionString) { Database = "nowhere" }.ConnectionString, "CREATE DATABASE"),
            ("Host=127.0.0.1;Port=1;Database=crossdock;Username=crossdock", "firewall"),
            ("Hots=127.0.0.1", "Correct Crossdock__Database"),
        })
        {
            var one = Worst(await ExamineAsync(text), "database");
            Assert.Equal(FindingState.Wrong, one.State);
            Assert.Contains(remedy, one.Remedy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Database_without_a_schema_is_told_and_nothing_is_asked_that_needs_one()
    {
        string empty = await (await PostgresServer.GetAsync()).CreateEmptyDatabaseAsync();
        var found = await ExamineAsync(empty);
        Assert.Equal((FindingState.Wrong, "Run ./crossdock migrate with the version of Crossdock that is to run."), (Worst(found, "schema").State, Worst(found, "schema").Remedy));
        Assert.DoesNotContain(found, one => one.Check is "partitions" or "queue");
        await (await PostgresServer.GetAsync()).DropDatabaseAsync(empty);
    }

    [Fact]
    public async Task Settings_by_which_answered_orders_can_be_lost_are_told()
    {
        // The server of the tests runs without fsync: this fault is there from the start.
        var found = await LookAsync();
        Assert.Contains("fsync = off", Worst(found, "durability").Sentence, StringComparison.Ordinal);
        string name = new NpgsqlConnectionStringBuilder(database.ConnectionString).Database!;
        await ExecuteAsync($"ALTER DATABASE {name} SET synchronous_commit = off; ALTER DATABASE {name} SET default_transaction_read_only = on");
        await using var fresh = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        found = await new DatabaseDiagnosis(fresh, TimeProvider.System, new()).LookAsync(Stop);
        Assert.Contains(found, one => one.Check == "durability" && one.Sentence.Contains("synchronous_commit = off", StringComparison.Ordinal));
        Assert.Equal(FindingState.Wrong, Worst(found, "read_only").State);
    }

    [Fact]
    public async Task Clock_that_is_ahead_is_told_by_how_much()
    {
        foreach (var (seconds, state) in new[] { (60, FindingState.Wrong), (-10, FindingState.Advice), (0, FindingState.Good) })
        {
            var found = await new DatabaseDiagnosis(database.DataSource, new FakeClock(TimeProvider.System.GetUtcNow().AddSeconds(seconds)), new()).LookAsync(Stop);
            Assert.Equal(state, Worst(found, "clock").State);
            if (seconds != 0) Assert.Contains(seconds > 0 ? "seconds ahead of" : "seconds behind", Worst(found, "clock").Sentence, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Missing_partitions_and_rows_outside_of_any_are_told()
    {
        Assert.Equal(FindingState.Advice, Worst(await LookAsync(), "partitions").State);
        using var partitions = new Partitions(database.DataSource, Options.Create(new RetentionOptions()), TimeProvider.System, NullLogger<Partitions>.Instance);
        await partitions.MaintainAsync(Stop);
        Assert.Equal(FindingState.Good, Worst(await LookAsync(), "partitions").State);
        await ExecuteAsync($"INSERT INTO timeline (id, order_id, connection_id, entries) VALUES ('{Guid.CreateVersion7(TimeProvider.System.GetUtcNow().AddDays(-3))}', gen_random_uuid(), 1, '[]')");
        var stray = Worst(await LookAsync(), "partitions");
        Assert.Equal((FindingState.Advice, true), (stray.State, stray.Sentence.Contains("timeline", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Dead_rows_and_the_transaction_that_pins_them_are_told()
    {
        await ExecuteAsync("""
            ALTER TABLE statistics SET (autovacuum_enabled = false);
            INSERT INTO statistics SELECT 1, now() + n * interval '1 minute', 'received', 1 FROM generate_series(1, 500) n
            """);
        await using var idle = await database.DataSource.OpenConnectionAsync(Stop);
        await using var open = await idle.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, Stop);
        await using (var look = new NpgsqlCommand("SELECT pg_backend_pid()", idle, open))
        {
            object? pid = await look.ExecuteScalarAsync(Stop);
            await using (var deleting = await database.DataSource.OpenConnectionAsync(Stop))
            {
                await using var delete = new NpgsqlCommand("DELETE FROM statistics", deleting);
                await delete.ExecuteNonQueryAsync(Stop);
                await using var flush = new NpgsqlCommand("SELECT pg_stat_force_next_flush()", deleting);
                await flush.ExecuteNonQueryAsync(Stop);
            }

            var found = await new DatabaseDiagnosis(database.DataSource, TimeProvider.System, new() { LongTransaction = TimeSpan.Zero, ManyDeadRows = 100 }).LookAsync(Stop);
            Assert.Contains(found, one => one.Check == "dead_rows" && one.State == FindingState.Wrong && one.Remedy!.Contains($"pg_terminate_backend({pid})", StringComparison.Ordinal));
            Assert.Contains(found, one => one.Check == "dead_rows" && one.State == FindingState.Advice && one.Sentence.Contains("statistics has 500 dead rows", StringComparison.Ordinal));
        }

        await open.RollbackAsync(Stop);
        Assert.Equal(FindingState.Good, Worst(await LookAsync(), "dead_rows").State);
    }

    [Fact]
    public async Task Connections_with_lost_keys_wrong_settings_and_refused_reading_are_told()
    {
        var others = new EphemeralDataProtectionProvider();
        string secret = System.Text.Json.JsonSerializer.Serialize(new SecretBox(others).Protect("lost", new Dictionary<string, string> { ["webhookSecret"] = "s" }));
        await ExecuteAsync($$"""
            INSERT INTO connections (key, name, platform, settings, secrets, created_at, updated_at) VALUES
                ('lost', 'Lost', 'shopify', '{"shop":"lost.myshopify.com"}', '{{secret}}', now(), now()),
                ('half', 'Half', 'shopify', '{}', '{}', now(), now()),
                ('other', 'Other', 'nobodys-platform', '{}', '{}', now(), now());
            INSERT INTO reading_states (connection_id, activity, next_at, problem, problem_since, needs_person) SELECT id, 'poll', now(), 'Invalid API key or access token', now(), true FROM connections WHERE key = 'lost'
            """);
        var found = await WorkAsync(new());
        Assert.Contains(found, one => one is { Check: "secrets", State: FindingState.Wrong } && one.Sentence.Contains("lost", StringComparison.Ordinal));
        Assert.Contains(found, one => one is { Check: "connections", State: FindingState.Wrong } && one.Sentence.Contains("half", StringComparison.Ordinal) && one.Sentence.Contains("shop", StringComparison.Ordinal));
        Assert.Contains(found, one => one is { Check: "connections", State: FindingState.Wrong } && one.Sentence.Contains("no connector for \"nobodys-platform\"", StringComparison.Ordinal));
        Assert.Contains(found, one => one is { Check: "connections", State: FindingState.Wrong } && one.Sentence.Contains("Invalid API key or access token", StringComparison.Ordinal) && one.Remedy!.Contains("test-connection lost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Old_events_overdue_deliveries_and_what_waits_for_a_person_are_told()
    {
        Assert.All((await WorkAsync(new())).Where(one => one.Check != "alert_routes"), one => Assert.Equal(FindingState.Good, one.State));
        Assert.Contains(await WorkAsync(new()), one => one is { Check: "alert_routes", State: FindingState.Advice });
        var now = TimeProvider.System.GetUtcNow();
        await ExecuteAsync($"""
            INSERT INTO connections (key, name, platform, created_at, updated_at, enabled) VALUES ('courier', 'Courier', 'http', now(), now(), true), ('asleep', 'Asleep', 'http', now(), now(), false);
            INSERT INTO inbox (id, event_id, kind, connection_id) VALUES ('{Guid.CreateVersion7(now.AddMinutes(-30))}', gen_random_uuid(), 0, 1);
            INSERT INTO deliveries (id, order_id, connection_id, destination_id, kind, generation, state, next_attempt_at, created_at)
                SELECT gen_random_uuid(), gen_random_uuid(), 1, id, 'create', 1, 'waiting', now() - interval '20 minutes', now() FROM connections
                UNION ALL SELECT gen_random_uuid(), gen_random_uuid(), 1, 1, 'create', 1, 'dead', now(), now();
            INSERT INTO alerts (id, kind, subject, severity, sentence, opened_at, seen_at) VALUES (gen_random_uuid(), 'webhooks_lost', '', 'critical', 'x', now(), now())
            """);
        var found = await WorkAsync(new());
        Assert.Contains(found, one => one is { Check: "queue", State: FindingState.Wrong } && one.Sentence.Contains("the oldest for 30 minutes", StringComparison.Ordinal));
        Assert.Contains(found, one => one is { Check: "queue", State: FindingState.Wrong } && one.Sentence == "Deliveries to courier are due for 20 minutes.");
        Assert.Contains(found, one => one is { Check: "queue", State: FindingState.Advice } && one.Sentence.Contains("asleep, which is disabled", StringComparison.Ordinal));
        Assert.Contains(found, one => one is { Check: "dead_letters", State: FindingState.Advice });
        Assert.Contains(found, one => one is { Check: "alerts", State: FindingState.Advice });
        Assert.Contains(await WorkAsync(new() { OldWork = TimeSpan.FromMinutes(25), VeryOldWork = TimeSpan.FromHours(1) }), one => one is { Check: "queue", State: FindingState.Advice });
    }

    private Task<IReadOnlyList<Finding>> ExamineAsync(string text) =>
        new Examination(new HubSettings { Database = text, DataFolder = folder }, new Hashtable(), TimeProvider.System).LookAsync(new Uri($"http://localhost:{FreePorts.Next()}"), Stop);

    private Task<IReadOnlyList<Finding>> LookAsync() => new DatabaseDiagnosis(database.DataSource, TimeProvider.System, new()).LookAsync(Stop);

    private Task<IReadOnlyList<Finding>> WorkAsync(DiagnosisLimits limits) => new WorkDiagnosis(database.DataSource, BuiltInConnectors.All, folder, TimeProvider.System, limits).LookAsync(Stop);

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Stop);
    }

    private static Finding Worst(IReadOnlyList<Finding> findings, string check) => findings.Where(one => one.Check == check).MaxBy(one => one.State)!;
}
