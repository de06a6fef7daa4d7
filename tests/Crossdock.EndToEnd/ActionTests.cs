using Crossdock.Connectors.Custom;
using Crossdock.Connectors.Http;
using Crossdock.Testing;
using Microsoft.Playwright;
using Xunit;

namespace Crossdock.EndToEnd;

/// <summary>Every action once through its page: what the page says, what the database has, and who and why in the order's history.</summary>
public sealed class ActionTests(ConsoleHub hub, Browser browser)
{
    private const string Dead = "EXISTS (SELECT 1 FROM deliveries d WHERE d.order_id = o.id AND d.state = 'dead')";

    [Fact]
    public async Task Approve_sends_the_order()
    {
        long id = hub.NextId();
        var order = await hub.OrderAsync("careful", id, "o.state = 'awaiting_approval'");
        await using var desk = await browser.SignInAsync(hub);
        Assert.Contains("It waits for a person: this store's orders are approved by a person.", await desk.ReadAsync($"/orders/{order}"), StringComparison.Ordinal);
        await desk.ActAsync("Approve", "paid by bank transfer");
        Assert.Equal("Approved: 1 order.", await desk.NoticeAsync());
        await hub.UntilAsync(id, "o.state = 'processing'");
        Assert.Contains($"#{id}", hub.Courier.References);
        await ToldAsync(id, "The order went from awaiting approval to approved.", "paid by bank transfer");
    }

