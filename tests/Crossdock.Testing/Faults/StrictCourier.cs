using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Crossdock.Testing.Faults;

/// <summary>What the courier of a fault campaign does wrong, each from 0 to 1.</summary>
public sealed record CourierFaults
{
    /// <summary>Accepts, then drops the line.</summary>
    public double Drop { get; init; } = 0.03;
    /// <summary>Answers 500 and accepts nothing.</summary>
    public double Error { get; init; } = 0.02;
    /// <summary>Accepts, then takes up to a second to say so.</summary>
    public double Slow { get; init; } = 0.05;
}

/// <summary>A courier that keeps books and forgives nothing: every POST that it accepts is a shipment, whatever its idempotency key. It can be asked what it has.</summary>
public sealed class StrictCourier : IAsyncDisposable
{
    private readonly WebApplication server;
    private readonly CourierFaults faults;
    private readonly Random dice;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> shipments = new(StringComparer.Ordinal);
    private long lookUps;
    private long lostAnswers;

    private StrictCourier(WebApplication server, CourierFaults faults, int seed) => (this.server, this.faults, dice) = (server, faults, new Random(seed));

    /// <summary>Its address, without a slash at the end.</summary>
    public string Address => server.Urls.First();

    /// <summary>References that have a shipment.</summary>
    public int Count => shipments.Count;

    /// <summary>How often it was asked whether it has something.</summary>
    public long LookUps => Interlocked.Read(ref lookUps);

    /// <summary>How often it accepted and dropped the line.</summary>
    public long LostAnswers => Interlocked.Read(ref lostAnswers);

    /// <summary>Shipments by reference: the idempotency keys they came with.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Books => shipments.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)[.. pair.Value], StringComparer.Ordinal);

    /// <summary>Whether it has a shipment with this reference.</summary>
    public bool Has(string reference) => shipments.ContainsKey(reference);

    public static async Task<StrictCourier> StartAsync(int seed, CourierFaults? faults = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var application = builder.Build();
        var courier = new StrictCourier(application, faults ?? new CourierFaults(), seed);
        application.Run(courier.AnswerAsync);
        await application.StartAsync();
        return courier;
    }

    public async ValueTask DisposeAsync()
    {
        using (var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1)))
        {
            await server.StopAsync(soon.Token);
        }

        await server.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext call)
    {
        if (call.Request.Method == "GET")
        {
            Interlocked.Increment(ref lookUps);
            bool has = call.Request.Query["reference"].ToString() is var asked && Has(asked);
            await call.Response.WriteAsync(has ? $$"""{"items":[{"id":"S-{{asked}}"}]}""" : """{"items":[]}""");
            return;
        }

        using var body = await JsonDocument.ParseAsync(call.Request.Body);
        string reference = body.RootElement.GetProperty("reference").GetString()!;
        double chance = Dice();
        if (chance < faults.Error)
        {
            call.Response.StatusCode = 500;
            return;
        }

        shipments.GetOrAdd(reference, _ => []).Enqueue(call.Request.Headers["Idempotency-Key"].ToString());
        if ((chance -= faults.Error) < faults.Drop)
        {
            Interlocked.Increment(ref lostAnswers);
            call.Abort();
            return;
        }

        if (chance - faults.Drop < faults.Slow)
        {
            await Task.Delay(TimeSpan.FromSeconds(Dice()));
        }

        call.Response.StatusCode = 201;
        await call.Response.WriteAsync($$"""{"id":"S-{{reference}}"}""");
    }

    private double Dice()
    {
        lock (dice)
        {
            return dice.NextDouble();
        }
    }
}
