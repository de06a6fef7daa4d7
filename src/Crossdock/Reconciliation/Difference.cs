using System.Globalization;
using Crossdock.Model.Connectors;
using NodaTime;

namespace Crossdock.Reconciliation;

/// <summary>One order about which a store's list and what is here differ.</summary>
internal sealed record Difference
{
    public required string ExternalId { get; init; }
    public required DifferenceKind Kind { get; init; }
    public required DifferenceState State { get; init; }
    /// <summary>It was open at some time: nothing had brought it.</summary>
    public bool WasGap { get; init; }
    /// <summary>The store's day it belongs to; null where that cannot be told.</summary>
    public LocalDate? Day { get; init; }
    /// <summary>It is in its day's figures.</summary>
    public bool Counted { get; init; }
    public long ListedHash { get; init; }
    public long? HereHash { get; init; }
    public DateTimeOffset? PlacedAt { get; init; }
    public DateTimeOffset? ListedUpdatedAt { get; init; }
    public decimal? ListedTotal { get; init; }
    public string? ListedCurrency { get; init; }
    public string? ListedStatus { get; init; }
    public DateTimeOffset? HereUpdatedAt { get; init; }
    public decimal? HereTotal { get; init; }
    public string? HereCurrency { get; init; }
    public string? HereStatus { get; init; }
    public required DateTimeOffset FoundAt { get; init; }
    /// <summary>When it is looked at again; null when not by itself.</summary>
    public DateTimeOffset? CheckAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
    public int Attempts { get; init; }
    public string? LastError { get; init; }
    /// <summary>How it ended, or what it waits for.</summary>
    public string? Outcome { get; init; }
    /// <summary>The parked event.</summary>
    public Guid? EventId { get; init; }

    public static Difference Of(ListedOrder listed, HubOrder? here, DifferenceKind kind, LocalDate? day, bool counted, DateTimeOffset now) => new()
    {
        ExternalId = listed.ExternalId,
        Kind = kind,
        State = DifferenceState.Open,
        WasGap = true,
        Day = day,
        Counted = counted,
        ListedHash = LedgerHash.Of(listed),
        HereHash = here is null ? null : LedgerHash.Of(here, listed),
        PlacedAt = listed.PlacedAt,
        ListedUpdatedAt = listed.UpdatedAt,
        ListedTotal = listed.Total?.Amount,
        ListedCurrency = listed.Total?.Currency,
        ListedStatus = listed.PlatformStatus,
        HereUpdatedAt = here?.UpdatedAt,
        HereTotal = here?.Total,
        HereCurrency = here?.Currency,
        HereStatus = here?.PlatformStatus,
        FoundAt = now,
    };

    /// <summary>The listed version once more, to compare with what is here by now.</summary>
    public ListedOrder Listed() => new()
    {
        ExternalId = ExternalId,
        PlacedAt = PlacedAt,
        UpdatedAt = ListedUpdatedAt,
        Total = ListedTotal is { } total && ListedCurrency is { } currency ? new(total, currency) : null,
        PlatformStatus = ListedStatus,
    };

    public Difference Closed(DifferenceState state, string outcome, DateTimeOffset now) =>
        this with { State = state, Outcome = outcome, ClosedAt = now, CheckAt = null, LastError = null };

    public Difference Later(DateTimeOffset at, string? error = null) => this with { CheckAt = at, Attempts = Attempts + 1, LastError = error ?? LastError };

    /// <summary>What was found, in one sentence.</summary>
    internal static string Found(DifferenceKind kind, DateTimeOffset? listedAt, DateTimeOffset? hereAt, string? listedTotal, string? hereTotal, string? listedStatus, string? hereStatus) => kind switch
    {
        DifferenceKind.Missing => "The store lists this order, and it was not here.",
        DifferenceKind.Older => string.Create(CultureInfo.InvariantCulture, $"The store changed it at {listedAt:u}; the copy here was of {hereAt:u}."),
        DifferenceKind.OtherTotal => $"The store lists a total of {listedTotal}; here it was {hereTotal}.",
        DifferenceKind.OtherState => $"The store lists it as {listedStatus}; here it was {hereStatus}.",
        DifferenceKind.NotListed => "It is here, and the store's list of its day does not have it.",
    };
}
