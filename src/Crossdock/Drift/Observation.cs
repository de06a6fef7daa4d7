using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Drift;

/// <summary>Everything seen in one document. Used again for the next: belongs to one thread at a time.</summary>
internal sealed class Observation
{
    private Sight[] sights = new Sight[512];
    private readonly List<int> critical = [];

    /// <summary>The scanner's way down.</summary>
    public ScanFrame[] Frames { get; } = new ScanFrame[ShapeScanner.MaxDepth + 1];
    public int Count { get; private set; }
    public ReadOnlySpan<Sight> Sights => sights.AsSpan(0, Count);
    /// <summary>Places among the sights that are critical, or contain what is.</summary>
    public List<int> Critical => critical;
    /// <summary>Words of fixed sets.</summary>
    public List<ShapeValue> Values { get; } = [];
    /// <summary>Words that were not known, with their sight.</summary>
    public List<(ShapeNode Node, ShapeValue Value, int Sight)> NewValues { get; } = [];
    /// <summary>Places that this document was the first to have.</summary>
    public List<ShapeNode> NewNodes { get; } = [];
    /// <summary>Facts of the mapped order: as it should be, or not.</summary>
    public List<(ShapeNode Node, bool IsRight)> Facts { get; } = [];

    /// <summary>How often each critical place was there with something in it, and how many of each parent there were.</summary>
    public int[] CriticalSeen { get; private set; } = [];
    public int[] ParentSeen { get; private set; } = [];

    /// <summary>Counts the critical places and their parents.</summary>
    public void CountCritical(int criticals, int parents)
    {
        if (CriticalSeen.Length < criticals || ParentSeen.Length < parents)
        {
            CriticalSeen = new int[criticals + 8];
            ParentSeen = new int[parents + 8];
        }
        else
        {
            Array.Clear(CriticalSeen);
            Array.Clear(ParentSeen);
        }

        foreach (int place in critical)
        {
            ref readonly var sight = ref sights[place];
            if (sight.Node.CriticalIndex >= 0 && sight.Node.CriticalIndex < criticals && !ShapeKinds.IsNothing(sight.Kind))
            {
                CriticalSeen[sight.Node.CriticalIndex]++;
            }

            if (sight.Node.ParentIndex >= 0 && sight.Node.ParentIndex < parents && sight.Kind is ShapeKind.Object)
            {
                ParentSeen[sight.Node.ParentIndex]++;
            }
        }
    }

    public void Clear()
    {
        Array.Clear(sights, 0, Count);
        Count = 0;
        critical.Clear();
        Values.Clear();
        NewValues.Clear();
        NewNodes.Clear();
        Facts.Clear();
    }

    public void Add(ShapeNode node, ShapeKind kind, int start, int length)
    {
        if (Count == sights.Length)
        {
            Array.Resize(ref sights, sights.Length * 2);
        }

        if (node.CriticalIndex >= 0 || node.ParentIndex >= 0)
        {
            critical.Add(Count);
        }

        sights[Count++] = new Sight(node, kind, start, length);
    }

    public void SetKind(int sight, ShapeKind kind) => sights[sight] = sights[sight] with { Kind = kind };
}

/// <summary>An object or list that the scanner is in.</summary>
internal struct ScanFrame
{
    public ShapeNode Node;
    public ShapeNode? Items;
    public int Sight;
    public bool HasItems;
}

/// <summary>Something that would make an order wrong.</summary>
/// <param name="Id">The same for the same change of the same place, on every node.</param>
/// <param name="Topic">The documents' topic.</param>
/// <param name="Path">Where.</param>
/// <param name="Change">What kind of change.</param>
/// <param name="Meaning">What it feeds.</param>
/// <param name="Was">What it was, with how often that was seen.</param>
/// <param name="Came">What came.</param>
/// <param name="Example">An example, masked; null for none.</param>
/// <param name="Sentence">All of it in a sentence or two for a person.</param>
internal sealed record DriftFinding(string Id, string Topic, string Path, DriftChange Change, CriticalMeaning Meaning, string Was, string Came, string? Example, string Sentence)
{
    /// <summary>The code of a hold for it.</summary>
    public const string HoldCode = "drift";

    /// <summary>How the sentence begins, and what it says to do: in the reason of a hold, where nothing else explains it.</summary>
    public const string Opening = "The store's documents changed: ", Advice = " Accept it on the connection's page if it is right, or have the connector mended and the order worked again";

    public Concern Concern => new(HoldCode, Sentence);

    /// <summary>Whether two reasons tell of the same change: they end with its id.</summary>
    public static bool IsSame(string reason, string other) => Ending(reason) is { Length: > 0 } ending && ending == Ending(other);

    private static string Ending(string reason) => reason.LastIndexOf("(drift ", StringComparison.Ordinal) is >= 0 and var at ? reason[at..] : "";
}

/// <summary>What changed.</summary>
public enum DriftChange
{
    /// <summary>A field that was never there.</summary>
    New = 0,
    /// <summary>A field that used to be there is not.</summary>
    Missing = 1,
    /// <summary>Another type, or another way of writing it.</summary>
    Type = 2,
    /// <summary>A word that was not among those known.</summary>
    Value = 3,
    /// <summary>What the mapping makes of the document lacks something, or does not add up any more.</summary>
    Order = 4,
    /// <summary>More than is watched: too many fields.</summary>
    Crowded = 5,
}
