using Crossdock.Access;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connections;

/// <summary>One thing that was tried at a connection.</summary>
/// <param name="What">In a few words.</param>
/// <param name="Verdict"><c>passed</c>, <c>warning</c> or <c>failed</c>.</param>
/// <param name="Message">What was found, in the platform's own words, and what to do when it is not right.</param>
public sealed record TestedFinding(string What, string Verdict, string Message);

/// <summary>What the test of a connection found.</summary>
/// <param name="Connection">Its key.</param>
/// <param name="Verdict">The worst of the findings: <c>passed</c>, <c>warning</c> or <c>failed</c>.</param>
/// <param name="TestedAt">When, UTC.</param>
/// <param name="Findings">In the order they were tried.</param>
public sealed record ConnectionTested(string Connection, string Verdict, DateTimeOffset TestedAt, IReadOnlyList<TestedFinding> Findings);

/// <summary>How asking for a test went.</summary>
/// <param name="Tested">What it found; null when there was none.</param>
/// <param name="Refusal">Why there was none; null when there is no such connection.</param>
public sealed record ConnectionTestAnswer(ConnectionTested? Tested, string? Refusal = null);

/// <summary>Tries a connection's settings against its platform when a person asks. Nothing is changed there, and nothing stored here.</summary>
public sealed class ConnectionTester
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private readonly IConnectionDirectory directory;
    private readonly AccessPreparation access;
    private readonly TimeProvider clock;

    private readonly WebhookReach? reach;

    internal ConnectionTester(IConnectionDirectory directory, AccessPreparation access, TimeProvider clock, WebhookReach? reach = null) =>
        (this.directory, this.access, this.clock, this.reach) = (directory, access, clock, reach);

    /// <summary>Tests one connection, enabled or not; it takes a minute at most.</summary>
    public async Task<ConnectionTestAnswer> TestAsync(string key, CancellationToken cancellationToken)
    {
        if (directory.Seen(key) is not { } connection)
        {
            return new(null);
        }

        if (connection.BrokenBecause is { } broken)
        {
            return Answer(connection, [new TestFinding("Settings", TestVerdict.Failed, broken)]);
        }

        if (connection.Connector is not IConnectionTest test)
        {
            return new(null, $"{connection.Connector.Manifest.Title} cannot be asked whether the settings of {connection.Name} are right: its connector has no test. They passed the check of their form.");
        }

        using var patience = new CancellationTokenSource(Longest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var pace = (connection.Connector as IOrderSource)?.ReadingOf(connection.Settings)?.Pace;
            var findings = await test.TestAsync(access.For(connection.Id, connection.Settings, pace, RequestPriority.Status), either.Token);
            return Answer(connection, reach is not null && await reach.TryAsync(connection, either.Token) is { } reached ? [.. findings, reached] : findings);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Answer(connection, [new TestFinding("Answer", TestVerdict.Failed, $"The test was not over after {Longest.TotalSeconds:0} seconds. Either {connection.Connector.Manifest.Title} does not answer, or its rate limit is used up by other work; try again later.")]);
        }
#pragma warning disable CA1031 // A connector's bug is a finding like any other for whoever tests the connection.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return Answer(connection, [new TestFinding("Connector", TestVerdict.Failed, $"The connector failed ({exception.GetType().Name}): {exception.Message}")]);
        }
    }

    private ConnectionTestAnswer Answer(Connection connection, IReadOnlyList<TestFinding> findings)
    {
        var worst = findings.Count == 0 ? TestVerdict.Passed : findings.Max(finding => finding.Verdict);
        return new(new ConnectionTested(connection.Key, EnumNames<TestVerdict>.Of(worst), clock.GetUtcNow(),
            [.. findings.Select(finding => new TestedFinding(finding.What, EnumNames<TestVerdict>.Of(finding.Verdict), finding.Message))]));
    }
}
