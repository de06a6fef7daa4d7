using System.Text.Json;
using Crossdock.Accounts;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Model.Orders;
using Crossdock.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Holds;

/// <summary>Opens and releases holds. An order is held while it has an open one; its deliveries wait until then.</summary>
public sealed class HoldStore
{
    private const string Own = "SELECT id FROM holds WHERE id = ANY(@ids) AND connection_id = ANY(@seen)";

    private const string Flag = "UPDATE orders SET held = true, version = version + 1, updated_at = $2 WHERE id = ANY ($1) AND NOT held";

    private const string Open = """
        INSERT INTO holds (id, order_id, connection_id, code, reason, delivery_id, opened_at, opened_by)
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::uuid[], $7::timestamptz[], $8::text[])
        ON CONFLICT DO NOTHING     -- holds_once: the same hold is open already
        RETURNING id
        """;

    // Orders first, in the order of their ids, as everybody locks them.
    private const string LockOrders = """
        SELECT o.id FROM orders o WHERE o.id IN (SELECT order_id FROM holds WHERE id = ANY ($1) AND released_at IS NULL) ORDER BY o.id FOR UPDATE
        """;

    /// <summary>The code of the hold on an approved order that one person changed where two have to look at it.</summary>
    internal const string SecondPerson = "second_person";

    // Who changed an order is not the one to let it go on; and a token is nobody in particular.
    private const string Close = """
        UPDATE holds SET released_at = $2, released_by = $3, released_because = $4
        WHERE id = ANY ($1) AND released_at IS NULL AND NOT (code = 'second_person' AND (opened_by = $3 OR $5))
        RETURNING id, order_id, connection_id, code, reason, delivery_id
        """;

    private const string Kept = "SELECT id FROM holds WHERE id = ANY ($1) AND released_at IS NULL AND code = 'second_person'";

    private const string LetGo = """
        UPDATE orders o SET held = false, version = o.version + 1, updated_at = $2
        WHERE o.id = ANY ($1) AND o.held AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.order_id = o.id AND h.released_at IS NULL)
        RETURNING o.id, o.connection_id, o.state, o.event_id, o.external_id, EXISTS (SELECT 1 FROM deliveries d WHERE d.order_id = o.id)
        """;

    // What a destination had refused is tried again; what only waited for the hold is due at once.
    private const string WakeDeliveries = """
        UPDATE deliveries SET state = 'waiting', attempts = CASE WHEN state = 'held' THEN 0 ELSE attempts END, next_attempt_at = $3
        WHERE (id = ANY ($2) AND state = 'held' OR order_id = ANY ($1) AND state = 'waiting') AND (leased_until IS NULL OR leased_until <= $3)
        """;

    // Releasing says that somebody has seen to it; what was called off is not sent for that. Where a cancellation waits behind, that one settles it.
    private const string EndCalledOff = """
        UPDATE deliveries d SET state = 'superseded', done_at = $3, leased_until = NULL, leased_by = NULL
        FROM orders o
        WHERE (d.id = ANY ($2) AND d.state = 'held' OR d.order_id = ANY ($1) AND d.state = 'waiting') AND (d.leased_until IS NULL OR d.leased_until <= $3) AND d.kind NOT IN ('cancel', 'status')
          AND o.id = d.order_id AND o.state IN ('cancelled', 'excluded')
          AND NOT EXISTS (SELECT 1 FROM deliveries c WHERE c.order_id = d.order_id AND c.destination_id = d.destination_id AND c.kind = 'cancel' AND c.state = 'waiting')
        """;

    // The processor works the order's last document again, now without the hold, and makes its deliveries.
    private const string Replay = """
        INSERT INTO inbox (id, event_id, kind, connection_id, order_key)
        SELECT r.id, r.event_id, 2, r.connection_id, r.order_key FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[]) AS r (id, event_id, connection_id, order_key)
        """;

    private const string Tell = """
        INSERT INTO timeline (id, order_id, connection_id, entries)
        SELECT t.id, t.order_id, t.connection_id, t.entries::json FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[]) AS t (id, order_id, connection_id, entries)
        """;

