using System.ComponentModel.DataAnnotations;

namespace Crossdock.Reading;

/// <summary>How platforms are read: polling, feeds, fetching, backfill. Section <c>Crossdock:Reading</c>.</summary>
public sealed record ReadingOptions
{
    /// <summary>How often the database is asked what is due to be read, in milliseconds. Default 1000; 50 to 60000.</summary>
    [Range(50, 60_000)] public int TickMilliseconds { get; init; } = 1000;

    /// <summary>How long after its last sign of life a node's polling, fetching or backfill is taken over by another, in seconds. Default 60; 5 to 3600.</summary>
    [Range(5, 3600)] public int LeaseSeconds { get; init; } = 60;

    /// <summary>Connections polled at once by one node. Default 32; 1 to 1000.</summary>
    [Range(1, 1000)] public int ConnectionsAtOnce { get; init; } = 32;

    /// <summary>Announced orders of one connection fetched at once by one node. Default 8; 1 to 64.</summary>
    [Range(1, 64)] public int FetchesAtOnce { get; init; } = 8;

    /// <summary>Backfills that one node works on at once. Default 4; 1 to 100.</summary>
    [Range(1, 100)] public int BackfillsAtOnce { get; init; } = 4;

    /// <summary>Events waiting to be worked above which backfills wait. Default 2000; 10 to 1000000.</summary>
    [Range(10, 1_000_000)] public int BacklogEvents { get; init; } = 2000;

    /// <summary>Largest document that is read, in bytes. Default 33554432 (32 MB); 65536 to 134217728.</summary>
    [Range(65_536, 134_217_728)] public int MaxDocumentBytes { get; init; } = 32 * 1024 * 1024;
}
