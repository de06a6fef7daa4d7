using Crossdock.Database;
using Crossdock.Model;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Webhooks;

/// <summary>An event that is due for a webhook, leased to this node.</summary>
internal sealed record DueMessage(Guid Webhook, Guid Event, string Body, int Attempts);

/// <summary>A webhook with its secrets as stored.</summary>
internal sealed record StoredWebhook(Guid Id, string Name, string Url, string Secret, string? FormerSecret);

/// <summary>What happens to a message after a call.</summary>
/// <param name="State"><c>waiting</c>, <c>delivered</c> or <c>failed</c>.</param>
/// <param name="NextAt">When it is tried again.</param>
internal sealed record MessageVerdict(string State, DateTimeOffset NextAt);

/// <summary>Hands out what is due, webhook by webhook, and keeps how it went.</summary>
internal sealed class WebhookMessages(NpgsqlDataSource database, NodeIdentity node)
{
    private const string Due = """
        SELECT DISTINCT w.id FROM webhooks w
        WHERE w.enabled AND w.id <> ALL($2) AND EXISTS (SELECT FROM webhook_messages m WHERE m.webhook_id = w.id AND m.state = 'waiting' AND m.next_attempt_at <= $1 AND (m.leased_until IS NULL OR m.leased_until < $1))
        """;

    private const string Claim = """
        UPDATE webhook_messages m SET leased_until = $3, leased_by = $4
        FROM (SELECT event_id FROM webhook_messages WHERE webhook_id = $1 AND state = 'waiting' AND next_attempt_at <= $2 AND (leased_until IS NULL OR leased_until < $2)
              ORDER BY next_attempt_at, event_id LIMIT $5 FOR UPDATE SKIP LOCKED) due
        JOIN webhook_events e ON e.id = due.event_id
        WHERE m.webhook_id = $1 AND m.event_id = due.event_id
        RETURNING m.event_id, e.body, m.attempts
        """;

    private const string Find = "SELECT id, name, url, secret, CASE WHEN former_until > $2 THEN former_secret END FROM webhooks WHERE id = $1";

