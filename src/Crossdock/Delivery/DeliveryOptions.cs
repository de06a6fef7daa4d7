using System.ComponentModel.DataAnnotations;

namespace Crossdock.Delivery;

/// <summary>How deliveries are claimed and their outcomes stored; what a destination bears is set at the destination.</summary>
public sealed record DeliveryOptions
{
    /// <summary>How long a node keeps a delivery to itself, in seconds; after that another takes it and looks it up first. Longer than any destination's time-out. Default 150; 10 to 3600.</summary>
    [Range(10, 3600)] public int LeaseSeconds { get; init; } = 150;

    /// <summary>Deliveries waiting in memory per destination, in rows. Default 2048; 8 to 65536.</summary>
    [Range(8, 65536)] public int QueueSize { get; init; } = 2048;

    /// <summary>Deliveries claimed at once per destination, in rows. Default 256; 1 to 4096.</summary>
    [Range(1, 4096)] public int ClaimSize { get; init; } = 256;

    /// <summary>Outcomes stored together at most, in rows. Default 256; 1 to 4096.</summary>
    [Range(1, 4096)] public int StoreSize { get; init; } = 256;

    /// <summary>The longest wait between two looks at the database when nothing happens, in seconds. Default 2; 1 to 60.</summary>
    [Range(1, 60)] public int PollSeconds { get; init; } = 2;

    /// <summary>How long a stop waits for calls under way, in seconds; what is not done then is given back as unclear. Default 20; 0 to 300.</summary>
    [Range(0, 300)] public int StopSeconds { get; init; } = 20;
}
