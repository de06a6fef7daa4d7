using Crossdock.Testing;
using Microsoft.Playwright;
using Xunit;

namespace Crossdock.EndToEnd;

public sealed class DashboardTests(ConsoleHub hub, Browser browser)
{
    [Fact]
    public async Task Figures_follow_what_happens_without_loading_the_page_again()
    {
        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync("/");
        await desk.Page.EvaluateAsync("() => window.isTheSame = true");
        var held = desk.Page.Locator("a.figure[href='/holds'] b");
        int before = int.Parse(await held.InnerTextAsync(), System.Globalization.CultureInfo.InvariantCulture);
        string ordersBefore = await OrdersTodayAsync(desk);

        long id = hub.NextId();
        await hub.OrderAsync("acme", id, "o.held", quantity: 12);

        await Assertions.Expect(held).ToHaveTextAsync($"{before + 1}");
        await Assertions.Expect(desk.Page.Locator("h1")).ToContainTextAsync(before == 0 ? "1 held order" : $"{before + 1} held orders");
        await Assertions.Expect(desk.Page.Locator("#nav a[href='/holds'] .count")).ToHaveTextAsync($"{before + 1}");
        await Assertions.Expect(desk.Page.Locator(".needs")).ToContainTextAsync("nine pieces or more: call the buyer");
        await Assertions.Expect(desk.Page.Locator(".stores tr", new() { HasText = "Acme Outdoor" }).Locator("td[data-label=orders]")).Not.ToHaveTextAsync(ordersBefore);
        Assert.True(await desk.Page.EvaluateAsync<bool>("() => window.isTheSame === true"));
    }

    [Fact]
    public async Task Deliveries_are_counted_for_store_and_destination()
    {
        await hub.OrderAsync("acme", hub.NextId(), "o.state = 'processing'");
        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync("/");
        await Assertions.Expect(desk.Page.Locator(".stores tr", new() { HasText = "Acme Outdoor" }).Locator("td[data-label=delivered]")).Not.ToHaveTextAsync("0");
        await desk.Page.GotoAsync("/connections/courier");
        await Assertions.Expect(desk.Page.Locator("a.figure[href*='state=delivered'] b")).Not.ToHaveTextAsync("0");
        Assert.Contains("it answers", await desk.Page.Locator("#health").InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silent_store_is_listed_as_never_heard_of()
    {
        await using var desk = await browser.SignInAsync(hub);
        string text = await desk.ReadAsync("/");
        Assert.Contains("Silent Shop", text, StringComparison.Ordinal);
        Assert.Contains("never heard of", await desk.ReadAsync("/connections/silent"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_of_one_reason_are_one_line_that_leads_to_them()
    {
        await hub.OrderAsync("fragile", hub.NextId(), "EXISTS (SELECT 1 FROM deliveries d WHERE d.order_id = o.id AND d.state = 'dead')");
        await hub.OrderAsync("fragile", hub.NextId(), "EXISTS (SELECT 1 FROM deliveries d WHERE d.order_id = o.id AND d.state = 'dead')");
        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync("/");
        // A page made between the two failures still shows one delivery by itself: the line of both comes with the next refresh.
        var line = desk.Page.Locator(".needs li", new() { HasText = "to Broken Courier" }).Filter(new() { HasTextRegex = new System.Text.RegularExpressions.Regex(@"\d+ orders") });
        await Assertions.Expect(line).ToHaveCountAsync(1);
        await desk.FollowAsync(line.Locator("a"), "/dead-letters?destination=broken");
        Assert.Contains("HTTP 500", await desk.Page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_moves_away_under_a_mouse_button_that_is_down()
    {
        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync("/");
        var headline = desk.Page.Locator("#headline");
        await desk.Page.Locator("h2").First.HoverAsync();
        await desk.Page.Mouse.DownAsync();
        string before = await headline.InnerTextAsync();
        await ThreeReadsAsync(desk);
        Assert.Equal(before, await headline.InnerTextAsync());
        await desk.Page.Mouse.UpAsync();
        await Assertions.Expect(headline).Not.ToHaveTextAsync(before, new() { UseInnerText = true });

        await desk.Page.Locator(".stores a", new() { HasText = "Acme Outdoor" }).HoverAsync();
        await desk.Page.EvaluateAsync("() => window.isLeft = true");
        await desk.Page.Mouse.DownAsync();
        before = await headline.InnerTextAsync();
        await hub.OrderAsync("acme", hub.NextId(), "o.held", quantity: 12);
        await ThreeReadsAsync(desk);
        Assert.Equal(before, await headline.InnerTextAsync());
        await desk.Page.Mouse.UpAsync();
        await desk.ArriveAsync("/connections/acme");
    }

    // When the third one is asked for, what the second one said stands on the page, or never will.
    private static async Task ThreeReadsAsync(Desk desk)
    {
        for (int read = 0; read < 3; read++) await desk.Page.WaitForRequestAsync(request => request.Headers.ContainsKey("x-live"));
    }

    private static Task<string> OrdersTodayAsync(Desk desk) => desk.Page.Locator(".stores tr", new() { HasText = "Acme Outdoor" }).Locator("td[data-label=orders]").InnerTextAsync();
}
