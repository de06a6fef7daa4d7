using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Emulators;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>The emulated store's webhooks: signed, four retries after 1, 16, 81 and 256 minutes, paused after eight failed deliveries. Source: Jumpseller support, "Webhook Notifications".</summary>
internal sealed class JumpsellerHooks(JumpsellerEmulatorOptions options, JumpsellerStore store, ShopTroubles troubles, TimeProvider clock) : IDisposable
{
    private const int MostAttempts = 5;
    private const int FailuresUntilPause = 8;
    private const int MostKept = 10_000;

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ConcurrentDictionary<long, JumpsellerHook> hooks = new();
    private readonly ConcurrentQueue<JumpsellerDelivery> sent = new();
    private readonly Lock door = new();
    private readonly List<Waiting> waiting = [];
    private long lastHook = 12_344;

    internal IReadOnlyList<JumpsellerHook> All => [.. hooks.Values.OrderBy(hook => hook.Id)];

    internal IReadOnlyCollection<JumpsellerDelivery> Sent => [.. sent];

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

    internal JumpsellerHook Add(string name, string url)
    {
        var hook = new JumpsellerHook(Interlocked.Increment(ref lastHook), name, url);
        hooks[hook.Id] = hook;
        return hook;
    }

    internal JumpsellerHook? Find(long id) => hooks.GetValueOrDefault(id);

    internal bool Remove(long id) => hooks.TryRemove(id, out _);

    internal async Task AnnounceAsync(string name, long order, CancellationToken cancellationToken)
    {
        if (store.Read(order) is not { } document)
        {
            return;
        }

        // The body is made when it happens and stays the same for every attempt.
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["order"] = document });
        foreach (var hook in All.Where(hook => hook.Event == name && !hook.IsPaused))
        {
            int times = troubles.Loses() ? 0 : store.Happens(options.RepeatRate) ? 2 : 1;
            for (int time = 0; time < times; time++)
            {
                await SendAsync(new(hook.Id, name, order, body, clock.GetUtcNow(), 1, clock.GetUtcNow()), cancellationToken);
            }
        }
    }

    /// <summary>Sends again what is due.</summary>
    internal async Task RetryAsync(CancellationToken cancellationToken)
    {
        List<Waiting> due;
        lock (door)
        {
            due = waiting.FindAll(one => one.DueAt <= clock.GetUtcNow());
            waiting.RemoveAll(due.Contains);
        }

        foreach (var one in due)
        {
            await SendAsync(one, cancellationToken);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task SendAsync(Waiting one, CancellationToken cancellationToken)
    {
        if (Find(one.Hook) is not { IsPaused: false } hook)
        {
            return;
        }

        int? status = await PostAsync(hook, one, cancellationToken);
        sent.Enqueue(new(one.Event, one.Order, one.Attempt, status, clock.GetUtcNow()));
        while (sent.Count > MostKept && sent.TryDequeue(out _))
        {
        }

        if (status is >= 200 and <= 299)
        {
            hook.Failures = 0;
            return;
        }

        hook.IsPaused = ++hook.Failures >= FailuresUntilPause;
        if (one.Attempt < MostAttempts)
        {
            lock (door)
            {
                waiting.Add(one with { Attempt = one.Attempt + 1, DueAt = clock.GetUtcNow() + TimeSpan.FromMinutes(Math.Pow(one.Attempt, 4)) });
            }
        }
    }

    private async Task<int?> PostAsync(JumpsellerHook hook, Waiting one, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, hook.Url) { Content = new ByteArrayContent(one.Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(JumpsellerWebhooks.StoreHeader, options.StoreCode);
        request.Headers.Add(JumpsellerWebhooks.EventHeader, one.Event);
        request.Headers.Add(JumpsellerWebhooks.SignatureHeader, Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(options.HooksToken), one.Body)));
        if (options.SendsTime)
        {
            request.Headers.Add(JumpsellerWebhooks.TimeHeader, one.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff 'UTC'", CultureInfo.InvariantCulture));
        }

        using var limit = new CancellationTokenSource(options.Deadline, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var answer = await http.SendAsync(request, both.Token);
            return (int)answer.StatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private sealed record Waiting(long Hook, string Event, long Order, byte[] Body, DateTimeOffset At, int Attempt, DateTimeOffset DueAt);
}

/// <summary>One webhook of the emulated store.</summary>
internal sealed class JumpsellerHook(long id, string name, string url)
{
    internal long Id => id;
    internal string Event => name;
    internal string Url => url;
    internal bool IsPaused { get; set; }
    internal int Failures { get; set; }
}
