using System.Globalization;
using Crossdock.Model.Connectors;
using Crossdock.Testing;
using Xunit;

namespace Crossdock.Connectors.Tests.Http;

/// <summary>OAuth 2.0 client credentials against a token address of its own.</summary>
public sealed class AccessTokenTests : IAsyncLifetime
{
    private readonly Destinations destinations = new();
    private readonly FakeClock clock = new();
    private Listener courier = null!;
    private Listener issuer = null!;
    private int issued;
    private string lifetime = "3600";

    private string Settings => $$"""
        {"create":{"url":"{{courier.Address}}/s"},"find":{"url":"{{courier.Address}}/s"},
         "auth":{"oauth2":{"tokenUrl":"{{issuer.Address}}/token","clientId":"acme","clientSecret":"s3cret-of-acme","scope":"shipments"} } }
        """;

    public async ValueTask InitializeAsync()
    {
        courier = await Listener.StartAsync();
        issuer = await Listener.StartAsync();
        issuer.Answer = (context, _) => Listener.WriteAsync(context, 200, $$"""{"access_token":"token-{{Interlocked.Increment(ref issued).ToString(CultureInfo.InvariantCulture)}}","expires_in":{{lifetime}},"token_type":"Bearer"}""");
    }

    public async ValueTask DisposeAsync()
    {
        destinations.Dispose();
        await courier.DisposeAsync();
        await issuer.DisposeAsync();
    }

    [Fact]
    public async Task One_token_serves_calls_side_by_side()
    {
        using var destination = destinations.Open(Settings, clock);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => destination.SendAsync(Destinations.Request(), TestContext.Current.CancellationToken)));
        Assert.Equal("grant_type=client_credentials&client_id=acme&client_secret=s3cret-of-acme&scope=shipments", Assert.Single(issuer.Calls).Text);
        Assert.Equal(20, courier.Calls.Count(call => call.Headers["Authorization"] == "Bearer token-1"));
    }

    [Fact]
    public async Task Token_is_renewed_a_minute_before_it_ends()
    {
        using var destination = destinations.Open(Settings, clock);
        await SendAsync(destination);
        clock.Advance(TimeSpan.FromSeconds(3539));
        await SendAsync(destination);
        Assert.Equal(1, issued);
        clock.Advance(TimeSpan.FromSeconds(2));
        await SendAsync(destination);
        Assert.Equal(2, issued);
        Assert.Equal("Bearer token-2", courier.Calls.Last().Headers["Authorization"]);
    }

    [Fact]
    public async Task Short_token_is_used_for_most_of_its_life()
    {
        lifetime = "\"30\"";
        using var destination = destinations.Open(Settings, clock);
        await SendAsync(destination);
        clock.Advance(TimeSpan.FromSeconds(23));
        await SendAsync(destination);
        Assert.Equal(1, issued);
        clock.Advance(TimeSpan.FromSeconds(2));
        await SendAsync(destination);
        Assert.Equal(2, issued);
    }

    [Fact]
    public async Task Token_that_was_taken_back_is_renewed_once_and_the_call_repeated()
    {
        courier.Answer = (context, call) => Listener.WriteAsync(context, call.Headers["Authorization"] == "Bearer token-1" ? 401 : 200, "");
        using var destination = destinations.Open(Settings, clock);
        var result = await SendAsync(destination);
        Assert.IsType<Delivered>(result.Outcome);
        Assert.Equal(["Bearer token-1", "Bearer token-2"], courier.Calls.Select(call => call.Headers["Authorization"]));
        Assert.Single(courier.Calls.Select(call => call.Headers["Idempotency-Key"]).Distinct());
    }

    [Fact]
    public async Task Second_refusal_is_a_persons_business()
    {
        courier.Says(401);
        using var destination = destinations.Open(Settings, clock);
        Assert.IsType<Hold>((await SendAsync(destination)).Outcome);
        Assert.Equal((2, 2), (courier.Calls.Count, issued));
    }

    [Fact]
    public async Task Look_up_renews_its_token_as_well()
    {
        courier.Answer = (context, call) => Listener.WriteAsync(context, call.Headers["Authorization"] == "Bearer token-1" ? 401 : 200, "");
        using var destination = destinations.Open(Settings, clock);
        Assert.Equal(FindAnswer.Has, (await destination.FindAsync(Destinations.Request(), TestContext.Current.CancellationToken)).Answer);
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_client"}""", typeof(Hold))]
    [InlineData(401, "", typeof(Hold))]
    [InlineData(302, "", typeof(Hold))]
    [InlineData(429, "", typeof(RetryLater))]
    [InlineData(503, "", typeof(RetryLater))]
    [InlineData(200, "<html>", typeof(RetryLater))]
    [InlineData(200, """{"token":"x"}""", typeof(RetryLater))]
    [InlineData(200, """{"access_token":"\ud800"}""", typeof(RetryLater))]
    [InlineData(200, """{"access_token":"a\r\nX-Admin: 1"}""", typeof(RetryLater))]
    public async Task Without_a_token_nothing_is_sent(int status, string body, Type outcome)
    {
        issuer.Says(status, body);
        using var destination = destinations.Open(Settings, clock);
        Assert.IsType(outcome, (await SendAsync(destination)).Outcome);
        Assert.Empty(courier.Calls);
    }

    [Fact]
    public async Task Token_and_secret_are_never_logged()
    {
        courier.Answer = (context, call) => Listener.WriteAsync(context, 422, $"what is {call.Headers["Authorization"]} and s3cret-of-acme?");
        using var destination = destinations.Open(Settings, clock);
        var result = await SendAsync(destination);
        string said = $"{result.Outcome} {result.Exchange}";
        Assert.DoesNotContain("token-1", said, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", said, StringComparison.Ordinal);
    }

    private static Task<SendResult> SendAsync(IDestination destination) => destination.SendAsync(Destinations.Request(), TestContext.Current.CancellationToken);
}
