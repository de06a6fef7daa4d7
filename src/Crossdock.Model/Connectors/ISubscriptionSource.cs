using Crossdock.Model.Connections;

namespace Crossdock.Model.Connectors;

/// <summary>A platform whose webhooks the hub can register, check and put back by itself.</summary>
public interface ISubscriptionSource
{
    /// <summary>False when this connection's settings leave the webhooks to a person (no API key given, or switched off), which is no fault.</summary>
    bool ManagesSubscriptions(ConnectionSettings connection);

    /// <summary>Prepares it. Only called where <see cref="ManagesSubscriptions"/> says so; otherwise as <see cref="IOrderSource.OpenReader"/>.</summary>
    ISubscriptions OpenSubscriptions(ConnectionAccess access);
}

/// <summary>One connection's webhook subscriptions at the platform. Calling twice changes nothing the second time; subscriptions to other addresses are never touched. Never throws for what the other side does.</summary>
public interface ISubscriptions : IDisposable
{
    /// <summary>Compares what the platform has with what it should have.</summary>
    /// <param name="address">The connection's capture address as the platform has to call it.</param>
    /// <param name="repair">True to register what is missing and switch on again what is off.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<SubscriptionReport> CheckAsync(Uri address, bool repair, CancellationToken cancellationToken);

    /// <summary>Takes away what leads to this address, when the connection is disabled or deleted.</summary>
    Task<SubscriptionReport> RemoveAsync(Uri address, CancellationToken cancellationToken);
}

/// <summary>What was found.</summary>
/// <param name="Subscriptions">One per topic that the connector wants; empty when the platform could not be asked.</param>
/// <param name="Problem">Why it could not be asked or mended, with the platform's own words; null when all went well.</param>
/// <param name="NeedsPerson">True when trying again later will not help (wrong key, missing permission, address not accepted).</param>
public sealed record SubscriptionReport(IReadOnlyList<SubscriptionStatus> Subscriptions, string? Problem = null, bool NeedsPerson = false);

/// <summary>One subscription.</summary>
/// <param name="Topic">The platform's word.</param>
/// <param name="Found">How it was found, before anything was mended.</param>
/// <param name="IsActive">Whether it works now.</param>
/// <param name="Detail">What else the platform says of it (failures counted, since when off); null for nothing.</param>
public sealed record SubscriptionStatus(string Topic, SubscriptionState Found, bool IsActive, string? Detail = null);

/// <summary>How a subscription was found.</summary>
public enum SubscriptionState
{
    /// <summary>There and on.</summary>
    Active = 0,
    /// <summary>Not there: never registered, or removed by the platform or a person.</summary>
    Missing = 1,
    /// <summary>There and switched off.</summary>
    Disabled = 2,
    /// <summary>There with settings that do not fit (format, version, events).</summary>
    Different = 3,
}
