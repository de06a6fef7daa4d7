using System.Collections.Concurrent;
using Crossdock.Connections;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Normalise;
using Crossdock.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crossdock.Drift;

/// <summary>Looks at every document in the moment it is worked: learns what it looks like, and says what would make its order wrong. All in memory; a connection's first document has its shapes read.
/// Whatever goes wrong in here, the order goes on.</summary>
internal sealed partial class ShapeWatch(DriftStore store, IOptions<DriftOptions> options, TimeProvider clock, ILogger<ShapeWatch> logger)
{
    private static readonly IReadOnlyDictionary<string, KnownDrift> Nothing = new Dictionary<string, KnownDrift>();

    [ThreadStatic]
    private static Observation? Seen;

    private readonly ConcurrentDictionary<(ConnectionId, string), ShapeBook> books = new();
    private readonly ConcurrentDictionary<ConnectionId, Watched> connections = new();

    /// <summary>A connection whose documents are watched.</summary>
    private sealed class Watched(long version, DocumentShape shape)
    {
        public long Version { get; } = version;
        public DocumentShape Shape { get; } = shape;
        public ConcurrentDictionary<string, KnownDrift> Drifts { get; init; } = new(StringComparer.Ordinal);
        public ConcurrentDictionary<string, bool> Topics { get; init; } = new(StringComparer.Ordinal);
    }

    /// <summary>What this node has in memory.</summary>
    public IEnumerable<((ConnectionId Connection, string Topic) Key, ShapeBook Book)> Books => books.Select(pair => (pair.Key, pair.Value));

    /// <summary>Reads what is stored of connections and topics that this node has not met yet. Once each; for all others this is a look into a table.</summary>
    public async ValueTask PrepareAsync(IReadOnlyList<InboxItem> items, ConnectionSnapshot directory, CancellationToken cancellationToken)
    {
        if (!options.Value.IsWatching)
        {
            return;
        }

        List<(Connection Connection, string Topic)>? missing = null;
        foreach (var item in items)
        {
            if (item.Body is not null && directory.ById.TryGetValue(item.ConnectionId, out var connection) && connection.Mapping is not null
                && (!books.ContainsKey((item.ConnectionId, item.Topic)) || !connections.TryGetValue(item.ConnectionId, out var watched) || watched.Version != connection.Version)
                && !(connections.TryGetValue(item.ConnectionId, out var known) && known.Version == connection.Version && known.Topics.Count >= options.Value.Topics && !known.Topics.ContainsKey(item.Topic)))
            {
                missing ??= [];
                if (!missing.Exists(one => one.Connection.Id == item.ConnectionId && one.Topic == item.Topic))
                {
                    missing.Add((connection, item.Topic));
                }
            }
        }

        if (missing is not null)
        {
            await LoadAsync(missing, cancellationToken);
        }
    }

