using Microsoft.Playwright;
using Xunit;

namespace Crossdock.EndToEnd;

/// <summary>Two people with the same page open: the second one is told, and nothing of the first one's work is undone.</summary>
public sealed class TwoOperatorsTests(ConsoleHub hub, Browser browser)
{
    [Fact]
    public async Task Second_approval_says_that_it_was_approved()
    {
        long id = hub.NextId();
        var order = await hub.OrderAsync("careful", id, "o.state = 'awaiting_approval'");
        await using var first = await browser.SignInAsync(hub);
        await using var second = await browser.SignInAsync(hub);
        await first.Page.GotoAsync($"/orders/{order}");
        await second.Page.GotoAsync($"/orders/{order}");
        await second.ReasonAsync("Approve", "paid, I think");
        await first.ActAsync("Approve", "paid");
        await hub.UntilAsync(id, "o.state = 'processing'");
        await Assertions.Expect(second.Page.Locator("#state")).ToContainTextAsync("processing");
        await second.PressAsync("Approve");
        Assert.Equal("Nothing was changed: The order is processing already; only one that awaits approval can be approved.", await second.NoticeAsync());
        Assert.DoesNotContain("paid, I think", await hub.TimelineAsync(id), StringComparison.Ordinal);
        Assert.Equal(1L, await hub.ScalarAsync($"SELECT count(*) FROM deliveries WHERE order_id = '{order}'"));
    }

    [Fact]
    public async Task Cancelling_what_was_approved_meanwhile_asks_to_look_again()
    {
        long id = hub.NextId();
        var order = await hub.OrderAsync("careful", id, "o.state = 'awaiting_approval'");
        await using var first = await browser.SignInAsync(hub);
        await using var second = await browser.SignInAsync(hub);
        await second.Page.GotoAsync($"/orders/{order}");
        await second.ReasonAsync("Cancel order", "not paid for days");
        await first.Page.GotoAsync($"/orders/{order}");
        await first.ActAsync("Approve", "paid");
        await hub.UntilAsync(id, "o.state = 'processing'");
        await second.PressAsync("Cancel order");
        Assert.Equal("Nothing was changed: The order is processing by now; when you opened it, it was awaiting approval. Look at it again, then decide.", await second.NoticeAsync());
        Assert.Equal("processing", await hub.ScalarAsync($"SELECT state FROM orders WHERE id = '{order}'"));

        // The page shows the present now: the same wish counts.
        await second.ActAsync("Cancel order", "still not wanted");
        Assert.Equal("Cancelled: 1 order.", await second.NoticeAsync());
    }

    [Fact]
    public async Task Second_release_says_who_was_first_and_why()
    {
        long id = hub.NextId();
        await hub.OrderAsync("acme", id, "o.held", quantity: 10);
        await using var first = await browser.SignInAsync(hub);
        await using var second = await browser.SignInAsync(hub);
        foreach (var desk in (Desk[])[first, second])
        {
            await desk.Page.GotoAsync("/holds?store=acme");
            await desk.Page.CheckAsync($"input[aria-label='Choose #{id}']");
        }

        await first.ActAsync("Release chosen", "the buyer wants all ten");
        await second.ActAsync("Release chosen", "same here");
        Assert.Equal($"Nothing was changed: operator admin has released order #{id} already (\"the buyer wants all ten\").", await second.NoticeAsync());
    }
}
