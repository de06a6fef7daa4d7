using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;

namespace Crossdock.Testing.Faults;

/// <summary>One announcement of an order by the shop: what was sent, and whether it was answered 200.</summary>
public sealed class Announcement
{
    private bool isAcknowledged;
    private bool isOver;

    public required long OrderId { get; init; }
    public required string WebhookId { get; init; }
    public required string UpdatedAt { get; init; }
    /// <summary>False for a shop that gives up after the first answer that is not 200.</summary>
    public required bool IsPatient { get; init; }
    /// <summary>The node that it is first sent to.</summary>
    public int FirstNode { get; init; }
    /// <summary>What tells this version of the order from others.</summary>
    public int Quantity { get; init; } = 1;
    /// <summary>How often it was sent.</summary>
    public int Sent { get; set; }
    /// <summary>True once answered 200: from then on the hub owes it.</summary>
    public bool IsAcknowledged { get => Volatile.Read(ref isAcknowledged); set => Volatile.Write(ref isAcknowledged, value); }
    /// <summary>True when the shop will not send it again.</summary>
    public bool IsOver { get => Volatile.Read(ref isOver); set => Volatile.Write(ref isOver, value); }
}

/// <summary>The shop's side of a fault campaign: announces orders over HTTP as Shopify does, sends again what was not answered 200, and keeps a record of its own of everything.</summary>
public sealed class Announcer : IAsyncDisposable
{
    public const string Secret = "secret-of-the-announcing-store-0123456789";
    private readonly Uri[] addresses;
    private readonly HttpClient http;
    private readonly Channel<Announcement> queue = Channel.CreateUnbounded<Announcement>();
    private readonly ConcurrentBag<Announcement> all = [];
    private readonly List<Task> workers;
    private readonly TimeProvider clock;
    private long lastAcknowledgedSentAt;

    /// <param name="hubs">One or more nodes; what is sent again goes to the next one.</param>
    /// <param name="connections">How many are sent at once.</param>
    /// <param name="clock">The clock.</param>
    public Announcer(IReadOnlyList<string> hubs, int connections, TimeProvider clock)
    {
        addresses = [.. hubs.Select(hub => new Uri($"{hub}/in/acme"))];
        this.clock = clock;
        http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2), PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5) }) { Timeout = TimeSpan.FromSeconds(5) };
        workers = [.. Enumerable.Range(0, connections).Select(_ => Task.Run(SendAsync))];
    }

    /// <summary>Everything ever announced.</summary>
    public IReadOnlyCollection<Announcement> All => all;

    /// <summary>Answers by kind: the status, or what broke.</summary>
    public ConcurrentDictionary<string, int> Answers { get; } = new(StringComparer.Ordinal);

    /// <summary>Takes an announcement into the queue.</summary>
    public void Announce(Announcement one)
    {
        all.Add(one);
        queue.Writer.TryWrite(one);
    }

    /// <summary>How long after that moment the first request was answered 200 that was also sent after it; null while there is none.</summary>
    public bool HasAcknowledgedSince(long timestamp) => Interlocked.Read(ref lastAcknowledgedSentAt) > timestamp;

    /// <summary>Waits until nothing is on its way or to be sent again.</summary>
    public async Task<bool> IsOverAsync(IEnumerable<Announcement> some, TimeSpan patience)
    {
        long started = clock.GetTimestamp();
        var open = some.Where(one => !one.IsOver).ToList();
        while (open.Count > 0 && clock.GetElapsedTime(started) < patience)
        {
            await Task.Delay(50);
            open.RemoveAll(one => one.IsOver);
        }

        return open.Count == 0;
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await Task.WhenAll(workers);
        http.Dispose();
    }

    private async Task SendAsync()
    {
        await foreach (var one in queue.Reader.ReadAllAsync())
        {
            long sentAt = Stopwatch.GetTimestamp();
            string answer = await SendAsync(one);
            Answers.AddOrUpdate(answer, 1, static (_, count) => count + 1);
            if (answer == "200")
            {
                one.IsAcknowledged = true;
                one.IsOver = true;
                InterlockedMax(sentAt);
            }
            else if (!one.IsPatient)
            {
                one.IsOver = true;
            }
            else
            {
                _ = LaterAsync(one);
            }
        }
    }

    private async Task LaterAsync(Announcement one)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(200));
        if (!queue.Writer.TryWrite(one))
        {
            one.IsOver = true;
        }
    }

    private async Task<string> SendAsync(Announcement one)
    {
        var address = addresses[(one.FirstNode + one.Sent++) % addresses.Length];
        byte[] body = Encoding.UTF8.GetBytes(TestHub.Order(one.OrderId, one.UpdatedAt, quantity: one.Quantity));
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("X-Shopify-Topic", "orders/updated");
        request.Headers.Add("X-Shopify-Shop-Domain", "acme.myshopify.com");
        request.Headers.Add("X-Shopify-Webhook-Id", one.WebhookId);
        request.Headers.Add("X-Shopify-Hmac-Sha256", Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), body)));
        try
        {
            using var answer = await http.SendAsync(request);
            return ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception broken) when (broken is HttpRequestException or TaskCanceledException or IOException)
        {
            return broken is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } ? "refused" : broken is TaskCanceledException ? "no answer in 5 s" : "broken";
        }
    }

    private void InterlockedMax(long value)
    {
        long known = Interlocked.Read(ref lastAcknowledgedSentAt);
        while (value > known && Interlocked.CompareExchange(ref lastAcknowledgedSentAt, value, known) is var seen && seen != known)
        {
            known = seen;
        }
    }
}
