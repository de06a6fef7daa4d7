using Microsoft.Playwright;
using Xunit;

namespace Crossdock.EndToEnd;

/// <summary>One person's browser window. Closing it fails the test when the browser had anything to complain about.</summary>
internal sealed class Desk : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly List<string> complaints = [];

    public Desk(IBrowserContext context, IPage page)
    {
        (this.context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") complaints.Add($"{message.Type}: {message.Text} at {page.Url}");
        };
        page.PageError += (_, error) => complaints.Add($"script: {error} at {page.Url}");
    }

    public IPage Page { get; }

    /// <summary>What the page told about the last action.</summary>
    public Task<string> NoticeAsync() => Page.Locator("main > .notice[role=status]:not([hidden])").InnerTextAsync();

    /// <summary>Opens a page and answers its text.</summary>
    public async Task<string> ReadAsync(string address)
    {
        var answer = await Page.GotoAsync(address);
        Assert.Equal(200, answer!.Status);
        return await Page.Locator("main").InnerTextAsync();
    }

    /// <summary>Gives the reason in the form that has this button, and presses it.</summary>
    public async Task ActAsync(string button, string because)
    {
        await ReasonAsync(button, because);
        await PressAsync(button);
    }

    /// <summary>Only types the reason: from then on the page leaves this form alone.</summary>
    public Task ReasonAsync(string button, string because) => Form(button).Locator("input[name=because]").FillAsync(because);

    /// <summary>Only presses the button.</summary>
    public Task PressAsync(string button) => FollowAsync(Form(button).GetByRole(AriaRole.Button, new() { Name = button, Exact = true }));

    /// <summary>Clicks what leads to another page, and waits for that page.</summary>
    /// <param name="link">The link or button.</param>
    /// <param name="address">Path and query that it leads to; null where it does not matter.</param>
    public async Task FollowAsync(ILocator link, string? address = null)
    {
        await Page.EvaluateAsync("() => window.isLeft = true");
        await link.ClickAsync();
        await ArriveAsync(address);
    }

    /// <summary>Waits for a page other than the one that was marked. The page itself is asked: Playwright's WaitForURL and WaitForLoadState miss an event that comes while they begin to listen,
    /// and then wait for ever.</summary>
    public async Task ArriveAsync(string? address)
    {
        await Page.WaitForFunctionAsync("() => !window.isLeft && document.readyState === 'complete'");
        if (address is not null) Assert.Equal(address, await Page.EvaluateAsync<string>("() => location.pathname + location.search"));
    }

    private ILocator Form(string button) => Page.Locator("form").Filter(new() { Has = Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }) }).First;

    /// <summary>Whatever sticks out to the right: of the window, and of boxes that would then scroll.</summary>
    public Task<string[]> OverflowAsync(bool alsoInside) => Page.EvaluateAsync<string[]>("""
        inside => {
            const out = [];
            if (document.documentElement.scrollWidth > document.documentElement.clientWidth) out.push(`window by ${document.documentElement.scrollWidth - document.documentElement.clientWidth} px`);
            if (inside) for (const box of document.querySelectorAll(".scroll")) if (box.scrollWidth > box.clientWidth) out.push(`table by ${box.scrollWidth - box.clientWidth} px`);
            return out;
        }
        """, alsoInside);

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        Assert.Empty(complaints);
    }
}
