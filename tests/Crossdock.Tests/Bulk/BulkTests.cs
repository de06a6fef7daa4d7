using Crossdock.Accounts;
using Crossdock.Bulk;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Model.Orders;
using Crossdock.Orders;
using Crossdock.Review;
using Crossdock.Tests.Orders;
using Crossdock.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Crossdock.Tests.Bulk;

public sealed class BulkTests(SeededOrders seeded) : IClassFixture<SeededOrders>
{
    private static readonly Caller Eva = new(CallerKind.User, "eva", Guid.Parse("01900000-0000-7000-8000-00000000e0a0"), "127.0.0.1", null);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private BulkActions Actions => seeded.Services.GetRequiredService<BulkActions>();

    [Theory]
    [InlineData(BulkKind.Hold, "store=seed-taller")]
    [InlineData(BulkKind.Release, "store=seed-taller")]
    [InlineData(BulkKind.Cancel, "store=seed-wola")]
    [InlineData(BulkKind.Approve, "store=seed-sur")]
    [InlineData(BulkKind.Resend, "store=seed-andina")]
    public async Task What_happens_is_what_the_preview_said_and_each_change_is_told_once(BulkKind kind, string filter)
    {
        // Every kind finds something to do, whatever chance has made.
        await using (var prepare = seeded.Database.CreateCommand("""
            UPDATE orders SET state = 'awaiting_approval' WHERE id IN (SELECT o.id FROM orders o JOIN connections c ON c.id = o.connection_id WHERE c.key = 'seed-sur' AND o.state = 'delivered' LIMIT 5);
            UPDATE deliveries SET state = 'dead' WHERE order_id IN (SELECT o.id FROM orders o JOIN connections c ON c.id = o.connection_id WHERE c.key = 'seed-andina' AND o.state = 'processing' LIMIT 5);
            """))
        {
            await prepare.ExecuteNonQueryAsync(Stop);
        }

        if (kind is BulkKind.Release)
        {
            var some = (await seeded.IdsAsync("SELECT o.id FROM orders o JOIN connections c ON c.id = o.connection_id WHERE c.key = 'seed-taller' AND o.state = 'delivered' ORDER BY o.id LIMIT 7"));
            foreach (var id in some)
            {
                await seeded.Services.GetRequiredService<OrderActions>().HoldAsync(id, "operator eva", "for the release", Stop);
            }
        }

        string because = $"{kind} of all";
        var request = new BulkRequest(kind, null, filter, because);
        var preview = (await AsEvaAsync(() => Actions.PreviewAsync(request, Stop))).Preview!;
        var started = await AsEvaAsync(() => Actions.StartAsync(request, "operator eva", Stop));
        Assert.Equal(BulkState.Running, EnumNames<BulkState>.Parse(started.Row!.State));
        while (await Role().StepAsync(Stop))
        {
        }

        var row = (await seeded.Services.GetRequiredService<BulkQueries>().FindAsync(started.Row.Id, Stop))!;
        Assert.Equal(("done", preview.Total, preview.WillDo, preview.WillRefuse), (row.State, row.Total, row.Done, row.Refused));
        Assert.True(preview.WillDo > 0, "the preview has nothing that would be done: the test shows nothing");
        Assert.Equal(preview.Groups.Where(group => group.Refusal is not null).GroupBy(group => group.Refusal).ToDictionary(group => group.Key!, group => group.Sum(one => one.Count)), row.Refusals!.ToDictionary(one => one.Because, one => one.Count));
        // A cancellation may also open a hold that names the reason; releasing is told once for each hold.
        string told = kind is BulkKind.Cancel ? $"\"because\":\"{because}\"" : because;
        Assert.Equal(kind is BulkKind.Release ? await seeded.AskAsync<long>($"SELECT max(n) FROM (SELECT count(*) AS n FROM holds WHERE released_because = '{because}' GROUP BY order_id) x") : 1L, await seeded.AskAsync<long>($"SELECT max(n) FROM (SELECT count(*) AS n FROM timeline t JOIN bulk_action_orders b ON b.order_id = t.order_id AND b.bulk_id = '{row.Id}' WHERE b.outcome = 'done' AND t.entries::text LIKE '%{told}%' GROUP BY t.order_id) x"));
        Assert.Equal(preview.WillDo, (int)await seeded.AskAsync<long>($"SELECT count(DISTINCT t.order_id) FROM timeline t JOIN bulk_action_orders b ON b.order_id = t.order_id AND b.bulk_id = '{row.Id}' WHERE b.outcome = 'done' AND t.entries::text LIKE '%{told}%'"));
        Assert.True(await seeded.AskAsync<long>($"SELECT count(*) FROM audit WHERE actor = 'eva' AND because = '{because}' AND id > '{row.Id}'") >= preview.WillDo);
    }

