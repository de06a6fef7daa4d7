using Crossdock.Model.Connectors;

namespace Crossdock.Drift;

/// <summary>One place of a connection's documents: a field, a list's items. What was known and what this node has seen since are counted apart, so that several nodes' counts add up.</summary>
internal sealed class ShapeNode(ShapeNode? parent, string name, string path, ulong hash)
{
    public const int MostValues = 24;

    public ShapeNode? Parent { get; } = parent;
    public string Name { get; } = name;
    public string Path { get; } = path;
    public ulong Hash { get; } = hash;

    /// <summary>Below it stands personal data or a secret: no value is kept or shown.</summary>
    public bool IsPersonal { get; init; }
    /// <summary>Nothing below it is looked at.</summary>
    public bool IsOpen { get; init; }
    /// <summary>Its keys are data: they are all one.</summary>
    public bool IsMap { get; set; }
    /// <summary>Its texts are no fixed set of words.</summary>
    public bool IsFree { get; set; }
    /// <summary>What it feeds; null for a field that cannot make an order wrong.</summary>
    public CriticalField? Critical { get; init; }
    /// <summary>Place among the book's critical ones; -1 for none.</summary>
    public int CriticalIndex { get; init; } = -1;
    /// <summary>Place among the parents of critical ones; -1 for none.</summary>
    public int ParentIndex { get; set; } = -1;
    /// <summary>Made of the mapped order, not of the document.</summary>
    public bool IsFact { get; init; }

    public int Children { get; set; }
    public long[] Base { get; } = new long[ShapeKinds.Count];
    public int[] Delta { get; } = new int[ShapeKinds.Count];
    /// <summary>Documents in which it was as it should be, and in which it was missing. Only of critical ones.</summary>
    public long PresentBase { get; set; }
    public int PresentDelta { get; set; }
    public long AbsentBase { get; set; }
    public int AbsentDelta { get; set; }
    /// <summary>Objects seen by this process: the clock of its fields.</summary>
    public long Objects { get; set; }
    /// <summary>The parent's clock when it was last seen here, and when was last stored.</summary>
    public long SeenAt { get; set; }
    public long MarkedAt { get; set; }
    public ShapeValue[] Values { get; set; } = [];
    /// <summary>True once text with a decimal point and other than three decimals was seen: <c>12.990</c> would then be something else.</summary>
    public bool HasThreeDecimals { get; set; }

    public long Of(ShapeKind kind) => Base[(int)kind] + Delta[(int)kind];
    public bool Knows(ShapeKind kind) => Of(kind) > 0;
    public long Present => PresentBase + PresentDelta;
    public long Absent => AbsentBase + AbsentDelta;

    public long Seen
    {
        get
        {
            long sum = 0;
            for (int kind = 0; kind < ShapeKinds.Count; kind++)
            {
                sum += Base[kind] + Delta[kind];
            }

            return sum;
        }
    }

    public ShapeValue? Value(ulong hash)
    {
        foreach (var value in Values)
        {
            if (value.Hash == hash)
            {
                return value;
            }
        }

        return null;
    }
}

/// <summary>One word of a field that has a fixed set of them.</summary>
internal sealed class ShapeValue(ulong hash, string text, long firstAt)
{
    public ulong Hash { get; } = hash;
    public string Text { get; } = text;
    /// <summary>How many texts the field had had when this one came first.</summary>
    public long FirstAt { get; set; } = firstAt;
    public long Base { get; set; }
    public int Delta { get; set; }
    public long Seen => Base + Delta;
}

/// <summary>What stood at one place of one document.</summary>
internal readonly record struct Sight(ShapeNode Node, ShapeKind Kind, int Start, int Length);
