using System.Text;
using Crossdock.Drift;
using Crossdock.Model;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Normalise;

namespace Crossdock.Testing;

/// <summary>One store's documents looked at without a database: what the hub does with them in memory, and what it would store and report.</summary>
internal sealed class ShapeTrial(IConnector connector, ConnectionSettings settings, DriftOptions options)
{
    private readonly IOrderMapping mapping = ((IOrderMapper)connector).MappingFor(settings);
    private readonly DocumentShape shape = (connector as IDocumentShape)?.ShapeOf(settings) ?? DocumentShape.None;
    private readonly Dictionary<string, (ShapeBook Book, StoredShape Stored)> books = new(StringComparer.Ordinal);
    private readonly Observation seen = new();
    private int events;
    private DateTimeOffset now = DateTimeOffset.UnixEpoch.AddYears(57);

    /// <summary>What a person said to what was found; a test adds to it.</summary>
    public Dictionary<string, KnownDrift> Known { get; } = new(StringComparer.Ordinal);

    public List<DriftFinding> Findings { get; } = [];
    public List<DriftReport> Reports { get; } = [];
    public List<string> Back { get; } = [];
    public MappingOutcome? LastOutcome { get; private set; }

    /// <summary>Declared places that are in every document so far, so that an order without them would be held.</summary>
    public IReadOnlyList<CriticalField> Watched => [.. books.Values.SelectMany(one => one.Book.Criticals).Where(node => !node.IsFact && node.Absent == 0 && node.Present >= options.LearnDocuments).Select(node => node.Critical!)];

    public ShapeBook Book(string topic = "orders/updated") => books[topic].Book;

    public StoredShape Stored(string topic = "orders/updated") => books[topic].Stored;

    public IReadOnlyList<DriftFinding> Look(string body, string topic = "orders/updated", bool isAgain = false) => Look(Encoding.UTF8.GetBytes(body), topic, isAgain);

    /// <summary>One event, as <c>BatchProcessor</c> works it.</summary>
    public IReadOnlyList<DriftFinding> Look(byte[] body, string topic = "orders/updated", bool isAgain = false, string? orderKey = null)
    {
        if (!books.TryGetValue(topic, out var one))
        {
            books[topic] = one = (new ShapeBook(topic, shape, options), new StoredShape());
        }

        var item = new InboxItem
        {
            InboxId = Guid.NewGuid(), EventId = Guid.NewGuid(), Kind = isAgain ? InboxKind.Replay : InboxKind.Event, ConnectionId = new ConnectionId(1), OrderKey = orderKey, Topic = topic, OccurredAt = null,
            ReceivedAt = now, Body = body, Source = "webhook",
        };
        LastOutcome = mapping.Map(new ReceivedEvent(body, topic, orderKey, null, item.ReceivedAt));
        var found = LastOutcome is Ignored ? [] : ShapeLook.At(one.Book, item, LastOutcome, Known, seen) ?? [];
        foreach (var finding in found)
        {
            Known.TryAdd(finding.Id, new KnownDrift(false, finding.Sentence));
        }

        Findings.AddRange(found);
        if (++events % 50 == 0)
        {
            Store();
        }

        return found;
    }

    /// <summary>Time passes.</summary>
    public void Later(TimeSpan time) => now += time;

    /// <summary>The node starts anew and knows what is stored.</summary>
    public void Restart()
    {
        Store();
        foreach (string topic in books.Keys.ToList())
        {
            var book = new ShapeBook(topic, shape, options);
            book.Load(books[topic].Stored);
            books[topic] = (book, books[topic].Stored);
        }
    }

    /// <summary>Stores as the role does behind the path, and judges.</summary>
    public void Store()
    {
        foreach (var (topic, (book, stored)) in books)
        {
            var delta = book.Take();
            ShapeMerge.Add(stored, delta);
            Reports.AddRange(DriftJudge.Judge(stored, topic, options, Back));
            book.Load(stored);
        }
    }
}
