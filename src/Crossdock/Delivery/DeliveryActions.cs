using System.Text.Json;
using Crossdock.Accounts;
using Crossdock.Database;
using Crossdock.Model;
using Crossdock.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Delivery;

/// <summary>How an action on one row went.</summary>
public enum ActionAnswer
{
    /// <summary>Done.</summary>
    Done = 0,
    /// <summary>There is no such row.</summary>
    NotFound = 1,
    /// <summary>It stands where this cannot be done: somebody was quicker, or it is being sent at this moment.</summary>
    WrongState = 2,
}

/// <summary>How an action on one row went, with the state it is in where that forbids the action.</summary>
public sealed record ActionResult(Guid Id, ActionAnswer Answer, string? Because = null);

/// <summary>What a person does with deliveries that were held or given up: one or many at once, each with its answer.</summary>
public sealed class DeliveryActions
{
    private const string Own = "SELECT id FROM deliveries WHERE id = ANY(@ids) AND connection_id = ANY(@seen)";

    // Orders before deliveries, in the order of their ids, as everybody locks them.
    private const string LockOrders = """
        SELECT FROM orders WHERE id IN (SELECT order_id FROM deliveries WHERE id = ANY ($1)) ORDER BY id FOR UPDATE
        """;

    // A row that a node has at this moment is left alone: its outcome is on the way. One whose node died may have been sent.
    private const string Retry = """
        UPDATE deliveries d SET state = 'waiting', attempts = 0, next_attempt_at = $2, done_at = NULL, leased_until = NULL, leased_by = NULL, is_unclear = d.is_unclear OR d.leased_by IS NOT NULL,
            restored = NULL,          -- who retries has looked at the destination
            body_override = CASE WHEN $3 THEN $4 ELSE d.body_override END
        FROM connections c
        WHERE d.id = ANY ($1) AND c.id = d.destination_id AND c.deleted_at IS NULL AND d.state IN ('held', 'dead', 'dropped', 'waiting') AND (d.leased_until IS NULL OR d.leased_until <= $2)
          AND (d.kind IN ('cancel', 'status') OR NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = d.order_id AND o.state IN ('cancelled', 'excluded')))
        RETURNING d.id, d.order_id, d.connection_id, c.key
        """;

    private const string Drop = """
        UPDATE deliveries d SET state = 'dropped', done_at = $2, leased_until = NULL, leased_by = NULL, is_unclear = d.is_unclear OR d.leased_by IS NOT NULL
        FROM connections c
        WHERE d.id = ANY ($1) AND c.id = d.destination_id AND d.state IN ('held', 'dead', 'waiting') AND (d.leased_until IS NULL OR d.leased_until <= $2)
        RETURNING d.id, d.order_id, d.connection_id, c.key
        """;

    // The delivery's own hold has been dealt with; the order goes on when it has no other.
    private const string CloseHolds = """
        WITH closed AS (
            UPDATE holds SET released_at = $2, released_by = $3, released_because = $4
            WHERE delivery_id = ANY ($1) AND released_at IS NULL
            RETURNING id, order_id)
        UPDATE orders o SET held = false, version = version + 1, updated_at = $2
        WHERE o.id IN (SELECT order_id FROM closed) AND o.held
          AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.order_id = o.id AND h.released_at IS NULL AND h.id NOT IN (SELECT id FROM closed))
        """;

    private const string Tell = """
        INSERT INTO timeline (id, order_id, connection_id, entries)
        SELECT t.id, t.order_id, t.connection_id, t.entries::json FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[]) AS t (id, order_id, connection_id, entries)
        """;

    private const string States = """
        SELECT d.id, d.state, d.leased_until > $2, CASE WHEN d.kind NOT IN ('cancel', 'status') AND o.state IN ('cancelled', 'excluded') AND d.state NOT IN ('delivered', 'superseded') THEN o.state END, c.deleted_at IS NOT NULL
        FROM deliveries d JOIN orders o ON o.id = d.order_id JOIN connections c ON c.id = d.destination_id WHERE d.id = ANY ($1)
        """;

    private readonly NpgsqlDataSource database;
    private readonly TimeProvider clock;
    private readonly IDeliveryIntake intake;

    internal DeliveryActions(NpgsqlDataSource database, TimeProvider clock, IDeliveryIntake intake)
    {
        this.database = database;
        this.clock = clock;
        this.intake = intake;
    }

    /// <summary>Puts them back: dead letters, held ones (their hold is released), dropped ones, and waiting ones that need not wait any longer. Attempts are counted anew.</summary>
    /// <param name="ids">The deliveries.</param>
    /// <param name="actor">Who, for example <c>operator admin</c>.</param>
    /// <param name="reason">Why; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<ActionResult>> RetryAsync(IReadOnlyList<Guid> ids, string actor, string? reason, CancellationToken cancellationToken) =>
        ActAsync(ids, "delivery_retried", actor, reason, key => $"To be sent to {key} again", Retry, [new NpgsqlParameter<bool> { TypedValue = false }, Text(null)], cancellationToken);

    /// <summary>The same with a body that a person edited; null takes an earlier edit back.</summary>
    public Task<IReadOnlyList<ActionResult>> EditAndRetryAsync(IReadOnlyList<Guid> ids, string? body, string actor, string? reason, CancellationToken cancellationToken) =>
        ActAsync(ids, "delivery_edited", actor, reason, key => body is null ? $"To be sent to {key} again as the template makes it" : $"To be sent to {key} again with an edited body",
            Retry, [new NpgsqlParameter<bool> { TypedValue = true }, Text(body)], cancellationToken);

