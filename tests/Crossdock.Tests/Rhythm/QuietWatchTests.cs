using System.Text.Json;
using Crossdock.Alerts;
using Crossdock.Connections;
using Crossdock.Model;
using Crossdock.Model.Connections;
using Crossdock.Rhythm;
using Crossdock.Subscriptions;
using Crossdock.Telemetry;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Crossdock.Tests.Reading;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;
using NpgsqlTypes;
using Xunit;

namespace Crossdock.Tests.Rhythm;

/// <summary>Stores gone quiet, on a real database and a clock of our own.</summary>
public sealed class QuietWatchTests : IAsyncLifetime, IConnectionDirectory
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
    private readonly TestDatabase database = new();
    private readonly FakeClock clock = new(Start.AddDays(60).AddHours(12));
    private readonly List<Connection> connections = [];
    private readonly RhythmOptions options = new();

    public ConnectionSnapshot Current { get; private set; } = ConnectionSnapshot.Empty;

    public event Action? Changed
    {
        add { }
        remove { }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Silent_store_is_told_once_grows_graver_and_ends_with_the_next_order()
    {
        var busy = await ConnectAsync("busy", 700);
        var dead = await ConnectAsync("dead", 700);
        await LookAsync();
        Assert.Equal(0L, await ScalarAsync("SELECT count(*) FROM alerts"));
        for (int quarter = 0; quarter < 4 * 30; quarter++)
        {
            clock.Advance(TimeSpan.FromMinutes(15));
            await SellAsync(busy);
            await LookAsync();
        }

        Assert.Equal("1 critical", await ScalarAsync("SELECT concat_ws(' ', count(*), max(severity)) FROM alerts WHERE ended_at IS NULL"));
        Assert.Equal(dead.Value, await ScalarAsync("SELECT connection_id FROM alerts"));
        Assert.Contains("No new order since 2026-05-01", (string?)await ScalarAsync("SELECT sentence FROM alerts"), StringComparison.Ordinal);
        Assert.True((int)(await ScalarAsync("SELECT count FROM alerts"))! > 3);
        Assert.Equal(1L, await ScalarAsync("SELECT count(*) FROM subscription_checks WHERE next_at <= '2026-05-03'"));
        var seen = await Queries().FindAsync("dead", Stop);
        Assert.True(seen is { IsWatched: true, QuietSince: not null, OnceInMonths: > 50, Today: 0, UsuallyByNow: > 0 });

        await SellAsync(dead);
        clock.Advance(TimeSpan.FromMinutes(5));
        await LookAsync();
        Assert.Equal(0L, await ScalarAsync("SELECT count(*) FROM alerts WHERE ended_at IS NULL"));
        Assert.Contains("An order came", (string?)await ScalarAsync("SELECT ended_because FROM alerts"), StringComparison.Ordinal);
        Assert.Null((await Queries().FindAsync("dead", Stop))!.QuietSince);
    }

    [Fact]
    public async Task Everybody_silent_is_one_alert_and_when_orders_come_again_nobody_is_blamed_for_the_time_before()
    {
        var all = new List<ConnectionId>();
        for (int i = 0; i < 12; i++)
        {
            all.Add(await ConnectAsync($"store-{i}", i % 2 == 0 ? 60 : 300));
        }

        await LookAsync();
        for (int quarter = 0; quarter < 4 * 12; quarter++)
        {
            clock.Advance(TimeSpan.FromMinutes(15));
            await LookAsync();
        }

        Assert.Equal("1 1", await ScalarAsync("SELECT concat_ws(' ', count(*), count(*) FILTER (WHERE connection_id IS NULL AND sentence LIKE 'No new order from any of 12 stores%Perhaps the hub cannot be reached from outside.')) FROM alerts"));
        foreach (var one in all.Skip(1))
        {
            await SellAsync(one);
        }

        clock.Advance(TimeSpan.FromMinutes(5));
        await LookAsync();
        clock.Advance(TimeSpan.FromMinutes(45));
        await LookAsync();
        Assert.Equal("1 1", await ScalarAsync("SELECT concat_ws(' ', count(*), count(*) FILTER (WHERE ended_because LIKE 'Orders come again, after %')) FROM alerts"));
    }

    [Fact]
    public async Task Many_silent_together_are_one_alert_although_some_still_sell()
    {
        var all = new List<ConnectionId>();
        for (int i = 0; i < 10; i++)
        {
            all.Add(await ConnectAsync($"store-{i}", 700));
        }

        await LookAsync();
        for (int quarter = 0; quarter < 4 * 12; quarter++)
        {
            clock.Advance(TimeSpan.FromMinutes(15));
            await SellAsync(all[0]);
            await SellAsync(all[1]);
            await LookAsync();
        }

        Assert.Contains("of the 10 stores that usually sell at this time", (string?)await ScalarAsync("SELECT sentence FROM alerts WHERE connection_id IS NULL"), StringComparison.Ordinal);
        Assert.True((long)(await ScalarAsync("SELECT count(*) FROM alerts"))! <= 1 + 4, "those that fell silent later than the others are told with them");
    }

    [Fact]
    public async Task Store_that_is_switched_off_is_left_alone_and_its_silence_counts_anew_when_it_is_on_again()
    {
        var other = await ConnectAsync("other", 700);
        var off = await ConnectAsync("off", 700, isEnabled: false);
        await LookAsync();
        for (int hour = 0; hour < 48; hour++)
        {
            clock.Advance(TimeSpan.FromHours(1));
            await SellAsync(other);
            await LookAsync();
        }

        Assert.Equal(0L, await ScalarAsync("SELECT count(*) FROM alerts"));
        await ScalarAsync($"UPDATE connections SET enabled = true, updated_at = '{clock.GetUtcNow():O}' WHERE id = {off.Value}");
        Replace(off, isEnabled: true);
        clock.Advance(TimeSpan.FromMinutes(35));
        await SellAsync(other);
        await LookAsync();
        Assert.Equal(0L, await ScalarAsync("SELECT count(*) FROM alerts"));
    }

    [Fact]
    public async Task Of_two_nodes_one_looks_and_a_node_that_has_just_started_tells_nothing()
    {
        await ConnectAsync("one", 700);
        clock.Advance(TimeSpan.FromDays(4));
        Assert.True(await Watch().LookAsync(mayTell: false, Stop));
        Assert.False(await Watch().LookAsync(mayTell: true, Stop));
        Assert.Equal(0L, await ScalarAsync("SELECT count(*) FROM alerts"));
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.True(await Watch().LookAsync(mayTell: true, Stop));
        Assert.Equal(1L, await ScalarAsync("SELECT count(*) FROM alerts"));
    }

    [Fact]
    public async Task Orders_are_counted_by_the_hour_they_were_placed_in_and_history_is_no_sign_of_life()
    {
        var statistics = new ConnectionStatistics(database.DataSource, clock, NullLogger<ConnectionStatistics>.Instance);
        var now = clock.GetUtcNow();
        statistics.Sold(new ConnectionId(1), now.AddDays(-3).AddMinutes(7), isHistory: false);
        statistics.Sold(new ConnectionId(1), now.AddDays(-3).AddMinutes(9), isHistory: false);
        statistics.Sold(new ConnectionId(1), now.AddMinutes(-1), isHistory: true);
        statistics.Sold(new ConnectionId(1), now.AddDays(-200), isHistory: false);
        await statistics.FlushHoursAsync(Stop);
        Assert.Equal("2026-04-28 12 2, 2026-05-01 11 1", await ScalarAsync("SELECT string_agg(to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24') || ' ' || orders, ', ' ORDER BY hour) FROM store_hours"));
        Assert.Equal(0L, await ScalarAsync("SELECT count(*) FROM store_rhythms"));
        statistics.Sold(new ConnectionId(1), null, isHistory: false);
        statistics.Sold(new ConnectionId(1), now.AddMinutes(-2), isHistory: false);
        await statistics.FlushHoursAsync(Stop);
        Assert.Equal("2 3", await ScalarAsync("SELECT concat_ws(' ', (SELECT orders FROM store_hours ORDER BY hour DESC OFFSET 1 LIMIT 1), (SELECT count(*) FROM store_hours))"));
        Assert.Equal(now.UtcDateTime, await ScalarAsync("SELECT last_order_at FROM store_rhythms"));
    }

    private async Task<ConnectionId> ConnectAsync(string key, double perWeek, bool isEnabled = true)
    {
        var id = new ConnectionId((int)(await ScalarAsync($"INSERT INTO connections (key, name, platform, enabled, created_at, updated_at) VALUES ('{key}', '{key}', 'scripted', {isEnabled}, '2026-03-01', '2026-03-01') RETURNING id"))!);
        var store = new SimulatedStore(id.Value, perWeek, DateTimeZone.Utc, Start, 60);
        var now = clock.GetUtcNow();
        await using (var command = database.DataSource.CreateCommand("INSERT INTO store_hours SELECT $1, * FROM unnest($2, $3)"))
        {
            var hours = store.Hours(now);
            command.Parameters.Add(new() { Value = id.Value });
            command.Parameters.Add(new() { Value = hours.Select(hour => hour.Hour.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
            command.Parameters.Add(new() { Value = hours.Select(hour => hour.Orders).ToArray() });
            await command.ExecuteNonQueryAsync(Stop);
        }

        await SellAsync(id);
        var connector = new ScriptedStore(_ => new ScriptedShop());
        connections.Add(new Connection
        {
            Id = id, Settings = new ConnectionSettings(key, key, "scripted", JsonElement.Parse("{}"), new Dictionary<string, string>()), IsEnabled = isEnabled, Version = 1, Connector = connector,
            Mapping = connector.MappingFor(new ConnectionSettings(key, key, "scripted", JsonElement.Parse("{}"), new Dictionary<string, string>())), PollEvery = TimeSpan.FromMinutes(1), Rules = Crossdock.Rules.StoreRules.Default,
        });
        Current = new ConnectionSnapshot([.. connections]);
        return id;
    }

    private void Replace(ConnectionId id, bool isEnabled)
    {
        int at = connections.FindIndex(connection => connection.Id == id);
        var former = connections[at];
        connections[at] = new Connection { Id = id, Settings = former.Settings, IsEnabled = isEnabled, Version = 2, Connector = former.Connector, Mapping = former.Mapping, PollEvery = former.PollEvery, Rules = former.Rules };
        Current = new ConnectionSnapshot([.. connections]);
    }

    private async Task SellAsync(ConnectionId id)
    {
        var statistics = new ConnectionStatistics(database.DataSource, clock, NullLogger<ConnectionStatistics>.Instance);
        statistics.Sold(id, clock.GetUtcNow(), isHistory: false);
        await statistics.FlushHoursAsync(Stop);
    }

    private async Task LookAsync() => Assert.True(await Watch().LookAsync(mayTell: true, Stop));

    private QuietWatch Watch()
    {
        var hub = new HubAddress(new Uri("https://hub.example"));
        var subscriptions = new SubscriptionActions(database.DataSource, this, hub, new SubscriptionQueries(database.DataSource, this, hub), clock);
        return new QuietWatch(new RhythmStore(database.DataSource), this, new AlertStore(database.DataSource, clock), subscriptions, Options.Create(options), clock, NullLogger<QuietWatch>.Instance);
    }

    private RhythmQueries Queries() => new(database.DataSource, this, Options.Create(options), clock);

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Stop);
    }
}
