using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Emulators;

namespace Crossdock.Connectors.Vtex;

/// <summary>The emulated account's hook and feed of one appKey: both told of each change of state, both deleted after quiet days. Only a 200 in time counts as delivered.</summary>
internal sealed class VtexAnnouncements(VtexEmulatorOptions options, VtexAccount account, ShopTroubles troubles, TimeProvider clock) : IDisposable
{
    private const int MostKept = 10_000;
    private static readonly TimeSpan QuietHook = TimeSpan.FromDays(3);

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly Lock door = new();
    private readonly List<Waiting> waiting = [];
    private readonly List<Queued> queue = [];
    private readonly ConcurrentQueue<VtexNotification> sent = new();
    private readonly List<string> foreign = [];
    private JsonObject? hook;
    private JsonObject? feed;
    private DateTimeOffset hookHeardAt;
    private DateTimeOffset feedHeardAt;
    private long events;

    internal IReadOnlyCollection<VtexNotification> Sent => [.. sent];

    internal int WaitingToRepeat
    {
        get
        {
            lock (door)
            {
                return waiting.Count;
            }
        }
    }

    internal int InFeed
    {
        get
        {
            lock (door)
            {
                return queue.Count;
            }
        }
    }

    /// <summary>Addresses of other appKeys' hooks: VTEX has one for each key.</summary>
    internal IReadOnlyList<string> Foreign => foreign;

    internal void AddForeign(string url) => foreign.Add(url);

    /// <summary>The hook's configuration; null when there is none any more.</summary>
    internal JsonObject? Hook
    {
        get
        {
            lock (door)
            {
                hook = clock.GetUtcNow() - hookHeardAt > QuietHook ? null : hook;
                return (JsonObject?)hook?.DeepClone();
            }
        }
        set
        {
            lock (door)
            {
                (hook, hookHeardAt) = ((JsonObject?)value?.DeepClone(), clock.GetUtcNow());
            }
        }
    }

    /// <summary>The feed's configuration; null when there is none any more. What was queued stays.</summary>
    internal JsonObject? Feed
    {
        get
        {
            lock (door)
            {
                feed = feed is not null && clock.GetUtcNow() - feedHeardAt > Retention(feed) ? null : feed;
                return (JsonObject?)feed?.DeepClone();
            }
        }
        set
        {
            lock (door)
            {
                (feed, feedHeardAt) = ((JsonObject?)value?.DeepClone(), clock.GetUtcNow());
            }
        }
    }

    /// <summary>Calls the address that is to be saved; true when it answered 200 in time.</summary>
    internal async Task<bool> PingAsync(JsonObject configuration, CancellationToken cancellationToken)
    {
        if (!options.Pings)
        {
            return true;
        }

        int? status = await PostAsync(configuration["hook"]!.AsObject(), """{"hookConfig":"ping"}"""u8.ToArray(), cancellationToken);
        Remember(new("", "ping", 1, status, clock.GetUtcNow()));
        return status == 200;
    }

    /// <summary>Tells hook and feed of a change.</summary>
    internal async Task AnnounceAsync(string order, string? state, string? before, DateTimeOffset changedBefore, CancellationToken cancellationToken, int times = 1)
    {
        var now = clock.GetUtcNow();
        const string Domain = "Fulfillment";
        var notice = new JsonObject
        {
            ["Domain"] = Domain, ["OrderId"] = order, ["State"] = state, ["LastState"] = before, ["LastChange"] = Zulu(changedBefore), ["CurrentChange"] = Zulu(now),
            ["Origin"] = new JsonObject { ["Account"] = options.Account, ["Key"] = options.AppKey },
        };
        bool isHooked = Hook is { } known && Wants(known, state);
        lock (door)
        {
            if (feed is not null && Wants(feed, state))
            {
                feedHeardAt = now;
                for (int time = 0; time < times; time++)
                {
                    queue.Add(new(new()
                    {
                        ["eventId"] = $"ED{++events:X30}", ["domain"] = Domain, ["state"] = state, ["lastState"] = before, ["orderId"] = order, ["lastChange"] = Zulu(changedBefore), ["currentChange"] = Zulu(now),
                    }, now));
                }
            }

            if (isHooked)
            {
                hookHeardAt = now;
            }
        }

        for (int time = 0; isHooked && time < times; time++)
        {
            if (!troubles.Loses())
            {
                await SendAsync(new(JsonSerializer.SerializeToUtf8Bytes(notice), order, state ?? "", 1, now), cancellationToken);
            }
        }
    }

