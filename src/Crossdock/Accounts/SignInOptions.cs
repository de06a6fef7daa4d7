using System.ComponentModel.DataAnnotations;

namespace Crossdock.Accounts;

/// <summary>How guessing is slowed, and how long a sign-in lasts. Section <c>Crossdock:SignIn</c>.</summary>
public sealed record SignInOptions
{
    /// <summary>Wrong tokens and passwords that one address may send in a minute, at the sign-in and the API together; beyond it it gets 429, whatever it sends. 0: no limit. Default 20; 0 to 10000.</summary>
    [Range(0, 10_000)] public int FailuresPerMinute { get; init; } = 20;

    /// <summary>Wrong passwords in a row after which an account is locked for a while, from whichever addresses they came. Default 10; 3 to 100.</summary>
    [Range(3, 100)] public int FailuresBeforeLock { get; init; } = 10;

    /// <summary>How long an account is locked after too many wrong passwords, in minutes. Default 15; 1 to 1440.</summary>
    [Range(1, 1440)] public int LockMinutes { get; init; } = 15;

    /// <summary>A session that nobody uses for so long is over, in hours. Default 12; 1 to 720.</summary>
    [Range(1, 720)] public int IdleHours { get; init; } = 12;

    /// <summary>A session is over so long after the sign-in, however much it is used, in days. Default 7; 1 to 90.</summary>
    [Range(1, 90)] public int SessionDays { get; init; } = 7;
}
