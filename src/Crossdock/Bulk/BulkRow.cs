using System.Text.Json.Serialization;

namespace Crossdock.Bulk;

/// <summary>What is to be done to which orders.</summary>
/// <param name="Kind">What.</param>
/// <param name="Ids">These orders; null or empty for all that match the filter.</param>
/// <param name="Filter">As the list's address has it: <c>state=awaiting_approval&amp;store=acme</c>.</param>
/// <param name="Because">Why; kept in each order's history.</param>
public sealed record BulkRequest(BulkKind Kind, IReadOnlyList<Guid>? Ids, string? Filter, string? Because);

/// <summary>What will happen, before it does.</summary>
public sealed record BulkPreview
{
    public required BulkKind Action { get; init; }
    /// <summary>Orders chosen.</summary>
    public required int Total { get; init; }
    /// <summary>Of these, so many will be done.</summary>
    public required int WillDo { get; init; }
    /// <summary>And so many refused.</summary>
    public required int WillRefuse { get; init; }
    /// <summary>What it comes to for those that are done.</summary>
    public required string Effect { get; init; }
    /// <summary>By state and verdict, the largest first.</summary>
    public required IReadOnlyList<BulkGroup> Groups { get; init; }
}

/// <summary>Orders of a preview for which the same holds.</summary>
/// <param name="State">Their state, by its stored name.</param>
/// <param name="Count">How many.</param>
/// <param name="Refusal">Why they are refused; null when they will be done.</param>
public sealed record BulkGroup(string State, int Count, string? Refusal);

/// <summary>Work on many orders.</summary>
public sealed record BulkRow
{
    public required Guid Id { get; init; }
    /// <summary>Stored name of <see cref="BulkKind"/>.</summary>
    public required string Action { get; init; }
    /// <summary>The filter that chose the orders; null where they were chosen one by one.</summary>
    public string? Filter { get; init; }
    public string? Because { get; init; }
    /// <summary>Stored name of <see cref="BulkState"/>.</summary>
    public required string State { get; init; }
    public required int Total { get; init; }
    public required int Done { get; init; }
    public required int Refused { get; init; }
    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }
    public required string Actor { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    /// <summary>From 0 to 1.</summary>
    public double Progress => Total == 0 ? 1 : (double)(Done + Refused) / Total;
    /// <summary>Reasons of refusals with how many orders each; only with one row.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<BulkRefusal>? Refusals { get; init; }
}

/// <summary>Why orders were refused.</summary>
/// <param name="Because">The reason.</param>
/// <param name="Count">How many.</param>
/// <param name="Example">The id of one of them.</param>
/// <param name="Number">Its number.</param>
public sealed record BulkRefusal(string Because, int Count, Guid Example, string? Number);

/// <summary>How asking for work on many orders went.</summary>
/// <param name="Row">The work; null when it was refused, or only looked at.</param>
/// <param name="Preview">What will happen.</param>
/// <param name="Refusal">Why not.</param>
public sealed record BulkAnswer(BulkRow? Row, BulkPreview? Preview, string? Refusal = null);
