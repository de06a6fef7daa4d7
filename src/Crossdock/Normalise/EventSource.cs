using Crossdock.Capture;

namespace Crossdock.Normalise;

/// <summary>Where a stored event came from, as the column <c>source</c> says it, and how the timeline tells of it. Stored words never change meaning.</summary>
internal static class EventSource
{
    public const string Poll = "poll";
    public const string Feed = "feed";
    /// <summary>Read once because webhooks had been missing.</summary>
    public const string CatchUp = "catch-up";
    /// <summary>Polling found an order that was placed before the connection was made.</summary>
    public const string HistoryPoll = "history poll";
    /// <summary>The store's list had it, and nothing had brought it.</summary>
    public const string Reconciliation = "reconciliation";
    /// <summary>The same, of an order that was placed before the connection was made.</summary>
    public const string HistoryReconciliation = "history reconciliation";
    private const string FilePrefix = "file ";
    private const string FetchedPrefix = "fetch ";
    private const string BackfillPrefix = "backfill ";
    private const string HistoryPrefix = "history ";

    /// <summary>An order that was fetched because of an announcement.</summary>
    public static string Fetch(string announced) => FetchedPrefix + announced;

    /// <summary>An order read by a backfill: delivered like any other, or kept as history.</summary>
    public static string Backfill(string name, bool isDelivering) => (isDelivering ? "" : HistoryPrefix) + BackfillPrefix + name;

    /// <summary>An order of an uploaded file.</summary>
    public static string File(string name, int row) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{FilePrefix}{name} row {row}");

    /// <summary>True when an order that this event makes known is not delivered by itself.</summary>
    public static bool IsHistory(string source) => source.StartsWith(HistoryPrefix, StringComparison.Ordinal);

    /// <summary>True when the store itself told of the order: a webhook, Pub/Sub, its feed, or what was fetched because of one of them.</summary>
    public static bool IsTold(string source) =>
        source == Feed || source.StartsWith(CaptureEndpoint.WebhookSource, StringComparison.Ordinal) || source.StartsWith(CaptureEndpoint.PubSubSource, StringComparison.Ordinal) || source.StartsWith(FetchedPrefix, StringComparison.Ordinal);

    /// <summary>The sentence for an order that was not known.</summary>
    public static string Found(string source, string topic) => source switch
    {
        HistoryPoll => "History: found by polling, placed before this connection was made; not delivered.",
        HistoryReconciliation => "History: found by comparing with the store's list, placed before this connection was made; not delivered.",
        Reconciliation => "The store's list had the order, and nothing had announced it; fetched.",
        _ when IsHistory(source) => $"History: read by {source[HistoryPrefix.Length..]}, not delivered.",
        Poll => $"Polling found the order ({topic}).",
        CatchUp => $"No webhook had told of it: found by reading what the shop sold while its webhooks were not there ({topic}).",
        _ when source.StartsWith(FilePrefix, StringComparison.Ordinal) => $"Imported from {source}.",
        _ when source.StartsWith(BackfillPrefix, StringComparison.Ordinal) => $"Read by {source} ({topic}).",
        _ => Announced(source) is { } what ? $"Announced: {what}; fetched." : $"The store announced the order ({topic}).",
    };

    /// <summary>The sentence for a newer version.</summary>
    public static string Changed(string source, string topic) => source switch
    {
        _ when source.StartsWith(FilePrefix, StringComparison.Ordinal) => $"Changed by {source}.",
        CatchUp => $"No webhook had told of it: reading the shop found the order changed ({topic}).",
        Poll or HistoryPoll => $"Polling found the order changed ({topic}).",
        Reconciliation or HistoryReconciliation => "The store's list had a newer version, and nothing had announced it; fetched.",
        _ when source.Contains(BackfillPrefix, StringComparison.Ordinal) && Announced(source) is null => $"A {(IsHistory(source) ? source[HistoryPrefix.Length..] : source)} found the order changed ({topic}).",
        _ => Announced(source) is { } what ? $"Announced: {what}; fetched, and the order had changed." : $"The store changed the order ({topic}).",
    };

    /// <summary>The sentence for the same content with newer times.</summary>
    public static string Unchanged(string source, string topic) =>
        Announced(source) is { } what ? $"Announced: {what}; fetched, and nothing had changed." : $"A newer {topic} event with the same content arrived and changed nothing.";

    /// <summary>The sentence for an event that was stored before.</summary>
    public static string Repeated(string source) =>
        Announced(source) is { } what ? $"Announced: {what}; fetched, and nothing had changed." : "The store sent an event again; it had been stored before and changed nothing.";

    private static string? Announced(string source) => source.StartsWith(FetchedPrefix, StringComparison.Ordinal) ? source[FetchedPrefix.Length..] : null;
}
