using System.ComponentModel.DataAnnotations;

namespace Crossdock.Api;

/// <summary>How guessing of the administrator's token is slowed. Section <c>Crossdock:SignIn</c>.</summary>
public sealed record SignInOptions
{
    /// <summary>Wrong tokens that one address may send in a minute, at the sign-in and the API together; beyond it it gets 429, whatever it sends. 0: no limit. Default 20; 0 to 10000.</summary>
    [Range(0, 10_000)] public int FailuresPerMinute { get; init; } = 20;
}
