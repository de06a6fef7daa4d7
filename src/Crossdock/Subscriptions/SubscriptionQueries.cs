using System.Text.Json;
using Crossdock.Connections;
using Crossdock.Database;
using Npgsql;

namespace Crossdock.Subscriptions;

/// <summary>How one connection's webhooks stand at its platform.</summary>
public sealed record ConnectionSubscriptions
{
    /// <summary>True when the hub registers and checks them.</summary>
    public required bool IsWatched { get; init; }
    /// <summary>Why the hub does not; null when it does.</summary>
    public string? Because { get; init; }
    /// <summary>Where the platform sends them; null when the hub does not know its public address.</summary>
    public Uri? Address { get; init; }
    /// <summary>When they were last looked at, UTC; null when never.</summary>
    public DateTimeOffset? CheckedAt { get; init; }
    public DateTimeOffset? NextAt { get; init; }
    /// <summary>When a check last ended with all of them there and on, UTC.</summary>
    public DateTimeOffset? GoodAt { get; init; }
    /// <summary>What stands in the way, in the platform's own words; null when nothing does.</summary>
    public string? Problem { get; init; }
    public DateTimeOffset? ProblemSince { get; init; }
    /// <summary>True when waiting will not help: a wrong key, a missing permission.</summary>
    public bool NeedsPerson { get; init; }
    /// <summary>As the last check found them.</summary>
    public IReadOnlyList<SubscriptionTopic> Topics { get; init; } = [];
    /// <summary>What was last found missing or switched off; null when nothing ever was.</summary>
    public SubscriptionLoss? Loss { get; init; }
}

/// <summary>What was last found missing or switched off.</summary>
/// <param name="What">Which topics, and how they were found.</param>
/// <param name="From">When they were last seen well, UTC.</param>
/// <param name="FoundAt">When it was found, UTC.</param>
/// <param name="OverAt">When all were there and on again, UTC; null while it lasts.</param>
/// <param name="CaughtUpAt">When what was sold meanwhile had been read, UTC; null while it has not.</param>
/// <param name="Read">Orders that the shop listed for that time; null while it is not read.</param>
/// <param name="Missing">Of these, orders that the hub had not heard of.</param>
public sealed record SubscriptionLoss(string What, DateTimeOffset From, DateTimeOffset FoundAt, DateTimeOffset? OverAt, DateTimeOffset? CaughtUpAt, long? Read, long? Missing);

/// <summary>A line of a connection's history.</summary>
public sealed record ConnectionHistoryRow
{
    public required Guid Id { get; init; }
    /// <summary>In one stable word: <c>webhooks_registered</c>, <c>webhooks_put_back</c>, <c>webhooks_caught_up</c>, <c>webhooks_removed</c>, <c>webhooks_left_there</c>.</summary>
    public required string What { get; init; }
    public required string Sentence { get; init; }
    /// <summary>UTC.</summary>
    public DateTimeOffset At => DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(Id.ToString("N")[..12], 16));
}

/// <summary>Reads how webhooks stand, for the API and the console.</summary>
public sealed class SubscriptionQueries(NpgsqlDataSource database, IConnectionDirectory directory, HubAddress hub)
{
    // By the primary key.
    private const string One = """
        SELECT checked_at, next_at, good_at, problem, problem_since, needs_person, lost, lost_from, lost_found_at, lost_over_at, caught_up_at, caught_up_read, caught_up_missing, topics::text AS topics
        FROM subscription_checks WHERE connection_id = @connection
        """;

    private const string History = """
        SELECT id, what, sentence FROM connection_history
        WHERE connection_id = @connection AND (@after::uuid IS NULL OR id < @after)          -- primary key
        ORDER BY id DESC LIMIT @take
        """;

    /// <summary>One connection's webhooks; null when there is no such connection.</summary>
    public async Task<ConnectionSubscriptions?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (directory.Seen(key) is not { } connection)
        {
            return null;
        }

        string? because = WhyNot(connection, hub);
        var row = connection.Subscriptions is null ? null : await database.ReadOneAsync<Row>(One, new { connection = connection.Id.Value }, cancellationToken);
        return new ConnectionSubscriptions
        {
            IsWatched = because is null,
            Because = because,
            Address = hub.CaptureOf(key),
            CheckedAt = row?.CheckedAt,
            NextAt = because is null ? row?.NextAt : null,
            GoodAt = row?.GoodAt,
            Problem = row?.Problem,
            ProblemSince = row?.ProblemSince,
            NeedsPerson = row?.NeedsPerson ?? false,
            Topics = row is null ? [] : JsonSerializer.Deserialize<List<SubscriptionTopic>>(row.Topics, JsonSerializerOptions.Web) ?? [],
            Loss = row is { Lost: { } lost, LostFrom: { } from, LostFoundAt: { } foundAt }
                ? new SubscriptionLoss(lost, from, foundAt, row.LostOverAt, row.LostOverAt is null ? null : row.CaughtUpAt, row.CaughtUpAt is null ? null : row.CaughtUpRead, row.CaughtUpAt is null ? null : row.CaughtUpMissing) : null,
        };
    }

    /// <summary>True when the connection's platform lets the hub look after webhooks, whatever its settings say.</summary>
    public bool CanHave(string key) => directory.Seen(key) is { BrokenBecause: null, Connector: Model.Connectors.ISubscriptionSource };

    /// <summary>What happened to a connection itself, newest first.</summary>
    public async Task<Page<ConnectionHistoryRow>> HistoryAsync(string key, PageRequest page, CancellationToken cancellationToken) => directory.Seen(key) is { } connection
        ? Page<ConnectionHistoryRow>.Cut(await database.ReadAsync<ConnectionHistoryRow>(History, new { connection = connection.Id.Value, after = page.After, take = page.Take + 1 }, cancellationToken), page, row => row.Id)
        : Page<ConnectionHistoryRow>.Empty;

    /// <summary>Why the hub does not look after a connection's webhooks; null when it does.</summary>
    internal static string? WhyNot(Connection connection, HubAddress hub) =>
        connection.BrokenBecause is { } broken ? $"The connection cannot work with its present settings: {broken}"
        : connection.Connector is not Model.Connectors.ISubscriptionSource ? $"{connection.Connector.Manifest.Title} gives the hub no way to register webhooks; docs/platforms says how they are set up there."
        : connection.Subscriptions is null ? "This connection's settings leave the webhooks to a person: a key is missing that may register them, or the switch for it is off."
        : hub.Public is null ? HubAddress.Unknown
        : connection.IsEnabled ? null : "The connection is disabled; its webhooks are taken away until it is enabled again.";

    private sealed record Row
    {
        public DateTimeOffset? CheckedAt { get; init; }
        public DateTimeOffset NextAt { get; init; }
        public DateTimeOffset? GoodAt { get; init; }
        public string? Problem { get; init; }
        public DateTimeOffset? ProblemSince { get; init; }
        public bool NeedsPerson { get; init; }
        public string? Lost { get; init; }
        public DateTimeOffset? LostFrom { get; init; }
        public DateTimeOffset? LostFoundAt { get; init; }
        public DateTimeOffset? LostOverAt { get; init; }
        public DateTimeOffset? CaughtUpAt { get; init; }
        public long? CaughtUpRead { get; init; }
        public long? CaughtUpMissing { get; init; }
        public string Topics { get; init; } = "[]";
    }
}
