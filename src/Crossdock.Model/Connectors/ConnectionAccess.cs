using Crossdock.Model.Connections;

namespace Crossdock.Model.Connectors;

/// <summary>What a connector needs to call one connection's platform. Made by the hub; the parts are shared with the connection's other abilities and are not to be disposed.</summary>
public sealed record ConnectionAccess
{
    /// <summary>The connection's settings and secrets.</summary>
    public required ConnectionSettings Settings { get; init; }
    /// <summary>A client without redirects, cookies or a time-out of its own, checked against private addresses as configured.</summary>
    public required HttpClient Http { get; init; }
    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }
    /// <summary>The connection's share of the platform's rate limit. Every call waits for its turn there and reports what the answer's headers said.</summary>
    public required IRequestBudget Budget { get; init; }
    /// <summary>Access tokens that run out, kept for all nodes.</summary>
    public required ITokenVault Tokens { get; init; }
}

/// <summary>One connection's rate limit, shared by polling, fetching, backfill, reconciliation and write-back. Safe for any number of callers; those with more urgent work go first.</summary>
public interface IRequestBudget
{
    /// <summary>Waits until a call may be made.</summary>
    /// <param name="cost">What the call costs in the platform's own unit: 1 for a request where requests are counted, the query's cost where points are.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask WaitAsync(double cost, CancellationToken cancellationToken);

    /// <summary>What the platform said of its limit with an answer. Later waits go by it.</summary>
    /// <param name="remaining">What is left now, in the platform's unit; never negative.</param>
    /// <param name="limit">The most there can be.</param>
    /// <param name="restoredPerSecond">How fast it comes back; null when the platform does not say and the pace of <see cref="RequestPace"/> holds.</param>
    void Report(double remaining, double limit, double? restoredPerSecond);

    /// <summary>The platform said "too much" or is down: nobody calls it for this long. A shorter pause never shortens a longer one.</summary>
    void Pause(TimeSpan duration);
}

/// <summary>How fast a platform may be called until its own headers say more.</summary>
/// <param name="PerSecond">Units restored per second, above 0.</param>
/// <param name="Burst">Units that may be spent at once, at least 1.</param>
/// <param name="Concurrency">Calls at once, 1 to 64.</param>
public sealed record RequestPace(double PerSecond, double Burst, int Concurrency);

/// <summary>Access tokens of one connection, encrypted at rest. Only one node renews a token at a time; the others wait and get the new one.</summary>
public interface ITokenVault
{
    /// <summary>A token that is good for at least another minute.</summary>
    /// <param name="name">Which one, when a connection has several: <c>access</c>.</param>
    /// <param name="renew">Gets a new one from the platform, given the stored one (null for none yet). What it answers is stored before anybody uses it. Its exceptions reach the caller.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<StoredToken> GetAsync(string name, Func<StoredToken?, CancellationToken, Task<StoredToken>> renew, CancellationToken cancellationToken);

    /// <summary>The platform refused this token: the next <see cref="GetAsync"/> renews, unless another caller has done so already.</summary>
    Task RefusedAsync(string name, StoredToken token, CancellationToken cancellationToken);
}

/// <summary>An access token as kept.</summary>
/// <param name="AccessToken">What is sent.</param>
/// <param name="RefreshToken">What gets the next one; null where there is none. Where the platform rotates it, always the last one.</param>
/// <param name="ExpiresAt">When it runs out, UTC.</param>
public sealed record StoredToken(string AccessToken, string? RefreshToken, DateTimeOffset ExpiresAt)
{
    /// <inheritdoc />
    public override string ToString() => $"token until {ExpiresAt:O}";
}
