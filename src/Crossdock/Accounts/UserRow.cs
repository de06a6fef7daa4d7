namespace Crossdock.Accounts;

/// <summary>A user, for lists.</summary>
public sealed record UserRow
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public string? Mail { get; init; }
    /// <summary><c>viewer</c>, <c>analyst</c>, <c>operator</c> or <c>administrator</c>.</summary>
    public required string Role { get; init; }
    /// <summary>Keys of the only connections whose data this person may see; null for all.</summary>
    public string[]? Connections { get; init; }
    public required bool IsDisabled { get; init; }
    /// <summary>False until an invited person has chosen a password.</summary>
    public required bool HasPassword { get; init; }
    public required bool HasSecondFactor { get; init; }
    /// <summary>Recovery codes that are left.</summary>
    public required int RecoveryCodes { get; init; }
    /// <summary>Locked until then after too many wrong passwords, UTC; null or past when not.</summary>
    public DateTimeOffset? LockedUntil { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset? SignedInAt { get; init; }
    /// <summary>Rises with every change.</summary>
    public required long Version { get; init; }
}

/// <summary>What a new user shall be.</summary>
public sealed record NewUser
{
    public required string Name { get; init; }
    public string? Mail { get; init; }
    public required Role Role { get; init; }
    /// <summary>Keys of the only connections whose data this person may see; null or empty for all.</summary>
    public IReadOnlyList<string>? Connections { get; init; }
    /// <summary>Null: the person chooses one with the link that is answered.</summary>
    public string? Password { get; init; }
}

/// <summary>What is changed about a user; null leaves it.</summary>
public sealed record UserChange
{
    public string? Mail { get; init; }
    public Role? Role { get; init; }
    /// <summary>Keys of the only connections whose data this person may see; empty for all.</summary>
    public IReadOnlyList<string>? Connections { get; init; }
    public bool? IsDisabled { get; init; }
    /// <summary>True takes the second factor away, of somebody who has lost it.</summary>
    public bool ForgetSecondFactor { get; init; }
    /// <summary>True ends a lock before its time.</summary>
    public bool Unlock { get; init; }
    /// <summary>The version that was looked at; null changes whatever there is.</summary>
    public long? Version { get; init; }
}

/// <summary>How it went.</summary>
/// <param name="User">As it is now; null when it was refused or there is none.</param>
/// <param name="Refusal">Why not, for people; null when it was done, or when there is no such user.</param>
/// <param name="Ticket">Where a link is needed to choose a password: what it carries; shown once.</param>
public sealed record UserAnswer(UserRow? User, string? Refusal = null, string? Ticket = null);
