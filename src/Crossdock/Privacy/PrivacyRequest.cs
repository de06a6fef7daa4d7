namespace Crossdock.Privacy;

/// <summary>What is wanted of a person's data. The snake_case names are stored.</summary>
public enum PrivacyKind
{
    /// <summary>All of it in one file.</summary>
    Export = 0,
    /// <summary>Taken out of everything; figures stay.</summary>
    Erasure = 1,
}

/// <summary>How far a request is. The snake_case names are stored.</summary>
public enum PrivacyState
{
    /// <summary>Orders and events are gone through.</summary>
    Searching = 0,
    /// <summary>Everything is found; an erasure waits for somebody's yes, of an export the file can be fetched.</summary>
    Found = 1,
    /// <summary>Being erased; orders that are not done yet wait.</summary>
    Working = 2,
    Done = 3,
    Withdrawn = 4,
}

/// <summary>A request about a person's data. Of an erasure that is done it is the proof, without the data.</summary>
public sealed record PrivacyRequest
{
    public required Guid Id { get; init; }
    /// <summary>snake_case name of a <see cref="PrivacyKind"/>.</summary>
    public required string Kind { get; init; }
    /// <summary>Key of the only store; null for all.</summary>
    public string? Connection { get; init; }
    /// <summary>True for everybody of that store.</summary>
    public required bool IsStore { get; init; }
    /// <summary>Who is asked about, masked: <c>a…@example.com</c>.</summary>
    public required string Subject { get; init; }
    /// <summary>SHA-256 (hexadecimal) of each mail address in lower case, telephone's digits and order that was asked for: shows later that it was this person.</summary>
    public required string[] Keys { get; init; }
    /// <summary>The platform's topic; null for one that a person made.</summary>
    public string? Topic { get; init; }
    /// <summary>snake_case name of a <see cref="PrivacyState"/>.</summary>
    public required string State { get; init; }
    public required bool IsConfirmed { get; init; }
    /// <summary>Orders and events looked at so far.</summary>
    public required long Looked { get; init; }
    /// <summary>Orders found.</summary>
    public required int Orders { get; init; }
    /// <summary>Events found that belong to none of these orders.</summary>
    public required int Events { get; init; }
    /// <summary>Orders that are not done yet: they are erased when they are.</summary>
    public required int UnderWay { get; init; }
    /// <summary>Orders erased so far.</summary>
    public required int OrdersDone { get; init; }
    /// <summary>What was changed, as JSON: rows by table. Null before.</summary>
    public string? Erased { get; init; }
    public string? Because { get; init; }
    public string? Error { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    /// <summary>By when the platform wants it done; null where it named no time.</summary>
    public DateTimeOffset? DueAt { get; init; }
    public DateTimeOffset? ConfirmedAt { get; init; }
    public string? ConfirmedBy { get; init; }
    public DateTimeOffset? DoneAt { get; init; }
}

/// <summary>An order that was found, without the person.</summary>
public sealed record PrivacyOrder
{
    public required Guid Id { get; init; }
    public required string Connection { get; init; }
    public required string Number { get; init; }
    public required string State { get; init; }
    public DateTimeOffset? PlacedAt { get; init; }
    /// <summary>True while it is not done: held, waiting for payment, approval or delivery, or on its way for less than 30 days.</summary>
    public required bool IsUnderWay { get; init; }
    /// <summary>When its data were erased.</summary>
    public DateTimeOffset? ErasedAt { get; init; }
}

/// <summary>Who is asked about: at least one of these.</summary>
public sealed record PrivacySubject
{
    public string? Mail { get; init; }
    /// <summary>With country code or without; 7 digits at least. Compared by its last nine digits.</summary>
    public string? Phone { get; init; }
    /// <summary>Numbers or the platform's ids of orders; with <see cref="Connection"/>.</summary>
    public IReadOnlyList<string>? Orders { get; init; }
    /// <summary>Key of the only store that is looked at; null for all.</summary>
    public string? Connection { get; init; }
    /// <summary>Why; kept.</summary>
    public string? Because { get; init; }
}

/// <summary>In clear what is looked for; at rest it is protected.</summary>
internal sealed record PrivacyKeys(IReadOnlyList<string> Mails, IReadOnlyList<string> Phones, IReadOnlyList<string> Orders);
