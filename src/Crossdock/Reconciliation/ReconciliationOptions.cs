using System.ComponentModel.DataAnnotations;

namespace Crossdock.Reconciliation;

/// <summary>How what stores list is compared with what is here. Section <c>Crossdock:Reconciliation</c>.</summary>
public sealed record ReconciliationOptions
{
    /// <summary>Whether stores are compared at all. Default true.</summary>
    public bool IsOn { get; init; } = true;

    /// <summary>How often what changed lately is compared, in seconds. Default 300; 1 to 86400.</summary>
    [Range(1, 86_400)] public int EverySeconds { get; init; } = 300;

    /// <summary>How long an order may take to arrive by itself before it counts as missing, in seconds; the platform's own lag comes on top. Default 180; 0 to 86400.</summary>
    [Range(0, 86_400)] public int GraceSeconds { get; init; } = 180;

    /// <summary>How long after a store's day has ended the day is read as a whole, in minutes. Default 60; 0 to 1440.</summary>
    [Range(0, 1440)] public int SettleMinutes { get; init; } = 60;

    /// <summary>After how many days a day is read again, for late changes; separated by commas. Default 1,3,7.</summary>
    [RegularExpression("^([1-9][0-9]{0,2}(,[1-9][0-9]{0,2})*)?$", ErrorMessage = "RereadAfterDays must be whole days separated by commas, for example 1,3,7.")]
    public string RereadAfterDays { get; init; } = "1,3,7";

    /// <summary>Time zone of the days of stores that name none, by its name in the tz database. Default UTC.</summary>
    [RegularExpression("^[A-Za-z0-9_+/-]{1,64}$", ErrorMessage = "TimeZone must be a name of the tz database, for example Europe/Madrid.")]
    public string TimeZone { get; init; } = "UTC";

    /// <summary>How long a missing order may resist being fetched before an alert tells of it, in minutes. Default 15; 1 to 10080.</summary>
    [Range(1, 10_080)] public int AlertAfterMinutes { get; init; } = 15;

    /// <summary>Share of a store's orders of the last 24 hours that nothing had announced above which an alert tells of it although all were fetched, in percent. Default 2; 0.01 to 100.</summary>
    [Range(0.01, 100)] public double AlertHealedPercent { get; init; } = 2;

    /// <summary>Fewest orders of which that alert tells. Default 20; 1 to 1000000.</summary>
    [Range(1, 1_000_000)] public int AlertHealedAtLeast { get; init; } = 20;

    /// <summary>Stores compared at once by one node. Default 8; 1 to 1000.</summary>
    [Range(1, 1000)] public int ConnectionsAtOnce { get; init; } = 8;

    /// <summary>How often the database is asked what is due, in milliseconds. Default 5000; 50 to 60000.</summary>
    [Range(50, 60_000)] public int TickMilliseconds { get; init; } = 5000;

    /// <summary>How long differences that are over are kept, in days. Default 30; 1 to 3650.</summary>
    [Range(1, 3650)] public int KeepDifferencesDays { get; init; } = 30;
}