    [Fact]
    public async Task Work_that_was_interrupted_goes_on_and_does_nothing_twice()
    {
        var ids = await seeded.IdsAsync("SELECT o.id FROM orders o JOIN connections c ON c.id = o.connection_id WHERE c.key = 'seed-boreal' AND o.state = 'delivered' AND NOT o.held ORDER BY o.id LIMIT 60");
        var started = await AsEvaAsync(() => Actions.StartAsync(new BulkRequest(BulkKind.Hold, ids, null, "interrupted"), "operator eva", Stop));
        var store = new BulkStore(seeded.Database, NodeIdentity.New());
        Assert.NotNull(await store.ClaimAsync(TimeProvider.System.GetUtcNow(), Stop));

        // A node has begun with some and done one, and dies before it says so.
        var begun = await store.BeginAsync(started.Row!.Id, 0, 10, Stop);
        Assert.Null((await AsEvaAsync(() => seeded.Services.GetRequiredService<OrderActions>().HoldAsync(begun[0].Order, "operator eva", "interrupted", Stop))).Refusal);
        while (await Role().StepAsync(Stop))
        {
        }

        var row = (await seeded.Services.GetRequiredService<BulkQueries>().FindAsync(started.Row.Id, Stop))!;
        Assert.Equal(("done", 60, 0), (row.State, row.Done, row.Refused));
        Assert.Equal(60L, await seeded.AskAsync<long>("SELECT count(*) FROM holds WHERE reason = 'interrupted'"));
    }

    [Fact]
    public async Task Whoever_may_see_one_store_reaches_only_its_orders()
    {
        int store = await seeded.AskAsync<int>("SELECT id FROM connections WHERE key = 'seed-lago'");
        var merchant = new Caller(CallerKind.User, "lago", Guid.NewGuid(), null, [store]);
        var foreign = await seeded.IdsAsync("SELECT o.id FROM orders o JOIN connections c ON c.id = o.connection_id WHERE c.key = 'seed-cumbre' AND o.state = 'delivered' ORDER BY o.id LIMIT 3");
        var preview = (await AsAsync(merchant, () => Actions.PreviewAsync(new BulkRequest(BulkKind.Hold, foreign, null, null), Stop))).Preview!;
        Assert.Equal(0, preview.Total);
        Assert.Equal(await seeded.AskAsync<long>($"SELECT count(*) FROM orders WHERE connection_id = {store}"), (await AsAsync(merchant, () => Actions.PreviewAsync(new BulkRequest(BulkKind.Hold, null, "", null), Stop))).Preview!.Total);
        var started = await AsAsync(merchant, () => Actions.StartAsync(new BulkRequest(BulkKind.Hold, foreign, null, "not mine"), "operator lago", Stop));
        while (await Role().StepAsync(Stop))
        {
        }

        Assert.Equal(0L, await seeded.AskAsync<long>("SELECT count(*) FROM holds WHERE reason = 'not mine'"));
        var other = new Caller(CallerKind.User, "wola", Guid.NewGuid(), null, [store + 1]);
        Assert.Null(await AsAsync(other, () => seeded.Services.GetRequiredService<BulkQueries>().FindAsync(started.Row!.Id, Stop)));
        Assert.NotNull(await AsAsync(merchant, () => seeded.Services.GetRequiredService<BulkQueries>().FindAsync(started.Row!.Id, Stop)));
    }

    [Theory]
    [InlineData(null, "Nothing was chosen")]
    [InlineData("state=lost", "There is no state")]
    [InlineData("flavour=sweet", "nothing to filter by under the name \"flavour\"")]
    public async Task What_cannot_be_understood_changes_nothing(string? filter, string told) =>
        Assert.Contains(told, (await Actions.StartAsync(new BulkRequest(BulkKind.Cancel, [], filter, "because"), "operator eva", Stop)).Refusal, StringComparison.Ordinal);