    private readonly NpgsqlDataSource database;
    private readonly TimeProvider clock;
    private readonly IDeliveryIntake intake;

    internal HoldStore(NpgsqlDataSource database, TimeProvider clock, IDeliveryIntake intake)
    {
        this.database = database;
        this.clock = clock;
        this.intake = intake;
    }

    /// <summary>The statement that opens holds, for a batch that writes timeline and the orders' flag itself. The same hold opened twice is opened once.</summary>
    internal static NpgsqlBatchCommand Opening(IReadOnlyList<NewHold> holds, DateTimeOffset now) => new(Open)
    {
        Parameters =
        {
            Parameters.Array(NpgsqlDbType.Uuid, holds, _ => Guid.CreateVersion7(now)),
            Parameters.Array(NpgsqlDbType.Uuid, holds, hold => hold.Order.Value),
            Parameters.Array(NpgsqlDbType.Integer, holds, hold => hold.Store.Value),
            Parameters.Array(NpgsqlDbType.Text, holds, hold => hold.Code),
            Parameters.Array(NpgsqlDbType.Text, holds, hold => Parameters.Storable(hold.Reason)),
            Parameters.Array(NpgsqlDbType.Uuid, holds, hold => hold.Delivery?.Value),
            Parameters.Array(NpgsqlDbType.TimestampTz, holds, _ => now.UtcDateTime),
            Parameters.Array(NpgsqlDbType.Text, holds, hold => hold.By),
        },
    };

