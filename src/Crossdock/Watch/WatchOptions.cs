using System.ComponentModel.DataAnnotations;

namespace Crossdock.Watch;

/// <summary>From where on the hub's own state is told. Section <c>Crossdock:Alerts</c>.</summary>
public sealed record WatchOptions
{
    /// <summary>How often the hub's state is looked at, in seconds. Default 60; 5 to 3600.</summary>
    [Range(5, 3600)] public int LookSeconds { get; init; } = 60;

    /// <summary>Deliveries to one destination that were given up, from which on it is told. Default 1; 1 to 10000.</summary>
    [Range(1, 10_000)] public int DeadLetters { get; init; } = 1;

    /// <summary>Deliveries to one destination that were given up, from which on it is critical. Default 50; 1 to 10000.</summary>
    [Range(1, 10_000)] public int DeadLettersCritical { get; init; } = 50;

    /// <summary>How long an order may be held before it is told, in hours. Default 24; 1 to 720.</summary>
    [Range(1, 720)] public int HoldHours { get; init; } = 24;

    /// <summary>What one in twenty webhooks may take to be answered, in milliseconds; platforms give up after 5,000. Default 1000; 10 to 60000.</summary>
    [Range(10, 60_000)] public int CaptureMilliseconds { get; init; } = 1000;

    /// <summary>What one in twenty calls to a destination may take, in milliseconds. Default 8000; 100 to 120000.</summary>
    [Range(100, 120_000)] public int DestinationMilliseconds { get; init; } = 8000;

    /// <summary>How long polling, a feed or fetching may fail before it is told, in minutes; what needs a person is told at once. Default 30; 1 to 1440.</summary>
    [Range(1, 1440)] public int ReadingMinutes { get; init; } = 30;

    /// <summary>How long received events and due deliveries may wait, in minutes. Default 15; 1 to 1440.</summary>
    [Range(1, 1440)] public int WaitingMinutes { get; init; } = 15;

    /// <summary>Free room of a node's disk below which it is told, in percent; below a quarter of it, or half a gibibyte, it is critical. Default 10; 1 to 50.</summary>
    [Range(1, 50)] public int DiskFreePercent { get; init; } = 10;

    /// <summary>How long before its end a certificate or token is told, in days; within the last three it is critical. Default 14; 1 to 90.</summary>
    [Range(1, 90)] public int ExpiryDays { get; init; } = 14;
}
