using System.Collections.Concurrent;
using System.Threading.Channels;
using Crossdock.Capture;
using Crossdock.Model;
using Microsoft.Extensions.Options;

namespace Crossdock.Normalise;

/// <summary>Events between their commit and their work, in memory: lanes by order, so that one order's events are worked in turn and different orders side by side.
/// Bounded: what does not fit stays in the database, where the claim loop finds it.</summary>
internal sealed class ProcessingQueue : IDisposable
{
    private readonly Channel<InboxItem>[] lanes;
    private readonly ProcessingOptions options;
    private readonly SemaphoreSlim room = new(0, 1);
    private readonly ConcurrentQueue<Guid> doubtful = new();
    private int waiting;
    private long waitingBytes;

    public ProcessingQueue(IOptions<ProcessingOptions> options, bool isOpen)
    {
        this.options = options.Value;
        IsOpen = isOpen;
        int wanted = this.options.Lanes > 0 ? this.options.Lanes : Math.Clamp(Environment.ProcessorCount / 2, 1, 4);
        lanes = [.. Enumerable.Range(0, wanted).Select(_ => Channel.CreateUnbounded<InboxItem>(new() { SingleReader = true }))];
    }

    public void Dispose() => room.Dispose();

    /// <summary>How long this node may keep in memory what it has stored or claimed, before others take it for dead.</summary>
    public TimeSpan Lease => TimeSpan.FromSeconds(options.LeaseSeconds);

    /// <summary>False on a node without the role <c>process</c>: capture leaves everything to others.</summary>
    public bool IsOpen { get; }

    public int Lanes => lanes.Length;

    public ChannelReader<InboxItem> Lane(int lane) => lanes[lane].Reader;

    /// <summary>How many more events fit.</summary>
    public int Room => Math.Max(0, options.WaitingEvents - Volatile.Read(ref waiting));

    /// <summary>How many more bytes of payloads fit.</summary>
    public long RoomBytes => Math.Max(0, options.WaitingBytes - Volatile.Read(ref waitingBytes));

    /// <summary>Reserves room for a batch as a whole; false when it does not fit.</summary>
    public bool TryReserve(int events, long bytes)
    {
        if (!IsOpen)
        {
            return false;
        }

        int nowWaiting = Interlocked.Add(ref waiting, events);
        long nowBytes = Interlocked.Add(ref waitingBytes, bytes);
        if (nowWaiting <= options.WaitingEvents && nowBytes <= options.WaitingBytes)
        {
            return true;
        }

        GiveBack(events, bytes);
        return false;
    }

    /// <summary>Gives reserved room back.</summary>
    public void GiveBack(int events, long bytes)
    {
        Interlocked.Add(ref waitingBytes, -bytes);
        if (Interlocked.Add(ref waiting, -events) < options.WaitingEvents / 2 && room.CurrentCount == 0)
        {
            try
            {
                room.Release();
            }
            catch (SemaphoreFullException)
            {
                // Another lane said so at the same moment: once is enough.
            }
        }
    }

    /// <summary>Inbox rows whose commit was not answered: they may say that this node has them, and it has not.</summary>
    public void Doubt(IReadOnlyList<Guid> rows)
    {
        foreach (var row in rows)
        {
            doubtful.Enqueue(row);
        }
    }

    /// <summary>Takes the rows in doubt out; whoever cannot give them back puts them in again.</summary>
    public Guid[] TakeDoubtful()
    {
        var rows = new List<Guid>();
        while (rows.Count < 10_000 && doubtful.TryDequeue(out var row))
        {
            rows.Add(row);
        }

        return [.. rows];
    }

    /// <summary>Waits until there is room again, at most for the given time.</summary>
    public Task<bool> RoomAsync(TimeSpan atMost, CancellationToken cancellationToken) => room.WaitAsync(atMost, cancellationToken);

    /// <summary>Hands a stored batch over, in order of arrival; its room was reserved.</summary>
    public void HandOver(List<PendingEvent> batch, StoredFate[] fates, long bytes)
    {
        long sizes = 0;
        var items = new List<InboxItem>(batch.Count);
        for (int i = 0; i < batch.Count; i++)
        {
            var pending = batch[i];
            bool isNew = fates[i].Result is CaptureResult.Stored;
            var item = new InboxItem
            {
                InboxId = fates[i].InboxId,
                EventId = fates[i].EventId,
                Kind = isNew ? InboxKind.Event : InboxKind.Repeat,
                ConnectionId = pending.Connection.Id,
                OrderKey = pending.OrderKey,
                Topic = pending.Topic,
                OccurredAt = pending.OccurredAt,
                ReceivedAt = pending.ReceivedAt,
                Body = isNew ? pending.Body : null,
                Source = pending.Source,
                CaptureSpan = pending.Span?.SpanId ?? default,
            };
            sizes += item.Size;
            items.Add(item);
        }

        Interlocked.Add(ref waitingBytes, sizes - bytes);
        items.Sort(static (left, right) => left.InboxId.CompareTo(right.InboxId));
        items.ForEach(Add);
    }

    /// <summary>Takes claimed items, whether they fit or not: the claim asked for no more than there was room, give or take one item.</summary>
    public void Take(List<InboxItem> items)
    {
        Interlocked.Add(ref waiting, items.Count);
        Interlocked.Add(ref waitingBytes, items.Sum(item => (long)item.Size));
        items.ForEach(Add);
    }

    private void Add(InboxItem item) => lanes[LaneOf(item.ConnectionId, item.OrderKey ?? item.EventId.ToString())].Writer.TryWrite(item);

    private int LaneOf(ConnectionId connection, string key)
    {
        uint hash = 2166136261 ^ (uint)connection.Value;
        foreach (char letter in key)
        {
            hash = (hash ^ letter) * 16777619;
        }

        return (int)(hash % (uint)lanes.Length);
    }
}
