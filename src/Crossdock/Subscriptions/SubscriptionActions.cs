using Crossdock.Connections;
using Crossdock.Model;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Subscriptions;

/// <summary>How asking for a check went.</summary>
/// <param name="Subscriptions">How the webhooks stand; null when they were not checked.</param>
/// <param name="Refusal">Why they were not checked; null when there is no such connection.</param>
public sealed record SubscriptionAnswer(ConnectionSubscriptions? Subscriptions, string? Refusal = null);

/// <summary>What a person does with webhooks: have them checked now.</summary>
public sealed class SubscriptionActions(NpgsqlDataSource database, IConnectionDirectory directory, HubAddress hub, SubscriptionQueries queries, TimeProvider clock)
{
    private const string Ask = """
        INSERT INTO subscription_checks (connection_id, next_at) VALUES ($1, $2)
        ON CONFLICT (connection_id) DO UPDATE SET next_at = least(subscription_checks.next_at, excluded.next_at)
        """;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>Has one connection's webhooks checked soon, where the hub looks after them.</summary>
    internal async Task AskAsync(ConnectionId connection, CancellationToken cancellationToken)
    {
        await using var ask = database.CreateCommand(Ask);
        ask.Parameters.Add(new() { Value = connection.Value });
        ask.Parameters.Add(new() { Value = clock.GetUtcNow().UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await ask.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Has one connection's webhooks checked, and put back where they are missing, by whichever node looks after them; waits for it for 20 seconds at most.</summary>
    public async Task<SubscriptionAnswer> CheckAsync(string key, CancellationToken cancellationToken)
    {
        if (directory.Seen(key) is not { } connection)
        {
            return new(null);
        }

        if (SubscriptionQueries.WhyNot(connection, hub) is { } because)
        {
            return new(null, because);
        }

        var asked = clock.GetUtcNow();
        await AskAsync(connection.Id, cancellationToken);
        while (clock.GetUtcNow() - asked < Longest)
        {
            var now = await queries.FindAsync(key, cancellationToken);
            if (now?.CheckedAt >= asked)
            {
                return new(now);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancellationToken);
        }

        return new(null, $"The check was asked for and is not over after {Longest.TotalSeconds:0} seconds: the platform answers slowly, its rate limit is used up, or no node with the role schedule runs. It goes on by itself.");
    }
}
