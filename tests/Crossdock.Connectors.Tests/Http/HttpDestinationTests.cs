using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Crossdock.Connectors.Tests.Http;

/// <summary>The request that is built, the address that is called, the errors that are met. Answers: <see cref="HttpAnswerTests"/>.</summary>
public sealed class HttpDestinationTests : IAsyncLifetime
{
    private readonly Destinations destinations = new();
    private Listener courier = null!;

    private string Plain => $$"""{"create":{"url":"{{courier.Address}}/api/shipments","remoteId":"/id"} }""";

    public async ValueTask InitializeAsync() => courier = await Listener.StartAsync();

    public ValueTask DisposeAsync()
    {
        destinations.Dispose();
        return courier.DisposeAsync();
    }

    [Fact]
    public async Task Without_a_template_the_canonical_order_is_sent_under_its_key()
    {
        courier.Says(201, """{"id":"SHP-1"}""");
        var result = await destinations.SendAsync(Plain);
        Assert.Equal(new Delivered("SHP-1"), result.Outcome);
        var call = Assert.Single(courier.Calls);
        Assert.Equal(("POST", "/api/shipments", "01900000-0000-7000-8000-000000000001"), (call.Method, call.Target, call.Headers["Idempotency-Key"]));
        Assert.Equal("application/json; charset=utf-8", call.Headers["Content-Type"]);
        Assert.Equal(OrderJson.Write(Destinations.Order), call.Body);
        Assert.Equal((201, "POST"), (result.Exchange!.Status, result.Exchange.Method));
        Assert.Contains("Idempotency-Key: 01900000", result.Exchange.RequestHeaders, StringComparison.Ordinal);
        Assert.Equal("""{"id":"SHP-1"}""", result.Exchange.ResponseBody);
    }

    [Fact]
    public async Task Template_headers_and_a_form_are_filled_from_the_order()
    {
        var order = Destinations.Order with { Number = "A&B=1", ShipTo = Destinations.Order.ShipTo! with { City = "Ñuñoa" } };
        await destinations.SendAsync($$"""{"create":{"url":"{{courier.Address}}/s?store={{"{{store}}"}}","method":"PUT","contentType":"form","headers":{"X-City":"{{"{{shipTo.city}}"}}"},"body":"reference={{"{{number}}"}}&name={{"{{shipTo.name}}"}}"} }""", Destinations.Request(order));
        var call = Assert.Single(courier.Calls);
        Assert.Equal(("PUT", "/s?store=acme", "Ñuñoa", "application/x-www-form-urlencoded"), (call.Method, call.Target, call.Headers["X-City"], call.Headers["Content-Type"]));
        Assert.Equal("reference=A%26B%3D1&name=Ana%20Rojas", call.Text);
    }

    [Fact]
    public async Task Body_that_a_person_edited_is_sent_as_it_is()
    {
        await destinations.SendAsync($$"""{"create":{"url":"{{courier.Address}}/s","body":"{\"reference\":\"{{"{{number}}"}}\"}"} }""", Destinations.Request(body: """{"reference":"by hand"}"""));
        Assert.Equal("""{"reference":"by hand"}""", Assert.Single(courier.Calls).Text);
    }

    [Fact]
    public async Task Template_that_gives_no_JSON_is_held_and_nothing_is_sent()
    {
        var result = await destinations.SendAsync($$"""{"create":{"url":"{{courier.Address}}/s","body":"{\"grams\": {{"{{weightGrams}}"}} }"} }""", Destinations.Request(Destinations.Order with { WeightGrams = null }));
        Assert.Contains("does not give JSON", Assert.IsType<Hold>(result.Outcome).Because, StringComparison.Ordinal);
        Assert.Empty(courier.Calls);
    }

