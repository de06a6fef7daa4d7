using Crossdock.Model;

namespace Crossdock.Subscriptions;

/// <summary>What was found wrong with webhooks.</summary>
/// <param name="What">Which, and how they were found.</param>
/// <param name="From">Since when it may have been so, UTC.</param>
/// <param name="FoundAt">When it was found, UTC.</param>
internal sealed record LostSubscriptions(string What, DateTimeOffset From, DateTimeOffset FoundAt);

/// <summary>One connection's webhooks, leased by this node to be checked or taken away.</summary>
internal sealed record SubscriptionCheck
{
    public required ConnectionId ConnectionId { get; init; }
    /// <summary>The connection's key, also of a deleted one.</summary>
    public required string Key { get; init; }
    public required string Name { get; init; }
    public required bool IsDeleted { get; init; }
    public required long Version { get; init; }
    /// <summary>In a row.</summary>
    public required int Failures { get; init; }
    /// <summary>What may be registered at the platform; null for nothing.</summary>
    public string? Address { get; init; }
    /// <summary>When the hub itself took them away; null when it did not, or put them back since.</summary>
    public DateTimeOffset? RemovedAt { get; init; }
    public DateTimeOffset? GoodAt { get; init; }
    public required IReadOnlyList<SubscriptionTopic> Topics { get; init; }
    public DateTimeOffset? ProblemSince { get; init; }
    /// <summary>What is missing or off at present; null when nothing is, as far as is known.</summary>
    public LostSubscriptions? Lost { get; init; }
    /// <summary>Since when orders are to be read as soon as all are on; null for none.</summary>
    public DateTimeOffset? GapFrom { get; init; }
}

/// <summary>What the hub knows of the time before it found webhooks missing.</summary>
/// <param name="ConnectedAt">When the connection was made.</param>
/// <param name="PolledUpTo">Everything up to here was read by polling; null where nothing is polled.</param>
/// <param name="HeardAt">When a webhook last came, among the last thousand events; null for none of them.</param>
/// <param name="ScannedFrom">The oldest of these; null where there are none.</param>
internal sealed record SubscriptionPast(DateTimeOffset ConnectedAt, DateTimeOffset? PolledUpTo, DateTimeOffset? HeardAt, DateTimeOffset? ScannedFrom)
{
    /// <summary>A platform removes a webhook after having tried in vain for a while (Shopify: four hours), and drops with it what it still wanted to deliver.</summary>
    private static readonly TimeSpan Tried = TimeSpan.FromHours(4);

    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>Since when orders may have been missed whose webhooks were never known to be on.</summary>
    public DateTimeOffset UnknownSince(DateTimeOffset now) => Later(Later(ConnectedAt, PolledUpTo ?? ConnectedAt), now - Longest);

    /// <summary>Since when orders may have been missed whose webhooks were last known to be on at <paramref name="goodAt"/>: they may have failed one by one before they were removed, back to the last one that came.</summary>
    public DateTimeOffset LostSince(DateTimeOffset goodAt, DateTimeOffset now)
    {
        var lastHeard = Later(HeardAt ?? ScannedFrom ?? goodAt, now - Longest);
        return Later(ConnectedAt, goodAt - Tried < lastHeard ? goodAt - Tried : lastHeard);
    }

    private static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;
}

/// <summary>What a check found, as it is stored.</summary>
internal sealed record SubscriptionFound
{
    public required DateTimeOffset At { get; init; }
    public required DateTimeOffset NextAt { get; init; }
    /// <summary>All of them there and on.</summary>
    public required bool IsGood { get; init; }
    /// <summary>JSON; null keeps what is known, because the platform could not be asked.</summary>
    public string? Topics { get; init; }
    public string? Problem { get; init; }
    public bool NeedsPerson { get; init; }
    /// <summary>True when the connection's orders can be read.</summary>
    public bool CanRead { get; init; }
    /// <summary>What goes into the connection's history; null for nothing.</summary>
    public HistoryEntry? History { get; init; }
}

/// <summary>A line of a connection's history.</summary>
/// <param name="What">In one stable word; see <see cref="HistoryWords"/>.</param>
/// <param name="Sentence">For people.</param>
internal sealed record HistoryEntry(string What, string Sentence);

/// <summary>What the history's lines are about. Stored; never changed or reused.</summary>
internal static class HistoryWords
{
    public const string Registered = "webhooks_registered";
    public const string Lost = "webhooks_lost";
    public const string PutBack = "webhooks_put_back";
    public const string CaughtUp = "webhooks_caught_up";
    public const string Removed = "webhooks_removed";
    public const string LeftThere = "webhooks_left_there";
}
