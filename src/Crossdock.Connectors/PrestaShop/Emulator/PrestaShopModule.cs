using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>Our module in the emulated shop: a table of what is to be told, worked off in order of each order, bodies made when they are sent, repeated later and later.</summary>
internal sealed class PrestaShopModule(PrestaShopEmulatorOptions options, PrestaShopShop shop, TimeProvider clock) : IDisposable
{
    private const int MostKept = 10_000;

    /// <summary>Minutes until the next attempt; then daily for two weeks.</summary>
    private static readonly int[] Backoff = [1, 5, 15, 60, 180, 360, 720, 1440];

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly List<Entry> waiting = [];
    private readonly ConcurrentQueue<PrestaShopDelivery> sent = new();
    private readonly SemaphoreSlim turn = new(1, 1);
    private Entry? latest;
    private long last;
    private (string Address, string Secret)? hub;
    private volatile bool isPaused;
    private volatile bool isStopped;

    internal IReadOnlyCollection<PrestaShopDelivery> Sent => [.. sent];

    internal bool IsPaused { get => isPaused; set => isPaused = value; }

    /// <summary>True since the hub said that this connection is gone.</summary>
    internal bool IsStopped => isStopped;

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

    internal void Install(string address, string secret)
    {
        hub = (address, secret);
        isStopped = false;
    }

    /// <summary>Queues an event; one of the same topic and order that waits and was not tried yet says it already.</summary>
    internal void Announce(string topic, long order)
    {
        lock (waiting)
        {
            if (hub is not null && !isStopped && !waiting.Exists(entry => entry.Topic == topic && entry.Order == order && entry.Attempts == 0))
            {
                waiting.Add(new(++last, Guid.CreateVersion7(clock.GetUtcNow()).ToString(), topic, order, clock.GetUtcNow()) { DueAt = clock.GetUtcNow() });
            }
        }
    }

    /// <summary>Sends the last one once more, under its id.</summary>
    internal void Repeat()
    {
        lock (waiting)
        {
            if (latest is { } again)
            {
                waiting.Add(again with { DueAt = clock.GetUtcNow() });
            }
        }
    }

    /// <summary>Sends what is due.</summary>
    internal async Task DrainAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            while (!isPaused && !isStopped && hub is { } target && Next() is { } entry)
            {
                await SendAsync(target.Address, target.Secret, entry, cancellationToken);
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

    // An order's later event waits while an older one does.
    private Entry? Next()
    {
        lock (waiting)
        {
            HashSet<long> blocked = [];
            foreach (var entry in waiting)
            {
                if (entry.DueAt <= clock.GetUtcNow() && !blocked.Contains(entry.Order))
                {
                    return entry;
                }

                blocked.Add(entry.Order);
            }

            return null;
        }
    }

    private async Task SendAsync(string address, string secret, Entry entry, CancellationToken cancellationToken)
    {
        entry.Attempts++;
        byte[]? body = Body(entry);
        int? status = body is null ? 200 : await PostAsync(address, secret, entry, body, cancellationToken);
        if (body is not null)
        {
            sent.Enqueue(new(entry.Uid, entry.Topic, entry.Order, entry.Attempts, status, clock.GetUtcNow()));
            while (sent.Count > MostKept && sent.TryDequeue(out _))
            {
            }
        }

        lock (waiting)
        {
            latest = entry;
            if (status is >= 200 and < 300)
            {
                waiting.Remove(entry);
            }
            else if (status == 410)
            {
                isStopped = true;
            }
            else
            {
                entry.DueAt = clock.GetUtcNow().AddMinutes(Backoff[Math.Min(entry.Attempts, Backoff.Length) - 1]);
            }
        }
    }

    private async Task<int?> PostAsync(string address, string secret, Entry entry, byte[] body, CancellationToken cancellationToken)
    {
        string timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/json; charset=utf-8");
        request.Headers.TryAddWithoutValidation("User-Agent", "crossdock-prestashop/1.0 (PrestaShop 8.1.7; PHP 8.1.27)");
        request.Headers.Add(PrestaShopWebhooks.EventHeader, entry.Uid);
        request.Headers.Add(PrestaShopWebhooks.TopicHeader, entry.Topic);
        request.Headers.Add("Crossdock-Shop", $"{shop.Url}|1");
        request.Headers.Add(PrestaShopWebhooks.TimestampHeader, timestamp);
        request.Headers.Add("Crossdock-Attempt", entry.Attempts.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(PrestaShopWebhooks.SignatureHeader, PrestaShopWebhooks.Signature(secret, timestamp, entry.Uid, body));
        using var limit = new CancellationTokenSource(options.TimeOut, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var answer = await http.SendAsync(request, both.Token);
            return (int)answer.StatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;      // nobody there, or no answer in time: later
        }
    }

    /// <summary>The order as it is now; null when it is gone.</summary>
    private byte[]? Body(Entry entry)
    {
        if (shop.Row("orders", entry.Order) is not { } order)
        {
            return null;
        }

        string id = PrestaShopShelf.Text(entry.Order), reference = (string)order["reference"]!;
        var configuration = shop.Rows("configurations").ToDictionary(row => (string)row["name"]!, row => (string)row["value"]!, StringComparer.Ordinal);
        var document = PrestaShopSnapshot.Build(new PrestaShopSnapshot.Parts
        {
            Order = order,
            Shop = new JsonObject { ["url"] = shop.Url, ["id_shop"] = 1, ["id_shop_group"] = 1, ["version"] = "8.1.7", ["timezone"] = shop.Zone, ["weight_unit"] = "kg" },
            Customer = Row("customers", "id_customer"),
            Delivery = Row("addresses", "id_address_delivery"),
            Invoice = Row("addresses", "id_address_invoice"),
            Details = Of("order_details"),
            Carriers = Of("order_carriers"),
            Payments = shop.Rows("order_payments", row => (string)row["order_reference"]! == reference),
            CartRules = Of("order_cart_rules"),
            Histories = Of("order_histories"),
            Slips = Of("order_slip"),
            Messages = Of("messages"),
            Siblings = shop.Rows("orders", row => (string)row["reference"]! == reference && row["id"]!.ToString() != id),
            Find = (resource, found) => found is null ? null : shop.Row(resource, long.Parse(found, CultureInfo.InvariantCulture)),
            KeyOf = state => PrestaShopStates.ConfigurationKeys.Where(key => configuration.GetValueOrDefault(key) == state).Order(StringComparer.Ordinal).FirstOrDefault(),
        }, entry.Topic, Time(clock.GetUtcNow()));
        document["event_uid"] = entry.Uid;
        document["occurred_at"] = Time(entry.CreatedAt);
        return PrestaShopSnapshot.Bytes(document);

        List<JsonObject> Of(string resource) => shop.Rows(resource, row => (string?)row["id_order"] == id);

        JsonObject? Row(string resource, string field) => shop.Row(resource, long.Parse((string)order[field]!, CultureInfo.InvariantCulture));
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private sealed record Entry(long Id, string Uid, string Topic, long Order, DateTimeOffset CreatedAt)
    {
        internal int Attempts { get; set; }
        internal DateTimeOffset DueAt { get; set; }
    }
}
