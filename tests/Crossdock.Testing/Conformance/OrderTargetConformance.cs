using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Crossdock.Model;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Crossdock.Testing.Conformance;

/// <summary>What every destination owes: an outcome for whatever the other side does, one key for all attempts, and no secret in what is logged.</summary>
public abstract class OrderTargetConformance : ConnectorConformance, IAsyncLifetime
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ConcurrentQueue<string> heard = new();
    private WebApplication other = null!;
    private volatile Func<HttpContext, Task> answer = _ => Task.CompletedTask;

    /// <summary>Right settings for a destination at this address (http://127.0.0.1:PORT), with <see cref="Secret"/> among the secrets and, where it can, a look-up, an update and a cancellation.</summary>
    protected abstract ConnectionSettings At(string address);

    /// <summary>What must never be logged; at least eight characters.</summary>
    protected abstract string Secret { get; }

    /// <inheritdoc />
    protected override ConnectionSettings Valid => At("http://127.0.0.1:9");

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        other = builder.Build();
        other.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            string body = await reader.ReadToEndAsync();
            heard.Enqueue($"{string.Join('\n', context.Request.Headers.Select(header => $"{header.Key}: {header.Value}"))}\n{body}");
            await answer(context);
        });
        await other.StartAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await other.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Whatever_is_answered_is_an_outcome()
    {
        using var destination = Open(other.Urls.First());
        string[] bodies = ["", "null", "[]", "{}", "{", "\"text\"", "<html>", "{\"id\":null}", "{\"id\":{\"a\":[]}}", "{\"id\":\"1\"}", new string('[', 5000), new string('x', 300_000), "{\"id\":\"\\ud800\"}"];
        foreach (int status in new[] { 200, 201, 202, 204, 301, 302, 307, 400, 401, 403, 404, 405, 408, 409, 410, 413, 415, 422, 423, 425, 429, 500, 501, 502, 503, 504, 599 })
        {
            foreach (string body in status is 204 ? [""] : bodies)
            {
                answer = context => WriteAsync(context, status, body);
                await TellAsync(destination, status, body);
            }
        }
    }

    [Fact]
    public async Task Broken_connections_are_outcomes_and_never_a_delivery()
    {
        using (var nobody = Open($"http://127.0.0.1:{FreePorts.Next().ToString(CultureInfo.InvariantCulture)}"))
        {
            // Nothing was sent: it may be tried again without asking.
            Assert.IsType<RetryLater>((await nobody.SendAsync(Request(), CancellationToken.None)).Outcome);
            Assert.True(!nobody.CanFind || (await nobody.FindAsync(Request(), CancellationToken.None)).Answer == FindAnswer.CannotSay);
        }

        answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        using var destination = Open(other.Urls.First());
        Assert.IsType<Unclear>((await destination.SendAsync(Request(), CancellationToken.None)).Outcome);
        Assert.True(!destination.CanFind || (await destination.FindAsync(Request(), CancellationToken.None)).Answer == FindAnswer.CannotSay);
    }

    [Fact]
    public async Task Throttling_and_trouble_of_the_other_side_are_tried_again()
    {
        using var destination = Open(other.Urls.First());
        answer = context => WriteAsync(context, 429, "", "7");
        var throttled = Assert.IsType<RetryLater>((await destination.SendAsync(Request(), CancellationToken.None)).Outcome);
        Assert.Equal((true, TimeSpan.FromSeconds(7)), (throttled.IsThrottled, throttled.After));
        answer = context => WriteAsync(context, 503, "");
        Assert.False(Assert.IsType<RetryLater>((await destination.SendAsync(Request(), CancellationToken.None)).Outcome).IsThrottled);
    }

    [Fact]
    public async Task Every_attempt_carries_the_deliverys_id()
    {
        using var destination = Open(other.Urls.First());
        await destination.SendAsync(Request(), CancellationToken.None);
        await destination.SendAsync(Request() with { Attempt = 2 }, CancellationToken.None);
        Assert.True(heard.Count >= 2);
        Assert.All(heard, call => Assert.Contains(Request().Id.ToString(), call, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Secret_is_never_logged_even_when_the_other_side_repeats_it()
    {
        using var destination = Open(other.Urls.First());
        answer = context => WriteAsync(context, 422, $"{{\"message\":\"what is {Secret}?\"}}");
        foreach (var kind in Enum.GetValues<DeliveryKind>().Where(destination.Can))
        {
            var result = await destination.SendAsync(Request(kind), CancellationToken.None);
            Assert.DoesNotContain(Secret, $"{result.Outcome} {result.Exchange}", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_it_cannot_do_it_says_and_does_not_try()
    {
        using var destination = Open(other.Urls.First());
        Assert.True(destination.Can(DeliveryKind.Create));
        foreach (var kind in Enum.GetValues<DeliveryKind>().Where(kind => !destination.Can(kind)))
        {
            heard.Clear();
            Assert.IsNotType<Delivered>((await destination.SendAsync(Request(kind), CancellationToken.None)).Outcome);
            Assert.Empty(heard);
        }
    }

    [Fact]
    public async Task Stop_of_the_hub_ends_a_call()
    {
        using var stopping = new CancellationTokenSource();
        answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        using var destination = Open(other.Urls.First());
        var sending = destination.SendAsync(Request(), stopping.Token);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    private static DeliveryRequest Request(DeliveryKind kind = DeliveryKind.Create) => new(
        new DeliveryId(Guid.Parse("01900000-0000-7000-8000-00000000000a")), kind, new OrderId(Guid.Parse("01900000-0000-7000-8000-00000000000b")), OrderJson.Write(new Order
        {
            ExternalId = "1001", Number = "#1001", Currency = "EUR", Totals = new OrderTotals { Total = new Money(12.90m, "EUR") },
            ShipTo = new Address { Name = "Zoë \"Ñ\" O'Connor", Line1 = "Calle Mayor 1\nbajo", City = "Madrid", Country = "ES" },
            Lines = [new LineItem { Id = "1", Sku = "MUG-1", Name = "Mug", Quantity = 1, CurrentQuantity = 1 }],
        }), "sample", kind == DeliveryKind.Create ? null : "remote-1", null, 1);

    private static async Task TellAsync(IDestination destination, int status, string body)
    {
        string told = $"HTTP {status.ToString(CultureInfo.InvariantCulture)} {body[..Math.Min(40, body.Length)]}";
        var result = await destination.SendAsync(Request(), CancellationToken.None);
        Assert.True(result.Outcome is not Delivered || status is < 300 or 409, $"{told} is no delivery");
        Assert.True(result.Outcome switch
        {
            RetryLater later => later.Because.Length > 0,
            Unclear unclear => unclear.Because.Length > 0,
            Hold hold => hold.Because.Length > 0,
            Rejected rejected => rejected.Because.Length > 0,
            _ => true,
        }, $"{told} needs a reason");
        Assert.True(result.Exchange?.ResponseBody is not { Length: > 16 * 1024 }, "a body is kept up to 16 kB");
        if (destination.CanFind)
        {
            var found = await destination.FindAsync(Request(), CancellationToken.None);
            Assert.True(found.Answer != FindAnswer.CannotSay || found.Because is { Length: > 0 }, $"{told} needs a reason why it cannot say");
            Assert.True(status < 500 || found.Answer == FindAnswer.CannotSay, $"{told} says nothing of what it has");
        }
    }

    private IDestination Open(string address)
    {
        var settings = At(address);
        Assert.Empty(Connector.Check(settings));
        return ((IOrderTarget)Connector).Open(settings, http, TimeProvider.System);
    }

    private static Task WriteAsync(HttpContext context, int status, string body, string? retryAfter = null)
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null)
        {
            context.Response.Headers.RetryAfter = retryAfter;
        }

        return body.Length == 0 ? Task.CompletedTask : context.Response.WriteAsync(body);
    }
}