    [Fact]
    public async Task Cancel_tells_the_courier_that_has_it()
    {
        long id = hub.NextId();
        var order = await hub.OrderAsync("acme", id, "o.state = 'processing'");
        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync($"/orders/{order}");
        await desk.ActAsync("Cancel order", "the buyer called");
        Assert.Equal("Cancelled: 1 order.", await desk.NoticeAsync());
        await hub.UntilAsync(id, "o.state = 'cancelled' AND EXISTS (SELECT 1 FROM deliveries d WHERE d.order_id = o.id AND d.kind = 'cancel' AND d.state = 'delivered')");
        Assert.True(hub.Courier.IsCancelled($"#{id}"));
        await ToldAsync(id, "The order went from processing to cancelled.", "the buyer called");
        Assert.Equal(0, await desk.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel order" }).CountAsync());
    }

    [Fact]
    public async Task Hold_stops_the_order_and_release_lets_it_go()
    {
        long id = hub.NextId();
        var order = await hub.OrderAsync("careful", id, "o.state = 'awaiting_approval'");
        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync($"/orders/{order}");
        await desk.ActAsync("Hold", "is this address right?");
        Assert.Equal("Stopped: 1 order.", await desk.NoticeAsync());
        Assert.Contains("Held: is this address right?", await desk.Page.Locator(".standing").InnerTextAsync(), StringComparison.Ordinal);
        await hub.UntilAsync(id, "o.held");
        await desk.ActAsync("Release", "yes, the buyer says");
        Assert.Equal("Released: 1 hold.", await desk.NoticeAsync());
        await hub.UntilAsync(id, "NOT o.held");
        await ToldAsync(id, "Held: is this address right?", "operator");
        await ToldAsync(id, "Released: is this address right?", "yes, the buyer says");
    }

    [Fact]
    public async Task Retry_sends_a_dead_letter_again()
    {
        long id = hub.NextId();
        hub.Broken.Behaviour = new CourierBehaviour { ServerError = 1 };
        var order = await hub.OrderAsync("fragile", id, Dead);
        await using var desk = await browser.SignInAsync(hub);
        string text = await desk.ReadAsync($"/orders/{order}");
        Assert.Contains("Order to Broken Courier failed: given up after 1 attempt", text, StringComparison.Ordinal);
        Assert.Contains("It is not tried again by itself.", text, StringComparison.Ordinal);
        hub.Broken.Behaviour = new CourierBehaviour();
        try
        {
            await desk.FollowAsync(desk.Page.Locator("text=Edit, retry or drop"));
            await desk.ActAsync("Retry", "the courier is back");
            Assert.Equal("Put back to be sent: 1 delivery.", await desk.NoticeAsync());
            await hub.UntilAsync(id, "o.state = 'processing'");
            Assert.Contains($"#{id}", hub.Broken.References);
            Assert.Equal(DBNull.Value, await hub.ScalarAsync($"SELECT body_override FROM deliveries WHERE order_id = '{order}'"));
            await ToldAsync(id, "To be sent to broken again", "the courier is back");
        }
        finally
        {
            hub.Broken.Behaviour = new CourierBehaviour { ServerError = 1 };
        }
    }

    [Fact]
    public async Task Edited_body_is_sent_as_it_stands()
    {
        long id = hub.NextId();
        var order = await hub.OrderAsync("fragile", id, Dead);
        object? delivery = await hub.ScalarAsync($"SELECT id FROM deliveries WHERE order_id = '{order}'");
        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync($"/dead-letters/{delivery}");
        Assert.Equal($$"""{"reference":"#{{id}}"}""", await desk.Page.Locator("textarea[name=body]").InputValueAsync());
        await desk.Page.FillAsync("textarea[name=body]", $"{{\n  \"reference\": \"edited-{id}\"\n}}");
        hub.Broken.Behaviour = new CourierBehaviour();
        try
        {
            await desk.ActAsync("Retry", "they want another reference");
            await hub.UntilAsync(id, "o.state = 'processing'");
            Assert.Contains($"edited-{id}", hub.Broken.References);
            Assert.Equal($"{{\n  \"reference\": \"edited-{id}\"\n}}", await hub.ScalarAsync($"SELECT body_override FROM deliveries WHERE id = '{delivery}'"));
            await ToldAsync(id, "To be sent to broken again with an edited body", "they want another reference");
        }
        finally
        {
            hub.Broken.Behaviour = new CourierBehaviour { ServerError = 1 };
        }
    }

    [Fact]
    public async Task Dropped_dead_letter_is_not_sent()
    {
        long id = hub.NextId();
        var order = await hub.OrderAsync("fragile", id, Dead);
        object? delivery = await hub.ScalarAsync($"SELECT id FROM deliveries WHERE order_id = '{order}'");
        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync($"/deliveries/{delivery}");
        await desk.ActAsync("Drop", "sent by hand");
        Assert.Equal("Dropped: 1 delivery.", await desk.NoticeAsync());
        Assert.Equal("dropped", await hub.ScalarAsync($"SELECT state FROM deliveries WHERE id = '{delivery}'"));
        await ToldAsync(id, "The delivery to broken was dropped", "sent by hand");
    }

    [Fact]
    public async Task Parked_event_is_replayed_or_given_up()
    {
        long id = hub.NextId();
        await hub.OrderAsync("acme", id, "o.state = 'processing'");
        await hub.SendAsync("acme", TestHub.Order(id, "2026-11-01T11:00:00Z", total: "\"a lot\""));
        string parked = $"SELECT p.event_id FROM parked_events p WHERE p.order_key = '{id}'";
        Guid seen = await AnyAsync(parked);
        object? before = await hub.ScalarAsync($"SELECT parked_at FROM parked_events WHERE event_id = '{seen}'");

        await using var desk = await browser.SignInAsync(hub);
        Assert.Contains("total_price", await desk.ReadAsync("/parked?store=acme"), StringComparison.Ordinal);
        string text = await desk.ReadAsync($"/parked/{seen}");
        Assert.Contains("Mend the cause", text, StringComparison.Ordinal);
        Assert.Contains("a lot", text, StringComparison.Ordinal);
        await desk.ActAsync("Replay", "the mapping was mended");
        Assert.Equal("Replayed: 1 event.", await desk.NoticeAsync());
        await AnyAsync($"{parked} AND p.parked_at > '{before:yyyy-MM-dd HH:mm:ss.ffffff}+00'");
        await ToldAsync(id, "Worked again on request.", "the mapping was mended");

        await desk.Page.GotoAsync($"/events/{seen}");
        await desk.ActAsync("Give up", "the shop sent it again");
        Assert.Equal("Gave up: 1 event.", await desk.NoticeAsync());
        Assert.Null(await hub.ScalarAsync(parked));
        await ToldAsync(id, "A parked event was given up.", "the shop sent it again");
    }

    [Fact]
    public async Task Event_that_cannot_be_read_is_parked_with_the_place_and_what_stood_there()
    {
        using var shop = new CustomStoreEmulator(new Uri(hub.Address + "/in/own"), ConsoleHub.OwnSecret, slipEvery: 2);
        string read = await shop.PlaceOrderAsync(TestContext.Current.CancellationToken), unread = await shop.PlaceOrderAsync(TestContext.Current.CancellationToken);
        await AnyAsync($"SELECT event_id FROM parked_events WHERE order_key = '{unread}'");
        Assert.Null(await hub.ScalarAsync($"SELECT event_id FROM parked_events WHERE order_key = '{read}'"));
        await using var desk = await browser.SignInAsync(hub);
        string text = await desk.ReadAsync("/parked?store=own");
        Assert.Contains("/totals/total", text, StringComparison.Ordinal);
        Assert.Matches("""amount = ?"\d+,\d+""", text);
        await desk.FollowAsync(desk.Page.Locator("tbody a.strong").First);
        Assert.Matches("""/totals/total/amount = ?"\d+,\d+""", await desk.Page.Locator(".standing").InnerTextAsync());
    }

    [Fact]
    public async Task Many_are_worked_at_once()
    {
        long[] ids = [hub.NextId(), hub.NextId(), hub.NextId()];
        foreach (long id in ids) await hub.OrderAsync("careful", id, "o.state = 'awaiting_approval'");
        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync("/approvals?store=careful");
        foreach (long id in ids) await desk.Page.CheckAsync($"input[aria-label='Choose #{id}']");
        await desk.ActAsync("Approve chosen", "a good customer");
        Assert.Equal("Approved: 3 orders.", await desk.NoticeAsync());
        foreach (long id in ids)
        {
            await hub.UntilAsync(id, "o.state = 'processing'");
            await ToldAsync(id, "The order went from awaiting approval to approved.", "a good customer");
        }

        long[] held = [hub.NextId(), hub.NextId()];
        foreach (long id in held) await hub.OrderAsync("acme", id, "o.held", quantity: 9);
        await desk.Page.GotoAsync("/holds?store=acme&code=rule");
        await desk.Page.CheckAsync("input[data-all]");
        await desk.ActAsync("Release chosen", "all were called");
        foreach (long id in held)
        {
            await hub.UntilAsync(id, "NOT o.held AND o.state = 'processing'");
            await ToldAsync(id, "Released: nine pieces or more: call the buyer", "all were called");
        }

        long[] dead = [hub.NextId(), hub.NextId()];
        foreach (long id in dead) await hub.OrderAsync("fragile", id, Dead);
        await desk.Page.GotoAsync("/dead-letters?destination=broken");
        await desk.Page.CheckAsync("input[data-all]");
        await desk.ActAsync("Drop chosen", "not wanted");
        Assert.StartsWith("Dropped: ", await desk.NoticeAsync(), StringComparison.Ordinal);
        Assert.Contains("No dead letters", await desk.ReadAsync("/dead-letters?destination=broken"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_done_without_a_choice_or_a_reason()
    {
        long id = hub.NextId();
        await hub.OrderAsync("careful", id, "o.state = 'awaiting_approval'");
        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync("/approvals?store=careful");
        await desk.ActAsync("Approve chosen", "no box was ticked");
        Assert.Contains("Nothing was chosen", await desk.NoticeAsync(), StringComparison.Ordinal);
        await desk.Page.CheckAsync($"input[aria-label='Choose #{id}']");
        await desk.ActAsync("Approve chosen", "   ");
        Assert.Contains("give a reason", await desk.NoticeAsync(), StringComparison.Ordinal);
        Assert.Equal("awaiting_approval", await hub.ScalarAsync($"SELECT state FROM orders WHERE external_id = '{id}'"));
    }

    private async Task ToldAsync(long id, string text, string because)
    {
        string timeline = await hub.TimelineAsync(id);
        Assert.Contains($"operator admin | {text} | {because}", timeline, StringComparison.Ordinal);
    }

    private async Task<Guid> AnyAsync(string sql)
    {
        for (int attempt = 0; attempt < 400; attempt++)
        {
            if (await hub.ScalarAsync(sql) is Guid found) return found;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException(sql);
    }
}
