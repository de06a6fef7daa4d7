using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Normalise;
using Crossdock.Replays;
using Crossdock.Review;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.Tests.Replays;

/// <summary>What a trial says, that it touches nothing, and that applying does what it said.</summary>
public sealed class ReplayTests : IAsyncLifetime
{
    private const string NotRm = "[ { name: No capital, when: { field: shipTo.region, in: [RM] }, then: [ { exclude: order, because: not ours } ] } ]";
    private const string Look = "[ { name: Look, when: { field: shipTo.region, in: [RM] }, then: [ { hold: look at it } ] } ]";
    private const string NoBoots = "[ { name: No boots, when: { field: line.sku, in: [SKU-1] }, then: [ { exclude: lines, because: not here } ] } ]";
    private readonly TestDatabase database = new();

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Theory]
    [InlineData("[]", NotRm, "excluded,deliveries,packages", "excluded")]
    [InlineData(NotRm, "[]", "included,deliveries,packages", "approved")]
    [InlineData("[]", Look, "held", "processing")]
    [InlineData(Look, "[]", "released,deliveries", "approved")]
    [InlineData("[]", "[ { name: Ten, when: { field: line.sku, in: [SKU-1] }, then: [ { packages: { by: quantity, max: 1 } } ] } ]", "packages,deliveries", "processing")]
    [InlineData("[]", "[ { name: Other, when: { field: shipTo.region, in: [RM] }, then: [ { destinations: [second] } ] } ]", "deliveries", "processing")]
    [InlineData("[]", "[ { name: Mark, when: { field: shipTo.region, in: [RM] }, then: [ { tag: capital } ] } ]", "fields", "processing")]
    public async Task Trial_tells_what_other_rules_would_do_and_applying_does_just_that(string live, string tried, string kinds, string stateAfter)
    {
        await using var hub = await new ReplayHub(database).StartAsync();
        var store = await hub.ConnectAsync("acme", rules: live);
        await hub.ReceiveAsync(store, "orders/create", "w-1", "501", TestHub.Order(501, quantity: 3));
        await hub.SettleAsync();
        string before = await hub.FingerprintAsync();
        int asked = hub.Courier.Asked.Count + hub.Second.Asked.Count;

        var row = await hub.TryAsync(tried);
        Assert.Equal(("done", 1L, 1L, 1L), (row.State, row.Read, row.Orders, row.Different));
        Assert.Equal(before, await hub.FingerprintAsync());
        Assert.Equal(asked, hub.Courier.Asked.Count + hub.Second.Asked.Count);
        var difference = Assert.Single(await hub.DifferencesAsync(row.Id));
        Assert.Equal(kinds.Split(',').Order(), difference.Kinds.Order());
        Assert.Equal(difference.Kinds.Order(), row.Counts.Keys.Order());
        Assert.Equal(stateAfter, difference.StateAfter);
        Assert.NotEmpty(difference.Told.Why.Concat(difference.Told.Released).Concat(difference.Told.Deliveries));

        // What is not in force cannot be applied.
        Assert.Contains("not in force", (await hub.Actions.ApplyAsync(row.Id, new ReplayChoice(), "operator eva", CancellationToken.None)).Refusal, StringComparison.Ordinal);
        await hub.ConnectAsync("acme", rules: tried);
        var preview = await hub.Queries.PreviewAsync(row.Id, [], null, false, CancellationToken.None);
        Assert.Equal((1L, 1L, 0L), (preview.Chosen, preview.PutBack, preview.Shipped + preview.Changed + preview.Impossible));
        var applied = await hub.ApplyAsync(row.Id);
        Assert.Equal(("done", 1L, 0L), (applied.State, applied.PutBack, applied.Skipped));
        string timeline = await hub.TimelineAsync("501");
        Assert.Contains("Replayed under the rules of 20", timeline, StringComparison.Ordinal);
        Assert.Contains("operator eva", timeline, StringComparison.Ordinal);
        Assert.Contains("checked", timeline, StringComparison.Ordinal);

        // It is as the trial said: trying it again finds nothing, and the deliveries are those that were told.
        Assert.Equal(0, (await hub.TryAsync()).Different);
        Assert.Equal(difference.Creates + difference.Updates + difference.Cancels, hub.Courier.Asked.Count + hub.Second.Asked.Count - asked);
        Assert.NotNull((await hub.Actions.ApplyAsync(row.Id, new ReplayChoice(), "operator eva", CancellationToken.None)).Refusal);
    }

    [Fact]
    public async Task Lines_that_would_be_left_out_are_told_one_by_one()
    {
        await using var hub = await new ReplayHub(database).StartAsync();
        var store = await hub.ConnectAsync("acme");
        string two = TestHub.Order(502).Replace("\"grams\":900}]", "\"grams\":900},{\"id\":2,\"sku\":\"SKU-2\",\"title\":\"Hat\",\"name\":\"Hat\",\"quantity\":1,\"current_quantity\":1,\"price\":\"10.00\",\"requires_shipping\":true,\"grams\":90}]", StringComparison.Ordinal);
        await hub.ReceiveAsync(store, "orders/create", "w-1", "502", two);
        await hub.SettleAsync();
        var row = await hub.TryAsync(NoBoots);
        var difference = Assert.Single(await hub.DifferencesAsync(row.Id, ReplayKind.Lines));
        Assert.Equal(["lines", "packages", "deliveries"], difference.Kinds);
        Assert.Contains(new FieldDifference("lines[1].excludedBecause", null, "not here"), difference.Told.Fields);
        Assert.Empty(await hub.DifferencesAsync(row.Id, ReplayKind.Excluded));
    }

    [Fact]
    public async Task Connector_that_was_mended_or_broken_shows_in_new_orders_other_states_and_events_not_understood()
    {
        await using var hub = await new ReplayHub(database).StartAsync();
        bool isMended = false;
        var store = await hub.ConnectAsync("acme", mapping: (known, outcome) => (known.OrderKey, isMended) switch
        {
            ("601", false) => new Unmappable("The price is written in words.", "/total_price", "ten"),
            ("602", true) => new Unmappable("The address has no street.", "/shipping_address"),
            ("603", true) when outcome is MappedOrder mapped => mapped with { Order = mapped.Order with { State = OrderState.InShipment } },
            _ => outcome,
        });
        foreach (int id in new[] { 601, 602, 603 })
        {
            await hub.ReceiveAsync(store, "orders/create", $"w-{id}", $"{id}", TestHub.Order(id));
        }

        await hub.SettleAsync();
        Assert.Equal(0, (await hub.TryAsync()).Different);
        isMended = true;
        var row = await hub.TryAsync();
        var all = (await hub.DifferencesAsync(row.Id)).ToDictionary(one => one.ExternalId!);
        Assert.Equal(["new_order"], all["601"].Kinds);
        Assert.Equal((null, 1), (all["601"].OrderId, all["601"].Creates));
        Assert.Equal(["not_understood"], all["602"].Kinds);
        Assert.Contains("The address has no street. (/shipping_address)", all["602"].Told.Why);
        Assert.Equal(["state", "fields"], all["603"].Kinds);
        Assert.Equal(("processing", "in_shipment"), (all["603"].StateBefore, all["603"].StateAfter));

        var applied = await hub.ApplyAsync(row.Id);
        Assert.Equal((3L, 2L, 1L), (applied.Total, applied.PutBack, applied.Skipped));
        Assert.Equal("601 processing, 602 processing, 603 in_shipment", await hub.ScalarAsync("SELECT string_agg(external_id || ' ' || state, ', ' ORDER BY external_id) FROM orders"));
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM parked_events"));
        Assert.Equal(3, hub.Courier.Asked.Count);
        Assert.Contains("not understood", (await hub.DifferencesAsync(row.Id)).Single(one => one.ExternalId == "602").AppliedBecause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_person_decided_stays_under_other_rules()
    {
        await using var hub = await new ReplayHub(database).StartAsync();
        var store = await hub.ConnectAsync("acme", rules: Look, needsApproval: true);
        foreach (int id in new[] { 701, 702, 703 })
        {
            await hub.ReceiveAsync(store, "orders/create", $"w-{id}", $"{id}", TestHub.Order(id));
        }

        await hub.UntilAsync("SELECT count(*) FROM orders WHERE held AND state = 'awaiting_approval'", 3);
        var actions = hub.Get<OrderActions>();
        await actions.CancelAsync(await hub.OrderAsync("701"), "operator eva", "asked by phone", CancellationToken.None);
        await actions.ReleaseAsync(await hub.OrderAsync("702"), "operator eva", "looked at", CancellationToken.None);
        await actions.ApproveAsync(await hub.OrderAsync("702"), "operator eva", "paid", CancellationToken.None);
        await hub.UntilAsync("SELECT state FROM orders WHERE external_id = '702'", "processing");
        await hub.SettleAsync();

        // The same rules: cancelled stays cancelled, released stays released, approved stays approved.
        Assert.Equal((3L, 0L), await CountsAsync(hub, null));
        // Rules that exclude nothing and hold nothing: only the hold that nobody released would go.
        var row = await hub.TryAsync("[]");
        Assert.Equal("703", Assert.Single(await hub.DifferencesAsync(row.Id)).ExternalId);
    }

    [Fact]
    public async Task Orders_changed_since_the_trial_and_sent_orders_are_passed_over_with_the_reason()
    {
        await using var hub = await new ReplayHub(database).StartAsync();
        var store = await hub.ConnectAsync("acme");
        foreach (int id in new[] { 801, 802, 803 })
        {
            await hub.ReceiveAsync(store, "orders/create", $"w-{id}", $"{id}", TestHub.Order(id));
        }

        await hub.SettleAsync();
        await hub.ScalarAsync("UPDATE orders SET state = 'in_shipment' WHERE external_id = '803'");
        const string mark = "[ { name: Mark, when: { field: shipTo.region, in: [RM] }, then: [ { tag: capital } ] } ]";
        await hub.ConnectAsync("acme", rules: mark);
        var row = await hub.TryAsync();
        Assert.Equal(3, row.Different);
        await hub.ReceiveAsync(store, "orders/updated", "w-802-b", "802", TestHub.Order(802, "2026-11-01T11:00:00Z", quantity: 2));
        await hub.SettleAsync();
        var preview = await hub.Queries.PreviewAsync(row.Id, [ReplayKind.Fields], null, false, CancellationToken.None);
        Assert.Equal((3L, 1L, 1L, 1L), (preview.Chosen, preview.PutBack, preview.Shipped, preview.Changed));

        var applied = await hub.ApplyAsync(row.Id, new ReplayChoice { Kinds = [ReplayKind.Fields] });
        Assert.Equal((1L, 2L), (applied.PutBack, applied.Skipped));
        var told = (await hub.DifferencesAsync(row.Id)).ToDictionary(one => one.ExternalId!);
        Assert.Equal("put_back", told["801"].Applied);
        Assert.Equal("The order has changed since the trial.", told["802"].AppliedBecause);
        Assert.StartsWith("The order is in shipment", told["803"].AppliedBecause, StringComparison.Ordinal);

        // Asked for, the sent one is worked too; it stays where it is.
        applied = await hub.ApplyAsync(row.Id, new ReplayChoice { Orders = [told["803"].Id], IncludeShipped = true });
        Assert.Equal((1L, 0L), (applied.PutBack, applied.Skipped));
        Assert.Equal("in_shipment", await hub.ScalarAsync("SELECT state FROM orders WHERE external_id = '803'"));
        Assert.Equal("capital", await hub.ScalarAsync("SELECT document -> 'tags' ->> 0 FROM orders WHERE external_id = '803'"));
    }

    [Fact]
    public async Task Refund_that_came_after_its_order_stays_when_the_order_is_worked_again()
    {
        await using var hub = await new ReplayHub(database).StartAsync();
        var store = await hub.ConnectAsync("acme");
        await hub.ReceiveAsync(store, "orders/create", "w-1", "901", TestHub.Order(901));
        await hub.SettleAsync();
        await hub.ReceiveAsync(store, "refunds/create", "w-2", "901",
            """{"id":77,"order_id":901,"created_at":"2026-11-01T11:00:00Z","note":"damaged","refund_line_items":[],"transactions":[{"id":1,"kind":"refund","status":"success","amount":"100.00","currency":"CLP"}]}""");
        await hub.SettleAsync();
        Assert.Equal((1L, 0L), await CountsAsync(hub, null));
        var snapshot = (Guid)(await hub.ScalarAsync("SELECT event_id FROM orders"))!;
        Assert.True((await hub.Get<ReplayStore>().ReplayAsync([snapshot], "operator eva", "to see", CancellationToken.None))[0].Done);
        await hub.SettleAsync();
        await hub.UntilAsync("SELECT version >= 4 FROM orders", true);
        Assert.Equal("100.00", await hub.ScalarAsync("SELECT document -> 'refunds' -> 0 -> 'amount' ->> 'amount' FROM orders"));
        Assert.Equal((1L, 0L), await CountsAsync(hub, null));
    }

    [Fact]
    public async Task Part_of_an_excluded_order_does_not_let_it_in()
    {
        await using var hub = await new ReplayHub(database).StartAsync();
        var store = await hub.ConnectAsync("acme", rules: NotRm);
        await hub.ReceiveAsync(store, "orders/create", "w-1", "921", TestHub.Order(921));
        await hub.SettleAsync();
        await hub.ReceiveAsync(store, "refunds/create", "w-2", "921",
            """{"id":79,"order_id":921,"created_at":"2026-11-01T11:00:00Z","note":"damaged","refund_line_items":[],"transactions":[{"id":1,"kind":"refund","status":"success","amount":"100.00","currency":"CLP"}]}""");
        await hub.UntilAsync("SELECT json_array_length(document -> 'refunds') FROM orders", 1);
        Assert.Equal("excluded", await hub.ScalarAsync("SELECT state FROM orders"));
    }

    [Fact]
    public async Task Deleted_order_is_held_no_more()
    {
        await using var hub = await new ReplayHub(database).StartAsync();
        var store = await hub.ConnectAsync("acme", rules: Look);
        await hub.ReceiveAsync(store, "orders/create", "w-1", "931", TestHub.Order(931));
        await hub.UntilAsync("SELECT held FROM orders", true);
        await hub.ReceiveAsync(store, "orders/delete", "w-2", "931", """{"id":931}""");
        await hub.UntilAsync("SELECT state FROM orders", "cancelled");
        Assert.Equal("false 0", await hub.ScalarAsync("SELECT held || ' ' || (SELECT count(*) FROM holds WHERE released_at IS NULL) FROM orders"));
    }

    [Fact]
    public async Task Change_that_the_courier_cannot_be_told_stays_held_until_a_person_has_looked()
    {
        await using var hub = await new ReplayHub(database).StartAsync();
        var store = await hub.ConnectAsync("acme", rules: "[ { name: Second, when: { field: shipTo.region, in: [RM] }, then: [ { destinations: [second] } ] } ]");
        await hub.ReceiveAsync(store, "orders/create", "w-1", "941", TestHub.Order(941));
        await hub.UntilAsync("SELECT state FROM orders", "processing");
        await hub.ReceiveAsync(store, "orders/updated", "w-2", "941", TestHub.Order(941, "2026-11-01T11:00:00Z", quantity: 2));
        await hub.UntilAsync("SELECT held FROM orders", true);
        await hub.ReceiveAsync(store, "orders/updated", "w-3", "941", TestHub.Order(941, "2026-11-01T12:00:00Z", quantity: 2, total: "\"30000.00\""));
        await hub.UntilAsync("SELECT total FROM orders", "30000.00");
        Assert.Equal("true changed_after_delivery", await hub.ScalarAsync("SELECT o.held || ' ' || h.code FROM orders o JOIN holds h ON h.order_id = o.id AND h.released_at IS NULL"));
        Assert.Equal((1L, 0L), await CountsAsync(hub, null));
    }

    [Fact]
    public async Task Events_that_retention_dropped_are_said_and_not_guessed()
    {
        await using var hub = await new ReplayHub(database).StartAsync();
        var store = await hub.ConnectAsync("acme");
        await hub.ReceiveAsync(store, "orders/create", "w-1", "951", TestHub.Order(951));
        await hub.ReceiveAsync(store, "orders/create", "w-2", "952", TestHub.Order(952));
        await hub.SettleAsync();
        await hub.ReceiveAsync(store, "orders/create", "w-3", "953", TestHub.Order(953));
        await hub.ReceiveAsync(store, "refunds/create", "w-4", "952",
            """{"id":78,"order_id":952,"created_at":"2026-11-01T11:00:00Z","note":"damaged","refund_line_items":[],"transactions":[{"id":1,"kind":"refund","status":"success","amount":"100.00","currency":"CLP"}]}""");
        await hub.SettleAsync();
        await hub.ScalarAsync("DELETE FROM events WHERE order_key IN ('951', '952') AND topic = 'orders/create'");
        // A second refund comes that was not understood then.
        var row = await hub.TryAsync(NotRm);
        Assert.Equal((2L, 1L, 2L), (row.Read, row.Orders, row.NotKept));
        Assert.Equal("953", Assert.Single(await hub.DifferencesAsync(row.Id)).ExternalId);
    }

    [Fact]
    public async Task Parked_event_without_an_order_keeps_who_replayed_it_and_why()
    {
        await using var hub = await new ReplayHub(database).StartAsync();
        var store = await hub.ConnectAsync("acme", mapping: (_, _) => new Unmappable("Nothing is understood."));
        await hub.ReceiveAsync(store, "orders/create", "w-1", "961", TestHub.Order(961));
        await hub.UntilAsync("SELECT count(*) FROM parked_events", 1);
        var id = (Guid)(await hub.ScalarAsync("SELECT event_id FROM parked_events"))!;
        Assert.True((await hub.Get<ReplayStore>().ReplayParkedAsync([id], "operator eva", "the connector was mended", CancellationToken.None))[0].Done);
        await hub.UntilAsync("SELECT count(*) FROM parked_events", 1);
        Assert.True((await hub.Get<ReplayStore>().DropParkedAsync([id], "operator ada", null, CancellationToken.None))[0].Done);
        Assert.Equal("operator eva: A parked event is worked again on request. (the connector was mended); operator ada: A parked event was given up. (no reason)",
            await hub.ScalarAsync("SELECT string_agg(actor || ': ' || text || ' (' || coalesce(because, 'no reason') || ')', '; ' ORDER BY id) FROM event_actions"));
    }

    [Theory]
    [InlineData("[ { name: X, then: [ { explode: order } ] } ]", "then")]
    [InlineData("[ { name: X", "line")]
    public async Task Wrong_rules_are_refused_with_their_place(string rules, string said)
    {
        await using var hub = new ReplayHub(database);
        await hub.ConnectAsync("acme");
        Assert.Contains(said, (await hub.Actions.StartAsync(ReplayHub.Request(rules), "operator eva", CancellationToken.None)).Refusal, StringComparison.Ordinal);
        Assert.Contains("no connection", (await hub.Actions.StartAsync(ReplayHub.Request(null, ["nobody"]), "operator eva", CancellationToken.None)).Refusal, StringComparison.Ordinal);
        Assert.Contains("no store", (await hub.Actions.StartAsync(ReplayHub.Request(null, ["courier"]), "operator eva", CancellationToken.None)).Refusal, StringComparison.Ordinal);
    }

    private static async Task<(long Orders, long Different)> CountsAsync(ReplayHub hub, string? rules)
    {
        var row = await hub.TryAsync(rules);
        return (row.Orders, row.Different);
    }
}
