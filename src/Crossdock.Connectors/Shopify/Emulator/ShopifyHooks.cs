using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Crossdock.Emulators;

namespace Crossdock.Connectors.Shopify.Emulator;

/// <summary>Sends signed webhooks the way Shopify does: a deadline, eight retries with growing gaps and the original body, then the subscription is removed.</summary>
internal sealed class ShopifyHooks(ShopifyEmulatorOptions options, ShopTroubles troubles, TimeProvider clock) : IAsyncDisposable
{
    private const int MostKept = 10_000;

    /// <summary>About four hours in all.</summary>
    private static readonly TimeSpan[] Gaps =
    [
        TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2),
    ];

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(1), MaxConnectionsPerServer = 32, UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly byte[] secret = Encoding.UTF8.GetBytes(options.Secret);
    private readonly CancellationTokenSource closing = new();
    private readonly ConcurrentDictionary<long, ShopifySubscription> subscriptions = new();
    private readonly ConcurrentDictionary<Task, byte> retries = new();
    private readonly ConcurrentQueue<SentWebhook> sent = new();
    private long lastSubscription = 4_759_300;

    internal IReadOnlyCollection<ShopifySubscription> Subscriptions => [.. subscriptions.Values.OrderBy(known => known.Id)];

    internal IReadOnlyCollection<SentWebhook> Sent => [.. sent];

    /// <summary>The new subscription; null when the address has this topic already.</summary>
    internal ShopifySubscription? Subscribe(string topic, Uri address)
    {
        lock (subscriptions)
        {
            if (subscriptions.Values.Any(known => known.Topic == topic && known.Address == address))
            {
                return null;
            }
            var made = new ShopifySubscription(++lastSubscription, topic, address);
            subscriptions[made.Id] = made;
            return made;
        }
    }

    internal bool Unsubscribe(long id) => subscriptions.TryRemove(id, out _);

    /// <summary>Sends one event to everyone who wants it and waits for the first attempts; what fails is retried in the background.</summary>
    internal async Task SendAsync(string topic, long order, byte[] body, string eventId, CancellationToken cancellationToken)
    {
        foreach (var subscription in Subscriptions.Where(known => known.Topic == topic && !troubles.Loses()))
        {
            await SendAsync(new Hook(subscription, topic, order, body, Guid.NewGuid().ToString("D"), eventId, clock.GetUtcNow()), cancellationToken);
        }
    }

    /// <summary>Sends again what was sent, under the same webhook id: Shopify's at-least-once.</summary>
    internal async Task SendAsync(Hook hook, CancellationToken cancellationToken)
    {
        LastSent = hook;
        if (!await AttemptAsync(hook, 1, cancellationToken))
        {
            var retry = RetryAsync(hook);
            retries[retry] = 0;
            _ = retry.ContinueWith(done => retries.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Sends one event in the background.</summary>
    internal void SendLater(string topic, long order, byte[] body, string eventId)
    {
        var sending = SendAsync(topic, order, body, eventId, closing.Token);
        retries[sending] = 0;
        _ = sending.ContinueWith(done => retries.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    internal Hook? LastSent { get; private set; }

    /// <summary>Waits until nothing is left to be retried.</summary>
    internal Task SettleAsync() => Task.WhenAll(retries.Keys);

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        try
        {
            await SettleAsync();
        }
        catch (OperationCanceledException)
        {
            // What was being sent when the shop closed.
        }
        http.Dispose();
        closing.Dispose();
    }

    private async Task RetryAsync(Hook hook)
    {
        for (int attempt = 2; attempt <= Gaps.Length + 1; attempt++)
        {
            try
            {
                await Task.Delay(Gaps[attempt - 2] * options.TimeScale, clock, closing.Token);
                if (!subscriptions.ContainsKey(hook.Subscription.Id) || await AttemptAsync(hook, attempt, closing.Token))
                {
                    return;
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
        if (options.RemovesSubscriptions)
        {
            Unsubscribe(hook.Subscription.Id);
        }
    }

    private async Task<bool> AttemptAsync(Hook hook, int attempt, CancellationToken cancellationToken)
    {
        int? status = null;
        try
        {
            using var limit = new CancellationTokenSource(options.Deadline, clock);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            using var request = Request(hook);
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            status = (int)answer.StatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // No answer in time, or no connection: a failure like any other.
        }
        sent.Enqueue(new SentWebhook(hook.WebhookId, hook.Topic, hook.OrderId, attempt, status, clock.GetUtcNow()));
        while (sent.Count > MostKept && sent.TryDequeue(out _))
        {
        }
        return status is >= 200 and < 300;
    }

    private HttpRequestMessage Request(Hook hook)
    {
        var content = new ByteArrayContent(hook.Body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, hook.Subscription.Address) { Content = content };
        request.Headers.TryAddWithoutValidation("User-Agent", "Shopify-Captain-Hook");
        request.Headers.TryAddWithoutValidation("X-Shopify-Topic", hook.Topic);
        request.Headers.TryAddWithoutValidation("X-Shopify-Hmac-Sha256", Convert.ToBase64String(HMACSHA256.HashData(secret, hook.Body)));
        request.Headers.TryAddWithoutValidation("X-Shopify-Shop-Domain", options.Shop);
        request.Headers.TryAddWithoutValidation("X-Shopify-API-Version", "2026-10");
        request.Headers.TryAddWithoutValidation("X-Shopify-Webhook-Id", hook.WebhookId);
        request.Headers.TryAddWithoutValidation("X-Shopify-Event-Id", hook.EventId);
        request.Headers.TryAddWithoutValidation("X-Shopify-Triggered-At", hook.TriggeredAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("X-Shopify-Order-Id", hook.OrderId.ToString(CultureInfo.InvariantCulture));
        return request;
    }
}

/// <summary>One delivery to one subscription; its retries carry the same bytes and the same id.</summary>
internal sealed record Hook(ShopifySubscription Subscription, string Topic, long OrderId, byte[] Body, string WebhookId, string EventId, DateTimeOffset TriggeredAt);
