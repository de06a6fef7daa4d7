using System.Net;
using Microsoft.Playwright;
using Xunit;

namespace Crossdock.EndToEnd;

public sealed class SignInTests(ConsoleHub hub, Browser browser)
{
    [Fact]
    public async Task Right_token_leads_to_the_page_that_was_asked_for()
    {
        await using var desk = await browser.OpenAsync(hub.Address);
        await desk.Page.GotoAsync("/orders?state=excluded");
        Assert.Contains("/sign-in?returnUrl=", desk.Page.Url, StringComparison.Ordinal);
        await desk.Page.FillAsync("input[name=token]", $"  {ConsoleHub.Token} ");
        await desk.FollowAsync(desk.Page.Locator("button.primary"), "/orders?state=excluded");
        Assert.Equal("Orders", await desk.Page.Locator("h1").InnerTextAsync());
    }

    [Fact]
    public async Task Wrong_token_is_told_and_nothing_else_is_given_away()
    {
        await using var desk = await browser.OpenAsync(hub.Address);
        await desk.Page.GotoAsync("/sign-in?returnUrl=%2Fholds");
        await desk.Page.FillAsync("input[name=token]", "cd_wrong");
        await desk.FollowAsync(desk.Page.Locator("button.primary"));
        Assert.Contains("That is not the token", await desk.Page.GetByRole(AriaRole.Alert).InnerTextAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("Dashboard", await desk.Page.Locator("body").InnerTextAsync(), StringComparison.Ordinal);
        await desk.Page.FillAsync("input[name=token]", ConsoleHub.Token);
        await desk.FollowAsync(desk.Page.Locator("button.primary"), "/holds");
    }

    [Fact]
    public async Task Hub_in_the_own_network_without_TLS_is_worked_with_as_well()
    {
        // A browser sends Sec-Fetch-Site only over TLS and to this machine: elsewhere the hub has to do with the Origin.
        long id = hub.NextId();
        var order = await hub.OrderAsync("careful", id, "o.state = 'awaiting_approval'");
        string address = hub.Address.Replace("127.0.0.1", "hub.test", StringComparison.Ordinal);
        await using var desk = await browser.OpenAsync(address);
        await desk.Page.GotoAsync($"/orders/{order}");
        await desk.Page.FillAsync("input[name=token]", ConsoleHub.Token);
        await desk.FollowAsync(desk.Page.Locator("button.primary"), $"/orders/{order}");
        await desk.ActAsync("Approve", "seen in the office");
        Assert.Equal("Approved: 1 order.", await desk.NoticeAsync());
        await desk.FollowAsync(desk.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }), "/sign-in");
    }

    [Fact]
    public async Task Signing_out_ends_it()
    {
        // A session of its own: the one that the other tests share must not end.
        await using var desk = await browser.OpenAsync(hub.Address);
        await desk.Page.GotoAsync("/sign-in");
        await desk.Page.FillAsync("input[name=token]", ConsoleHub.Token);
        await desk.FollowAsync(desk.Page.Locator("button.primary"), "/");
        await desk.FollowAsync(desk.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }), "/sign-in");
        await desk.Page.GotoAsync("/orders");
        Assert.Contains("/sign-in?returnUrl=", desk.Page.Url, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pages.Signed), MemberType = typeof(Pages))]
    public async Task Strangers_are_sent_to_the_sign_in(string page)
    {
        using var stranger = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(hub.Address) };
        using var answer = await stranger.GetAsync(new Uri(page, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith("/sign-in?returnUrl=", answer.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example/")]
    [InlineData("/\\elsewhere.example/")]
    public async Task Signing_in_never_leads_to_another_site(string address)
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(hub.Address) };
        using var form = new FormUrlEncodedContent([new("token", ConsoleHub.Token), new("returnUrl", address)]);
        using var answer = await client.PostAsync(new Uri("/sign-in", UriKind.Relative), form, TestContext.Current.CancellationToken);
        Assert.Equal("/", answer.Headers.Location!.OriginalString);
    }
}
