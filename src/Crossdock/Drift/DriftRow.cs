namespace Crossdock.Drift;

/// <summary>One change in a store's documents.</summary>
public sealed record DriftRow
{
    /// <summary>Sixteen hexadecimal digits; the same for the same change of the same place of a connection.</summary>
    public required string Id { get; init; }
    /// <summary>The connection's key.</summary>
    public required string Connection { get; init; }
    public required string ConnectionName { get; init; }
    public required string Topic { get; init; }
    /// <summary>Where in the document, for example <c>line_items[].price</c>; empty for all of it. With <c>=</c> in front: in the order that the mapping makes of it.</summary>
    public required string Path { get; init; }
    /// <summary>Stored name of <see cref="DriftChange"/>.</summary>
    public required string Change { get; init; }
    /// <summary>What an order would have wrong (amount, currency, address, lines): such orders are held. Null for what holds nothing.</summary>
    public string? Meaning { get; init; }
    /// <summary>What it was, with how often.</summary>
    public required string Was { get; init; }
    public required string Came { get; init; }
    /// <summary>Text of persons only as a pattern; null where there is none.</summary>
    public string? Example { get; init; }
    public required string Sentence { get; init; }
    /// <summary>Stored name of <see cref="DriftState"/>.</summary>
    public required string State { get; init; }
    /// <summary>Documents that had it, of what holds orders; how often it began, of the rest.</summary>
    public required long Seen { get; init; }
    /// <summary>The first event that had it; null where it is about what did not come.</summary>
    public Guid? EventId { get; init; }
    public required DateTimeOffset FirstAt { get; init; }
    public required DateTimeOffset LastAt { get; init; }
    /// <summary>When and by whom the state was changed last, and why.</summary>
    public required DateTimeOffset ChangedAt { get; init; }
    public string? ChangedBy { get; init; }
    public string? ChangedBecause { get; init; }
    /// <summary>Orders held for it now.</summary>
    public required long Held { get; init; }
    /// <summary>Events parked for it now.</summary>
    public required long Parked { get; init; }

    /// <summary>True while somebody should look at it.</summary>
    public bool IsOpen => State is "open";

    /// <summary>What changed, without what to do about it: for where that stands beside it.</summary>
    public string What()
    {
        int advice = Sentence.IndexOf(DriftFinding.Advice, StringComparison.Ordinal);
        string what = advice < 0 ? Sentence : Sentence[..advice];
        return what.StartsWith(DriftFinding.Opening, StringComparison.Ordinal) && what.Length > DriftFinding.Opening.Length ? what[DriftFinding.Opening.Length..] : what;
    }
}

/// <summary>How well one topic of a connection's documents is known.</summary>
public sealed record ShapeRow
{
    public required string Topic { get; init; }
    /// <summary>Documents learned from.</summary>
    public required long Documents { get; init; }
    /// <summary>Different fields known.</summary>
    public required int Fields { get; init; }
    public required DateTimeOffset FirstAt { get; init; }
    public required DateTimeOffset StoredAt { get; init; }
    /// <summary>Documents after which changes are reported and held.</summary>
    public int LearnsFrom { get; init; }
    /// <summary>True while it is only learned from.</summary>
    public bool IsLearning => Documents < LearnsFrom;
}

/// <summary>One field of a topic's documents.</summary>
/// <param name="Path">For example <c>line_items[].price</c>; with <c>=</c> in front: of the order that the mapping makes of it.</param>
/// <param name="Seen">How often.</param>
/// <param name="Share">In how many of its objects it is there, 0 to 1.</param>
/// <param name="Kinds">How often it was of which kind, most frequent first.</param>
/// <param name="Words">Its words, where they are a fixed set.</param>
/// <param name="Meaning">What of an order it decides; null for nothing.</param>
/// <param name="IsAlways">Critical, and so far as it should be in every document: otherwise its orders are held.</param>
/// <param name="MissingInRow">Objects since it was last seen.</param>
public sealed record ShapeFieldRow(string Path, long Seen, double Share, IReadOnlyList<ShapeKindCount> Kinds, IReadOnlyList<string> Words, string? Meaning, bool IsAlways, long MissingInRow);

/// <summary>How often a field was of a kind.</summary>
public sealed record ShapeKindCount(string Kind, string Words, long Seen);

/// <summary>One topic with all its fields.</summary>
public sealed record ShapeDetail(ShapeRow Topic, IReadOnlyList<ShapeFieldRow> Fields);
