using System.ComponentModel.DataAnnotations;

namespace Crossdock.Database;

/// <summary>How long what grows for ever is kept. Whole days (UTC) are dropped at once.</summary>
public sealed record RetentionOptions
{
    /// <summary>How long received payloads are kept, in days. Default 90; 1 to 3650.</summary>
    [Range(1, 3650)] public int PayloadDays { get; init; } = 90;

    /// <summary>How long attempts with their requests and answers are kept, in days. Default 90; 1 to 3650.</summary>
    [Range(1, 3650)] public int AttemptDays { get; init; } = 90;

    /// <summary>How long timelines are kept, in days. Default 730; 1 to 3650.</summary>
    [Range(1, 3650)] public int TimelineDays { get; init; } = 730;

    /// <summary>How long the keys that recognise a repeated event are kept, in days; not less than payloads. Default 180; 1 to 3650.</summary>
    [Range(1, 3650)] public int KeyDays { get; init; } = 180;

    /// <summary>How long the counts by minute are kept that the dashboard's figures are made of, in days. Default 400; 2 to 3650.</summary>
    [Range(2, 3650)] public int StatisticDays { get; init; } = 400;

    /// <summary>How long alerts are kept after they ended, in days; open ones stay. Default 365; 1 to 3650.</summary>
    [Range(1, 3650)] public int AlertDays { get; init; } = 365;
}
