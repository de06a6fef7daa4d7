using System.Buffers;
using System.Security.Cryptography;
using Crossdock.Connections;
using Crossdock.Drift;
using Crossdock.Edits;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Orders;

namespace Crossdock.Normalise;

/// <summary>One order while a batch works on it: what was known, and what the batch's events make of it, in their order.</summary>
internal sealed class OrderDraft(Connection store, string externalId, StoredOrder? before)
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? Scratch;

    private static readonly TimeSpan FarAhead = TimeSpan.FromDays(1);

    public Connection Store => store;
    public string ExternalId => externalId;
    public StoredOrder? Before => before;

    /// <summary>The newest snapshot taken; null when none was.</summary>
    public Order? Mapped { get; private set; }
    public DateTimeOffset? UpdatedAt { get; private set; } = before?.SourceUpdatedAt;
    public Guid EventId { get; private set; } = before?.EventId ?? Guid.Empty;
    public Guid ContentHash { get; private set; } = before?.ContentHash ?? Guid.Empty;
    /// <summary>The newest snapshot as JSON, without its time of change; null when none was taken.</summary>
    public byte[]? Written { get; private set; }
    /// <summary>What in the newest snapshot's document would make the order wrong; null where nobody looked.</summary>
    public IReadOnlyList<DriftFinding>? Drift { get; private set; }
    public List<OrderChange> Changes { get; } = [];
    public List<TimelineEntry> Entries { get; } = [];
    /// <summary>The clock moved, the content did not.</summary>
    public bool IsTouched { get; private set; }
    /// <summary>Read as history: nothing of it is delivered until a person says so.</summary>
    public bool IsHistory { get; private set; } = before?.IsHistory ?? false;
    /// <summary>The store itself told of an order that is kept as history.</summary>
    public bool IsToldOfHistory { get; private set; }
    /// <summary>Partial changes that the order holds beyond its snapshot: a snapshot worked again gets them laid over it once more.</summary>
    public IReadOnlyList<StandingChange> Standing { get; set; } = [];
    /// <summary>What people changed of it; null for nothing.</summary>
    public EditLayer? Edits { get; set; }
    /// <summary>A person is changing it at this moment, and was told what follows.</summary>
    public bool IsPersons { get; private set; }
    public bool IsKnown => before is not null || Mapped is not null;

    /// <summary>Takes a snapshot if it is newer and different.</summary>
    public void Take(Order order, InboxItem item, DateTimeOffset now, bool isLean = false, IReadOnlyList<DriftFinding>? drift = null)
    {
        if (before is { IsErased: true })
        {
            order = ErasedOrder.Of(order);
        }

        // :: Step 10: upsert if newer
        var hash = Hash(order, out byte[] written);
        string what = $"{item.Topic} event";
        bool isHistory = EventSource.IsHistory(item.Source);
        if (before is null)
        {
            // What live traffic announces too is delivered, whoever was first.
            IsHistory = isHistory && (IsHistory || !IsKnown);
        }

        IsToldOfHistory |= before is { IsHistory: true } && item.Kind is InboxKind.Event && EventSource.IsTold(item.Source);

        if (!IsKnown)
        {
            Accept(order, hash, written, item, drift, new TimelineEntry(item.ReceivedAt, TimelineKind.Received, Actor, EventSource.Found(item.Source, item.Topic), null, item.EventId));
            return;
        }

        if (item.Kind is InboxKind.Replay && item.EventId == EventId)
        {
            Accept(order, hash, written, item, drift, new TimelineEntry(now, TimelineKind.Note, "crossdock", "The stored event was worked again with today's connector and rules.", null, item.EventId));
            return;
        }

        if (item.Kind is InboxKind.Replay && hash == ContentHash)
        {
            // Asked for (an approval, a release) before a later event with the same content came: what was asked for is done, and the later clock stays.
            Mapped = order;
            Written = written;
            Drift = drift;
            Changes.Clear();
            Changes.AddRange(Standing.Select(one => one.Change));
            Entries.Add(new TimelineEntry(now, TimelineKind.Note, "crossdock", "The stored event was worked again with today's connector and rules.", null, item.EventId));
            return;
        }

        if (IsOlder(order.UpdatedAt, item))
        {
            Entries.Add(new(item.ReceivedAt, TimelineKind.Older, Actor, $"An older {what} arrived and changed nothing.",
                order.UpdatedAt is { } theirs && UpdatedAt is { } ours ? $"it is of {theirs:u}, the order is of {ours:u}" : "a later event was taken already", item.EventId));
            return;
        }

        // The same version told with fewer side remarks is no change: what it leaves out would otherwise come and go with each look.
        if (isLean && item.Kind is not InboxKind.Replay && order.UpdatedAt is { } version && version == UpdatedAt)
        {
            Entries.Add(new(item.ReceivedAt, TimelineKind.Unchanged, Actor, EventSource.Unchanged(item.Source, item.Topic), null, item.EventId));
            return;
        }

        if (hash == ContentHash)
        {
            UpdatedAt = order.UpdatedAt ?? UpdatedAt;
            EventId = item.EventId;
            IsTouched = true;
            Entries.Add(new(item.ReceivedAt, TimelineKind.Unchanged, Actor, EventSource.Unchanged(item.Source, item.Topic), null, item.EventId));
            return;
        }

        Accept(order, hash, written, item, drift, new TimelineEntry(item.ReceivedAt, TimelineKind.Changed, Actor, EventSource.Changed(item.Source, item.Topic), Differences(order), item.EventId));
    }

    /// <summary>Puts the order as its shop has it under the rules once more, because a person changes something of it.</summary>
    /// <param name="order">As mapped, or as near to that as is still known.</param>
    /// <param name="standing">Partial changes to lay over it.</param>
    public void Revise(Order order, IReadOnlyList<StandingChange> standing)
    {
        Mapped = order;
        IsPersons = true;
        Changes.AddRange(standing.Select(one => one.Change));
    }

    /// <summary>Takes a partial change of a known order.</summary>
    public void Take(OrderChange change, InboxItem item)
    {
        Changes.Add(change);
        Entries.Add(new(item.ReceivedAt, TimelineKind.Changed, Actor, $"{change.What} ({item.Topic}).", change.Reason, item.EventId));
    }

    /// <summary>Notes that an event came again.</summary>
    public void Repeat(InboxItem item)
    {
        // Reading passes over what is stored: what comes again was told again.
        IsToldOfHistory |= before is { IsHistory: true };
        Entries.Add(new(item.ReceivedAt, TimelineKind.Repeated, Actor, EventSource.Repeated(item.Source), null, item.EventId));
    }

    private string Actor => $"store {store.Key}";

    private void Accept(Order order, Guid hash, byte[] written, InboxItem item, IReadOnlyList<DriftFinding>? drift, TimelineEntry entry)
    {
        Mapped = order;
        Written = written;
        Drift = drift;
        ContentHash = hash;
        UpdatedAt = order.UpdatedAt ?? UpdatedAt;
        bool isSame = item.EventId == before?.EventId;
        EventId = item.EventId;
        Changes.Clear();
        if (item.Kind is InboxKind.Replay)
        {
            // What came after it stays; what came before another snapshot that is newer is in that one.
            Changes.AddRange(Standing.Where(one => isSame || one.EventId.CompareTo(item.EventId) > 0).Select(one => one.Change));
        }

        Entries.Add(entry);
    }

    // A known time of the far future was a mistake of the platform's: it must not make every later event old. Then arrival decides.
    private bool IsOlder(DateTimeOffset? updatedAt, InboxItem item) =>
        updatedAt is { } theirs && UpdatedAt is { } ours && theirs != ours && ours <= item.ReceivedAt + FarAhead
            ? theirs < ours
            : item.EventId.CompareTo(EventId) < 0;

    private string? Differences(Order after)
    {
        var known = Mapped ?? (before is null ? null : OrderJson.Read(before.Document));
        return known is null ? null : OrderDifferences.Describe(known, Edits?.Over(after) ?? after);
    }

    /// <summary>First half of SHA-256 of the mapped document without its time of change.</summary>
    private static Guid Hash(Order order, out byte[] written)
    {
        Span<byte> hash = stackalloc byte[32];
        var json = Scratch ??= new ArrayBufferWriter<byte>(16 * 1024);
        json.ResetWrittenCount();
        OrderJson.Write(order with { UpdatedAt = null }, json);
        written = json.WrittenSpan.ToArray();
        SHA256.HashData(written, hash);
        return new Guid(hash[..16], bigEndian: true);
    }
}
