using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Emulators;

namespace Crossdock.Connectors.Magento;

/// <summary>Sends the emulated shop's messages as the real senders do: our module from its outbox for three days, async events with five repeats and nothing after a connection that failed without an answer.</summary>
internal sealed class MagentoSender : IDisposable
{
    private static readonly TimeSpan AsyncDeadline = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ModuleDeadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan[] ModuleWaits = [.. new[] { 1, 5, 15, 60, 360, 360, 360, 720, 720, 720, 1440 }.Select(minutes => TimeSpan.FromMinutes(minutes))];

    private readonly MagentoShop shop;
    private readonly ShopTroubles troubles;
    private readonly TimeProvider clock;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ConcurrentQueue<MagentoDelivery> sent = new();
    private readonly Lock door = new();
    private readonly List<Waiting> waiting = [];
    private readonly SortedDictionary<long, Registration> registrations = [];
    private long lastRegistration;

    internal MagentoSender(MagentoShop shop, ShopTroubles troubles, TimeProvider clock) => (this.shop, this.troubles, this.clock) = (shop, troubles, clock);

    internal IReadOnlyCollection<MagentoDelivery> Sent => sent;

    internal int WaitingCount
    {
        get
        {
            lock (door)
            {
                return waiting.Count;
            }
        }
    }

    /// <summary>Where our module sends; null where it is not installed.</summary>
    internal Module? Hub { get; set; }

    internal List<Registration> Registrations
    {
        get
        {
            lock (door)
            {
                return [.. registrations.Values];
            }
        }
    }

    internal Registration Register(string topic, string url, string token)
    {
        lock (door)
        {
            return registrations[++lastRegistration] = new Registration(lastRegistration, topic, url, token);
        }
    }

    internal void Unregister(long id)
    {
        lock (door)
        {
            registrations.Remove(id);
        }
    }

    /// <summary>Something happened to an order: every sender puts it into its queue and tries at once.</summary>
    /// <param name="order">The order.</param>
    /// <param name="module">What our module calls it.</param>
    /// <param name="asynchronous">What async events call it; several events may come of one change.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    internal async Task AnnounceAsync(long order, string module, IReadOnlyList<string> asynchronous, CancellationToken cancellationToken)
    {
        List<Waiting> added = [];
        if (Hub is not null && !troubles.Loses())
        {
            added.Add(new Waiting(module, order, null, Guid.CreateVersion7()));
        }

        added.AddRange(Registrations.Where(one => one.IsActive && asynchronous.Contains(one.Topic) && !troubles.Loses()).Select(one => new Waiting(one.Topic, order, one, Guid.Empty)));
        foreach (var one in added)
        {
            await AttemptAsync(one, cancellationToken);
        }
    }

    /// <summary>Sends what is due again.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        List<Waiting> due;
        lock (door)
        {
            due = [.. waiting.Where(one => one.DueAt <= clock.GetUtcNow()).OrderBy(one => one.DueAt)];
            waiting.RemoveAll(due.Contains);
        }

        foreach (var one in due)
        {
            await AttemptAsync(one, cancellationToken);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task AttemptAsync(Waiting one, CancellationToken cancellationToken)
    {
        one.Attempt++;
        using var request = one.Registration is { } registration ? Asynchronous(one, registration) : FromModule(one);
        using var limit = new CancellationTokenSource(one.Registration is null ? ModuleDeadline : AsyncDeadline, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        (int? status, TimeSpan? asked) = (null, null);
        try
        {
            using var response = await http.SendAsync(request, both.Token);
            (status, asked) = ((int)response.StatusCode, response.Headers.RetryAfter?.Delta);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException || (broken is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // No answer at all.
        }

        sent.Enqueue(new MagentoDelivery(one.Event, one.OrderId, one.Attempt, status, clock.GetUtcNow()));
        while (sent.Count > 10_000)
        {
            sent.TryDequeue(out _);
        }

        if (status is >= 200 and <= 299 || Wait(one, status, asked) is not { } wait)
        {
            return;
        }

        one.DueAt = clock.GetUtcNow() + wait;
        lock (door)
        {
            waiting.Add(one);
        }
    }

    // Async events forget a connection that failed without an answer; our module does not.
    private static TimeSpan? Wait(Waiting one, int? status, TimeSpan? asked) => one.Registration is null
        ? one.Attempt <= ModuleWaits.Length ? ModuleWaits[one.Attempt - 1] : null
        : status is not null && one.Attempt <= 5 ? asked ?? TimeSpan.FromSeconds(Math.Min(60, one.Attempt * one.Attempt)) : null;

    private HttpRequestMessage FromModule(Waiting one)
    {
        var hub = Hub!;
        var order = shop.Read(one.OrderId);
        var body = new JsonObject
        {
            ["event"] = one.Event, ["store"] = "default", ["order_id"] = one.OrderId, ["increment_id"] = order?["increment_id"]?.DeepClone(), ["updated_at"] = order?["updated_at"]?.DeepClone(),
        };
        if (hub.SendsOrders && order is not null)
        {
            order.Remove("protect_code");
            order["payment"]!.AsObject().Remove("additional_information");
            body["order"] = order;
            body["shipments"] = new JsonArray([.. shop.PartsOf("shipments", one.OrderId)]);
            body["creditmemos"] = new JsonArray([.. shop.PartsOf("creditmemos", one.OrderId)]);
        }

        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(body);
        string stamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes(stamp + "."), .. bytes];
        byte[] signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(hub.Secret), signed);
        return Post(hub.Url, bytes, ("X-Hub-Event", one.Event), ("X-Hub-Delivery", one.Delivery.ToString()), ("X-Hub-Timestamp", stamp), ("X-Hub-Signature", Convert.ToBase64String(signature)));
    }

    private HttpRequestMessage Asynchronous(Waiting one, Registration registration)
    {
        // Built when it is sent: it shows the state of now.
        JsonNode? data = one.Event switch
        {
            "sales.shipment.created" => shop.PartsOf("shipments", one.OrderId).LastOrDefault(),
            "sales.creditmemo.created" => shop.PartsOf("creditmemos", one.OrderId).LastOrDefault(),
            _ => shop.Read(one.OrderId),
        };
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["data"] = data });
        return Post(registration.Url, bytes, ("x-magento-signature", Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(registration.Token), bytes))));
    }

    private static HttpRequestMessage Post(string url, byte[] body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body), Version = HttpVersion.Version11 };
        request.Content.Headers.ContentType = new("application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    internal sealed record Module(string Url, string Secret, bool SendsOrders);

    internal sealed record Registration(long Id, string Topic, string Url, string Token)
    {
        internal bool IsActive { get; set; } = true;
    }

    private sealed class Waiting(string name, long order, Registration? registration, Guid delivery)
    {
        internal string Event => name;
        internal long OrderId => order;
        internal Registration? Registration => registration;
        internal Guid Delivery => delivery;
        internal int Attempt { get; set; }
        internal DateTimeOffset DueAt { get; set; }
    }
}
