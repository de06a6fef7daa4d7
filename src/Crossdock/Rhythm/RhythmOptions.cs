using System.ComponentModel.DataAnnotations;

namespace Crossdock.Rhythm;

/// <summary>When a store counts as gone quiet. Section <c>Crossdock:Rhythm</c>.</summary>
public sealed record RhythmOptions
{
    /// <summary>How often all stores are looked at, in minutes. Default 5; 1 to 60.</summary>
    [Range(1, 60)] public int CheckMinutes { get; init; } = 5;

    /// <summary>A silence is told when one as long comes by chance less than once in so many months. More tells later and is wrong more rarely. Default 50; 1 to 100000.</summary>
    [Range(1, 100_000)] public int OnceInMonths { get; init; } = 50;

    /// <summary>Days since a store's first order within the last eight weeks before its silence is judged. Default 14; 7 to 56.</summary>
    [Range(7, 56)] public int LeastDays { get; init; } = 14;

    /// <summary>Orders of a store within the last eight weeks before its silence is judged. Default 30; 10 to 10000.</summary>
    [Range(10, 10_000)] public int LeastOrders { get; init; } = 30;

    /// <summary>How long after its start a node tells nothing, in minutes: what the platforms could not deliver meanwhile is on its way. Default 30; 0 to 1440.</summary>
    [Range(0, 1440)] public int PatienceMinutes { get; init; } = 30;
}
