using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Crossdock.Tests.Api;

public sealed class FailedSignInsTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.2", true)]
    [InlineData("127.0.0.3", false)]
    public async Task Guessing_is_slowed_for_the_address_that_guesses_and_for_nobody_else(string address, bool byForm)
    {
        using var guesser = From(address);
        for (int guess = 0; guess < 20; guess++)
        {
            // What is right does not count, nor does asking without any token.
            Assert.Equal(HttpStatusCode.OK, await ApiAsync(guesser, ApiHost.Token));
            Assert.Equal(HttpStatusCode.Unauthorized, await ApiAsync(guesser, null));
            Assert.Equal(byForm ? HttpStatusCode.Found : HttpStatusCode.Unauthorized, byForm ? (await SignInAsync(guesser, "guess")).StatusCode : await ApiAsync(guesser, "guess"));
        }
        using var refused = await SignInAsync(guesser, ApiHost.Token);
        Assert.Equal((HttpStatusCode.TooManyRequests, "60", "application/problem+json"), (refused.StatusCode, refused.Headers.RetryAfter?.ToString(), refused.Content.Headers.ContentType?.MediaType));
        Assert.False(refused.Headers.Contains("Set-Cookie"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await ApiAsync(guesser, ApiHost.Token));
        Assert.Equal(HttpStatusCode.Unauthorized, await ApiAsync(guesser, null));

        using var other = From("127.0.0.4");
        Assert.Equal(HttpStatusCode.OK, await ApiAsync(other, ApiHost.Token));
        Assert.Equal("/", (await SignInAsync(other, ApiHost.Token)).Headers.Location?.ToString());
    }

    private static async Task<HttpStatusCode> ApiAsync(HttpClient client, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/orders");
        if (token is not null) request.Headers.Add("Authorization", $"Bearer {token}");
        using var answer = await client.SendAsync(request, Stop);
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> SignInAsync(HttpClient client, string token)
    {
        using var form = new FormUrlEncodedContent([new("token", token)]);
        return await client.PostAsync(new Uri("/sign-in", UriKind.Relative), form, Stop);
    }

    private HttpClient From(string address) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectCallback = async (context, cancellationToken) =>
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = host.Stranger.BaseAddress };
}
