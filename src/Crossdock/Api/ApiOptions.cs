using System.ComponentModel.DataAnnotations;

namespace Crossdock.Api;

/// <summary>How much programs may ask. Section <c>Crossdock:Api</c>.</summary>
public sealed record ApiOptions
{
    /// <summary>Requests a minute that one token may send to one node, evenly or all at once; people in the console may ten times as many. 0 sets no limit. Default 6000; 0 to 1000000.</summary>
    [Range(0, 1_000_000)] public int RequestsPerMinute { get; init; } = 6000;

    /// <summary>How long the answer to a request with an Idempotency-Key is kept, in hours. Default 24; 1 to 168.</summary>
    [Range(1, 168)] public int IdempotencyHours { get; init; } = 24;
}
