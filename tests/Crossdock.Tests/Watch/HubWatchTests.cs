using Crossdock.Alerts;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Telemetry;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Crossdock.Watch;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Xunit;

namespace Crossdock.Tests.Watch;

/// <summary>Every kind of alert about the hub itself opens with its cause and ends with it.</summary>
public sealed class HubWatchTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private readonly TestDatabase database = new();
    private readonly FakeClock clock = new(Start);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        await database.DataSource.AskAsync("""
            INSERT INTO connections (key, name, platform, created_at, updated_at) VALUES ('acme', 'Acme', 'shopify', now(), now()), ('courier', 'Courier', 'http', now(), now())
            """);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task What_stands_in_the_database_is_told_and_ends_with_its_cause()
    {
        var watch = Watch(new WatchOptions { DeadLettersCritical = 2 });
        await watch.LookAsync(Stop);
        Assert.Equal("", await OpenAsync());

        string old = $"{Guid.CreateVersion7(Start.AddDays(-2))}", recent = $"{Guid.CreateVersion7(Start.AddMinutes(-1))}";
        await database.DataSource.AskAsync($$"""
            INSERT INTO orders (id, connection_id, external_id, number, state, state_changed_at, payment_status, fulfilment_status, event_id, content_hash, currency, total, rules_version, created_at, updated_at, document)
                VALUES ('{{old}}', 1, '1', '1', 'approved', now(), 'paid', 'unfulfilled', '{{old}}', '{{old}}', 'EUR', 1, 0, now(), now(), '{}');
            INSERT INTO deliveries (id, order_id, connection_id, destination_id, kind, generation, state, next_attempt_at, created_at)
                VALUES ('{{Guid.CreateVersion7(Start)}}', '{{old}}', 1, 2, 'create', 1, 'dead', now(), now()), ('{{Guid.CreateVersion7(Start)}}', '{{old}}', 1, 2, 'update', 1, 'dead', now(), now()), ('{{Guid.CreateVersion7(Start)}}', '{{old}}', 1, 2, 'update', 2, 'waiting', '2026-03-02T11:00:00Z', now());
            INSERT INTO holds (id, order_id, connection_id, code, reason, opened_at, opened_by) VALUES ('{{old}}', '{{old}}', 1, 'operator', 'a', now(), 'x'), ('{{recent}}', '{{old}}', 1, 'operator', 'b', now(), 'x');
            INSERT INTO reading_states (connection_id, activity, next_at, problem, problem_since) VALUES (1, 'poll', now(), 'HTTP 503', '2026-03-02T11:00:00Z'), (1, 'fetch', now(), 'HTTP 503', '2026-03-02T11:50:00Z');
            INSERT INTO inbox (id, event_id, kind, connection_id) VALUES ('{{old}}', '{{old}}', 0, 1);
            INSERT INTO certificates (host, not_after, seen_at, node) VALUES ('courier.example', '2026-03-10T00:00:00Z', '2026-03-02T00:00:00Z', 'n'), ('well.example', '2026-06-10T00:00:00Z', '2026-03-02T00:00:00Z', 'n');
            INSERT INTO api_tokens (id, name, hash, ending, scopes, created_at, created_by, expires_at, used_at) VALUES ('{{old}}', 'warehouse', 'h', 'h', '{read}', now(), 'x', '2026-03-04T00:00:00Z', now());
            INSERT INTO attempts (id, delivery_id, order_id, destination_id, number, purpose, outcome, elapsed_ms) SELECT gen_random_uuid(), '{{old}}', '{{old}}', 2, 1, 'send', 'delivered', 9000 FROM generate_series(1, 25);
            """);
        // Ids of the last minutes begin with their time.
        await database.DataSource.AskAsync($"UPDATE attempts SET id = (left('{recent}', 14) || right(id::text, 22))::uuid");
        clock.Advance(TimeSpan.FromMinutes(1));
        await watch.LookAsync(Stop);
        Assert.Equal("certificate_expiring  warning, dead_letters courier critical, destination_slow courier warning, holds_old acme warning, reading_failing acme warning, token_expiring  critical, work_waiting courier critical, work_waiting  critical", await OpenAsync());
        Assert.Equal("2 deliveries to Courier were given up; the order of the first is of 2026-03-02 12:00 UTC.", await database.DataSource.AskAsync("SELECT sentence FROM alerts WHERE kind = 'dead_letters'"));

        // Found again as it was, it costs nothing.
        clock.Advance(TimeSpan.FromMinutes(1));
        await watch.LookAsync(Stop);
        Assert.Equal(1, await database.DataSource.AskAsync("SELECT max(count) FROM alerts"));

        await database.DataSource.AskAsync("""
            UPDATE deliveries SET state = 'delivered'; UPDATE holds SET released_at = now(); UPDATE reading_states SET problem = NULL, problem_since = NULL; DELETE FROM inbox;
            UPDATE certificates SET not_after = '2027-03-10T00:00:00Z'; UPDATE api_tokens SET revoked_at = now(); DELETE FROM attempts
            """);
        clock.Advance(TimeSpan.FromMinutes(1));
        await watch.LookAsync(Stop);
        Assert.Equal("", await OpenAsync());
        Assert.Equal(8L, await database.DataSource.AskAsync("SELECT count(*) FROM alerts WHERE ended_because IS NOT NULL"));
    }

    [Fact]
    public async Task Of_two_nodes_one_has_each_look()
    {
        bool[] looked = await Task.WhenAll(Watch(new()).LookAsync(Stop), Watch(new()).LookAsync(Stop));
        Assert.Single(looked, did => did);
    }

    [Fact]
    public async Task A_node_tells_of_its_disk_and_its_slow_answers_and_of_what_it_left_when_it_is_gone()
    {
        var alerts = new AlertStore(database.DataSource, clock);
        var store = new WatchStore(database.DataSource);
        var book = new CertificateBook();
        using (var node = Node(new WatchOptions { DiskFreePercent = 50, CaptureMilliseconds = 60_000 }))
        {
            await node.LookAsync(Stop);
            // Other tests' hubs answer in the same process, but none takes an hour.
            for (int i = 0; i < 200; i++)
            {
                HubMeter.CaptureDuration.Record(3600);
            }

            await node.LookAsync(Stop);
            Assert.Equal(1L, await database.DataSource.AskAsync("SELECT count(*) FROM alerts WHERE kind = 'capture_slow' AND ended_at IS NULL"));
            await node.LookAsync(Stop);
            Assert.Equal(0L, await database.DataSource.AskAsync("SELECT count(*) FROM alerts WHERE kind = 'capture_slow' AND ended_at IS NULL"));
        }

        await alerts.RaiseAsync(new NewAlert(AlertKind.DiskFull, null, "a node that is gone", AlertSeverity.Warning, "Full."), Stop);
        clock.Advance(TimeSpan.FromHours(3));
        await Watch(new()).LookAsync(Stop);
        Assert.Equal("The node that found it no longer reports.", await database.DataSource.AskAsync("SELECT ended_because FROM alerts WHERE subject = 'a node that is gone'"));

        NodeWatch Node(WatchOptions options) => new(alerts, store, book, Options.Create(options), new ConfigurationBuilder().AddInMemoryCollection([new("Crossdock:DataFolder", Path.GetTempPath())]).Build(), clock);
    }

    private HubWatch Watch(WatchOptions options) =>
        new(new WatchStore(database.DataSource), new WatchQueries(database.DataSource), new AlertStore(database.DataSource, clock), new HubAddress(null), new CertificateBook(), Options.Create(options), clock);

    private async Task<string> OpenAsync() => $"{await database.DataSource.AskAsync("SELECT coalesce(string_agg(a.kind || ' ' || coalesce(c.key, '') || ' ' || a.severity, ', ' ORDER BY a.kind COLLATE \"C\", c.key NULLS LAST), '') FROM alerts a LEFT JOIN connections c ON c.id = a.connection_id WHERE a.ended_at IS NULL")}";
}