    /// <summary>Gives them up for good.</summary>
    public Task<IReadOnlyList<ActionResult>> DropAsync(IReadOnlyList<Guid> ids, string actor, string? reason, CancellationToken cancellationToken) =>
        ActAsync(ids, "delivery_dropped", actor, reason, key => $"The delivery to {key} was dropped", Drop, [], cancellationToken);

    /// <summary>Ends the holds of these deliveries; their orders go on when they have no other.</summary>
    internal static NpgsqlBatchCommand ClosingHolds(IReadOnlyList<Guid> deliveries, DateTimeOffset now, string actor, string? reason) =>
        new(CloseHolds) { Parameters = { Ids(deliveries), Parameters.Time(now), Text(actor), Text(reason) } };

    /// <summary>Adds one entry each to the orders' timelines.</summary>
    internal static NpgsqlBatchCommand Telling(IReadOnlyList<(Guid Order, int Store, TimelineEntry Entry)> told, DateTimeOffset now) =>
        Telling([.. told.Select(one => (one.Order, one.Store, new List<TimelineEntry> { one.Entry }))], now);

    /// <summary>The same with several entries each.</summary>
    internal static NpgsqlBatchCommand Telling(IReadOnlyList<(Guid Order, int Store, List<TimelineEntry> Entries)> told, DateTimeOffset now) => new(Tell)
    {
        Parameters =
        {
            Parameters.Array(NpgsqlDbType.Uuid, told, _ => Guid.CreateVersion7(now)),
            Parameters.Array(NpgsqlDbType.Uuid, told, one => one.Order),
            Parameters.Array(NpgsqlDbType.Integer, told, one => one.Store),
            Parameters.Array(NpgsqlDbType.Text, told, one => JsonSerializer.Serialize(one.Entries, TimelineJson.Default.ListTimelineEntry)),
        },
    };

    private async Task<IReadOnlyList<ActionResult>> ActAsync(
        IReadOnlyList<Guid> wanted, string what, string actor, string? reason, Func<string, string> text, string sql, NpgsqlParameter[] further, CancellationToken cancellationToken)
    {
        var ids = await OwnRows.KeepAsync(database, Own, wanted, cancellationToken);
        var now = clock.GetUtcNow();
        List<(Guid Id, Guid Order, int Store, string Key)> done = [];
        Dictionary<Guid, string> others = [];
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            await using (NpgsqlCommand locking = new(LockOrders, connection, transaction))
            {
                locking.Parameters.Add(Ids(ids));
                await locking.ExecuteNonQueryAsync(cancellationToken);
            }
            await using (NpgsqlCommand command = new(sql, connection, transaction))
            {
                command.Parameters.Add(Ids(ids));
                command.Parameters.Add(Parameters.Time(now));
                command.Parameters.AddRange(further);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                {
                    done.Add((reader.GetGuid(0), reader.GetGuid(1), reader.GetInt32(2), reader.GetString(3)));
                }
            }
            await using (NpgsqlBatch batch = new(connection, transaction))
            {
                batch.BatchCommands.Add(ClosingHolds([.. done.Select(row => row.Id)], now, actor, reason));
                batch.BatchCommands.Add(Telling([.. done.Select(row => (row.Order, row.Store, new TimelineEntry(now, TimelineKind.Edited, actor, text(row.Key), reason, row.Id)))], now));
                if (Caller.Current is not null)
                {
                    foreach (var row in done)
                    {
                        batch.BatchCommands.Add(AuditLog.Keeping(new AuditEntry(what, "delivery", row.Id.ToString(), row.Store, After: new { to = row.Key }, Because: reason), now));
                    }
                }
                await batch.ExecuteNonQueryAsync(cancellationToken);
            }
            await transaction.CommitAsync(cancellationToken);
        }
        if (done.Count < ids.Count)
        {
            await using NpgsqlCommand command = new(States, connection);
            command.Parameters.Add(Ids(ids));
            command.Parameters.Add(Parameters.Time(now));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                others[reader.GetGuid(0)] = !reader.IsDBNull(2) && reader.GetBoolean(2) ? "it is being sent"
                    : ReferenceEquals(sql, Retry) && reader.GetBoolean(4) ? "its destination was deleted: apply a configuration that has it again, or drop the delivery"
                    : ReferenceEquals(sql, Retry) && !reader.IsDBNull(3) ? (reader.GetString(3) == "cancelled" ? "its order is cancelled: restore the order first" : "its order is excluded by the store's rules") : $"it is {reader.GetString(1)}";
            }
        }
        intake.Wake();
        var finished = done.Select(row => row.Id).ToHashSet();
        return [.. wanted.Select(id => finished.Contains(id) ? new ActionResult(id, ActionAnswer.Done)
            : others.TryGetValue(id, out string? because) ? new ActionResult(id, ActionAnswer.WrongState, because) : new ActionResult(id, ActionAnswer.NotFound))];
    }

    private static NpgsqlParameter<Guid[]> Ids(IReadOnlyList<Guid> ids) => Parameters.Array(NpgsqlDbType.Uuid, ids, id => id);

    private static NpgsqlParameter<string?> Text(string? text) => new() { NpgsqlDbType = NpgsqlDbType.Text, TypedValue = Parameters.Storable(text) };
}
