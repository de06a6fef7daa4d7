using Crossdock.Database;
using Crossdock.Model;
using Crossdock.Model.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Alerts;

/// <summary>Opens and ends alerts. Any number of nodes may find the same thing: it is open once.</summary>
public sealed class AlertStore(NpgsqlDataSource database, TimeProvider clock)
{
    // Graver than before, it is news again: somebody who knew of the milder one does not know of this.
    private const string Raise = """
        INSERT INTO alerts (id, kind, connection_id, subject, severity, sentence, advice, opened_at, seen_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
        ON CONFLICT (kind, coalesce(connection_id, 0), subject) WHERE ended_at IS NULL DO UPDATE
        SET sentence = excluded.sentence, advice = excluded.advice, seen_at = excluded.seen_at, count = alerts.count + 1, severity = excluded.severity,
            acknowledged_at = CASE WHEN array_position($9, alerts.severity) < array_position($9, excluded.severity) THEN NULL ELSE alerts.acknowledged_at END,
            acknowledged_by = CASE WHEN array_position($9, alerts.severity) < array_position($9, excluded.severity) THEN NULL ELSE alerts.acknowledged_by END
        RETURNING id = $1
        """;

    private const string End = """
        UPDATE alerts SET ended_at = $4, ended_because = $5
        WHERE ended_at IS NULL AND kind = $1 AND connection_id IS NOT DISTINCT FROM $2 AND ($3::text IS NULL OR subject = $3)
        """;

    private const string Acknowledge = """
        UPDATE alerts SET acknowledged_at = coalesce(acknowledged_at, $2), acknowledged_by = coalesce(acknowledged_by, $3) WHERE id = $1 AND ended_at IS NULL AND ($4::int[] IS NULL OR connection_id = ANY($4))
        """;

    private static readonly string[] Severities = [.. Enum.GetValues<AlertSeverity>().Order().Select(EnumNames<AlertSeverity>.Of)];

    /// <summary>Opens it, or refreshes the open one of the same kind, connection and subject.</summary>
    /// <returns>True when it is newly open.</returns>
    public async Task<bool> RaiseAsync(NewAlert alert, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var command = database.CreateCommand(Raise);
        command.Parameters.Add(new() { Value = Guid.CreateVersion7(now) });
        command.Parameters.Add(Text(EnumNames<AlertKind>.Of(alert.Kind)));
        command.Parameters.Add(Id(alert.Connection));
        command.Parameters.Add(Text(alert.Subject));
        command.Parameters.Add(Text(EnumNames<AlertSeverity>.Of(alert.Severity)));
        command.Parameters.Add(Text(alert.Sentence));
        command.Parameters.Add(Text(alert.Advice));
        command.Parameters.Add(Parameters.Time(now));
        command.Parameters.Add(new() { Value = Severities });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Ends the open ones; nothing where there is none.</summary>
    /// <param name="kind">What they are about.</param>
    /// <param name="connection">Whose; null for those of the hub as a whole.</param>
    /// <param name="subject">Which; null for all of that kind and connection.</param>
    /// <param name="because">How it ended, for people.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many ended.</returns>
    public async Task<int> EndAsync(AlertKind kind, ConnectionId? connection, string? subject, string because, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(End);
        command.Parameters.Add(Text(EnumNames<AlertKind>.Of(kind)));
        command.Parameters.Add(Id(connection));
        command.Parameters.Add(Text(subject));
        command.Parameters.Add(Parameters.Time(clock.GetUtcNow()));
        command.Parameters.Add(Text(because));
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Somebody knows of it: it stays open and no longer counts among what needs a person, until it gets graver. False when there is no such open alert.</summary>
    public async Task<bool> AcknowledgeAsync(Guid id, string actor, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Acknowledge);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(Parameters.Time(clock.GetUtcNow()));
        command.Parameters.Add(Text(actor));
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer, Value = (object?)Caller.Seen ?? DBNull.Value });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private static NpgsqlParameter<string?> Text(string? text) => new() { NpgsqlDbType = NpgsqlDbType.Text, TypedValue = Parameters.Storable(text) };

    private static NpgsqlParameter Id(ConnectionId? connection) => new() { NpgsqlDbType = NpgsqlDbType.Integer, Value = (object?)connection?.Value ?? DBNull.Value };
}
