using System.Net;
using System.Text.RegularExpressions;
using Xunit;

namespace Crossdock.EndToEnd;

/// <summary>What other sites and strangers can make a browser send.</summary>
public sealed partial class FormTests(ConsoleHub hub)
{
    public static TheoryData<string> Actions => ["orders/hold", "orders/approve", "orders/cancel", "events/replay", "events/drop", "holds/release", "deliveries/retry", "deliveries/drop"];

    [Theory]
    [MemberData(nameof(Actions))]
    public async Task Form_without_our_token_changes_nothing(string action)
    {
        long id = hub.NextId();
        var order = await hub.OrderAsync("careful", id, "o.state = 'awaiting_approval'");
        using var client = await hub.ClientAsync();
        using var form = new FormUrlEncodedContent([new("id", order.ToString()), new("because", "from another site"), new("back", "/")]);
        using var answer = await client.PostAsync(new Uri("/console/" + action, UriKind.Relative), form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain("from another site", await hub.TimelineAsync(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sign_out_without_our_token_leaves_the_person_signed_in()
    {
        using var client = await hub.ClientAsync();
        using var form = new FormUrlEncodedContent([]);
        using var answer = await client.PostAsync(new Uri("/sign-out", UriKind.Relative), form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using var page = await client.GetAsync(new Uri("/orders", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Actions))]
    public async Task Form_of_another_page_is_refused_even_with_our_token(string action)
    {
        long id = hub.NextId();
        var order = await hub.OrderAsync("careful", id, "o.state = 'awaiting_approval'");
        using var client = await hub.ClientAsync();
        string html = await client.GetStringAsync(new Uri($"/orders/{order}", UriKind.Relative), TestContext.Current.CancellationToken);
        using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", Token().Match(html).Groups["token"].Value), new("id", order.ToString()), new("because", "from another page"), new("back", "/")]);
        client.DefaultRequestHeaders.Remove("Origin");
        client.DefaultRequestHeaders.Add("Origin", "http://127.0.0.1:1");
        using var answer = await client.PostAsync(new Uri("/console/" + action, UriKind.Relative), form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.DoesNotContain("from another page", await hub.TimelineAsync(id), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Actions))]
    public async Task Strangers_cannot_act(string action)
    {
        using var stranger = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(hub.Address) };
        using var form = new FormUrlEncodedContent([new("id", Guid.NewGuid().ToString()), new("because", "x"), new("back", "/")]);
        using var answer = await stranger.PostAsync(new Uri("/console/" + action, UriKind.Relative), form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith("/sign-in", answer.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_form_that_changes_something_carries_our_token()
    {
        long id = hub.NextId();
        var order = await hub.OrderAsync("acme", id, "o.held", quantity: 9);
        using var client = await hub.ClientAsync();
        foreach (string page in (string[])["/", "/holds", "/approvals", $"/orders/{order}"])
        {
            string html = await client.GetStringAsync(new Uri(page, UriKind.Relative), TestContext.Current.CancellationToken);
            var forms = Form().Matches(html);
            Assert.NotEmpty(forms);
            Assert.All(forms, form => Assert.Contains("__RequestVerificationToken", form.Value, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("//elsewhere.example/")]
    [InlineData("https://elsewhere.example/")]
    [InlineData("/\\elsewhere.example/")]
    public async Task Action_never_leads_to_another_site(string back)
    {
        long id = hub.NextId();
        var order = await hub.OrderAsync("acme", id, "o.state = 'processing'");
        using var client = await hub.ClientAsync();
        string html = await client.GetStringAsync(new Uri($"/orders/{order}", UriKind.Relative), TestContext.Current.CancellationToken);
        string token = Token().Match(html).Groups["token"].Value;
        using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", token), new("id", order.ToString()), new("because", "x"), new("back", back)]);
        using var answer = await client.PostAsync(new Uri("/console/orders/hold", UriKind.Relative), form, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.Redirect, "/"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        await hub.UntilAsync(id, "o.held");
    }

    [Fact]
    public async Task Pages_forbid_frames_inline_scripts_and_other_sites()
    {
        using var client = await hub.ClientAsync();
        using var answer = await client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-inline", policy, StringComparison.Ordinal);
        string html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotMatch("<script(?![^>]* src=)", html);
        Assert.DoesNotMatch(" style=\"| on[a-z]+=\"", html);
    }

    [GeneratedRegex("<form[^>]*method=\"post\".*?</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Token();
}
