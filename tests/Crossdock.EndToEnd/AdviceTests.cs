using Crossdock.Connectors.Http;
using Crossdock.Testing;
using Xunit;

namespace Crossdock.EndToEnd;

/// <summary>What the console advises a person to do is what helps.</summary>
public sealed class AdviceTests(ConsoleHub hub, Browser browser)
{
    [Fact]
    public async Task Excluded_order_goes_on_after_the_rules_are_mended_and_the_last_event_is_replayed()
    {
        await hub.ApplyAsync("mended", "courier", "rules: [ { name: Not yet, then: [ { exclude: order, because: closed for the holidays } ] } ]");
        long id = hub.NextId();
        var order = await hub.OrderAsync("mended", id, "o.state = 'excluded'");
        await hub.ApplyAsync("mended", "courier", "rules: []");

        await using var desk = await browser.SignInAsync(hub);
        Assert.Contains("closed for the holidays", await desk.ReadAsync($"/orders/{order}"), StringComparison.Ordinal);
        await desk.FollowAsync(desk.Page.Locator("text=The last event"));
        await desk.ActAsync("Replay", "we are open again");
        await hub.UntilAsync(id, "o.state = 'processing'");
        Assert.Contains($"#{id}", hub.Courier.References);
        Assert.Contains("operator admin | Worked again on request. | we are open again", await hub.TimelineAsync(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Order_with_nowhere_to_go_says_so_and_goes_once_there_is_a_destination()
    {
        await hub.ApplyAsync("nowhere", "", "");
        long id = hub.NextId();
        var order = await hub.OrderAsync("nowhere", id, "o.state = 'approved'");
        await using var desk = await browser.SignInAsync(hub);
        Assert.Contains("It may go on, but it has nowhere to go.", await desk.ReadAsync($"/orders/{order}"), StringComparison.Ordinal);
        await hub.ApplyAsync("nowhere", "courier", "");
        await desk.FollowAsync(desk.Page.Locator("text=The last event"));
        await desk.ActAsync("Replay", "the courier is there now");
        await hub.UntilAsync(id, "o.state = 'processing'");
    }

    [Fact]
    public async Task Refused_order_that_the_shop_corrects_is_sent_corrected_when_it_is_released()
    {
        long id = hub.NextId();
        hub.Courier.Next(CourierMood.BadAddress);
        var order = await hub.OrderAsync("acme", id, "o.held");
        await hub.SendAsync("acme", TestHub.Order(id, "2026-11-01T11:00:00Z").Replace("Ana Rojas", "Ana Rojas Soto", StringComparison.Ordinal));
        await hub.UntilAsync(id, "o.customer_name IS NOT NULL AND o.document::text LIKE '%Ana Rojas Soto%'");
        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync($"/orders/{order}");
        await desk.ActAsync("Release", "corrected by the shop");
        await hub.UntilAsync(id, "NOT o.held AND o.state = 'processing'");
        Assert.Contains("Ana Rojas Soto", (string?)await hub.ScalarAsync($"SELECT request_body FROM attempts WHERE order_id = '{order}' AND outcome = 'delivered'"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_delivery_that_a_person_edits_is_sent_and_no_longer_held()
    {
        long id = hub.NextId();
        hub.Courier.Next(CourierMood.BadAddress);
        var order = await hub.OrderAsync("acme", id, "o.held");
        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync($"/orders/{order}");
        await desk.FollowAsync(desk.Page.Locator("text=Edit what is sent"));
        await desk.Page.FillAsync("textarea[name=body]", $$"""{"reference":"#{{id}}","name":"Ana Rojas, second floor"}""");
        await desk.ActAsync("Retry", "the buyer gave the floor");
        await hub.UntilAsync(id, "NOT o.held AND o.state = 'processing'");
        Assert.Contains("operator admin | To be sent to courier again with an edited body | the buyer gave the floor", await hub.TimelineAsync(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Order_for_a_disabled_destination_is_shown_as_paused_and_goes_on_when_it_is_enabled()
    {
        await hub.ApplyCourierAsync("resting", enabled: true);
        await hub.ApplyAsync("rested", "resting", "");
        await hub.ApplyCourierAsync("resting", enabled: false);
        long id = hub.NextId();
        var order = await hub.OrderAsync("rested", id, "o.state = 'approved' AND EXISTS (SELECT 1 FROM deliveries d WHERE d.order_id = o.id AND d.state = 'waiting')");
        object? delivery = await hub.ScalarAsync($"SELECT id FROM deliveries WHERE order_id = '{order}'");

        await using var desk = await browser.SignInAsync(hub);
        string text = await desk.ReadAsync($"/orders/{order}");
        Assert.Contains("Order to resting is paused: destination is disabled.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("on its way", text, StringComparison.Ordinal);
        Assert.Contains("paused: destination is disabled", await desk.ReadAsync("/deliveries?destination=resting"), StringComparison.Ordinal);
        Assert.Contains("Paused: destination is disabled.", await desk.ReadAsync($"/deliveries/{delivery}"), StringComparison.Ordinal);
        Assert.Contains("destination is disabled; 1 delivery waits", await desk.ReadAsync("/connections/resting"), StringComparison.Ordinal);
        await desk.Page.GotoAsync("/");
        await Microsoft.Playwright.Assertions.Expect(desk.Page.Locator(".needs")).ToContainTextAsync("resting");
        using var client = await hub.ClientAsync();
        Assert.Contains("\"pausedBecause\":\"destination is disabled\"", await client.GetStringAsync(new Uri("/api/v1/connections", UriKind.Relative), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("\"pausedBecause\":\"destination is disabled\"", await client.GetStringAsync(new Uri("/api/v1/deliveries?destination=resting", UriKind.Relative), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        await hub.ApplyCourierAsync("resting", enabled: true);
        await hub.UntilAsync(id, "o.state = 'processing'");
        Assert.DoesNotContain("paused", await desk.ReadAsync($"/orders/{order}"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Address_that_the_shop_completes_ends_the_hold()
    {
        long id = hub.NextId();
        string whole = TestHub.Order(id);
        await hub.SendAsync("acme", whole.Replace("\"address1\":\"Av. Siempre Viva 742\"", "\"address1\":null", StringComparison.Ordinal));
        var order = await hub.UntilAsync(id, "o.held");
        await using var desk = await browser.SignInAsync(hub);
        Assert.Contains("Complete the address in the shop: the new version is taken over by itself and ends the hold.", await desk.ReadAsync($"/orders/{order}"), StringComparison.Ordinal);
        await hub.SendAsync("acme", whole.Replace("2026-11-01T10:00:00Z", "2026-11-01T10:10:00Z", StringComparison.Ordinal));
        await hub.UntilAsync(id, "NOT o.held AND o.state = 'processing'");
    }

    [Fact]
    public async Task Cancellation_that_nobody_can_be_told_of_is_settled_by_a_release()
    {
        long id = hub.NextId();
        hub.Broken.Behaviour = new CourierBehaviour();
        try
        {
            var order = await hub.OrderAsync("fragile", id, "o.state = 'processing'");
            await using var desk = await browser.SignInAsync(hub);
            await desk.Page.GotoAsync($"/orders/{order}");
            await desk.ActAsync("Cancel order", "the buyer called");
            await hub.UntilAsync(id, "o.held AND o.state = 'cancelled'");
            string text = await desk.ReadAsync($"/orders/{order}");
            Assert.Contains("Held: broken has it and cannot be told to cancel: the buyer called", text, StringComparison.Ordinal);
            Assert.Contains("Ask the destination by mail or phone not to ship it.", text, StringComparison.Ordinal);
            await desk.ActAsync("Release", "told them by phone");
            await hub.UntilAsync(id, "NOT o.held AND o.state = 'cancelled'");
            Assert.Equal(1L, await hub.ScalarAsync($"SELECT count(*) FROM deliveries WHERE order_id = '{order}'"));
        }
        finally
        {
            hub.Broken.Behaviour = new CourierBehaviour { ServerError = 1 };
        }
    }
}
