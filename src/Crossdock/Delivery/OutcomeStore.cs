using System.Text.Json;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Delivery;

/// <summary>Stores how attempts ended: a group of them in one round trip, which is one transaction.</summary>
internal sealed class OutcomeStore(KeyedDatabase database, DeliveryStore deliveries, IConnectionDirectory directory, NodeIdentity node)
{
    internal const string DeliveryRefused = "delivery_refused";

    private const string HoldOrders = """
        UPDATE orders o SET held = true, version = version + 1, updated_at = $2
        WHERE o.id = ANY ($1) AND NOT o.held AND o.state NOT IN ('cancelled', 'excluded')
          AND EXISTS (SELECT 1 FROM deliveries d WHERE d.id = ANY ($3) AND d.order_id = o.id AND d.state = 'waiting' AND d.leased_by = $4)
        """;

    // What was delivered is delivered, whatever was decided meanwhile; anything else counts only while the lease is ours.
    // What certainly failed is neither repeated nor asked about when its order was called off meanwhile, or a cancellation is waiting behind it.
    private const string Settle = $"""
        UPDATE deliveries d SET
            state = CASE WHEN u.state = 'waiting' AND d.kind = 'create' AND NOT u.unclear AND EXISTS (
                        SELECT 1 FROM deliveries l
                        WHERE l.order_id = d.order_id AND l.destination_id = d.destination_id AND l.kind = 'cancel' AND l.state = 'waiting' AND l.generation > d.generation)
                      OR u.state <> 'delivered' AND d.kind NOT IN ('cancel', 'status') AND NOT u.unclear AND EXISTS (
                        SELECT 1 FROM orders o WHERE o.id = d.order_id AND o.state IN ('cancelled', 'excluded'))
                      OR u.state <> 'delivered' AND d.kind = 'status' AND EXISTS (          -- a later state takes its place
                        SELECT 1 FROM deliveries l
                        WHERE l.order_id = d.order_id AND l.destination_id = d.destination_id AND l.kind = 'status' AND l.state <> 'superseded' AND l.generation > d.generation
                          AND {ShopNotices.IsOutdone})
                    THEN 'superseded' ELSE u.state END,
            attempts = u.attempts, is_unclear = u.unclear, next_attempt_at = u.next, leased_until = NULL, leased_by = NULL,
            remote_id = coalesce(u.remote, d.remote_id), last_error = u.error, done_at = u.done
        FROM unnest($1::uuid[], $2::text[], $3::smallint[], $4::boolean[], $5::timestamptz[], $6::text[], $7::text[], $8::timestamptz[])
            AS u (id, state, attempts, unclear, next, remote, error, done)
        WHERE d.id = u.id AND (u.state = 'delivered' AND d.state <> 'delivered' OR d.state = 'waiting' AND d.leased_by = $9)
        """;

    private const string OpenHolds = """
        INSERT INTO holds (id, order_id, connection_id, code, reason, delivery_id, opened_at, opened_by)
        SELECT u.* FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::uuid[], $7::timestamptz[], $8::text[]) AS u (id, "order", store, code, reason, delivery, at, by)
        JOIN orders o ON o.id = u."order" AND o.held
        JOIN deliveries d ON d.id = u.delivery AND d.state = 'held'     -- it may have ended otherwise meanwhile
        ON CONFLICT DO NOTHING     -- holds_once: the same hold is open already
        """;

    private const string Tell = """
        INSERT INTO timeline (id, order_id, connection_id, entries)
        SELECT t.id, t.order_id, t.connection_id, t.entries::json FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[]) AS t (id, order_id, connection_id, entries)
        """;

    private const string Record = """
        INSERT INTO attempts (id, delivery_id, order_id, destination_id, number, purpose, outcome, because, status, elapsed_ms,
            method, url, request_headers, request_body, response_headers, response_body, error)
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::smallint[], $6::text[], $7::text[], $8::text[], $9::int[], $10::int[],
            $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[])
        """;

    /// <summary>Stores all of them or none. May be called again after a failure that left it open whether they were stored. True when shops are to be told something by it.</summary>
    internal async Task<bool> StoreAsync(IReadOnlyList<FinishedAttempt> finished, IReadOnlyList<(Model.DeliveryId Id, bool IsUnclear)> givenBack, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // :: Step 15: store the outcome: done, next attempt, dead letter or hold
        await using var batch = database.Source.CreateBatch();
        bool isTelling = finished.Count > 0 && AddFinished(batch, finished, now);
        if (givenBack.Count > 0)
        {
            batch.BatchCommands.Add(deliveries.GivingBack(givenBack));
        }
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return isTelling;
    }