    /// <summary>Stops orders, one or many, and says so in their timelines. Answers how many holds are new.</summary>
    public async Task<int> OpenAsync(IReadOnlyList<NewHold> holds, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using NpgsqlBatch batch = new(connection, transaction);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Flag) { Parameters = { Parameters.Array(NpgsqlDbType.Uuid, holds, hold => hold.Order.Value), Parameters.Time(now) } });
        batch.BatchCommands.Add(Telling([.. holds.Select(hold => (hold.Order.Value, hold.Store.Value,
            new TimelineEntry(now, TimelineKind.Held, hold.By, $"Held: {hold.Reason}", hold.Code, hold.Delivery?.Value)))], now));
        batch.BatchCommands.Add(Opening(holds, now));
        int opened = 0;
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                opened++;
            }
        }
        await transaction.CommitAsync(cancellationToken);
        return opened;
    }

    /// <summary>Releases holds, one or many. An order without any other goes on: its deliveries become due, or, when it had been stopped before it was approved,
    /// it is approved and its last document is worked again.</summary>
    /// <param name="ids">The holds.</param>
    /// <param name="actor">Who, for example <c>operator admin</c>.</param>
    /// <param name="reason">Why; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<ActionResult>> ReleaseAsync(IReadOnlyList<Guid> ids, string actor, string? reason, CancellationToken cancellationToken)
    {
        var own = await OwnRows.KeepAsync(database, Own, ids, cancellationToken);
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, LockOrders, [Ids(own)], _ => 0, cancellationToken);
        var closed = await ExecuteAsync(connection, Close, [Ids(own), Parameters.Time(now), Text(actor), Text(reason), new NpgsqlParameter<bool> { TypedValue = Caller.Current is { Kind: not CallerKind.User } }], reader => (
            Id: reader.GetGuid(0), Order: reader.GetGuid(1), Store: reader.GetInt32(2), Reason: reader.GetString(4), Delivery: reader.IsDBNull(5) ? (Guid?)null : reader.GetGuid(5)), cancellationToken);
        HashSet<Guid> kept = closed.Count == own.Count ? [] : [.. await ExecuteAsync(connection, Kept, [Ids(own)], reader => reader.GetGuid(0), cancellationToken)];
        var free = await ExecuteAsync(connection, LetGo, [Ids([.. closed.Select(hold => hold.Order).Distinct()]), Parameters.Time(now)], reader => (
            Id: reader.GetGuid(0), Store: reader.GetInt32(1), State: EnumNames<OrderState>.Parse(reader.GetString(2)), Event: reader.GetGuid(3), ExternalId: reader.GetString(4), HasDeliveries: reader.GetBoolean(5)), cancellationToken);
        var stopped = free.FindAll(order => order.State == OrderState.New);
        var replayed = free.FindAll(order => order.State is OrderState.New or OrderState.Approved or OrderState.Processing && !order.HasDeliveries);

        await using NpgsqlBatch batch = new(connection, transaction);
        if (stopped.Count > 0)
        {
            batch.BatchCommands.Add(OrderStore.Moving([.. stopped.Select(order => new StateMove(new(order.Id), OrderState.New, OrderState.Approved, $"released by {actor}"))], now));
        }
        foreach (string sql in (string[])[EndCalledOff, WakeDeliveries])
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql)
            {
                Parameters =
                {
                    Ids([.. free.Select(order => order.Id)]),
                    Ids([.. closed.Where(hold => hold.Delivery is not null).Select(hold => hold.Delivery!.Value)]),
                    Parameters.Time(now),
                },
            });
        }
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Replay)
        {
            Parameters =
            {
                Parameters.Array(NpgsqlDbType.Uuid, replayed, _ => Guid.CreateVersion7(now)),
                Parameters.Array(NpgsqlDbType.Uuid, replayed, order => order.Event),
                Parameters.Array(NpgsqlDbType.Integer, replayed, order => order.Store),
                Parameters.Array(NpgsqlDbType.Text, replayed, order => order.ExternalId),
            },
        });
        batch.BatchCommands.Add(Telling(
        [
            .. closed.Select(hold => (hold.Order, hold.Store, new TimelineEntry(now, TimelineKind.Released, actor, $"Released: {hold.Reason}", reason, hold.Id))),
            .. stopped.Select(order => (order.Id, order.Store, new TimelineEntry(now, TimelineKind.State, actor, OrderSentences.Became(OrderState.New, OrderState.Approved), "the last hold was released"))),
        ], now));
        if (Caller.Current is not null)
        {
            foreach (var hold in closed)
            {
                batch.BatchCommands.Add(AuditLog.Keeping(new AuditEntry("hold_released", "order", hold.Order.ToString(), hold.Store, new { hold.Reason }, Because: reason), now));
            }
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        intake.Wake();

        var done = closed.Select(hold => hold.Id).ToHashSet();
        return [.. ids.Select(id => done.Contains(id) ? new ActionResult(id, ActionAnswer.Done) : kept.Contains(id) ? new ActionResult(id, ActionAnswer.WrongState, "Two people have to look at this order: somebody other than who changed it releases it, with an account of their own") : new ActionResult(id, ActionAnswer.NotFound, "there is no such open hold"))];
    }

    private static NpgsqlBatchCommand Telling(IReadOnlyList<(Guid Order, int Store, TimelineEntry Entry)> told, DateTimeOffset now) => new(Tell)
    {
        Parameters =
        {
            Parameters.Array(NpgsqlDbType.Uuid, told, _ => Guid.CreateVersion7(now)),
            Parameters.Array(NpgsqlDbType.Uuid, told, one => one.Order),
            Parameters.Array(NpgsqlDbType.Integer, told, one => one.Store),
            Parameters.Array(NpgsqlDbType.Text, told, one => JsonSerializer.Serialize([one.Entry], TimelineJson.Default.ListTimelineEntry)),
        },
    };

    private static async Task<List<TRow>> ExecuteAsync<TRow>(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters, Func<NpgsqlDataReader, TRow> read, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(sql, connection);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<TRow> rows = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }
        return rows;
    }

    private static NpgsqlParameter<Guid[]> Ids(IReadOnlyList<Guid> ids) => Parameters.Array(NpgsqlDbType.Uuid, ids, id => id);

    private static NpgsqlParameter<string?> Text(string? text) => new() { NpgsqlDbType = NpgsqlDbType.Text, TypedValue = Parameters.Storable(text) };
}