    /// <summary>Looks at one event's document. Null when nothing is wrong with its order, as far as can be told.</summary>
    /// <param name="item">The event.</param>
    /// <param name="outcome">What the mapping made of it.</param>
    public IReadOnlyList<DriftFinding>? Look(InboxItem item, MappingOutcome outcome)
    {
        if (item.Body is null || outcome is Ignored || !books.TryGetValue((item.ConnectionId, item.Topic), out var book))
        {
            return null;
        }

        try
        {
            return Look(item, outcome, book);
        }
#pragma warning disable CA1031 // The watch must never stop an order.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.Failed(logger, exception, item.EventId);
            return null;
        }
    }

    /// <summary>Takes over what a person, or another node, said to a change.</summary>
    public void Settle(ConnectionId connection, string id, DriftState state, string sentence)
    {
        if (connections.TryGetValue(connection, out var watched))
        {
            watched.Drifts[id] = new KnownDrift(state is DriftState.Accepted or DriftState.Ignored, sentence);
        }
    }

    /// <summary>Forgets what was unused for longest, where there is more than a node keeps. What is not stored yet stays.</summary>
    public void Trim()
    {
        int over = books.Count - options.Value.BooksInMemory;
        if (over <= 0)
        {
            return;
        }

        foreach (var pair in books.Where(pair => !pair.Value.HasNews && pair.Value.Unstored == 0).OrderBy(pair => pair.Value.UsedAt).Take(over).ToList())
        {
            books.TryRemove(pair);
        }
    }

    private IReadOnlyList<DriftFinding>? Look(InboxItem item, MappingOutcome outcome, ShapeBook book)
    {
        var found = ShapeLook.At(book, item, outcome, Drifts(item.ConnectionId), Seen ??= new Observation());
        book.UsedAt = clock.GetTimestamp();
        foreach (var finding in found ?? [])
        {
            connections.GetValueOrDefault(item.ConnectionId)?.Drifts.TryAdd(finding.Id, new KnownDrift(false, finding.Sentence));
        }

        return found;
    }

    private IReadOnlyDictionary<string, KnownDrift> Drifts(ConnectionId connection) => connections.TryGetValue(connection, out var watched) ? watched.Drifts : Nothing;

    private async Task LoadAsync(List<(Connection Connection, string Topic)> missing, CancellationToken cancellationToken)
    {
        var fresh = missing.Select(one => one.Connection).DistinctBy(connection => connection.Id).Where(connection => !connections.TryGetValue(connection.Id, out var watched) || watched.Version != connection.Version).ToList();
        List<ConnectionId> ids = [.. fresh.Select(connection => connection.Id)];
        var known = ids.Count == 0 ? [] : await store.KnownAsync(ids, cancellationToken);
        var topics = ids.Count == 0 ? [] : await store.TopicsAsync(ids, cancellationToken);
        foreach (var connection in fresh)
        {
            var watched = new Watched(connection.Version, connection.Shape);
            known.FindAll(one => one.Connection == connection.Id).ForEach(one => watched.Drifts[one.Id] = new KnownDrift(one.State is DriftState.Accepted or DriftState.Ignored, one.Sentence));
            topics.FindAll(one => one.Connection == connection.Id).ForEach(one => watched.Topics[one.Topic] = true);
            if (connections.TryGetValue(connection.Id, out var former) && !Same(former.Shape, watched.Shape))
            {
                await PutAwayAsync(connection.Id, cancellationToken);
            }

            connections[connection.Id] = watched;
        }

        var wanted = missing.Select(one => (one.Connection.Id, one.Topic)).Where(key => !books.ContainsKey(key)).ToList();
        var stored = wanted.Count == 0 ? [] : await store.LoadAsync(wanted, cancellationToken);
        foreach (var key in wanted)
        {
            var watched = connections[key.Id];
            if (watched.Topics.Count >= options.Value.Topics && !watched.Topics.ContainsKey(key.Topic))
            {
                continue;
            }

            watched.Topics[key.Topic] = true;
            var book = new ShapeBook(key.Topic, watched.Shape, options.Value) { UsedAt = clock.GetTimestamp(), StoredAt = clock.GetTimestamp() };
            if (stored.Find(one => one.Connection == key.Id && one.Topic == key.Topic).Shape is { } shape)
            {
                book.Load(shape);
            }

            books.TryAdd(key, book);
        }
    }

    // Declared otherwise by its new settings: what is critical is decided when a place is made, so the books are read again, with what this node has learned in them.
    private async Task PutAwayAsync(ConnectionId connection, CancellationToken cancellationToken)
    {
        foreach (var pair in books.Where(pair => pair.Key.Item1 == connection).ToList())
        {
            if (pair.Value.HasNews || pair.Value.Unstored > 0)
            {
                var delta = pair.Value.Take();
                try
                {
                    await store.AddAsync(connection, pair.Key.Item2, delta, options.Value, cancellationToken);
                }
                catch
                {
                    pair.Value.GiveBack(delta);
                    throw;
                }
            }

            books.TryRemove(pair);
        }
    }

    private static bool Same(DocumentShape left, DocumentShape right) =>
        left.Critical.SequenceEqual(right.Critical) && left.Open.SequenceEqual(right.Open, StringComparer.Ordinal) && left.Personal.SequenceEqual(right.Personal, StringComparer.Ordinal);

    private static partial class Log
    {
        [LoggerMessage(DriftEventIds.LookFailed, LogLevel.Error, "the shape of event {EventId} could not be looked at; its order goes on")]
        public static partial void Failed(ILogger logger, Exception exception, Guid eventId);
    }
}
