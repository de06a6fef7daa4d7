using System.Text.Json;
using Crossdock.Model.Connectors;
using Crossdock.Reconciliation;
using Crossdock.Server.Commands;
using Crossdock.Testing.Database;
using Crossdock.Tests.Reading;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossdock.Tests.Reconciliation;

public sealed class CompletenessTests : IAsyncLifetime
{
    private readonly TestDatabase database = new();
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Day_tells_what_is_here_of_what_is_listed_before_and_after_a_gap_is_closed()
    {
        await using var hub = Hub();
        var shop = Shop();
        var day = DateOnly.FromDateTime(Now.UtcDateTime).AddDays(-2);
        var from = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
        for (int i = 0; i < 1234; i++)
        {
            shop.Sell($"A{i}", from.AddMinutes(i), total: 2);
        }

        bool isShut = true;
        shop.FetchSays = (id, _) => Task.FromResult<FetchOutcome?>(isShut && id == "A77" ? new FetchLater("503 maintenance") : null);
        shop.ListSays = (request, _) => isShut && !request.OnlySummaries ? new OrderPage([], null) : null;
        var store = await hub.ConnectAsync("acme", shop, from.AddDays(-1), polls: false);
        await hub.StartAsync(role => role.GetType().Name != "ReconciliationRole");
        foreach (int i in Enumerable.Range(0, 1234).Where(i => i != 77))
        {
            await hub.ReceiveAsync(store, "orders/updated", $"webhook:{i}", $"A{i}", ScriptedShop.Document($"A{i}", from.AddMinutes(i), from.AddMinutes(i), 2));
        }

        await hub.UntilAsync("SELECT count(*) FROM orders", 1233);
        await hub.StartAsync(role => role.GetType().Name == "ReconciliationRole");
        await hub.UntilAsync($"SELECT count(*) FROM ledger_days WHERE day = '{day:yyyy-MM-dd}' AND is_whole", 1);
        var queries = hub.Services.GetRequiredService<CompletenessQueries>();
        var told = Assert.Single(Assert.Single(await queries.StoresAsync(null, day, day, Stop)).Days);
        Assert.Equal((1234L, 1233L, 1L, false, true), (told.Listed, told.Here, told.Missing, told.IsComplete, told.IsWhole));
        Assert.NotEqual(told.ListedHash, told.HereHash);
        Assert.Equal(new CompletenessSum("EUR", 2468, 2466), Assert.Single(told.Sums));
        var gap = Assert.Single((await queries.DayAsync("acme", day, Stop))!.Differences);
        Assert.Equal(("A77", "missing", "open", "503 maintenance", "The store lists this order, and it was not here."), (gap.ExternalId, gap.Kind, gap.State, gap.LastError, gap.Found));

        isShut = false;
        await hub.UntilAsync("SELECT state FROM ledger_differences", "healed", ReadingHub.ComparesNow);
        var whole = Assert.Single(Assert.Single(await queries.StoresAsync("acme", day, day, Stop)).Days);
        Assert.Equal((1234L, 1234L, true, 1L), (whole.Listed, whole.Here, whole.IsComplete, whole.Healed));
        Assert.Equal(whole.ListedHash, whole.HereHash);
        Assert.Equal(new CompletenessSum("EUR", 2468, 2468), Assert.Single(whole.Sums));
        var stores = JsonSerializer.SerializeToElement(await queries.StoresAsync("acme", day, day, Stop), JsonSerializerOptions.Web);
        Assert.Equal($"acme (acme, UTC)\n  {day:yyyy-MM-dd}   1,234 of 1,234   1 fetched by comparing\n", CompletenessCommands.Told(stores.EnumerateArray()));
    }

    [Fact]
    public async Task Days_before_the_connection_was_made_are_compared_when_asked_for_and_become_history()
    {
        await using var hub = Hub();
        var shop = Shop();
        var day = DateOnly.FromDateTime(Now.UtcDateTime).AddDays(-40);
        for (int i = 0; i < 30; i++)
        {
            shop.Sell($"A{i}", new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).AddMinutes(i * 90));
        }

        await hub.ConnectAsync("acme", shop, Now.AddHours(-1), polls: false);
        await hub.StartAsync();
        var actions = hub.Services.GetRequiredService<ReconcileActions>();
        Assert.Equal(new ReconcileAnswer(2, day, day.AddDays(1)), await actions.AskAsync("acme", day, day.AddDays(1), "operator eva", Stop));
        await hub.UntilAsync("SELECT string_agg(listed || ' ' || is_whole, ', ' ORDER BY day) FROM ledger_days WHERE next_read_at IS NULL", "16 true, 14 true");
        await hub.UntilAsync("SELECT count(*) FROM orders WHERE is_history", 30);
        await hub.UntilAsync("SELECT count(*) FROM ledger_differences WHERE state = 'healed'", 30);
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM deliveries"));

        Assert.Equal(new ReconcileAnswer(0), await actions.AskAsync("nobody", null, null, "operator eva", Stop));
        Assert.Contains("The range is empty", (await actions.AskAsync("acme", day.AddDays(90), null, "operator eva", Stop)).Refusal, StringComparison.Ordinal);
        Assert.Contains("at most 400", (await actions.AskAsync("acme", day.AddDays(-900), null, "operator eva", Stop)).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Far_too_many_unannounced_orders_are_told_although_all_were_fetched()
    {
        await using var hub = Hub();
        var shop = Shop();
        await hub.ConnectAsync("acme", shop, Now.AddHours(-2), polls: false);
        for (int i = 0; i < 25; i++)
        {
            shop.Sell($"A{i}", Now.AddMinutes(-60 + i));
        }

        await hub.StartAsync();
        await hub.UntilAsync("SELECT count(*) FROM ledger_differences WHERE state = 'healed'", 25);
        await hub.UntilAsync("SELECT subject || ' ' || severity FROM alerts WHERE ended_at IS NULL", "unannounced warning");
        Assert.Contains("25 orders of acme came although nothing had announced them", (string)(await hub.ScalarAsync("SELECT sentence FROM alerts"))!, StringComparison.Ordinal);

        // A day later they are no news any more.
        await hub.ScalarAsync("UPDATE ledger_differences SET found_at = now() - interval '25 hours'");
        await hub.UntilAsync("SELECT count(*) FROM alerts WHERE ended_at IS NULL", 0);
    }

    private ReadingHub Hub() => new(database, new()
    {
        ["Crossdock:Reconciliation:EverySeconds"] = "1", ["Crossdock:Reconciliation:GraceSeconds"] = "5", ["Crossdock:Reconciliation:TickMilliseconds"] = "50", ["Crossdock:Reconciliation:SettleMinutes"] = "0",
    }, compares: true);

    private static ScriptedShop Shop() => new() { PageSize = 100, Traits = new() { Pace = new RequestPace(10_000, 10_000, 8), HasCheapSummaries = true } };
}
