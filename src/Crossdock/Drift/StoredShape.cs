using System.Text.Json.Serialization;

namespace Crossdock.Drift;

/// <summary>What is remembered of one connection's documents of one topic, as it is stored: the counts of all nodes together.</summary>
internal sealed record StoredShape
{
    /// <summary>Parents before what is in them; the first is the document itself.</summary>
    public List<StoredField> Fields { get; set; } = [];
    /// <summary>What came after learning and may be worth a report.</summary>
    public List<StoredNews> News { get; set; } = [];
    /// <summary>There were more fields than are watched.</summary>
    public bool IsFull { get; set; }
    /// <summary>When the first document arrived, UTC.</summary>
    public DateTimeOffset? FirstAt { get; set; }

    [JsonIgnore]
    public long Documents => Fields.Count == 0 ? 0 : Fields[0].Seen;
}

/// <summary>One place.</summary>
internal sealed record StoredField
{
    /// <summary>Path, empty for the document itself.</summary>
    public required string P { get; init; }
    /// <summary>Name below its parent.</summary>
    public required string N { get; init; }
    /// <summary>Index of its parent; -1 for none.</summary>
    public int U { get; init; }
    /// <summary>How often it was of which kind.</summary>
    public required long[] K { get; init; }
    /// <summary>Of critical ones: documents in which it was as it should be.</summary>
    public long Pr { get; set; }
    /// <summary>Of critical ones: documents in which it was not.</summary>
    public long Ab { get; set; }
    /// <summary>Objects of its parent since it was last seen.</summary>
    public long S { get; set; }
    /// <summary>Its keys are data.</summary>
    public bool M { get; set; }
    /// <summary>Its texts are no fixed set of words.</summary>
    public bool F { get; set; }
    /// <summary>Text with three decimals was seen.</summary>
    public bool T { get; set; }
    /// <summary>That it is missing has been reported.</summary>
    public bool R { get; set; }
    /// <summary>Its words.</summary>
    public List<StoredWord> V { get; set; } = [];

    [JsonIgnore]
    public long Seen => K.Sum();
}

/// <summary>One word: how often, and how many texts the field had had when it came first.</summary>
internal sealed record StoredWord(string W, long N, long A);

/// <summary>Something that came after learning.</summary>
/// <param name="P">Path.</param>
/// <param name="C">Stored name of <see cref="DriftChange"/>.</param>
/// <param name="D">Stored name of the kind, or the word; empty for a new field.</param>
/// <param name="X">Example, masked.</param>
/// <param name="E">The event that had it first.</param>
/// <param name="A">How many objects of the parent there had been by then.</param>
/// <param name="S">How often the field had been seen by then.</param>
internal sealed record StoredNews(string P, string C, string D, string? X, Guid E, long A, long S);

/// <summary>What one node has seen since it last stored.</summary>
internal sealed record ShapeDelta
{
    public List<DeltaField> Fields { get; } = [];
    public List<StoredNews> News { get; } = [];
    public bool IsFull { get; set; }
    public DateTimeOffset? FirstAt { get; set; }
    public bool IsEmpty => Fields.Count == 0 && News.Count == 0;
}

/// <summary>One place's part of it.</summary>
internal sealed record DeltaField(string Path, string? Parent, string Name, int[] Kinds)
{
    public int Present { get; init; }
    public int Absent { get; init; }
    public bool IsMap { get; init; }
    public bool IsFree { get; init; }
    public bool HasThree { get; init; }
    /// <summary>Seen since the last storing.</summary>
    public bool WasSeen { get; init; }
    /// <summary>Objects of its parent since it was last seen, or since the last storing.</summary>
    public long Streak { get; init; }
    public List<StoredWord> Words { get; init; } = [];
}

/// <summary>The stored form of shapes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(StoredShape))]
internal sealed partial class ShapeJson : JsonSerializerContext;
