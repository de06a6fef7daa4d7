using System.Net;
using System.Text;
using Crossdock.Model;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Crossdock.Testing.Conformance;

/// <summary>What every destination owes: one of five outcomes for whatever the other side does, and nothing secret in what is logged.</summary>
public abstract class OrderTargetConformance : ConnectorConformance
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Right settings for a destination at this address (no slash at the end), with a time-out of one second.</summary>
    protected abstract ConnectionSettings At(string address);

    /// <summary>The answer of a destination that took an order, as JSON.</summary>
    protected abstract string TakenAnswer { get; }

    /// <summary>The destination's id in <see cref="TakenAnswer"/>.</summary>
    protected abstract string? TakenId { get; }

    /// <summary>Everything secret in the settings.</summary>
    protected abstract IEnumerable<string> SecretTexts { get; }

    /// <summary>False for a destination whose answer is never read.</summary>
    protected virtual bool ReadsTheAnswer => true;

    /// <inheritdoc />
    protected override ConnectionSettings Valid => At("http://127.0.0.1:9");

    /// <summary>A canonical order to send.</summary>
    protected virtual byte[] Document { get; } = OrderJson.Write(new Order
    {
        ExternalId = "1001",
        Number = "#1001",
        Currency = "EUR",
        Totals = new OrderTotals { Total = new Money(12.90m, "EUR") },
        ShipTo = new Address { Name = "Zoë \"Z\" Ñandú", Line1 = "Calle Mayor 1\\2", City = "Madrid", Country = "ES", Postcode = "28013" },
        Lines = [new LineItem { Id = "1", Sku = "MUG", Name = "Mug", Quantity = 1, CurrentQuantity = 1 }],
        Packages = [new Package { Number = 1, Lines = [new PackageLine("1", 1)] }],
    });

    /// <summary>One delivery of that order.</summary>
    protected DeliveryRequest Delivery(DeliveryKind kind = DeliveryKind.Create, string? remoteId = null) =>
        new(new DeliveryId(Guid.Parse("0197a000-0000-7000-8000-000000000001")), kind, new OrderId(Guid.Parse("0197a000-0000-7000-8000-000000000002")), Document, "acme", remoteId, null, 1);

    [Fact]
    public async Task Taken_order_is_delivered_with_their_id() =>
        Assert.Equal(new Delivered(TakenId), (await SendAsync(call => AnswerAsync(call, 200, TakenAnswer))).Outcome);

    [Fact]
    public async Task Order_they_have_already_is_delivered() => Assert.IsType<Delivered>((await SendAsync(call => AnswerAsync(call, 409, TakenAnswer))).Outcome);

    [Fact]
    public async Task Throttling_waits_as_long_as_asked()
    {
        var outcome = Assert.IsType<RetryLater>((await SendAsync(call =>
        {
            call.Response.Headers.RetryAfter = "7";
            return AnswerAsync(call, 429, "{}");
        })).Outcome);
        Assert.True(outcome.IsThrottled);
        Assert.Equal(TimeSpan.FromSeconds(7), outcome.After);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(408)]
    public async Task Their_failure_is_retried_later(int status) => Assert.IsType<RetryLater>((await SendAsync(call => AnswerAsync(call, status, "oh"))).Outcome);

    [Theory]
    [InlineData(400)]
    [InlineData(422)]
    public async Task Refused_content_is_held_with_their_message(int status) =>
        Assert.Contains("no such street", Assert.IsType<Hold>((await SendAsync(call => AnswerAsync(call, status, """{"message":"no such street"}"""))).Outcome).Because, StringComparison.Ordinal);

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task Refused_credentials_are_held(int status) => Assert.IsType<Hold>((await SendAsync(call => AnswerAsync(call, status, "{}"))).Outcome);

    [Fact]
    public async Task Redirect_is_rejected_and_not_followed()
    {
        int calls = 0;
        var result = await SendAsync(call =>
        {
            Interlocked.Increment(ref calls);
            call.Response.Headers.Location = "/elsewhere";
            return AnswerAsync(call, 307, "");
        });
        Assert.IsType<Rejected>(result.Outcome);
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task Wrong_address_is_rejected() => Assert.IsType<Rejected>((await SendAsync(call => AnswerAsync(call, 404, "{}"))).Outcome);

    [Fact]
    public async Task Garbage_is_unclear()
    {
        Assert.SkipUnless(ReadsTheAnswer, "the answer is not read");
        Assert.IsType<Unclear>((await SendAsync(call => AnswerAsync(call, 200, "<html>it wor"))).Outcome);
    }

    [Fact]
    public async Task Connection_dropped_after_sending_is_unclear() => Assert.IsType<Unclear>((await SendAsync(async call =>
    {
        await call.Request.Body.CopyToAsync(Stream.Null);
        call.Abort();
    })).Outcome);

    [Fact]
    public async Task Answer_that_never_comes_is_unclear() => Assert.IsType<Unclear>((await SendAsync(call => Task.Delay(Timeout.Infinite, call.RequestAborted))).Outcome);

    [Fact]
    public async Task Refused_connection_is_retried_later()
    {
        string address;
        await using (var server = await MisbehavingServer.StartAsync(_ => Task.CompletedTask))
        {
            address = server.Address;
        }

        using var destination = Open(address);
        Assert.IsType<RetryLater>((await destination.SendAsync(Delivery(), CancellationToken.None)).Outcome);
    }

    [Fact]
    public async Task Endless_answer_is_cut()
    {
        var result = await SendAsync(async call =>
        {
            byte[] block = Encoding.ASCII.GetBytes(new string('x', 8192));
            for (int count = 0; count < 1000 && !call.RequestAborted.IsCancellationRequested; count++)
            {
                await call.Response.Body.WriteAsync(block, call.RequestAborted);
            }
        });
        Assert.True(result.Exchange!.ResponseBody!.Length <= 16 * 1024);
    }

    [Fact]
    public async Task Idempotency_key_is_the_delivery_on_every_attempt()
    {
        List<string?> keys = [];
        await using var server = await MisbehavingServer.StartAsync(call =>
        {
            keys.Add(call.Request.Headers["Idempotency-Key"]);
            return AnswerAsync(call, 500, "");
        });
        using var destination = Open(server.Address);
        await destination.SendAsync(Delivery(), CancellationToken.None);
        await destination.SendAsync(Delivery() with { Attempt = 2 }, CancellationToken.None);
        Assert.Equal([Delivery().Id.ToString(), Delivery().Id.ToString()], keys);
    }

    [Fact]
    public async Task Exchange_is_logged_without_secrets()
    {
        // The other side may well repeat what it was told.
        var result = await SendAsync(async call =>
        {
            var seen = new StringBuilder("{\"message\":\"");
            foreach (string secret in SecretTexts)
            {
                seen.Append(secret).Append(' ');
                call.Response.Headers.Append("X-Echo", secret);
            }

            await AnswerAsync(call, 422, seen.Append("\"}").ToString());
        });
        string logged = $"{result.Exchange}{result.Outcome}";
        Assert.Equal(422, result.Exchange!.Status);
        Assert.NotNull(result.Exchange.RequestHeaders);
        Assert.NotEmpty(result.Exchange.Url);
        Assert.All(SecretTexts, secret => Assert.DoesNotContain(secret, logged, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stopping_hub_cancels_the_call()
    {
        await using var server = await MisbehavingServer.StartAsync(call => Task.Delay(Timeout.Infinite, call.RequestAborted));
        using var destination = Open(server.Address);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => destination.SendAsync(Delivery(), stop.Token));
    }

    [Fact]
    public void Limits_are_within_their_bounds()
    {
        using var destination = Open("http://127.0.0.1:9");
        Assert.InRange(destination.Limits.Concurrency, 1, 256);
        Assert.InRange(destination.Limits.Attempts, 1, 100);
        Assert.InRange(destination.Limits.TimeoutSeconds, 1, 120);
        Assert.True(destination.Can(DeliveryKind.Create));
    }

    /// <summary>Opens the destination at this address.</summary>
    protected IDestination Open(string address) => ((IOrderTarget)Connector).Open(At(address), Http, TimeProvider.System);

    /// <summary>Sends one order to a server that answers so.</summary>
    protected async Task<SendResult> SendAsync(RequestDelegate answer, DeliveryRequest? request = null)
    {
        await using var server = await MisbehavingServer.StartAsync(answer);
        using var destination = Open(server.Address);
        return await destination.SendAsync(request ?? Delivery(), CancellationToken.None);
    }

    /// <summary>Answers with JSON text.</summary>
    protected static Task AnswerAsync(HttpContext call, int status, string body)
    {
        call.Response.StatusCode = status;
        call.Response.ContentType = "application/json";
        return call.Response.WriteAsync(body);
    }
}