    private const string Attempt = """
        INSERT INTO webhook_attempts (id, webhook_id, event_id, number, status, elapsed_ms, request_headers, response_headers, response_body, error) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    // Whoever replayed it meanwhile has taken the lease away: theirs is the newer word.
    private const string End = """
        UPDATE webhook_messages SET state = $4, attempts = $5, next_attempt_at = $6, leased_until = NULL, leased_by = NULL, last_status = $7, last_error = $8, done_at = CASE WHEN $4 = 'waiting' THEN NULL ELSE $9 END
        WHERE webhook_id = $1 AND event_id = $2 AND leased_by = $3
        """;

    private const string Taken = "UPDATE webhooks SET failing_since = NULL, delivered_at = $2 WHERE id = $1";

    private const string NotTaken = "UPDATE webhooks SET failing_since = coalesce(failing_since, $2) WHERE id = $1 RETURNING failing_since";

    private const string SwitchOff = "UPDATE webhooks SET enabled = false, disabled_because = $2, version = version + 1, updated_at = $3 WHERE id = $1 AND enabled";

    private const string GiveBack = "UPDATE webhook_messages SET leased_until = NULL, leased_by = NULL WHERE leased_by = $1 AND state = 'waiting'";

    private const string AgainOne = """
        UPDATE webhook_messages SET state = 'waiting', attempts = 0, next_attempt_at = $3, leased_until = NULL, leased_by = NULL, done_at = NULL WHERE webhook_id = $1 AND event_id = $2
        """;

    private const string AgainMany = """
        UPDATE webhook_messages m SET state = 'waiting', attempts = 0, next_attempt_at = $2, leased_until = NULL, leased_by = NULL, done_at = NULL
        FROM webhook_events e
        WHERE m.webhook_id = $1 AND e.id = m.event_id AND m.event_id >= $3 AND m.event_id < $4 AND m.state <> 'waiting' AND ($5::text IS NULL OR m.state = $5) AND (cardinality($6::text[]) = 0 OR e.type = ANY($6))
        """;

    private const string Prune = "DELETE FROM webhook_events WHERE ctid = ANY (ARRAY(SELECT ctid FROM webhook_events WHERE id < $1 LIMIT 10000))";

    private const string PruneAttempts = "DELETE FROM webhook_attempts WHERE ctid = ANY (ARRAY(SELECT ctid FROM webhook_attempts WHERE id < $1 LIMIT 10000))";

    private const string PruneTurn = "UPDATE webhook_progress SET pruned_at = $1 WHERE pruned_at IS NULL OR pruned_at < $2";

    /// <summary>Webhooks that something is due for, without those that this node is busy with.</summary>
    public async Task<IReadOnlyList<Guid>> DueAsync(DateTimeOffset now, IEnumerable<Guid> busy, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Due);
        command.Parameters.Add(Parameters.Time(now));
        command.Parameters.Add(new() { Value = busy.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<Guid> due = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            due.Add(reader.GetGuid(0));
        }

        return due;
    }

    /// <summary>Takes some of a webhook's due messages; no other node gets them until the lease is over.</summary>
    public async Task<IReadOnlyList<DueMessage>> ClaimAsync(Guid webhook, DateTimeOffset now, DateTimeOffset until, int take, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Claim);
        command.Parameters.AddRange((NpgsqlParameter[])[new() { Value = webhook }, Parameters.Time(now), Parameters.Time(until), new() { Value = node.Id }, new() { Value = take }]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<DueMessage> due = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            due.Add(new(webhook, reader.GetGuid(0), reader.GetString(1), reader.GetInt16(2)));
        }

        return due;
    }

    /// <summary>One webhook as it is stored; null when there is none.</summary>
    public async Task<StoredWebhook?> FindAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Find);
        command.Parameters.AddRange((NpgsqlParameter[])[new() { Value = id }, Parameters.Time(now)]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4)) : null;
    }

    /// <summary>Keeps a call and what follows from it; answers since when the webhook takes nothing, null where it just did.</summary>
    public async Task<DateTimeOffset?> EndAsync(DueMessage message, WebhookCall call, MessageVerdict verdict, DateTimeOffset now, CancellationToken cancellationToken)
    {
        int number = message.Attempts + 1;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(Attempt)
                {
                    Parameters =
                    {
                        new() { Value = call.Id }, new() { Value = message.Webhook }, new() { Value = message.Event }, new() { Value = (short)number }, Number(call.Status), new() { Value = call.ElapsedMs },
                        Text(call.RequestHeaders), Text(call.ResponseHeaders), Text(call.ResponseBody), Text(call.Error),
                    },
                },
                new NpgsqlBatchCommand(End)
                {
                    Parameters =
                    {
                        new() { Value = message.Webhook }, new() { Value = message.Event }, new() { Value = node.Id }, Text(verdict.State), new() { Value = (short)number }, Parameters.Time(verdict.NextAt), Number(call.Status), Text(call.Because), Parameters.Time(now),
                    },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await using var mark = new NpgsqlCommand(call.IsTaken ? Taken : NotTaken, connection) { Parameters = { new() { Value = message.Webhook }, Parameters.Time(now) } };
        DateTimeOffset? since = await mark.ExecuteScalarAsync(cancellationToken) is DateTime at ? new DateTimeOffset(at) : null;
        await transaction.CommitAsync(cancellationToken);
        return since;
    }

    /// <summary>Switches a webhook off; false when it was already.</summary>
    public async Task<bool> SwitchOffAsync(Guid webhook, string because, DateTimeOffset now, CancellationToken cancellationToken) =>
        await RunAsync(SwitchOff, cancellationToken, new() { Value = webhook }, Text(because), Parameters.Time(now)) == 1;

    /// <summary>Gives back what this node had in hand.</summary>
    public Task GiveBackAsync() => RunAsync(GiveBack, CancellationToken.None, new NpgsqlParameter { Value = node.Id });

    /// <summary>Tells one event again; false when the webhook has no such event.</summary>
    public async Task<bool> AgainAsync(Guid webhook, Guid id, DateTimeOffset now, CancellationToken cancellationToken) =>
        await RunAsync(AgainOne, cancellationToken, new() { Value = webhook }, new() { Value = id }, Parameters.Time(now)) == 1;

    /// <summary>Tells again what happened in a range; answers how many.</summary>
    public Task<int> AgainAsync(Guid webhook, DateTimeOffset from, DateTimeOffset to, string? state, IReadOnlyList<string> types, DateTimeOffset now, CancellationToken cancellationToken) => RunAsync(AgainMany, cancellationToken,
        new() { Value = webhook }, Parameters.Time(now), new() { Value = QueryReading.Floor(from) }, new() { Value = QueryReading.Floor(to) }, Text(state), new() { Value = types.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });

    /// <summary>Deletes what happened before; once an hour for all nodes together.</summary>
    public async Task PruneAsync(DateTimeOffset before, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await RunAsync(PruneTurn, cancellationToken, Parameters.Time(now), Parameters.Time(now.AddHours(-1))) == 0)
        {
            return;
        }

        foreach (string sql in (string[])[PruneAttempts, Prune])
        {
            while (await RunAsync(sql, cancellationToken, new NpgsqlParameter { Value = QueryReading.Floor(before) }) == 10_000)
            {
            }
        }
    }

    private async Task<int> RunAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)Parameters.Storable(text) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Number(int? number) => new() { Value = (object?)number ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer };
}
