using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Crossdock.Connectors.Custom;

namespace Crossdock.Connectors.Http;

/// <summary>How the emulated courier tells of its shipments: taken, on the way, delivered, by signed calls (Standard Webhooks).</summary>
public sealed record CourierNewsOptions
{
    /// <summary>Where it calls, for example http://127.0.0.1:8080/in/courier.</summary>
    public required Uri Address { get; init; }
    /// <summary>What it signs with: whsec_ and base64.</summary>
    public required string Secret { get; init; }
    /// <summary>The carrier it names.</summary>
    public string Carrier { get; init; } = "Emulated Courier";
    /// <summary>From the acceptance to <c>picked_up</c>, in milliseconds.</summary>
    public int TakenAfterMilliseconds { get; init; } = 2000;
    /// <summary>From there to <c>in_transit</c>, in milliseconds.</summary>
    public int MovingAfterMilliseconds { get; init; } = 8000;
    /// <summary>From there to <c>delivered</c>, in milliseconds.</summary>
    public int DeliveredAfterMilliseconds { get; init; } = 15_000;
    /// <summary>Share of calls that come twice, 0 to 1.</summary>
    public double RepeatRate { get; init; }
    /// <summary>Share of shipments whose <c>delivered</c> comes before their <c>in_transit</c>, 0 to 1.</summary>
    public double ReorderRate { get; init; }
    /// <summary>Share of shipments that have a word between that nobody knows, 0 to 1.</summary>
    public double OddWordRate { get; init; }
    /// <summary>Share of calls that never come, 0 to 1.</summary>
    public double LossRate { get; init; }
    /// <summary>Seed of the dice.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>The calls of an emulated courier.</summary>
internal sealed class CourierNews : IAsyncDisposable
{
    private const int Attempts = 5;
    private readonly CourierNewsOptions options;
    private readonly TimeProvider clock;
    private readonly byte[] key;
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly CancellationTokenSource closing = new();
    private readonly ConcurrentDictionary<Task, bool> running = new();
    private readonly Lock dice = new();
    private readonly Random random;
    private long last;

    internal CourierNews(CourierNewsOptions options, TimeProvider clock)
    {
        (this.options, this.clock) = (options, clock);
        key = StandardWebhooks.KeyOf(options.Secret) ?? throw new ArgumentException("the secret must be whsec_ and base64 of at least 16 bytes", nameof(options));
#pragma warning disable CA5394 // Dice, not keys.
        random = new Random(options.Seed);
#pragma warning restore CA5394
    }

    /// <summary>The tracking of a shipment as JSON.</summary>
    internal string Tracking(Shipment shipment)
    {
        string number = "EC" + shipment.Id.ToString("000000000", CultureInfo.InvariantCulture);
        return $$"""{"number":"{{number}}","carrier":{{JsonSerializer.Serialize(options.Carrier)}},"url":"https://track.example/{{number}}"}""";
    }

    /// <summary>Tells of a shipment from its acceptance to its end.</summary>
    internal void Follow(Shipment shipment) => Run(async () =>
    {
        bool isReordered = Throw(options.ReorderRate), isOdd = Throw(options.OddWordRate);
        await WaitAsync(options.TakenAfterMilliseconds);
        await SayAsync(shipment, "picked_up", clock.GetUtcNow());
        await WaitAsync(options.MovingAfterMilliseconds);
        if (shipment.IsCancelled)
        {
            return;
        }

        var moving = clock.GetUtcNow();
        if (isOdd)
        {
            await SayAsync(shipment, "sorted_by_cat", moving);
        }

        if (!isReordered)
        {
            await SayAsync(shipment, "in_transit", moving);
        }

        await WaitAsync(options.DeliveredAfterMilliseconds);
        await SayAsync(shipment, "delivered", clock.GetUtcNow());
        if (isReordered)
        {
            await SayAsync(shipment, "in_transit", moving);
        }
    });

    /// <summary>Tells that a shipment was cancelled.</summary>
    internal void Cancelled(Shipment shipment) => Run(() => SayAsync(shipment, "cancelled", clock.GetUtcNow()));

    /// <summary>Calls once, as often as it takes; a call that is lost or comes twice by the dice is so.</summary>
    internal async Task SayAsync(Shipment shipment, string word, DateTimeOffset at)
    {
        if (Throw(options.LossRate))
        {
            return;
        }

        string id = "msg_" + Interlocked.Increment(ref last).ToString(CultureInfo.InvariantCulture) + "_" + shipment.Id.ToString(CultureInfo.InvariantCulture) + "_" + word;
        string body = $$"""{"type":"shipment.status","occurredAt":"{{at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)}}","shipment":{"id":"SHP-{{shipment.Id.ToString(CultureInfo.InvariantCulture)}}","reference":{{JsonSerializer.Serialize(shipment.Reference)}},"status":"{{word}}","tracking":{{Tracking(shipment)}} } }""";
        for (int time = Throw(options.RepeatRate) ? 2 : 1; time > 0; time--)
        {
            await CallAsync(id, body);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await Task.WhenAll(running.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        closing.Dispose();
        http.Dispose();
    }

    private async Task CallAsync(string id, string body)
    {
        for (int attempt = 1; attempt <= Attempts; attempt++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(body);
            string at = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            using var request = new HttpRequestMessage(HttpMethod.Post, options.Address) { Content = new ByteArrayContent(bytes) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.Add("webhook-id", id);
            request.Headers.Add("webhook-timestamp", at);
            request.Headers.Add("webhook-signature", StandardWebhooks.Sign(key, id, at, bytes));
            try
            {
                using var answer = await http.SendAsync(request, closing.Token);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !closing.IsCancellationRequested))
            {
                // The hub is away: again a little later.
            }

            await WaitAsync(1000 * attempt);
        }
    }

    private void Run(Func<Task> tell)
    {
        var task = Task.Run(tell);
        running[task] = true;
        _ = task.ContinueWith(done => running.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private Task WaitAsync(int milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), clock, closing.Token);

    private bool Throw(double rate)
    {
        if (rate <= 0)
        {
            return false;
        }

        lock (dice)
        {
#pragma warning disable CA5394 // Dice, not keys.
            return random.NextDouble() < rate;
#pragma warning restore CA5394
        }
    }
}
