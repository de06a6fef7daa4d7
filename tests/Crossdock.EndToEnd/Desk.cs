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
    public async Task PressAsync(string button)
    {
        await Form(button).GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
        await Page.WaitForLoadStateAsync(LoadState.Load);
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