    /// <summary>Sends again what was not answered with 200 and is due.</summary>
    internal async Task RepeatAsync(CancellationToken cancellationToken)
    {
        List<Waiting> due;
        lock (door)
        {
            due = waiting.FindAll(one => one.At <= clock.GetUtcNow());
            waiting.RemoveAll(due.Contains);
        }

        foreach (var one in due)
        {
            await SendAsync(one, cancellationToken);
        }
    }

    /// <summary>Up to so many messages, each hidden for the visibility time-out. An empty answer proves nothing.</summary>
    internal JsonArray Read(int most)
    {
        most = account.Happens(options.SparseRate) ? Math.Min(most, 1) - (account.Happens(0.5) ? 1 : 0) : most;
        lock (door)
        {
            var now = clock.GetUtcNow();
            queue.RemoveAll(message => feed is null || now - message.At > Retention(feed));
            var hidden = TimeSpan.FromSeconds(feed?["queue"]?["visibilityTimeoutInSeconds"]?.GetValue<int>() ?? 240);
            var read = queue.Where(message => message.VisibleAt <= now).Take(Math.Max(0, most)).ToList();
            foreach (var message in read)
            {
                (message.VisibleAt, message.Reads) = (now + hidden, message.Reads + 1);
            }

            return [.. read.Select(message =>
            {
                var shown = (JsonObject)message.Event.DeepClone();
                shown["handle"] = message.Handle;
                return shown;
            })];
        }
    }

    /// <summary>Takes messages off the queue; how many there were.</summary>
    internal int Commit(IReadOnlyCollection<string> handles)
    {
        lock (door)
        {
            return queue.RemoveAll(message => message.Reads > 0 && handles.Contains(message.Handle));
        }
    }

    public void Dispose() => http.Dispose();

    private async Task SendAsync(Waiting one, CancellationToken cancellationToken)
    {
        if (Hook is not { } configuration)
        {
            return;
        }

        int? status = await PostAsync(configuration["hook"]!.AsObject(), one.Body, cancellationToken);
        Remember(new(one.Order, one.State, one.Attempt, status, clock.GetUtcNow()));
        if (status != 200 && one.Attempt < options.Attempts)
        {
            lock (door)
            {
                waiting.Add(one with { Attempt = one.Attempt + 1, At = clock.GetUtcNow() + (options.RepeatAfter * Math.Pow(2, one.Attempt - 1)) });
            }
        }
    }

    private async Task<int?> PostAsync(JsonObject target, byte[] body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target["url"]!.GetValue<string>()) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        foreach (var (name, value) in target["headers"]?.AsObject() ?? [])
        {
            request.Headers.TryAddWithoutValidation(name, value?.ToString());
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

    private void Remember(VtexNotification one)
    {
        sent.Enqueue(one);
        while (sent.Count > MostKept && sent.TryDequeue(out _))
        {
        }
    }

    // Misspelt words are no error, they are silence. No list means every state.
    private static bool Wants(JsonObject configuration, string? state) =>
        configuration["filter"]?["status"] is not JsonArray { Count: > 0 } states || states.Any(word => word?.GetValue<string>() == state);

    private static TimeSpan Retention(JsonObject configuration) => TimeSpan.FromSeconds(configuration["queue"]?["messageRetentionPeriodInSeconds"]?.GetValue<int>() ?? 345_600);

    private static string Zulu(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private sealed record Waiting(byte[] Body, string Order, string State, int Attempt, DateTimeOffset At);

    private sealed class Queued(JsonObject occurrence, DateTimeOffset at)
    {
        internal JsonObject Event => occurrence;
        internal DateTimeOffset At { get; } = at;
        internal string Handle { get; } = "eyJhbGciOiJIUzI1NiJ9." + Guid.NewGuid().ToString("N");
        internal DateTimeOffset VisibleAt { get; set; } = at;
        internal int Reads { get; set; }
    }
}
