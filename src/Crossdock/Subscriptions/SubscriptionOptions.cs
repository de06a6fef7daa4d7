using System.ComponentModel.DataAnnotations;

namespace Crossdock.Subscriptions;

/// <summary>How the hub looks after its webhooks at the platforms. Section <c>Crossdock:Subscriptions</c>.</summary>
public sealed record SubscriptionOptions
{
    /// <summary>How often the webhooks of each connection are compared with what they should be, in minutes. Default 15; 1 to 1440.</summary>
    [Range(1, 1440)] public int CheckMinutes { get; init; } = 15;

    /// <summary>How long one check of one connection may take, waiting for the platform's rate limit included, in seconds. Default 120; 1 to 3600.</summary>
    [Range(1, 3600)] public int PatienceSeconds { get; init; } = 120;

    /// <summary>Connections checked at once by one node. Default 16; 1 to 1000.</summary>
    [Range(1, 1000)] public int ConnectionsAtOnce { get; init; } = 16;
}
