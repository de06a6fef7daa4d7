using Npgsql;

namespace Crossdock.Database;

/// <summary>Deletes by the policy what grows for ever and lies in no partitions: small rows, page by page, so that nobody waits for them.</summary>
internal static class Retention
{
    private const int RowsAtOnce = 10_000;

    // By statistics_by_minute, oldest first.
    private const string Statistics = "DELETE FROM statistics WHERE ctid = ANY (ARRAY(SELECT ctid FROM statistics WHERE minute < $1 ORDER BY minute LIMIT $2))";

    // Open ones stay, however old: somebody still has to act.
    private const string Alerts = "DELETE FROM alerts WHERE ctid = ANY (ARRAY(SELECT ctid FROM alerts WHERE ended_at < $1 LIMIT $2))";

    private const string AlertMessages = "DELETE FROM alert_messages WHERE ctid = ANY (ARRAY(SELECT ctid FROM alert_messages WHERE done_at < $1 LIMIT $2))";

    // What was done with an event goes with the event's payload.
    private const string EventActions = "DELETE FROM event_actions WHERE ctid = ANY (ARRAY(SELECT ctid FROM event_actions WHERE at < $1 LIMIT $2))";

    /// <summary>Deletes everything that is older; answers how many rows of each table.</summary>
    public static async Task<IReadOnlyList<(string Table, long Rows)>> DeleteAsync(NpgsqlConnection connection, RetentionOptions policy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<(string Table, long Rows)> deleted = [];
        foreach (var (table, sql, days) in ((string, string, int)[])[("statistics", Statistics, policy.StatisticDays), ("alerts", Alerts, policy.AlertDays), ("alert_messages", AlertMessages, policy.AlertDays), ("event_actions", EventActions, policy.PayloadDays)])
        {
            long rows = 0;
            int page;
            do
            {
                await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600, Parameters = { new() { Value = now.AddDays(-days).UtcDateTime }, new() { Value = RowsAtOnce } } };
                page = await command.ExecuteNonQueryAsync(cancellationToken);
                rows += page;
            }
            while (page == RowsAtOnce);
            deleted.Add((table, rows));
        }

        return deleted;
    }
}
