using Crossdock.Testing;
using Microsoft.Playwright;
using Xunit;

namespace Crossdock.EndToEnd;

/// <summary>The list of orders: search as one types, keys, views, many orders at once.</summary>
public sealed class GridTests(ConsoleHub hub, Browser browser)
{
    [Fact]
    public async Task Typing_finds_an_order_and_the_address_keeps_it()
    {
        long id = hub.NextId(), other = hub.NextId();
        await hub.OrderAsync("acme", other, "o.state = 'processing'");
        await hub.OrderAsync("acme", id, "o.state = 'processing'");
        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync("/orders");
        Assert.Equal("", await desk.Page.Locator("input[name=q]").InputValueAsync());
        await desk.Page.Keyboard.PressAsync("/");
        await desk.Page.Keyboard.TypeAsync($"{id}");
        await desk.Page.WaitForFunctionAsync($"() => location.search === '?q={id}' && document.querySelectorAll('tbody tr').length === 1");
        Assert.Equal($"#{id}", await desk.Page.Locator("tbody a.strong").InnerTextAsync());

        // Away from the field the keys move, choose and open.
        await desk.Page.Keyboard.PressAsync("Escape");
        await desk.Page.Keyboard.PressAsync("j");
        await desk.Page.Keyboard.PressAsync("x");
        Assert.True(await desk.Page.Locator("tbody input[name=id]").IsCheckedAsync());
        await desk.Page.EvaluateAsync("() => window.isLeft = true");
        await desk.Page.Keyboard.PressAsync("Enter");
        await desk.ArriveAsync(null);
        Assert.Equal($"#{id}", await desk.Page.Locator("h1").InnerTextAsync());

        // A key of a decision leads to its reason; typing there is typing.
        await desk.Page.Keyboard.PressAsync("h");
        await desk.Page.Keyboard.TypeAsync("jx held by keys");
        await desk.Page.EvaluateAsync("() => window.isLeft = true");
        await desk.Page.Keyboard.PressAsync("Enter");
        await desk.ArriveAsync(null);
        Assert.Equal("Stopped: 1 order.", await desk.NoticeAsync());
        await desk.Page.Keyboard.PressAsync("?");
        Assert.True(await desk.Page.Locator("dialog#keys").IsVisibleAsync());
    }

    [Fact]
    public async Task All_that_match_are_stopped_after_a_preview_that_says_so()
    {
        await hub.ApplyAsync("bulky", "courier", "approval: manual");
        long[] ids = [hub.NextId(), hub.NextId(), hub.NextId()];
        foreach (long id in ids)
        {
            await hub.OrderAsync("bulky", id, "o.state = 'awaiting_approval'");
        }

        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync("/orders?store=bulky");
        await desk.Page.CheckAsync("input[name=all]");
        await desk.FollowAsync(desk.Page.Locator("button[name=action][value=approve]"));
        Assert.Contains("3 of 3 orders", await desk.Page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
        await desk.Page.FillAsync("main input[name=because]", "all checked");
        await desk.FollowAsync(desk.Page.Locator("main form[method=post] button"));
        await desk.Page.WaitForFunctionAsync("() => document.querySelector('#bulk')?.innerText.includes('3 done')");
        foreach (long id in ids)
        {
            await hub.UntilAsync(id, "o.state = 'processing'");
        }
    }

    [Fact]
    public async Task A_view_keeps_filter_and_order_and_a_column_is_chosen()
    {
        long id = hub.NextId();
        await hub.OrderAsync("acme", id, "o.state = 'processing'");
        await using var desk = await browser.SignInAsync(hub, width: 390);
        await desk.Page.GotoAsync($"/orders?store=acme&state=processing&sort=-total");
        await desk.Page.Locator("summary", new() { HasText = "Keep this list as a view" }).ClickAsync();
        await desk.Page.FillAsync("input[name=name]", $"View {id}");
        await desk.FollowAsync(desk.Page.GetByRole(AriaRole.Button, new() { Name = "Keep", Exact = true }));
        Assert.Equal("The view is kept.", await desk.NoticeAsync());
        await desk.Page.GotoAsync("/orders");
        await desk.FollowAsync(desk.Page.GetByRole(AriaRole.Link, new() { Name = $"View {id}" }));
        Assert.Contains("store=acme&state=processing&sort=-total", desk.Page.Url, StringComparison.Ordinal);
        Assert.Empty(await desk.OverflowAsync(alsoInside: false));
        await desk.Page.Locator("summary", new() { HasText = "Keep this list as a view" }).ClickAsync();
        await desk.FollowAsync(desk.Page.GetByRole(AriaRole.Button, new() { Name = "Remove the view" }));
        Assert.Equal("The view is removed.", await desk.NoticeAsync());
    }
}
