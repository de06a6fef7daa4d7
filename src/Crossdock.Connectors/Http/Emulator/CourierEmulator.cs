using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Crossdock.Emulators;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Crossdock.Connectors.Http;

/// <summary>An emulated courier: accepts shipments over HTTP, keeps books, and misbehaves as told. POST, PUT and DELETE /api/shipments, GET /api/shipments?reference=.
/// GET /_emulator shows the books, GET /_emulator/shipments what came last; POST /_emulator {"behaviour":{...}} or {"next":["drop","garbage"]} tells it what to do; DELETE /_emulator empties the books.</summary>
public sealed class CourierEmulator : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };
    private readonly WebApplication server;
    private readonly CourierBooks books;
    private readonly ConcurrentQueue<CourierMood> next = new();
    private readonly TimeProvider clock;
    private readonly Lock dice = new();
    private Random random;
    private volatile CourierBehaviour behaviour;
    private volatile CourierNews? news;

    private CourierEmulator(WebApplication server, CourierBooks books, CourierBehaviour behaviour, TimeProvider clock)
    {
        (this.server, this.books, this.behaviour, this.clock) = (server, books, behaviour, clock);
        random = Dice(behaviour.Seed);
    }

    /// <summary>Its address without a slash at the end, for example http://127.0.0.1:41234.</summary>
    public string Address { get; private set; } = "";

    /// <summary>How it misbehaves from now on.</summary>
    public CourierBehaviour Behaviour
    {
        get => behaviour;
        set
        {
            behaviour = value;
            lock (dice)
            {
                random = Dice(value.Seed);
            }
        }
    }

    /// <summary>Shipments made.</summary>
    public int Accepted => books.Accepted;

    /// <summary>Calls with a key it had already: answered as the first time.</summary>
    public long Repeats => books.Repeats;

    /// <summary>Shipments made twice for one reference: what must never happen.</summary>
    public long Duplicates => books.Duplicates;

    /// <summary>References it has a shipment for.</summary>
    public IReadOnlyCollection<string> References => [.. books.References];

    /// <summary>Whether it has a live shipment with this reference; null when it has none at all.</summary>
    public bool? IsCancelled(string reference) => books.ByReference(reference)?.IsCancelled;

    /// <summary>What it does with the calls that come next, one each.</summary>
    public void Next(params ReadOnlySpan<CourierMood> moods)
    {
        foreach (var mood in moods)
        {
            next.Enqueue(mood);
        }
    }

    /// <summary>From now on it tells of each shipment by itself, and its answers name the tracking.</summary>
    public void Tell(CourierNewsOptions options) => news = new CourierNews(options, clock);

    /// <summary>Says one word of a shipment now; false when it has none with this reference, or does not tell.</summary>
    public async Task<bool> SayAsync(string reference, string word, DateTimeOffset at)
    {
        if (news is not { } told || books.ByReference(reference) is not { } shipment)
        {
            return false;
        }

        await told.SayAsync(shipment, word, at);
        return true;
    }

    /// <summary>Starts it on a loopback port.</summary>
    /// <param name="port">0 for a free one.</param>
    /// <param name="behaviour">How it misbehaves; null for not at all.</param>
    /// <param name="journal">A file that its books survive in; null for none.</param>
    /// <param name="clock">The clock; null for the machine's.</param>
    public static async Task<CourierEmulator> StartAsync(int port = 0, CourierBehaviour? behaviour = null, string? journal = null, TimeProvider? clock = null)
    {
        var application = LoopbackServer.Build(port);
        var emulator = new CourierEmulator(application, new CourierBooks(journal), behaviour ?? new CourierBehaviour(), clock ?? TimeProvider.System);
        emulator.Address = await application.OpenAsync(emulator.AnswerAsync);
        return emulator;
    }

    public async ValueTask DisposeAsync()
    {
        await server.CloseAsync();
        if (news is { } told)
        {
            await told.DisposeAsync();
        }

        await books.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext call)
    {
        string path = call.Request.Path.Value ?? "";
        if (path.StartsWith("/api/shipments", StringComparison.Ordinal))
        {
            return call.Request.Method switch
            {
                "POST" => CreateAsync(call),
                "GET" => FindAsync(call),
                "PUT" or "PATCH" or "DELETE" => ChangeAsync(call, path),
                _ => WriteAsync(call, 405, """{"message":"method not allowed"}"""),
            };
        }

        return path == "/_emulator" ? ControlAsync(call) : path == "/_emulator/shipments" ? WriteAsync(call, 200, $$"""{"items":[{{string.Join(',', books.Latest.Select(Show))}}]}""") : WriteAsync(call, 404, """{"message":"no such address"}""");
    }

    private async Task CreateAsync(HttpContext call)
    {
        var body = await ReadAsync(call);
        string? reference = ShipmentReference.In(body.Span);
        if (reference is null)
        {
            await WriteAsync(call, 400, """{"message":"a shipment needs a reference"}""");
            return;
        }

        var mood = Mood();
        switch (mood)
        {
            case CourierMood.BadAddress:
                await WriteAsync(call, 422, """{"message":"The address cannot be served: unknown street"}""");
                return;
            case CourierMood.Throttle:
                call.Response.Headers.RetryAfter = behaviour.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
                await WriteAsync(call, 429, """{"message":"too many requests"}""");
                return;
            case CourierMood.ServerError:
                await WriteAsync(call, 500, """{"message":"internal error"}""");
                return;
            case CourierMood.ErrorInside:
                await WriteAsync(call, 200, """{"error":"the service centre is closed"}""");
                return;
            case CourierMood.Works or CourierMood.Slow or CourierMood.Garbage or CourierMood.Drop:
                break;
        }

        string? key = call.Request.Headers["Idempotency-Key"];
        int before = books.Accepted;
        var shipment = books.Accept(string.IsNullOrEmpty(key) ? null : key, reference, body);
        if (news is { } told && books.Accepted > before && !shipment.IsTold)
        {
            shipment.IsTold = true;
            told.Follow(shipment);
        }

        switch (mood)
        {
            case CourierMood.Drop:
                call.Abort();
                return;
            case CourierMood.Garbage:
                await WriteAsync(call, 200, "<html>it wor", "text/html");
                return;
            case CourierMood.Slow:
                await Task.Delay(TimeSpan.FromMilliseconds(behaviour.SlowMilliseconds), clock, call.RequestAborted);
                break;
        }

        string tracking = news is { } known ? $",\"tracking\":{known.Tracking(shipment)}" : "";
        await WriteAsync(call, 201, $$"""{"id":"SHP-{{shipment.Id.ToString(CultureInfo.InvariantCulture)}}","status":"accepted"{{tracking}}}""");
    }

    private Task FindAsync(HttpContext call)
    {
        string? reference = call.Request.Query["reference"];
        var found = reference is null ? null : books.ByReference(reference);
        return WriteAsync(call, 200, found is null ? """{"items":[]}""" : $$"""{"items":[{{Describe(found)}}]}""");
    }

    private async Task ChangeAsync(HttpContext call, string path)
    {
        await ReadAsync(call);
        string id = path[(path.LastIndexOf('/') + 1)..];
        if (!long.TryParse(id.Replace("SHP-", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out long number) || books.ById(number) is not { } shipment)
        {
            await WriteAsync(call, 404, """{"message":"no such shipment"}""");
            return;
        }

        if (call.Request.Method == "DELETE")
        {
            books.Cancel(shipment);
            news?.Cancelled(shipment);
        }
        else
        {
            shipment.Updates++;
        }

        await WriteAsync(call, 200, Describe(shipment));
    }

    private async Task ControlAsync(HttpContext call)
    {
        if (call.Request.Method == "DELETE")
        {
            books.Clear();
        }
        else if (call.Request.Method == "POST")
        {
            try
            {
                var order = JsonSerializer.Deserialize<Control>((await ReadAsync(call)).Span, Web);
                Behaviour = order?.Behaviour ?? Behaviour;
                Next((order?.Next ?? []).ToArray());
            }
            catch (JsonException error)
            {
                await WriteAsync(call, 400, JsonSerializer.Serialize(new { error.Message }, Web));
                return;
            }
        }

        await WriteAsync(call, 200, JsonSerializer.Serialize(new { Accepted, Repeats, Duplicates, Cancelled = books.All.Count(shipment => shipment.IsCancelled), Behaviour }, Web));
    }

    private CourierMood Mood()
    {
        if (next.TryDequeue(out var asked))
        {
            return asked;
        }

        lock (dice)
        {
            return behaviour.Throw(random.NextDouble());
        }
    }

    private static string Show(Shipment shipment) =>
        $$"""{{Describe(shipment)[..^1]}},"key":{{JsonSerializer.Serialize(shipment.Key)}},"body":{{ShipmentReference.Shown(shipment.Body)}} }""";

    private static string Describe(Shipment shipment) =>
        $$"""{"id":"SHP-{{shipment.Id.ToString(CultureInfo.InvariantCulture)}}","reference":{{JsonSerializer.Serialize(shipment.Reference)}},"status":"{{(shipment.IsCancelled ? "cancelled" : "accepted")}}","updates":{{shipment.Updates.ToString(CultureInfo.InvariantCulture)}}}""";

    private static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext call)
    {
        var pipe = call.Request.BodyReader;
        while (true)
        {
            var read = await pipe.ReadAsync();
            if (read.IsCompleted)
            {
                byte[] body = read.Buffer.ToArray();
                pipe.AdvanceTo(read.Buffer.End);
                return body;
            }

            pipe.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static Task WriteAsync(HttpContext call, int status, string body, string type = "application/json")
    {
        call.Response.StatusCode = status;
        call.Response.ContentType = type;
        int length = Encoding.UTF8.GetByteCount(body);
        call.Response.ContentLength = length;
        Encoding.UTF8.GetBytes(body, call.Response.BodyWriter.GetSpan(length));
        call.Response.BodyWriter.Advance(length);
        return Task.CompletedTask;
    }

    private static Random Dice(int seed)
    {
#pragma warning disable CA5394 // Dice, not keys: a seed must give the same misbehaviour again.
        return new Random(seed);
    }
#pragma warning restore CA5394

    private sealed record Control(CourierBehaviour? Behaviour, IReadOnlyList<CourierMood>? Next);
}