    [Fact]
    public async Task Value_that_makes_no_address_is_held_and_nothing_is_sent()
    {
        string settings = $$"""{"create":{"url":"{{courier.Address}}/s/{{"{{number}}"}}"} }""";
        Assert.IsType<Hold>((await destinations.SendAsync(settings, Destinations.Request(Destinations.Order with { Number = ".." }))).Outcome);
        Assert.Empty(courier.Calls);
    }

    [Theory]
    [InlineData("\"none\"", null, null)]
    [InlineData("""{"basic":{"user":"acme","password":"p4ssword"}}""", "Authorization", "Basic YWNtZTpwNHNzd29yZA==")]
    [InlineData("""{"bearer":"t0ken"}""", "Authorization", "Bearer t0ken")]
    [InlineData("""{"header":{"name":"X-Courier-Key","value":"k3y-of-acme"}}""", "X-Courier-Key", "k3y-of-acme")]
    public async Task Destination_is_told_who_calls(string auth, string? header, string? value)
    {
        var result = await destinations.SendAsync($$"""{"create":{"url":"{{courier.Address}}/s"},"auth":{{auth}} }""");
        var call = Assert.Single(courier.Calls);
        Assert.Equal(header is null, call.Headers["Authorization"] is null && call.Headers["X-Courier-Key"] is null);
        if (header is not null)
        {
            Assert.Equal(value, call.Headers[header]);
            Assert.Contains($"{header}: ***", result.Exchange!.RequestHeaders, StringComparison.Ordinal);
            Assert.DoesNotContain(value!, result.Exchange.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("sha256", "hex", "sha256=")]
    [InlineData("sha256", "base64", "")]
    [InlineData("sha1", "hex", "")]
    [InlineData("sha512", "base64", "v1,")]
    public async Task Body_is_signed_as_asked(string algorithm, string encoding, string prefix)
    {
        await destinations.SendAsync($$"""{"create":{"url":"{{courier.Address}}/s"},"auth":{"hmac":{"header":"X-Signature","secret":"hush","algorithm":"{{algorithm}}","encoding":"{{encoding}}","prefix":"{{prefix}}"} } }""");
        var call = Assert.Single(courier.Calls);
        byte[] key = "hush"u8.ToArray();
#pragma warning disable CA5350 // What the destination asks for.
        byte[] hash = algorithm switch { "sha1" => HMACSHA1.HashData(key, call.Body), "sha512" => HMACSHA512.HashData(key, call.Body), _ => HMACSHA256.HashData(key, call.Body) };
#pragma warning restore CA5350
        Assert.Equal(prefix + (encoding == "hex" ? Convert.ToHexStringLower(hash) : Convert.ToBase64String(hash)), call.Headers["X-Signature"]);
    }

    [Fact]
    public async Task Secret_of_the_connection_is_used_where_the_settings_only_name_it()
    {
        await destinations.SendAsync($$"""{"create":{"url":"{{courier.Address}}/s"},"auth":{"bearer":true} }""", secrets: ("bearer", "from-the-secrets"));
        Assert.Equal("Bearer from-the-secrets", Assert.Single(courier.Calls).Headers["Authorization"]);
    }

    [Fact]
    public async Task Call_that_takes_too_long_is_unclear()
    {
        var clock = new FakeClock();
        courier.Answer = (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted);
        using var destination = destinations.Open($$"""{"create":{"url":"{{courier.Address}}/s"},"limits":{"timeoutSeconds":5} }""", clock);
        var sending = destination.SendAsync(Destinations.Request(), TestContext.Current.CancellationToken);
        await courier.UntilAsync(1);
        clock.Advance(TimeSpan.FromSeconds(4));
        Assert.False(sending.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(2));
        var result = await sending;
        Assert.Contains("no answer within 5 s", Assert.IsType<Unclear>(result.Outcome).Because, StringComparison.Ordinal);
        Assert.Equal("no answer within 5 s", result.Exchange!.Error);
    }

    [Fact]
    public async Task Connection_that_breaks_after_sending_is_unclear_and_one_that_was_never_made_is_not()
    {
        courier.Answer = (context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        Assert.IsType<Unclear>((await destinations.SendAsync(Plain)).Outcome);
        Assert.IsType<RetryLater>((await destinations.SendAsync($$"""{"create":{"url":"http://127.0.0.1:{{FreePorts.Next().ToString(CultureInfo.InvariantCulture)}}/s"} }""")).Outcome);
    }

    [Fact]
    public async Task Answer_that_breaks_off_is_unclear()
    {
        courier.Answer = async (context, _) =>
        {
            context.Response.ContentLength = 500;
            await context.Response.WriteAsync("{\"id\":");
            await context.Response.Body.FlushAsync();
            context.Abort();
        };
        Assert.IsType<Unclear>((await destinations.SendAsync(Plain)).Outcome);
    }

    [Fact]
    public async Task Something_that_is_not_HTTP_is_unclear()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        var answering = Task.Run(async () =>
        {
            using var client = await socket.AcceptTcpClientAsync();
            byte[] some = new byte[64];
            _ = await client.GetStream().ReadAsync(some);
            await client.GetStream().WriteAsync("220 mail.example ESMTP\r\n"u8.ToArray());
        });
        Assert.IsType<Unclear>((await destinations.SendAsync($$"""{"create":{"url":"http://127.0.0.1:{{((IPEndPoint)socket.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}}/s"} }""")).Outcome);
        await answering;
    }

    [Fact]
    public async Task Answer_of_any_size_is_read_and_kept_only_in_part()
    {
        courier.Answer = async (context, _) =>
        {
            byte[] much = Encoding.ASCII.GetBytes("{\"id\":\"1\",\"rest\":\"" + new string('x', 100_000));
            while (!context.RequestAborted.IsCancellationRequested)      // it never ends by itself
            {
                await context.Response.Body.WriteAsync(much, context.RequestAborted);
            }
        };
        var result = await destinations.SendAsync(Plain);
        Assert.Contains("not JSON", Assert.IsType<Unclear>(result.Outcome).Because, StringComparison.Ordinal);
        Assert.Equal(16 * 1024, result.Exchange!.ResponseBody!.Length);
    }

    [Fact]
    public async Task Redirect_is_not_followed_and_no_credentials_go_elsewhere()
    {
        await using var elsewhere = await Listener.StartAsync();
        courier.Says(307, "", ("Location", elsewhere.Address + "/s"));
        var result = await destinations.SendAsync($$"""{"create":{"url":"{{courier.Address}}/s"},"auth":{"bearer":"t0ken"} }""");
        Assert.IsType<Rejected>(result.Outcome);
        Assert.Empty(elsewhere.Calls);
    }

    [Fact]
    public async Task Update_and_cancellation_are_calls_of_their_own_under_the_destinations_id()
    {
        string settings = $$"""{"create":{"url":"{{courier.Address}}/s","remoteId":"/id"},"update":{"url":"{{courier.Address}}/s/{{"{{remoteId}}"}}"},"cancel":{"url":"{{courier.Address}}/s/{{"{{remoteId}}"}}"} }""";
        Assert.Equal(new Delivered("SHP 1"), (await destinations.SendAsync(settings, Destinations.Request(kind: DeliveryKind.Update, remoteId: "SHP 1"))).Outcome);
        Assert.Equal(new Delivered("SHP 1"), (await destinations.SendAsync(settings, Destinations.Request(kind: DeliveryKind.Cancel, remoteId: "SHP 1"))).Outcome);
        Assert.Equal([("PUT", "/s/SHP%201"), ("DELETE", "/s/SHP%201")], courier.Calls.Select(call => (call.Method, call.Target)));
        Assert.NotEmpty(courier.Calls.First().Body);
        Assert.Empty(courier.Calls.Last().Body);
    }

    [Fact]
    public async Task What_has_no_call_cannot_be_done_and_is_held()
    {
        using var destination = destinations.Open(Plain);
        Assert.Equal((true, false, false, false), (destination.Can(DeliveryKind.Create), destination.Can(DeliveryKind.Update), destination.Can(DeliveryKind.Cancel), destination.CanFind));
        Assert.IsType<Hold>((await destination.SendAsync(Destinations.Request(kind: DeliveryKind.Cancel), TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal(FindAnswer.CannotSay, (await destination.FindAsync(Destinations.Request(), TestContext.Current.CancellationToken)).Answer);
        Assert.Empty(courier.Calls);
    }

    [Theory]
    [InlineData(200, """{"items":[{"id":"SHP-1"}]}""", FindAnswer.Has, "SHP-1")]
    [InlineData(200, """{"items":[]}""", FindAnswer.HasNot, null)]
    [InlineData(200, """{"items":[{"id":null}]}""", FindAnswer.HasNot, null)]
    [InlineData(404, "", FindAnswer.HasNot, null)]
    [InlineData(401, "", FindAnswer.CannotSay, null)]
    [InlineData(500, "", FindAnswer.CannotSay, null)]
    [InlineData(302, "", FindAnswer.CannotSay, null)]
    [InlineData(200, "<html>", FindAnswer.CannotSay, null)]
    public async Task Destination_is_asked_whether_it_has_it(int status, string body, FindAnswer answer, string? id)
    {
        courier.Says(status, body);
        using var destination = destinations.Open($$"""{"create":{"url":"{{courier.Address}}/s"},"find":{"url":"{{courier.Address}}/s?reference={{"{{number}}"}}","remoteId":"/items/0/id"} }""");
        var found = await destination.FindAsync(Destinations.Request(), TestContext.Current.CancellationToken);
        Assert.Equal((answer, id), (found.Answer, found.RemoteId));
        Assert.Equal(answer == FindAnswer.CannotSay, found.Because is { Length: > 0 });
        Assert.Equal(("GET", "/s?reference=%231001"), (courier.Calls.Single().Method, courier.Calls.Single().Target));
    }

    [Fact]
    public async Task Look_up_that_gets_no_answer_cannot_say()
    {
        using var destination = destinations.Open($$"""{"create":{"url":"{{courier.Address}}/s"},"find":{"url":"http://127.0.0.1:{{FreePorts.Next().ToString(CultureInfo.InvariantCulture)}}/s"} }""");
        Assert.Equal(FindAnswer.CannotSay, (await destination.FindAsync(Destinations.Request(), TestContext.Current.CancellationToken)).Answer);
    }

    [Fact]
    public async Task Secrets_are_masked_wherever_the_destination_repeats_them()
    {
        courier.Answer = (context, call) => Listener.WriteAsync(context, 422, new JsonObject { ["message"] = $"unknown {call.Headers["Authorization"]}" }.ToJsonString(), ("X-Echo", "p4ssword"), ("Set-Cookie", "session=1"));
        var result = await destinations.SendAsync($$"""{"create":{"url":"{{courier.Address}}/s?key=p4ssword","headers":{"X-Own":"p4ssword"} },"auth":{"basic":{"user":"acme","password":"p4ssword"} } }""");
        string said = $"{result.Outcome} {result.Exchange}";
        Assert.DoesNotContain("p4ssword", said, StringComparison.Ordinal);
        Assert.DoesNotContain("YWNtZTpwNHNzd29yZA", said, StringComparison.Ordinal);
        Assert.DoesNotContain("session=1", said, StringComparison.Ordinal);
        Assert.Contains("?key=***", result.Exchange!.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_of_the_hub_is_no_outcome()
    {
        using var stopping = new CancellationTokenSource();
        courier.Answer = (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted);
        using var destination = destinations.Open(Plain);
        var sending = destination.SendAsync(Destinations.Request(), stopping.Token);
        await courier.UntilAsync(1);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }
}
