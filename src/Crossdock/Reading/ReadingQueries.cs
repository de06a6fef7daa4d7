using Crossdock.Connections;
using Crossdock.Database;
using Npgsql;

namespace Crossdock.Reading;

/// <summary>How reading one connection goes, by activity.</summary>
public sealed record ReadingActivityRow
{
    /// <summary><c>poll</c>, <c>feed</c>, <c>fetch</c>, or <c>catch_up</c> while what was missed without webhooks is read.</summary>
    public required string Activity { get; init; }
    /// <summary>Polling: everything that changed up to here is stored, UTC.</summary>
    public required DateTimeOffset Watermark { get; init; }
    /// <summary>When it is looked at next, UTC.</summary>
    public required DateTimeOffset NextAt { get; init; }
    /// <summary>When it last went well, UTC; null when it never did.</summary>
    public DateTimeOffset? SucceededAt { get; init; }
    /// <summary>What stands in the way, in the platform's own words; null when nothing does.</summary>
    public string? Problem { get; init; }
    public DateTimeOffset? ProblemSince { get; init; }
    /// <summary>True when waiting will not help: a wrong key, a missing permission.</summary>
    public required bool NeedsPerson { get; init; }
    /// <summary>Something worth knowing that is no fault: a queue that had vanished and was set up again.</summary>
    public string? Notice { get; init; }
    public DateTimeOffset? NoticeAt { get; init; }
}

/// <summary>How one connection is read.</summary>
/// <param name="CanRead">True when its orders can be read with its present settings.</param>
/// <param name="PollEverySeconds">How often it is polled; null for never.</param>
/// <param name="FeedEverySeconds">How often its feed is read; null where there is none.</param>
/// <param name="Fetches">Announced orders that wait to be fetched.</param>
/// <param name="Activities">How each goes.</param>
public sealed record ConnectionReading(bool CanRead, int? PollEverySeconds, int? FeedEverySeconds, long Fetches, IReadOnlyList<ReadingActivityRow> Activities);

/// <summary>Reads how reading goes, for the API and the console.</summary>
public sealed class ReadingQueries(NpgsqlDataSource database, IConnectionDirectory directory)
{
    // By the primary keys.
    private const string Activities = """
        SELECT activity, watermark, next_at, succeeded_at, problem, problem_since, needs_person, notice, notice_at
        FROM reading_states WHERE connection_id = @connection ORDER BY activity
        """;

    private const string Fetches = "SELECT count(*) FROM (SELECT FROM fetches WHERE connection_id = @connection LIMIT 10000) f";

    /// <summary>One connection's reading; null when there is no such connection.</summary>
    public async Task<ConnectionReading?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (directory.Seen(key) is not { } connection)
        {
            return null;
        }

        var activities = await database.ReadAsync<ReadingActivityRow>(Activities, new { connection = connection.Id.Value }, cancellationToken);
        long fetches = await database.ReadOneAsync<long>(Fetches, new { connection = connection.Id.Value }, cancellationToken);
        return new ConnectionReading(connection.Readers is not null, (int?)connection.PollEvery?.TotalSeconds, (int?)connection.FeedEvery?.TotalSeconds, fetches, activities);
    }
}
