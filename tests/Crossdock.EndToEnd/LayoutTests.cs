using Crossdock.Connectors.Http;
using Crossdock.Testing;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace Crossdock.EndToEnd;

/// <summary>Every page at a desk and on a telephone, by day and by night, in both languages: nothing sticks out, nothing is hard to see, name or reach, and the browser has nothing to complain about.</summary>
public sealed class LayoutTests(ConsoleHub hub, Browser browser)
{
    [Theory]
    [InlineData(1280, ColorScheme.Light, "en-GB")]
    [InlineData(1280, ColorScheme.Dark, "en-GB")]
    [InlineData(390, ColorScheme.Light, "es-ES")]
    [InlineData(390, ColorScheme.Dark, "es-CL")]
    public async Task Nothing_sticks_out_and_everything_can_be_reached(int width, ColorScheme scheme, string locale)
    {
        long id = hub.NextId();
        hub.Courier.Next(CourierMood.BadAddress);
        var refused = await hub.OrderAsync("acme", id, "o.held");
        var dead = await hub.OrderAsync("fragile", hub.NextId(), "EXISTS (SELECT 1 FROM deliveries d WHERE d.order_id = o.id AND d.state = 'dead')");
        await hub.OrderAsync("careful", hub.NextId(), "o.state = 'awaiting_approval'");
        await hub.SendAsync("acme", TestHub.Order(id, "2026-11-01T11:00:00Z", total: "\"a-very-long-word-that-a-shop-could-send-instead-of-a-number-and-that-must-not-widen-the-page\""));
        await hub.UntilAsync(id, $"EXISTS (SELECT 1 FROM parked_events p WHERE p.order_key = '{id}')");
        object? parked = await hub.ScalarAsync($"SELECT event_id FROM parked_events WHERE order_key = '{id}'");
        object? delivery = await hub.ScalarAsync($"SELECT id FROM deliveries WHERE order_id = '{dead}'");

        await using var desk = await browser.SignInAsync(hub, width, scheme, locale);
        List<string> wrong = [];
        int number = 0;
        foreach (string page in (string[])[.. Pages.Signed.Select(row => row.Data), $"/orders/{refused}", $"/orders/{dead}", $"/deliveries/{delivery}", $"/events/{parked}", "/orders?q=nothing", "/sign-in"])
        {
            Assert.Equal(200, (await desk.Page.GotoAsync(page))!.Status);
            await desk.Page.EvaluateAsync("() => document.querySelectorAll('details').forEach(part => part.open = true)");
            wrong.AddRange((await desk.OverflowAsync(alsoInside: true)).Select(what => $"{page}: {what}"));
            // Every page once: every other one by day at a desk, the rest by night on a telephone.
            if ((width == 1280) != (scheme == ColorScheme.Light) || number++ % 2 == (width == 1280 ? 0 : 1)) continue;
            var found = await desk.Page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } });
            wrong.AddRange(found.Violations.Select(violation => $"{page}: {violation.Impact} {violation.Id}, {violation.Nodes.Length} times: {violation.Nodes[0].Html}"));
        }

        Assert.Empty(wrong);
        string ground = await desk.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
        Assert.Equal(scheme == ColorScheme.Dark ? "rgb(18, 22, 27)" : "rgb(245, 246, 248)", ground);
    }

    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task Filter_and_Clear_keep_apart(int width)
    {
        await using var desk = await browser.SignInAsync(hub, width);
        await desk.Page.GotoAsync("/orders?q=nothing");
        double gap = await desk.Page.EvaluateAsync<double>("""
            () => { const [filter, clear] = [...document.querySelectorAll('.filters > span > *')].map(one => one.getBoundingClientRect());
                    return Math.max(clear.left - filter.right, clear.top - filter.bottom); }
            """);
        Assert.InRange(gap, 7.5, 8.5);
    }

    [Fact]
    public async Task Menu_opens_on_a_telephone()
    {
        await using var desk = await browser.SignInAsync(hub, 390);
        var orders = desk.Page.Locator("#nav a[href='/orders']");
        await desk.Page.GotoAsync("/");
        await Assertions.Expect(orders).ToBeHiddenAsync();
        await desk.Page.GetByRole(AriaRole.Button, new() { Name = "Menu" }).ClickAsync();
        await desk.FollowAsync(orders, "/orders");
    }
}