    private bool AddFinished(NpgsqlBatch batch, IReadOnlyList<FinishedAttempt> finished, DateTimeOffset now)
    {
        // Orders before deliveries, as the processor locks them, so that the two never wait for each other.
        List<ToldMove> moves = [];
        List<FinishedAttempt> others = [];
        HashSet<Guid> moved = [];
        foreach (var one in finished)
        {
            if (one.Ruling.State == DeliveryState.Delivered && one.Due.Kind == DeliveryKind.Create && moved.Add(one.Due.OrderId.Value))
            {
                StateMove move = new(one.Due.OrderId, OrderState.Approved, OrderState.Processing, $"{one.DestinationKey} has it");
                string entries = AttemptEntries.Json(one);
                moves.Add(new ToldMove(move, Guid.CreateVersion7(one.At), one.Due.Store, AttemptEntries.WithMove(entries, one, move), entries));
            }
            else
            {
                others.Add(one);
            }
        }
        if (moves.Count > 0)
        {
            moves.Sort((left, right) => left.Move.Id.Value.CompareTo(right.Move.Id.Value));
            batch.BatchCommands.Add(OrderStore.MovingAndTelling(moves, now));
        }
        var held = finished.Where(one => one.Ruling.State == DeliveryState.Held).ToList();
        if (held.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(HoldOrders) 
            {
                Parameters = { Parameters.Array(NpgsqlDbType.Uuid, held, one => one.Due.OrderId.Value), Parameters.Time(now), Parameters.Array(NpgsqlDbType.Uuid, held, one => one.Due.Id.Value), new NpgsqlParameter<Guid> { TypedValue = node.Id } },
            });
        }
        batch.BatchCommands.Add(Settling(finished));
        if (held.Count > 0)
        {
            batch.BatchCommands.Add(Holding(held));
        }
        if (others.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Tell)
            {
                Parameters =
                {
                    Parameters.Array(NpgsqlDbType.Uuid, others, one => Guid.CreateVersion7(one.At)),
                    Parameters.Array(NpgsqlDbType.Uuid, others, one => one.Due.OrderId.Value),
                    Parameters.Array(NpgsqlDbType.Integer, others, one => one.Due.Store.Value),
                    Parameters.Array(NpgsqlDbType.Text, others, AttemptEntries.Json),
                },
            });
        }
        batch.BatchCommands.Add(Recording(finished));
        return AddNews(batch, finished, moves, now);
    }

    // What the destinations' answers say beside yes, and what the shops are to learn of it. Nothing of it where nobody asks for it.
    private bool AddNews(NpgsqlBatch batch, IReadOnlyList<FinishedAttempt> finished, List<ToldMove> moves, DateTimeOffset now)
    {
        var connections = directory.Current.ById;
        var known = finished.Where(one => one.Ruling.State == DeliveryState.Delivered && one.Due.Kind is DeliveryKind.Create or DeliveryKind.Update
            && (one.Tracking is not null || connections.TryGetValue(one.Due.Destination, out var destination) && destination.News is not null)).ToList();
        if (known.Count > 0)
        {
            batch.BatchCommands.Add(ShipmentStore.Knowing([.. known.Select(one => new KnownShipment(one.Due.OrderId, one.Due.Destination, one.Due.Store, one.Ruling.RemoteId, one.Tracking))], now));
        }
        List<TellShop> wanted = [.. moves.Where(told => Tells(told.Store)).Select(told => new TellShop(told.Move.Id, told.Move.To, now, told.Move.To))];
        var tracked = known.Where(one => one.Tracking is not null && !moves.Exists(told => told.Move.Id == one.Due.OrderId) && Tells(one.Due.Store));
        wanted.AddRange(tracked.Select(one => new TellShop(one.Due.OrderId, OrderState.Processing, now, OrderState.Processing)));
        if (wanted.Count > 0)
        {
            batch.BatchCommands.Add(ShopNotices.Planning(wanted, now));
        }
        return wanted.Count > 0;

        bool Tells(ConnectionId store) => connections.TryGetValue(store, out var shop) && shop.TellsStatus;
    }

    private NpgsqlBatchCommand Settling(IReadOnlyList<FinishedAttempt> finished) => new(Settle)
    {
        Parameters =
        {
            Parameters.Array(NpgsqlDbType.Uuid, finished, one => one.Due.Id.Value),
            Parameters.Array(NpgsqlDbType.Text, finished, one => EnumNames<DeliveryState>.Of(one.Ruling.State)),
            Parameters.Array(NpgsqlDbType.Smallint, finished, one => (short)one.Ruling.Attempts),
            Parameters.Array(NpgsqlDbType.Boolean, finished, one => one.Ruling.IsUnclear),
            Parameters.Array(NpgsqlDbType.TimestampTz, finished, one => one.Ruling.NextAttemptAt.UtcDateTime),
            Parameters.Array(NpgsqlDbType.Text, finished, one => Parameters.Storable(one.Ruling.RemoteId)),
            Parameters.Array(NpgsqlDbType.Text, finished, one => Parameters.Storable(one.Ruling.Error)),
            Parameters.Array(NpgsqlDbType.TimestampTz, finished, one => one.Ruling.State is DeliveryState.Delivered or DeliveryState.Dead ? one.At.UtcDateTime : (DateTime?)null),
            new NpgsqlParameter<Guid> { TypedValue = node.Id },
        },
    };

    private static NpgsqlBatchCommand Holding(IReadOnlyList<FinishedAttempt> held) => new(OpenHolds)
    {
        Parameters =
        {
            Parameters.Array(NpgsqlDbType.Uuid, held, one => Guid.CreateVersion7(one.At)),
            Parameters.Array(NpgsqlDbType.Uuid, held, one => one.Due.OrderId.Value),
            Parameters.Array(NpgsqlDbType.Integer, held, one => one.Due.Store.Value),
            Parameters.Array(NpgsqlDbType.Text, held, _ => DeliveryRefused),
            Parameters.Array(NpgsqlDbType.Text, held, one => Parameters.Storable($"{one.DestinationKey}: {one.Ruling.Error}")),
            Parameters.Array(NpgsqlDbType.Uuid, held, one => one.Due.Id.Value),
            Parameters.Array(NpgsqlDbType.TimestampTz, held, one => one.At.UtcDateTime),
            Parameters.Array(NpgsqlDbType.Text, held, one => $"destination {one.DestinationKey}"),
        },
    };

    private static NpgsqlBatchCommand Recording(IReadOnlyList<FinishedAttempt> finished)
    {
        List<(DueDelivery Due, LoggedCall Call)> calls = new(finished.Count);
        foreach (var one in finished)
        {
            if (one.Find is { } find)
            {
                calls.Add((one.Due, find));
            }
            calls.Add((one.Due, one.Call));
        }
        return new NpgsqlBatchCommand(Record)
        {
            Parameters =
            {
                Parameters.Array(NpgsqlDbType.Uuid, calls, one => one.Call.Id),
                Parameters.Array(NpgsqlDbType.Uuid, calls, one => one.Due.Id.Value),
                Parameters.Array(NpgsqlDbType.Uuid, calls, one => one.Due.OrderId.Value),
                Parameters.Array(NpgsqlDbType.Integer, calls, one => one.Due.Destination.Value),
                Parameters.Array(NpgsqlDbType.Smallint, calls, one => (short)one.Call.Number),
                Parameters.Array(NpgsqlDbType.Text, calls, one => one.Call.Purpose),
                Parameters.Array(NpgsqlDbType.Text, calls, one => one.Call.Outcome),
                Parameters.Array(NpgsqlDbType.Text, calls, one => Parameters.Storable(one.Call.Because)),
                Parameters.Array(NpgsqlDbType.Integer, calls, one => one.Call.Exchange?.Status),
                Parameters.Array(NpgsqlDbType.Integer, calls, one => one.Call.ElapsedMs),
                Parameters.Array(NpgsqlDbType.Text, calls, one => one.Call.Exchange?.Method),
                Parameters.Array(NpgsqlDbType.Text, calls, one => Parameters.Storable(one.Call.Exchange?.Url)),
                Parameters.Array(NpgsqlDbType.Text, calls, one => Parameters.Storable(one.Call.Exchange?.RequestHeaders)),
                Parameters.Array(NpgsqlDbType.Text, calls, one => Parameters.Storable(one.Call.Exchange?.RequestBody)),
                Parameters.Array(NpgsqlDbType.Text, calls, one => Parameters.Storable(one.Call.Exchange?.ResponseHeaders)),
                Parameters.Array(NpgsqlDbType.Text, calls, one => Parameters.Storable(one.Call.Exchange?.ResponseBody)),
                Parameters.Array(NpgsqlDbType.Text, calls, one => Parameters.Storable(one.Call.Exchange?.Error)),
            },
        };
    }
}
