using Crossdock.Accounts;
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

    private const string Standing = "SELECT connection_id, subject, severity, sentence FROM alerts WHERE ended_at IS NULL AND kind = $1 AND subject LIKE $2";

    private const string Acknowledge = """
        UPDATE alerts SET acknowledged_at = coalesce(acknowledged_at, $2), acknowledged_by = coalesce(acknowledged_by, $3) WHERE id = $1 AND ended_at IS NULL AND ($4::int[] IS NULL OR connection_id = ANY($4))
        RETURNING kind, connection_id, sentence
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

    /// <summary>Makes what is open of a kind exactly this: opens what is new, refreshes what reads differently, ends the others. What stands as it did costs no write.</summary>
    /// <param name="kind">The kind of all of <paramref name="standing"/>.</param>
    /// <param name="prefix">Only those whose subject begins so; empty for all of the kind.</param>
    /// <param name="standing">What is so now.</param>
    /// <param name="over">How one that is not any more ended, for people.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task SetAsync(AlertKind kind, string prefix, IReadOnlyCollection<NewAlert> standing, string over, CancellationToken cancellationToken)
    {
        Dictionary<(int?, string), (string Severity, string Sentence)> open = [];
        await using (var command = database.CreateCommand(Standing))
        {
            command.Parameters.Add(Text(EnumNames<AlertKind>.Of(kind)));
            command.Parameters.Add(Text(QueryReading.Prefix(prefix)));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                open[(reader.IsDBNull(0) ? null : reader.GetInt32(0), reader.GetString(1))] = (reader.GetString(2), reader.GetString(3));
            }
        }

        foreach (var alert in standing)
        {
            bool isKnown = open.Remove((alert.Connection?.Value, alert.Subject), out var known);
            if (!isKnown || known.Severity != EnumNames<AlertSeverity>.Of(alert.Severity) || known.Sentence != Parameters.Storable(alert.Sentence))
            {
                await RaiseAsync(alert, cancellationToken);
            }
        }

        foreach (var (connection, subject) in open.Keys)
        {
            await EndAsync(kind, connection is { } id ? new ConnectionId(id) : null, subject, over, cancellationToken);
        }
    }

    /// <summary>Somebody knows of it: it stays open and no longer counts among what needs a person, until it gets graver. False when there is no such open alert.</summary>
    public async Task<bool> AcknowledgeAsync(Guid id, string actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        AuditEntry entry;
        await using (var command = new NpgsqlCommand(Acknowledge, connection))
        {
            command.Parameters.Add(new() { Value = id });
            command.Parameters.Add(Parameters.Time(now));
            command.Parameters.Add(Text(actor));
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer, Value = (object?)Caller.Seen ?? DBNull.Value });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken))
            {
                return false;
            }

            entry = new AuditEntry("alert_acknowledged", "alert", id.ToString(), reader.IsDBNull(1) ? null : reader.GetInt32(1), After: new { kind = reader.GetString(0), sentence = reader.GetString(2) });
        }

        await AuditLog.KeepAsync(connection, [entry], now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static NpgsqlParameter<string?> Text(string? text) => new() { NpgsqlDbType = NpgsqlDbType.Text, TypedValue = Parameters.Storable(text) };

    private static NpgsqlParameter Id(ConnectionId? connection) => new() { NpgsqlDbType = NpgsqlDbType.Integer, Value = (object?)connection?.Value ?? DBNull.Value };
}
