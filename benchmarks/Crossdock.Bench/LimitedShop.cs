using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Crossdock.Bench;

/// <summary>A platform on loopback with nothing but a history of orders and a limit that it keeps to the letter: a bucket of requests, 429 beyond it, headers that say how it stands, and a round trip as through the internet.</summary>
internal sealed class LimitedShop : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly Lock gate = new();
    private readonly byte[] document = BenchStore.Document();
    private readonly int templateAt;
    private readonly TimeProvider clock = TimeProvider.System;
    private double tokens;
    private long filledAt, firstAt, lastAt;

    private LimitedShop(double perSecond, double burst, int orders)
    {
        (PerSecond, Burst, Orders, tokens) = (perSecond, burst, orders, burst);
        templateAt = Encoding.UTF8.GetString(document).IndexOf(BenchStore.TemplateId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        filledAt = clock.GetTimestamp();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        application = builder.Build();
        application.MapGet("/orders", (HttpContext context, int from, int take) => AnswerAsync(context, () => Page(from, take)));
        application.MapGet("/orders/{id:int}", (HttpContext context, int id) => AnswerAsync(context, () => One(id)));
    }

    public double PerSecond { get; }
    public double Burst { get; }
    public int Orders { get; }
    public Uri Address => new(application.Urls.First());
    public int Answered { get; private set; }
    public int Refused { get; private set; }

    /// <summary>What was asked of what could have been asked between the first and the last call.</summary>
    public double Share => Answered / (Burst + (PerSecond * clock.GetElapsedTime(firstAt, lastAt).TotalSeconds));

    public static async Task<LimitedShop> StartAsync(double perSecond, double burst, int orders)
    {
        var shop = new LimitedShop(perSecond, burst, orders);
        await shop.application.StartAsync();
        return shop;
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, Func<byte[]> body)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(80), clock);
        bool fits;
        double left;
        lock (gate)
        {
            long now = clock.GetTimestamp();
            tokens = Math.Min(Burst, tokens + (clock.GetElapsedTime(filledAt, now).TotalSeconds * PerSecond));
            filledAt = now;
            fits = tokens >= 1;
            tokens -= fits ? 1 : 0;
            left = tokens;
            firstAt = firstAt == 0 ? now : firstAt;
            lastAt = now;
            Answered += fits ? 1 : 0;
            Refused += fits ? 0 : 1;
        }

        context.Response.Headers["X-Limit"] = Burst.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["X-Left"] = left.ToString(CultureInfo.InvariantCulture);
        context.Response.StatusCode = fits ? 200 : 429;
        if (fits)
        {
            await context.Response.Body.WriteAsync(body());
        }
    }

    private byte[] Page(int from, int take) => Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Range(from, Math.Max(0, Math.Min(take, Orders - from))))}]");

    // Each order is a Shopify document of its own, 8 kB, as its webhook would bring it.
    private byte[] One(int id)
    {
        byte[] own = [.. document];
        string digits = (BenchStore.TemplateId + 20_000_000 + id).ToString(CultureInfo.InvariantCulture);
        byte[] template = Encoding.UTF8.GetBytes(BenchStore.TemplateId.ToString(CultureInfo.InvariantCulture));
        for (int at = templateAt; at >= 0;)
        {
            Encoding.UTF8.GetBytes(digits, own.AsSpan(at));
            int next = own.AsSpan(at + template.Length).IndexOf(template);
            at = next < 0 ? -1 : at + template.Length + next;
        }

        return own;
    }
}
