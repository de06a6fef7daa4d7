using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Crossdock.Tests.Api;

/// <summary>A page that is not the hub's, on another port of the same machine for example, gets the cookie sent along and must not change anything by it.</summary>
public sealed class OwnPagesTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, null, HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://127.0.0.1:1", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "OWN", HttpStatusCode.NotFound)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.NotFound)]
    [InlineData("Sec-Fetch-Site", "none", HttpStatusCode.NotFound)]
    public async Task Cookie_changes_something_only_from_our_own_pages(string? header, string? value, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/orders/{Guid.NewGuid()}/cancel");
        request.Headers.Add("Cookie", await CookieAsync());
        if (header is not null) request.Headers.Add(header, value == "OWN" ? host.Stranger.BaseAddress!.GetLeftPart(UriPartial.Authority) : value);
        using var answer = await host.Stranger.SendAsync(request, Stop);
        Assert.Equal(expected, answer.StatusCode);
        if (expected != HttpStatusCode.Forbidden) return;
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("Authorization: Bearer TOKEN", JsonElement.Parse(await answer.Content.ReadAsStringAsync(Stop)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cookie_reads_from_anywhere_and_a_token_needs_no_page()
    {
        using var read = new HttpRequestMessage(HttpMethod.Get, "/api/v1/orders");
        read.Headers.Add("Cookie", await CookieAsync());
        using var seen = await host.Stranger.SendAsync(read, Stop);
        Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/orders/{Guid.NewGuid()}/cancel");
        request.Headers.Add("Origin", "https://elsewhere.example");
        using var answer = await host.Client.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("/sign-in", "https://elsewhere.example", HttpStatusCode.Forbidden)]
    [InlineData("/sign-in", null, HttpStatusCode.Found)]
    [InlineData("/sign-out", "https://elsewhere.example", HttpStatusCode.Forbidden)]
    [InlineData("/sign-out", null, HttpStatusCode.Forbidden)]
    public async Task Nobody_is_signed_in_or_out_from_another_page(string address, string? origin, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent([new("token", ApiHost.Token)]) };
        if (address == "/sign-out") request.Headers.Add("Cookie", await CookieAsync());
        if (origin is not null) request.Headers.Add("Origin", origin);
        using var answer = await host.Stranger.SendAsync(request, Stop);
        Assert.Equal((expected, expected == HttpStatusCode.Found), (answer.StatusCode, answer.Headers.Contains("Set-Cookie")));
    }

    [Theory]
    [InlineData("https://hub.example", "hub.example", null, "https", true)]
    [InlineData("https://hub.example", "hub.example", null, null, false)]
    [InlineData("https://hub.example", "127.0.0.1:8080", "hub.example", "https", true)]
    [InlineData("https://hub.example", "127.0.0.1:8080", "hub.example, inner", "https, http", true)]
    [InlineData("https://hub.example", "127.0.0.1:8080", null, "https", false)]
    [InlineData("https://other.example", "127.0.0.1:8080", "hub.example", "https", false)]
    [InlineData("http://HUB.lan:8080", "hub.lan:8080", null, null, true)]
    [InlineData("http://hub.lan", "hub.lan:80", null, null, true)]
    [InlineData("http://hub.lan:81", "hub.lan", null, null, false)]
    [InlineData("http://hub.lan", "", null, null, false)]
    public void Origin_is_compared_with_what_the_browser_called(string origin, string host, string? forwardedHost, string? forwardedProto, bool expected)
    {
        var request = new DefaultHttpContext().Request;
        (request.Scheme, request.Host) = ("http", new HostString(host));
        request.Headers.Origin = origin;
        if (forwardedHost is not null) request.Headers["X-Forwarded-Host"] = forwardedHost;
        if (forwardedProto is not null) request.Headers["X-Forwarded-Proto"] = forwardedProto;
        Assert.Equal(expected, Crossdock.Api.OwnPages.IsOurs(request));
    }

    private async Task<string> CookieAsync()
    {
        using var form = new FormUrlEncodedContent([new("token", ApiHost.Token)]);
        using var answer = await host.Stranger.PostAsync(new Uri("/sign-in", UriKind.Relative), form, Stop);
        return answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }
}
