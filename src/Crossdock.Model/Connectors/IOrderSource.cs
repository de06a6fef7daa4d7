using Crossdock.Model.Connections;
using Crossdock.Model.Orders;

namespace Crossdock.Model.Connectors;

/// <summary>A platform whose orders can be read: for polling, backfill, reconciliation, and to fetch an order of which only the id was announced.</summary>
public interface IOrderSource
{
    /// <summary>How this connection is read; null when its settings allow no reading (no key given), which is no fault.</summary>
    ReadingTraits? ReadingOf(ConnectionSettings connection);

    /// <summary>Prepares reading. Only called for settings that passed <see cref="IConnector.Check"/> and have traits. Called again when the configuration changes; the former is disposed when its last call has ended.</summary>
    IOrderReader OpenReader(ConnectionAccess access);
}

/// <summary>Which of an order's times a platform's list goes by.</summary>
public enum OrderClock
{
    /// <summary>When it last changed.</summary>
    Changed = 0,
    /// <summary>When it was placed: a later change does not bring it up again.</summary>
    Placed = 1,
}

/// <summary>How a connection is read.</summary>
public sealed record ReadingTraits
{
    /// <summary>What polling can follow. Where it is <see cref="OrderClock.Placed"/>, changes of older orders are found by reconciliation and announcements only.</summary>
    public OrderClock Follows { get; init; } = OrderClock.Changed;
    /// <summary>What backfill's window means, and reconciliation's day. Default <see cref="OrderClock.Placed"/>; <see cref="OrderClock.Changed"/> only where the platform cannot filter by placing.</summary>
    public OrderClock History { get; init; } = OrderClock.Placed;
    /// <summary>How often polling looks when the connection does not say. Default 120 seconds.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromSeconds(120);
    /// <summary>How far each poll looks back behind its watermark, for clocks that differ and rows that appear late. Default 5 minutes.</summary>
    public TimeSpan Overlap { get; init; } = TimeSpan.FromMinutes(5);
    /// <summary>How long after the fact an order may be missing from the list (an index that lags): the watermark and reconciliation's ledger never come nearer to the present. Default zero.</summary>
    public TimeSpan ListLag { get; init; }
    /// <summary>The pace until the platform's headers say more.</summary>
    public required RequestPace Pace { get; init; }
    /// <summary>True when <see cref="ReadRequest.OnlySummaries"/> costs the platform clearly less than whole documents.</summary>
    public bool HasCheapSummaries { get; init; }
    /// <summary>How many pages of one window may be asked for at once; 1 where the next page's cursor comes with the former.</summary>
    public int PagesAtOnce { get; init; } = 1;
}

/// <summary>One connection's orders, prepared for reading. Safe for several calls at once. Never throws for what the other side does;
/// only <see cref="OperationCanceledException"/> when the hub stops. Each call to the platform waits at <see cref="ConnectionAccess.Budget"/>.</summary>
public interface IOrderReader : IDisposable
{
    /// <summary>One page of the orders of a window, oldest first by the asked time where the platform can sort. Every order of the window is on some page, however much changes while paging; one may be on several.</summary>
    Task<ListOutcome> ListAsync(ReadRequest request, CancellationToken cancellationToken);

    /// <summary>One order as it is now.</summary>
    Task<FetchOutcome> FetchAsync(string externalId, CancellationToken cancellationToken);
}

/// <summary>What to list.</summary>
/// <param name="By">Which time the window means.</param>
/// <param name="From">Begin of the window, UTC, inclusive.</param>
/// <param name="To">End of the window, UTC, exclusive where the platform can; rows at or after it may come too and are ignored.</param>
/// <param name="Cursor">Where to go on: <see cref="OrderPage.Next"/> of the page before, with the same window; null for the first. It may be kept for days and used by another node.</param>
/// <param name="OnlySummaries">True when documents are not needed: ids, times, totals and states for reconciliation.</param>
public sealed record ReadRequest(OrderClock By, DateTimeOffset From, DateTimeOffset To, string? Cursor = null, bool OnlySummaries = false);

