namespace Crossdock.Reconciliation;

/// <summary>One store and how complete it is, day by day.</summary>
public sealed record CompletenessStore
{
    /// <summary>The connection's key.</summary>
    public required string Connection { get; init; }
    public required string Name { get; init; }
    public required string Platform { get; init; }
    /// <summary>Time zone of its days.</summary>
    public required string Zone { get; init; }
    /// <summary>Everything that changed up to here was compared, UTC; null before the first time.</summary>
    public DateTimeOffset? ComparedTo { get; init; }
    /// <summary>When it was last compared, UTC; null for never.</summary>
    public DateTimeOffset? ComparedAt { get; init; }
    /// <summary>Why it cannot be compared just now, in the platform's own words; null when it can.</summary>
    public string? Problem { get; init; }
    /// <summary>Its days, the newest first.</summary>
    public IReadOnlyList<CompletenessDay> Days { get; init; } = [];
}

/// <summary>One day of one store: what the store lists and what is here of it.</summary>
public sealed record CompletenessDay
{
    /// <summary>The day in the store's time zone: <c>2026-03-02</c>.</summary>
    public required string Day { get; init; }
    /// <summary>Its begin, UTC, inclusive; later on the day the store was connected.</summary>
    public required DateTimeOffset From { get; init; }
    /// <summary>Its end, UTC, exclusive.</summary>
    public required DateTimeOffset To { get; init; }
    /// <summary>Orders the store lists.</summary>
    public required long Listed { get; init; }
    /// <summary>Of them, those that are here, worked or not.</summary>
    public required long Here { get; init; }
    /// <summary>Of them, those that are not here. They are being fetched.</summary>
    public required long Missing { get; init; }
    /// <summary>Those whose copy here is of before a change, or has another total. They are being fetched.</summary>
    public required long Differing { get; init; }
    /// <summary>Those that are here or announced and wait for their turn.</summary>
    public required long Waiting { get; init; }
    /// <summary>Those that are here and could not be understood: a person acts.</summary>
    public required long Parked { get; init; }
    /// <summary>Those that nothing had announced, and that were fetched.</summary>
    public required long Healed { get; init; }
    /// <summary>Those about which list and hub differ for a reason that is known.</summary>
    public required long Explained { get; init; }
    /// <summary>True when nothing is missing and every copy is up to date.</summary>
    public bool IsComplete => Missing == 0 && Differing == 0;
    /// <summary>True when the day was read as a whole after its end; before, its figures are of what was placed so far.</summary>
    public required bool IsWhole { get; init; }
    /// <summary>Up to here its orders are counted, UTC.</summary>
    public required DateTimeOffset CountedTo { get; init; }
    /// <summary>When it was last read as a whole, or as far as it had come, UTC; null for never.</summary>
    public DateTimeOffset? ReadAt { get; init; }
    /// <summary>When it is read again, UTC; null when not by itself.</summary>
    public DateTimeOffset? NextReadAt { get; init; }
    /// <summary>Of what the store lists: ids, seconds of the last change and totals, sixteen hexadecimal digits. Two ledgers are equal when their hashes are.</summary>
    public required string ListedHash { get; init; }
    /// <summary>The same of what is here.</summary>
    public required string HereHash { get; init; }
    /// <summary>Sums of the totals, by currency.</summary>
    public IReadOnlyList<CompletenessSum> Sums { get; init; } = [];
}

/// <summary>Sums of one day and currency.</summary>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Listed">What the store lists, in the currency's main unit.</param>
/// <param name="Here">What is here of it.</param>
public sealed record CompletenessSum(string Currency, decimal Listed, decimal Here);

/// <summary>One order about which a store's list and what is here differ or differed.</summary>
public sealed record CompletenessDifference
{
    /// <summary>The store's id of the order.</summary>
    public required string ExternalId { get; init; }
    /// <summary>The order's number, when it is here.</summary>
    public string? Number { get; init; }
    /// <summary>The order here; null when it is not.</summary>
    public Guid? OrderId { get; init; }
    /// <summary>The parked event; null when it is not parked.</summary>
    public Guid? EventId { get; init; }
    /// <summary>Stored name of <see cref="DifferenceKind"/>.</summary>
    public required string Kind { get; init; }
    /// <summary>Stored name of <see cref="DifferenceState"/>.</summary>
    public required string State { get; init; }
    /// <summary>The day in the store's time zone; null where that cannot be told.</summary>
    public string? Day { get; init; }
    /// <summary>What was found, in one sentence.</summary>
    public string Found { get; init; } = "";
    /// <summary>What became of it, or what it waits for; null while it is being fetched.</summary>
    public string? Outcome { get; init; }
    /// <summary>What stood in the way the last time, in the platform's own words.</summary>
    public string? LastError { get; init; }
    public required DateTimeOffset FoundAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
    /// <summary>When it is looked at again; null when not by itself.</summary>
    public DateTimeOffset? CheckAt { get; init; }
    public required int Attempts { get; init; }
}

/// <summary>One day of one store with its differences.</summary>
/// <param name="Store">The store, with this day only; no day where nothing was compared.</param>
/// <param name="Differences">What differs or differed: first what is open, at most 500.</param>
public sealed record CompletenessDetail(CompletenessStore Store, IReadOnlyList<CompletenessDifference> Differences);
