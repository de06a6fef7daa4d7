using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;

namespace Crossdock.Connectors.Http;

/// <summary>What the emulated courier has accepted: by idempotency key and by reference. Optionally kept in a file of JSON lines that is read again at start.</summary>
internal sealed class CourierBooks : IAsyncDisposable
{
    /// <summary>Bodies are kept of so many; a benchmark sends millions.</summary>
    private const int MostShown = 200;

    private readonly ConcurrentDictionary<string, Shipment> byKey = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Shipment> byReference = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, Shipment> byId = new();
    private readonly ConcurrentQueue<Shipment> latest = new();
    private readonly Channel<string>? journal;
    private readonly Task writing = Task.CompletedTask;
    private long last;
    private long repeats;
    private long duplicates;

    internal CourierBooks(string? file)
    {
        if (file is null)
        {
            return;
        }

        if (File.Exists(file))
        {
            foreach (string line in File.ReadLines(file))
            {
                Recall(line);
            }
        }

        journal = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
        writing = WriteAsync(file, journal.Reader);
    }

    internal int Accepted => byId.Count;

    internal long Repeats => Interlocked.Read(ref repeats);

    internal long Duplicates => Interlocked.Read(ref duplicates);

    internal ICollection<string> References => byReference.Keys;

    /// <summary>What came last, newest first, with its body.</summary>
    internal IEnumerable<Shipment> Latest => latest.Where(shipment => !shipment.Body.IsEmpty).Reverse();

    internal ICollection<Shipment> All => byId.Values;

    /// <summary>Accepts a shipment; the same key again gets the same shipment, another key for a known reference counts as a duplicate effect.</summary>
    internal Shipment Accept(string? key, string reference, ReadOnlyMemory<byte> body)
    {
        if (key is not null && byKey.TryGetValue(key, out var known))
        {
            Interlocked.Increment(ref repeats);
            return known;
        }

        var shipment = new Shipment(Interlocked.Increment(ref last), key, reference);
        if (key is not null)
        {
            var first = byKey.GetOrAdd(key, shipment);
            if (!ReferenceEquals(first, shipment))
            {
                Interlocked.Increment(ref repeats);
                return first;
            }
        }

        Enter(shipment);
        shipment.Body = body;
        latest.Enqueue(shipment);
        while (latest.Count > MostShown && latest.TryDequeue(out var older))
        {
            older.Body = default;
        }

        journal?.Writer.TryWrite($$"""{"id":{{shipment.Id.ToString(CultureInfo.InvariantCulture)}},"key":{{JsonSerializer.Serialize(key)}},"reference":{{JsonSerializer.Serialize(reference)}}}""");
        return shipment;
    }

    internal Shipment? ByReference(string reference) => byReference.GetValueOrDefault(reference);

    internal Shipment? ById(long id) => byId.GetValueOrDefault(id);

    internal void Cancel(Shipment shipment)
    {
        shipment.IsCancelled = true;
        journal?.Writer.TryWrite($$"""{"cancelled":{{shipment.Id.ToString(CultureInfo.InvariantCulture)}}}""");
    }

    internal void Clear()
    {
        byKey.Clear();
        byReference.Clear();
        byId.Clear();
        latest.Clear();
        Interlocked.Exchange(ref repeats, 0);
        Interlocked.Exchange(ref duplicates, 0);
    }

    public async ValueTask DisposeAsync()
    {
        journal?.Writer.TryComplete();
        await writing;
    }

    private void Enter(Shipment shipment)
    {
        byId[shipment.Id] = shipment;
        if (!byReference.TryAdd(shipment.Reference, shipment))
        {
            Interlocked.Increment(ref duplicates);
        }
    }

    private void Recall(string line)
    {
        try
        {
            using var entry = JsonDocument.Parse(line);
            if (entry.RootElement.TryGetProperty("cancelled", out var cancelled))
            {
                if (ById(cancelled.GetInt64()) is { } gone)
                {
                    gone.IsCancelled = true;
                }

                return;
            }

            var shipment = new Shipment(entry.RootElement.GetProperty("id").GetInt64(), entry.RootElement.GetProperty("key").GetString(), entry.RootElement.GetProperty("reference").GetString()!);
            last = Math.Max(last, shipment.Id);
            if (shipment.Key is { } key)
            {
                byKey[key] = shipment;
            }

            Enter(shipment);
        }
        catch (JsonException)
        {
            // The last line of a journal that was cut off by a kill.
        }
    }

    private static async Task WriteAsync(string file, ChannelReader<string> lines)
    {
        await using var writer = new StreamWriter(file, append: true);
        while (await lines.WaitToReadAsync())
        {
            while (lines.TryRead(out string? line))
            {
                await writer.WriteLineAsync(line);
            }

            await writer.FlushAsync();
        }
    }
}

/// <summary>One shipment in the courier's books.</summary>
internal sealed class Shipment(long id, string? key, string reference)
{
    internal long Id => id;
    internal string? Key => key;
    internal string Reference => reference;
    internal bool IsCancelled { get; set; }
    internal bool IsTold { get; set; }
    internal int Updates { get; set; }
    internal ReadOnlyMemory<byte> Body { get; set; }
}
