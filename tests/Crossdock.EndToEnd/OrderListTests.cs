using System.Globalization;
using Crossdock.Testing;
using Microsoft.Playwright;
using Xunit;

namespace Crossdock.EndToEnd;

public sealed class OrderListTests(ConsoleHub hub, Browser browser)
{
    [Fact]
    public async Task Filters_stand_in_the_address_and_narrow_the_list()
    {
        long id = hub.NextId(), other = hub.NextId();
        await hub.OrderAsync("capital", id, "o.state = 'excluded'");
        await hub.OrderAsync("acme", other, "o.state = 'processing'");
        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync("/orders");
        await desk.Page.SelectOptionAsync("select[name=store]", "capital");
        await desk.Page.SelectOptionAsync("select[name=state]", "excluded");
        await desk.FollowAsync(desk.Page.GetByRole(AriaRole.Button, new() { Name = "Filter" }), "/orders?store=capital&state=excluded");
        string text = await desk.Page.Locator("table").InnerTextAsync();
        Assert.Contains($"#{id}", text, StringComparison.Ordinal);
        Assert.DoesNotContain($"#{other}", text, StringComparison.Ordinal);
        Assert.Equal("capital", await desk.Page.Locator("select[name=store]").InputValueAsync());
        Assert.Contains($"#{other}", await desk.ReadAsync($"/orders?q={other}"), StringComparison.Ordinal);
        Assert.Contains("No order matches", await desk.ReadAsync("/orders?q=there-is-no-such-order"), StringComparison.Ordinal);
        Assert.Contains("There is no state \"lost\"", await desk.ReadAsync("/orders?state=lost"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?after=nonsense&earlier=x.y")]
    [InlineData("?from=yesterday&to=9999-99-99&held=perhaps")]
    [InlineData("?q=%00%F0%9F%98%80'%22--&store=%00")]
    [InlineData("?state=NEW&state=closed&q=a&q=b")]
    public async Task Odd_addresses_show_a_list_and_not_an_error(string query)
    {
        using var client = await hub.ClientAsync();
        foreach (string list in (string[])["/orders", "/deliveries", "/events", "/holds", "/dead-letters", "/parked", "/approvals"])
        {
            using var answer = await client.GetAsync(new Uri(list + query, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.True(answer.IsSuccessStatusCode, $"{list}{query} answered {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Older_and_newer_walk_through_the_list_and_back()
    {
        long first = 0;
        await Parallel.ForAsync(0, 120, TestContext.Current.CancellationToken, async (number, _) =>
        {
            long id = hub.NextId();
            Interlocked.CompareExchange(ref first, id, 0);
            await hub.SendAsync("paged", TestHub.Order(id));
        });
        for (int attempt = 0; attempt < 400 && (long)(await hub.ScalarAsync("SELECT count(*) FROM orders o JOIN connections c ON c.id = o.connection_id WHERE c.key = 'paged'"))! < 120; attempt++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync("/orders?store=paged");
        string[] one = await NumbersAsync(desk);
        await desk.FollowAsync(desk.Page.Locator("a[rel=next]"));
        string[] two = await NumbersAsync(desk);
        await desk.FollowAsync(desk.Page.Locator("a[rel=next]"));
        string[] three = await NumbersAsync(desk);
        Assert.Equal((50, 50, 20), (one.Length, two.Length, three.Length));
        Assert.Equal(120, one.Concat(two).Concat(three).Distinct().Count());
        Assert.Equal(0, await desk.Page.Locator("a[rel=next]").CountAsync());
        Assert.Contains("store=paged", desk.Page.Url, StringComparison.Ordinal);
        await desk.FollowAsync(desk.Page.Locator("a[rel=prev]"));
        Assert.Equal(two, await NumbersAsync(desk));
        await desk.FollowAsync(desk.Page.Locator("a[rel=prev]"));
        Assert.Equal(one, await NumbersAsync(desk));
        Assert.Equal(0, await desk.Page.Locator("a[rel=prev]").CountAsync());

        // An action on a later page leads back to that page.
        await desk.Page.GotoAsync("/approvals?store=paged");
        await desk.FollowAsync(desk.Page.Locator("a[rel=next]"));
        string here = desk.Page.Url;
        await desk.Page.Locator("tbody input[name=id]").First.CheckAsync();
        await desk.ActAsync("Cancel chosen", "ordered twice");
        Assert.Equal(here, desk.Page.Url);
        Assert.Equal("Cancelled: 1 order.", await desk.NoticeAsync());
    }

    private static async Task<string[]> NumbersAsync(Desk desk) => [.. (await desk.Page.Locator("tbody a.strong").AllInnerTextsAsync()).Select(text => text.ToString(CultureInfo.InvariantCulture))];
}
