using Crossdock.Model;

namespace Crossdock.Reading;

/// <summary>What is done by looking at a platform again and again. Stored by these names.</summary>
internal static class ReadingActivity
{
    public const string Poll = "poll";
    public const string Feed = "feed";
    public const string Fetch = "fetch";
    /// <summary>What changed while webhooks were missing: once, from the watermark to the present.</summary>
    public const string CatchUp = "catch_up";
    /// <summary>Comparing what the store lists with what is here.</summary>
    public const string Ledger = "ledger";
}

/// <summary>Where one activity of one connection stands, leased by this node.</summary>
internal sealed record ReadingState
{
    public required ConnectionId ConnectionId { get; init; }
    public required string Activity { get; init; }
    /// <summary>Everything up to here is safely stored.</summary>
    public required DateTimeOffset Watermark { get; init; }
    public DateTimeOffset? WindowFrom { get; init; }
    public DateTimeOffset? WindowTo { get; init; }
    public string? Cursor { get; init; }
    public int Failures { get; init; }
    /// <summary>When the connection was made: what was placed before is history.</summary>
    public required DateTimeOffset ConnectedAt { get; init; }
    /// <summary>Of an activity that is done once: everything up to here has to be read; null for the others.</summary>
    public DateTimeOffset? Until { get; init; }
    /// <summary>The problem of the last time; null when all was well.</summary>
    public string? Problem { get; init; }
    /// <summary>When it last went well; null for never.</summary>
    public DateTimeOffset? SucceededAt { get; init; }
    /// <summary>False when the configuration was changed since a problem: a place in a list may mean nothing any more.</summary>
    public bool IsSameConfiguration { get; init; } = true;
}
