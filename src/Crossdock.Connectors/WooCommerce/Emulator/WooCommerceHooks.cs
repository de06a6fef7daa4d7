using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Crossdock.Emulators;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>The emulated shop's webhooks and the queue that sends them: one after another, same jobs merged while they wait, never repeated,
/// switched off when a failure comes on top of six in a row. Source: WooCommerce, class-wc-webhook.php.</summary>
internal sealed class WooCommerceHooks(WooCommerceEmulatorOptions options, WooCommerceShop shop, ShopTroubles troubles, TimeProvider clock) : IDisposable
{
    private const int MostFailures = 5;
    private const int MostKept = 10_000;

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ConcurrentDictionary<long, WooCommerceHook> hooks = new();
    private readonly List<Job> waiting = [];
    private readonly ConcurrentQueue<WooCommerceDelivery> sent = new();
    private readonly SemaphoreSlim turn = new(1, 1);
    private Job? latest;
    private long lastHook = 16;
    private volatile bool isPaused;

    internal IReadOnlyList<WooCommerceHook> All => [.. hooks.Values.OrderBy(hook => hook.Id)];

    internal IReadOnlyCollection<WooCommerceDelivery> Sent => [.. sent];

    internal bool IsPaused { get => isPaused; set => isPaused = value; }

    internal int Waiting
    {
        get
        {
            lock (waiting)
            {
                return waiting.Count;
            }
        }
    }

    internal WooCommerceHook? Find(long id) => hooks.GetValueOrDefault(id);

    internal bool Remove(long id) => hooks.TryRemove(id, out _);

    /// <summary>Stores a webhook and, when it is active, pings its address; stored whatever that answers, as through the REST API.</summary>
    internal async Task<WooCommerceHook> AddAsync(string name, string topic, string address, string secret, string status, CancellationToken cancellationToken)
    {
        var hook = new WooCommerceHook(Interlocked.Increment(ref lastHook), name, topic, address, secret, clock.GetUtcNow()) { Status = status };
        hooks[hook.Id] = hook;
        await PingAsync(hook, cancellationToken);
        return hook;
    }

    /// <summary>The unsigned form that an active webhook's address gets when it is saved.</summary>
    internal async Task PingAsync(WooCommerceHook hook, CancellationToken cancellationToken)
    {
        if (hook.Status == "active")
        {
            using var request = Request(hook.Address, Encoding.ASCII.GetBytes($"webhook_id={Text(hook.Id)}"), "application/x-www-form-urlencoded");
            sent.Enqueue(new WooCommerceDelivery(hook.Id, "ping", 0, "", await AnswerAsync(request, cancellationToken), clock.GetUtcNow()));
        }
    }

    /// <summary>Puts a job into the queue for everyone who wants it; one that waits already is not added again.</summary>
    internal void Announce(string topic, long order)
    {
        lock (waiting)
        {
            foreach (var hook in All.Where(hook => hook.Status == "active" && hook.Topic == topic))
            {
                var job = new Job(hook.Id, topic, order);
                if (!waiting.Contains(job) && !troubles.Loses())
                {
                    waiting.Add(job);
                }
            }
        }
    }

    /// <summary>Announces the last job once more: duplicates happen.</summary>
    internal void Repeat()
    {
        lock (waiting)
        {
            if (latest is { } again)
            {
                waiting.Add(again);
            }
        }
    }

    /// <summary>Sends what waits, one after another.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            while (!isPaused && Take() is { } job)
            {
                if (hooks.TryGetValue(job.Hook, out var hook) && hook.Status == "active")
                {
                    await DeliverAsync(hook, job, cancellationToken);
                }
            }
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        http.Dispose();
        turn.Dispose();
    }

    private Job? Take()
    {
        lock (waiting)
        {
            if (waiting.Count == 0)
            {
                return null;
            }

            latest = waiting[0];
            waiting.RemoveAt(0);
            return latest;
        }
    }

    private async Task DeliverAsync(WooCommerceHook hook, Job job, CancellationToken cancellationToken)
    {
        byte[] body = shop.Body(job.Topic, job.Order);
        var now = clock.GetUtcNow();
        string delivery = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Text(hook.Id) + Text(now.ToUnixTimeSeconds()))))[..32];
        using var request = Request(hook.Address, body, "application/json");
        request.Headers.Add("X-WC-Webhook-Source", shop.Site);
        request.Headers.Add("X-WC-Webhook-Topic", job.Topic);
        request.Headers.Add("X-WC-Webhook-Resource", job.Topic.Split('.')[0]);
        request.Headers.Add("X-WC-Webhook-Event", job.Topic.Split('.')[1]);
        request.Headers.Add("X-WC-Webhook-Signature", Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(hook.Secret), body)));
        request.Headers.Add("X-WC-Webhook-ID", Text(hook.Id));
        request.Headers.Add("X-WC-Webhook-Delivery-ID", delivery);
        int? status = await AnswerAsync(request, cancellationToken);
        sent.Enqueue(new WooCommerceDelivery(hook.Id, job.Topic, job.Order, delivery, status, now));
        while (sent.Count > MostKept && sent.TryDequeue(out _))
        {
        }

        Count(hook, status is >= 200 and < 303);
    }

    // A success forgets the failures; re-enabling the webhook does not.
    private static void Count(WooCommerceHook hook, bool isDelivered)
    {
        if (isDelivered)
        {
            hook.Failures = 0;
        }
        else if (hook.Failures > MostFailures)
        {
            hook.Status = "disabled";
        }
        else
        {
            hook.Failures++;
        }
    }

    private static HttpRequestMessage Request(string address, byte[] body, string type)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        request.Headers.TryAddWithoutValidation("User-Agent", "WooCommerce/11.0.1 Hookshot (WordPress/7.1)");
        request.Headers.TryAddWithoutValidation("Accept", "*/*");
        request.Headers.ConnectionClose = true;
        return request;
    }

    private async Task<int?> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.TimeOut, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var answer = await http.SendAsync(request, both.Token);
            return (int)answer.StatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;      // no answer in time, or nobody there: a failure like any other
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record Job(long Hook, string Topic, long Order);
}

/// <summary>One webhook of the emulated shop.</summary>
internal sealed class WooCommerceHook(long id, string name, string topic, string address, string secret, DateTimeOffset createdAt)
{
    internal long Id => id;
    internal string Name { get; set; } = name;
    internal string Topic { get; set; } = topic;
    internal string Address { get; set; } = address;
    internal string Secret { get; set; } = secret;
    internal DateTimeOffset CreatedAt => createdAt;
    internal string Status { get; set; } = "active";
    internal int Failures { get; set; }
}
