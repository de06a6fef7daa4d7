namespace Crossdock.Edits;

/// <summary>Which of two values counts.</summary>
public enum EditChoice
{
    /// <summary>What was written here.</summary>
    Ours = 0,
    /// <summary>What the shop says.</summary>
    Theirs = 1,
}

/// <summary>What a person wants changed on one order, all of it or nothing.</summary>
public sealed record EditRequest
{
    /// <summary>New values by field; null or empty takes a value away.</summary>
    public IReadOnlyDictionary<string, string?> Set { get; init; } = new Dictionary<string, string?>();
    /// <summary>Decisions by field where the shop changed it too.</summary>
    public IReadOnlyDictionary<string, EditChoice> Choose { get; init; } = new Dictionary<string, EditChoice>();
    /// <summary>One change to take back; null for none.</summary>
    public Guid? Undo { get; init; }
    /// <summary>The version of the order that the person saw; null: whatever it is by now.</summary>
    public int? Version { get; init; }
    /// <summary>True when the person knows whom the change does not reach.</summary>
    public bool AcceptUnreached { get; init; }
    public string? Because { get; init; }
}

/// <summary>How it went.</summary>
public enum EditResult
{
    /// <summary>Saved; or, for a preview, it could be.</summary>
    Done = 0,
    NotFound = 1,
    /// <summary>Something is wrong with what was asked for: see the problems.</summary>
    Invalid = 2,
    /// <summary>It cannot be done to this order now.</summary>
    Refused = 3,
    /// <summary>The order has another version by now.</summary>
    Moved = 4,
    /// <summary>Somebody has the order and cannot be told: the person has to say that this is known.</summary>
    Unreached = 5,
}

/// <summary>What is wrong with one field.</summary>
public sealed record EditProblem(string Field, string Problem);

/// <summary>One field with both values.</summary>
/// <param name="Field">Its path.</param>
/// <param name="Label">As people read it.</param>
/// <param name="Yours">What was asked for.</param>
/// <param name="Now">What the order says at this moment.</param>
/// <param name="ChangedBy">Who changed it last here; null where nobody did.</param>
public sealed record EditSides(string Field, string Label, string? Yours, string? Now, string? ChangedBy);

/// <summary>One field before and after.</summary>
/// <param name="Field">Its path.</param>
/// <param name="Label">As people read it.</param>
/// <param name="Before">What the order said; null for nothing.</param>
/// <param name="After">What it says then.</param>
/// <param name="Shop">What the shop says.</param>
public sealed record EditedField(string Field, string Label, string? Before, string? After, string? Shop);

/// <summary>What a change comes to.</summary>
public sealed record EditOutcome
{
    /// <summary>The order's version: after saving the new one, in a preview the present one.</summary>
    public required int Version { get; init; }
    /// <summary>Fields changed by the person.</summary>
    public required IReadOnlyList<EditedField> Fields { get; init; }
    /// <summary>What else becomes different, by the store's rules.</summary>
    public required IReadOnlyList<EditedField> Also { get; init; }
    /// <summary>Stored names of the states.</summary>
    public required string StateBefore { get; init; }
    public required string StateAfter { get; init; }
    public string? StateBecause { get; init; }
    /// <summary>What the store's rules say of it, in sentences.</summary>
    public required IReadOnlyList<string> Rules { get; init; }
    /// <summary>What is sent, or not sent any more, in sentences.</summary>
    public required IReadOnlyList<string> Deliveries { get; init; }
    /// <summary>Who has the order and is not told, in sentences.</summary>
    public required IReadOnlyList<string> NotReached { get; init; }
    /// <summary>Why a person has to look.</summary>
    public required IReadOnlyList<string> Held { get; init; }
    /// <summary>Holds whose reason is gone with it.</summary>
    public required IReadOnlyList<string> Released { get; init; }
}

/// <summary>The answer to a person who changes an order.</summary>
public sealed record EditAnswer(EditResult Result)
{
    /// <summary>What follows; null where it was not worked out.</summary>
    public EditOutcome? Outcome { get; init; }
    public IReadOnlyList<EditProblem> Problems { get; init; } = [];
    /// <summary>Why not, in one sentence.</summary>
    public string? Refusal { get; init; }
    /// <summary>The order's version by now.</summary>
    public int? Version { get; init; }
    /// <summary>What was asked for beside what the order says by now.</summary>
    public IReadOnlyList<EditSides> Sides { get; init; } = [];
}
