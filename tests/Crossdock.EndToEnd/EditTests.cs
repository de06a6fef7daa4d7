using Crossdock.Testing;
using Microsoft.Playwright;
using Xunit;

namespace Crossdock.EndToEnd;

/// <summary>Changing an order in the browser: typed, looked at, saved, chosen, undone.</summary>
public sealed class EditTests(ConsoleHub hub, Browser browser)
{
    [Fact]
    public async Task Change_is_shown_with_what_follows_before_it_is_saved_and_is_undone_by_one_click_and_a_reason()
    {
        long id = hub.NextId();
        var order = await hub.OrderAsync("careful", id, "o.state = 'awaiting_approval'");
        await using var desk = await browser.SignInAsync(hub, width: 390);
        await desk.Page.GotoAsync($"/orders/{order}");
        await desk.FollowAsync(desk.Page.GetByRole(AriaRole.Link, new() { Name = "Edit", Exact = true }), $"/orders/{order}/edit");
        Assert.Empty(await desk.OverflowAsync(alsoInside: false));
        await Field(desk, "shipTo.city").FillAsync("Concón");
        await Field(desk, "shipTo.region").FillAsync("Valparaíso");
        await Field(desk, "lines.1.quantity").FillAsync("2");
        await PressAsync(desk, "See what follows");
        string review = await desk.Page.Locator("main").InnerTextAsync();
        foreach (string part in (string[])["delivery city", "Santiago", "Concón", "quantity of SKU-1", "The order stays", "Nothing is saved yet."])
        {
            Assert.Contains(part, review, StringComparison.Ordinal);
        }

        Assert.Equal("Santiago", await hub.ScalarAsync($"SELECT document -> 'shipTo' ->> 'city' FROM orders WHERE id = '{order}'"));
        await PressAsync(desk, "Back to the form");
        Assert.Equal("Concón", await Field(desk, "shipTo.city").InputValueAsync());
        await Field(desk, "lines.1.quantity").FillAsync("many");
        await PressAsync(desk, "See what follows");
        Assert.Contains("It is no quantity", await desk.Page.Locator("[role=alert]").InnerTextAsync(), StringComparison.Ordinal);
        await Field(desk, "lines.1.quantity").FillAsync("3");
        await PressAsync(desk, "See what follows");
        Assert.Empty(await desk.OverflowAsync(alsoInside: false));
        await desk.ActAsync("Save", "the buyer called");
        Assert.Equal("The change is saved.", await desk.NoticeAsync());
        string page = await desk.Page.Locator("main").InnerTextAsync();
        Assert.Contains("changed here", page, StringComparison.Ordinal);
        Assert.Contains("by operator admin", page, StringComparison.Ordinal);
        Assert.Equal("Concón VS 3", await hub.ScalarAsync($"SELECT (document -> 'shipTo' ->> 'city') || ' ' || ship_region || ' ' || (document -> 'lines' -> 0 ->> 'currentQuantity') FROM orders WHERE id = '{order}'"));

        await desk.FollowAsync(desk.Page.GetByRole(AriaRole.Link, new() { Name = "Undo the change of the delivery city" }));
        Assert.Contains("What will happen", await desk.Page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
        await desk.ActAsync("Save", "she had it right");
        Assert.Equal("Santiago", await hub.ScalarAsync($"SELECT document -> 'shipTo' ->> 'city' FROM orders WHERE id = '{order}'"));
        Assert.Contains("operator admin | Undid the change of the delivery city by operator admin: what the shop says counts again. | she had it right", await hub.TimelineAsync(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_of_two_who_change_the_same_field_chooses_and_loses_nothing_typed()
    {
        long id = hub.NextId();
        var order = await hub.OrderAsync("careful", id, "o.state = 'awaiting_approval'");
        await using var first = await browser.SignInAsync(hub);
        await using var second = await browser.SignInAsync(hub);
        await second.Page.GotoAsync($"/orders/{order}/edit");
        await first.Page.GotoAsync($"/orders/{order}/edit");
        await Field(first, "shipTo.city").FillAsync("Concón");
        await Field(first, "customer.phone").FillAsync("+56 2 2345 6789");
        await PressAsync(first, "See what follows");
        await first.ActAsync("Save", "the first one");

        await Field(second, "shipTo.city").FillAsync("Quilpué");
        await Field(second, "note").FillAsync("ring twice");
        await PressAsync(second, "See what follows", conflict: true);
        string sides = await second.Page.Locator("main").InnerTextAsync();
        foreach (string part in (string[])["What you typed: Quilpué", "What operator admin wrote: Concón", "customer's phone", "+56 2 2345 6789"])
        {
            Assert.Contains(part, sides, StringComparison.Ordinal);
        }

        await second.Page.Locator("input[type=radio][value=mine]").CheckAsync();
        await PressAsync(second, "Go on");
        await second.ActAsync("Save", "the second one");
        Assert.Equal("Quilpué|+56 2 2345 6789|ring twice", await hub.ScalarAsync($"SELECT concat_ws('|', document -> 'shipTo' ->> 'city', document -> 'customer' ->> 'phone', document ->> 'note') FROM orders WHERE id = '{order}'"));
    }

    [Fact]
    public async Task Field_that_the_shop_changed_too_is_chosen_on_the_order_page()
    {
        long id = hub.NextId();
        var order = await hub.OrderAsync("careful", id, "o.state = 'awaiting_approval'");
        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync($"/orders/{order}/edit");
        await Field(desk, "shipTo.city").FillAsync("Concón");
        await PressAsync(desk, "See what follows");
        await desk.ActAsync("Save", "she called");
        await hub.SendAsync("careful", TestHub.Order(id, "2026-11-01T10:09:00Z").Replace("\"city\":\"Santiago\"", "\"city\":\"Quilpué\"", StringComparison.Ordinal));
        await hub.UntilAsync(id, "o.held");
        string page = await desk.ReadAsync($"/orders/{order}");
        Assert.Contains("Choose which value counts, field by field", page, StringComparison.Ordinal);
        await desk.Page.Locator("#conflicts input[type=radio][value=theirs]").CheckAsync();
        await PressAsync(desk, "See what follows");
        Assert.Contains("no longer held", await desk.Page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
        await desk.ActAsync("Save", "the shop is right");
        Assert.Equal("Quilpué false", await hub.ScalarAsync($"SELECT (document -> 'shipTo' ->> 'city') || ' ' || held FROM orders WHERE id = '{order}'"));
    }

    [Fact]
    public async Task Payload_is_searched_and_copied_where_it_is_shown()
    {
        var order = await hub.OrderAsync("acme", hub.NextId(), "o.state = 'processing'");
        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync($"/orders/{order}");
        await desk.Page.ClickAsync("text=Payload that this order was read from");
        await desk.Page.Locator("[data-find]").FillAsync("siempre viva");
        await Assertions.Expect(desk.Page.Locator("[data-found]")).ToHaveTextAsync("1 found");
        Assert.Equal("Siempre Viva", await desk.Page.Locator("mark").InnerTextAsync());
        await desk.Page.ClickAsync("[data-copy]");
        // A browser without leave to write the clipboard marks it instead.
        await Assertions.Expect(desk.Page.Locator("[data-found]")).Not.ToHaveTextAsync("1 found");
        Assert.Matches("^(?:Copied|Marked)", await desk.Page.Locator("[data-found]").InnerTextAsync());
    }

    private static ILocator Field(Desk desk, string path) => desk.Page.Locator($"[name='set.{path}']");

    private static async Task PressAsync(Desk desk, string button, bool conflict = false)
    {
        await desk.FollowAsync(desk.Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }));
        Assert.Equal(conflict, await desk.Page.Locator("h1", new() { HasText = "Somebody changed the same" }).CountAsync() == 1);
    }
}
