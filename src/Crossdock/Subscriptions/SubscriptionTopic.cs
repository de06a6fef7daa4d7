namespace Crossdock.Subscriptions;

/// <summary>One webhook topic as the last check found it.</summary>
/// <param name="Topic">The platform's word.</param>
/// <param name="Found"><c>active</c>, <c>missing</c>, <c>disabled</c> or <c>different</c>, before anything was mended.</param>
/// <param name="IsActive">Whether it works now.</param>
/// <param name="Since">Since when checks have seen it work, or not work, UTC.</param>
/// <param name="Detail">What else the platform says of it; null for nothing.</param>
public sealed record SubscriptionTopic(string Topic, string Found, bool IsActive, DateTimeOffset Since, string? Detail);
