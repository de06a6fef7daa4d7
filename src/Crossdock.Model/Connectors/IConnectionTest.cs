namespace Crossdock.Model.Connectors;

/// <summary>A platform that can be asked whether a connection's settings are right.</summary>
public interface IConnectionTest
{
    /// <summary>Tries the settings against the platform without changing anything there. Never throws for what the other side does. Stops at the first finding that makes the rest pointless.</summary>
    Task<IReadOnlyList<TestFinding>> TestAsync(ConnectionAccess access, CancellationToken cancellationToken);
}

/// <summary>One thing that was tried.</summary>
/// <param name="What">What, in a few words: "Credentials", "Permission to read orders", "Clock".</param>
/// <param name="Verdict">How it went.</param>
/// <param name="Message">One or two sentences: what was found, with the platform's own words, and what to do when it is not right.</param>
public sealed record TestFinding(string What, TestVerdict Verdict, string Message);

/// <summary>How a try went.</summary>
public enum TestVerdict
{
    /// <summary>Right.</summary>
    Passed = 0,
    /// <summary>It will work, but something should be looked at.</summary>
    Warning = 1,
    /// <summary>It will not work until it is mended.</summary>
    Failed = 2,
}