    [Fact]
    public async Task A_list_leaves_as_csv_that_no_spreadsheet_runs()
    {
        await using (var prepare = seeded.Database.CreateCommand("UPDATE orders SET customer_name = '=1+2,\"x\"' WHERE id = (SELECT o.id FROM orders o JOIN connections c ON c.id = o.connection_id WHERE c.key = 'seed-bay' ORDER BY o.id LIMIT 1)"))
        {
            await prepare.ExecuteNonQueryAsync(Stop);
        }

        using var stream = new MemoryStream();
        await seeded.Services.GetRequiredService<OrderCsv>().WriteAsync(new OrderSearch { Store = "seed-bay" }, new(OrderSort.Arrived, false), stream, Stop);
        string[] lines = System.Text.Encoding.UTF8.GetString(stream.ToArray()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(await seeded.AskAsync<long>("SELECT count(*) + 1 FROM orders o JOIN connections c ON c.id = o.connection_id WHERE c.key = 'seed-bay'"), lines.Length);
        Assert.Contains("\"'=1+2,\"\"x\"\"\"", lines[1], StringComparison.Ordinal);
        using var all = new MemoryStream();
        await seeded.Services.GetRequiredService<OrderCsv>().WriteAsync(new OrderSearch(), new(OrderSort.Total, true), all, Stop);
        Assert.Equal(SeededOrders.Count + 1, System.Text.Encoding.UTF8.GetString(all.ToArray()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Views_are_ones_own_unless_they_are_shared()
    {
        var views = seeded.Services.GetRequiredService<OrderViews>();
        var ann = new Caller(CallerKind.User, "ann", Guid.NewGuid(), null, null);
        var (own, _) = await AsEvaAsync(() => views.SaveAsync(new("Mine", "sort=-total&state=approved&flavour=sweet&after=x"), Stop));
        var (shared, _) = await AsEvaAsync(() => views.SaveAsync(new("Ours", "held=true", IsShared: true, Columns: ["email", "total"]), Stop));
        var (again, _) = await AsEvaAsync(() => views.SaveAsync(new("mine", "state=closed"), Stop));
        Assert.Equal(own, again);
        Assert.Equal(["mine state=closed", "Ours held=true"], (await AsEvaAsync(() => views.ListAsync(Stop))).Select(view => $"{view.Name} {view.Filter}"));
        var seen = Assert.Single(await AsAsync(ann, () => views.ListAsync(Stop)));
        Assert.Equal(("Ours", false, "eva"), (seen.Name, seen.IsOwn, seen.OwnerName));
        Assert.Equal(["email", "total"], seen.Columns);
        Assert.False(await AsAsync(ann, () => views.RemoveAsync(own!.Value, isAdministrator: true, Stop)));
        Assert.False(await AsAsync(ann, () => views.RemoveAsync(shared!.Value, isAdministrator: false, Stop)));
        Assert.True(await AsAsync(ann, () => views.RemoveAsync(shared!.Value, isAdministrator: true, Stop)));
        Assert.Contains("name", (await AsEvaAsync(() => views.SaveAsync(new("", ""), Stop))).Refusal, StringComparison.Ordinal);
        Assert.Contains("state", (await AsEvaAsync(() => views.SaveAsync(new("x", "state=lost"), Stop))).Refusal, StringComparison.Ordinal);

        await AsEvaAsync(async () => { await views.ChooseAsync(["total", "email", "nonsense"], Stop); return true; });
        Assert.Equal(["email", "total"], await AsEvaAsync(() => views.ColumnsAsync(Stop)));
        Assert.Equal(OrderViews.Usual, await AsAsync(ann, () => views.ColumnsAsync(Stop)));
    }

    private BulkRole Role() => new(new BulkStore(seeded.Database, NodeIdentity.New(isAlone: true)), seeded.Services.GetRequiredService<BulkQueries>(), seeded.Services.GetRequiredService<OrderActions>(), seeded.Services.GetRequiredService<DeliveryActions>(), new AuditLog(seeded.Database, TimeProvider.System), TimeProvider.System, NullLogger<BulkRole>.Instance);

    private static Task<T> AsEvaAsync<T>(Func<Task<T>> act) => AsAsync(Eva, act);

    private static async Task<T> AsAsync<T>(Caller caller, Func<Task<T>> act)
    {
        Caller.Is(caller);
        return await act();
    }
}