/// <summary>How listing ended: <see cref="OrderPage"/>, <see cref="ListLater"/> or <see cref="ListRefused"/>.</summary>
public abstract record ListOutcome;

/// <summary>One page.</summary>
/// <param name="Orders">The orders on it; may be empty although more follow.</param>
/// <param name="Next">Cursor of the next page; null when this was the last.</param>
/// <param name="Total">How many the window has in all by the platform's word; null when it does not say.</param>
public sealed record OrderPage(IReadOnlyList<ListedOrder> Orders, string? Next, long? Total = null) : ListOutcome;

/// <summary>Not now: throttled beyond the budget, down, timed out, or it answered garbage.</summary>
/// <param name="Because">One sentence, with the platform's own words where it had some.</param>
/// <param name="After">How long it asks to wait; null for the usual backoff.</param>
public sealed record ListLater(string Because, TimeSpan? After = null) : ListOutcome;

/// <summary>A person has to act: wrong key, missing permission, shop closed, address wrong.</summary>
/// <param name="Because">One sentence with the platform's own words.</param>
public sealed record ListRefused(string Because) : ListOutcome;

/// <summary>How fetching one order ended: <see cref="Fetched"/>, <see cref="FetchedNothing"/>, <see cref="FetchLater"/> or <see cref="FetchRefused"/>.</summary>
public abstract record FetchOutcome;

/// <summary>The order.</summary>
public sealed record Fetched(ListedOrder Order) : FetchOutcome;

/// <summary>The platform certainly has no such order now (404, deleted).</summary>
/// <param name="Because">One sentence with the platform's own words.</param>
public sealed record FetchedNothing(string Because) : FetchOutcome;

/// <summary>Not now.</summary>
/// <param name="Because">One sentence, with the platform's own words where it had some.</param>
/// <param name="After">How long it asks to wait; null for the usual backoff.</param>
public sealed record FetchLater(string Because, TimeSpan? After = null) : FetchOutcome;

/// <summary>A person has to act: wrong key, missing permission.</summary>
/// <param name="Because">One sentence with the platform's own words.</param>
public sealed record FetchRefused(string Because) : FetchOutcome;

/// <summary>An order as a list or a fetch gave it. What the list does not tell is null.</summary>
public sealed record ListedOrder
{
    /// <summary>The same id as the mapped order's <see cref="Order.ExternalId"/>.</summary>
    public required string ExternalId { get; init; }
    /// <summary>When it was placed, UTC.</summary>
    public DateTimeOffset? PlacedAt { get; init; }
    /// <summary>When it last changed by the platform's clock, UTC, as the mapping reads it from the document.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
    /// <summary>Grand total as the mapping reads it.</summary>
    public Money? Total { get; init; }
    /// <summary>The platform's own word for its state.</summary>
    public string? PlatformStatus { get; init; }
    /// <summary>False when it is no order yet (abandoned checkout, incomplete): not counted, not fetched.</summary>
    public bool IsOrder { get; init; } = true;
    /// <summary>The document to store and map; null in a list of summaries.</summary>
    public ReadDocument? Document { get; init; }
}

/// <summary>A document that was read, ready to be captured like a webhook's.</summary>
/// <param name="Topic">The topic under which the mapping understands it, for example <c>orders/read</c>.</param>
/// <param name="DedupeKey">What makes two readings the same event, at most 200 characters: id and time of change where the platform has one, otherwise id and a hash of the bytes. It need not equal a webhook's: the same content is recognised again by its meaning.</param>
/// <param name="Payload">UTF-8 bytes, as the platform sent them; where an order is joined from several answers, a JSON object of them under the platform's own names. Without passwords, card data or tokens.</param>
public sealed record ReadDocument(string Topic, string DedupeKey, ReadOnlyMemory<byte> Payload);
