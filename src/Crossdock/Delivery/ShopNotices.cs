using System.Text.Json;
using System.Text.Json.Serialization;
using Crossdock.Database;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Delivery;

/// <summary>A state that the shop of an order is to learn.</summary>
/// <param name="Order">The order; the transaction has locked it, or moves it.</param>
/// <param name="State">processing, in_shipment, delivered or cancelled.</param>
/// <param name="At">When that happened, UTC.</param>
/// <param name="If">Told only when the order stands there; null where the transaction knows that it came by it.</param>
internal readonly record struct TellShop(OrderId Order, OrderState State, DateTimeOffset At, OrderState? If = null);

/// <summary>Plans what shops are told: one delivery of kind <c>status</c> per order and state, in the transaction that moves the state.</summary>
internal static class ShopNotices
{
    internal const string SwitchedOff = "the shop is no longer told how its orders get on";

    /// <summary>SQL: whether what <c>d</c> tells is of no use any more once <c>l</c> is told. A shop that was not told of the shipment is told of it before it is told of the arrival: the tracking is in it.</summary>
    internal const string IsOutdone = "NOT (d.document ->> 'state' = 'in_shipment' AND l.document ->> 'state' = 'delivered')";

    // What was told last decides: the same state with the same tracking is not told again, whoever says it how often. The unique key (order, destination, kind, generation) stands behind it:
    // of two that count on at the same moment one inserts nothing. What was not sent yet and has no use any more is not sent.
    private const string Plan = $"""
        WITH wanted AS (
            SELECT w.id, o.id AS order_id, o.connection_id, row_number() OVER (PARTITION BY o.id ORDER BY w.place) AS place, json_build_object('externalId', o.external_id, 'number', o.number,
                'state', w.state, 'at', w.at, 'carrier', s.carrier, 'trackingNumber', s.tracking_number, 'trackingUrl', s.tracking_url) AS notice
            FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[]) WITH ORDINALITY AS w (id, order_id, state, at, expected, place)
            JOIN orders o ON o.id = w.order_id AND o.state = coalesce(w.expected, o.state)
            LEFT JOIN LATERAL (
                SELECT carrier, tracking_number, tracking_url FROM shipments
                WHERE order_id = o.id AND state IS DISTINCT FROM 'cancelled' ORDER BY tracking_number IS NULL, updated_at DESC LIMIT 1) s ON true
            LEFT JOIN LATERAL (
                SELECT d.document FROM deliveries d
                WHERE d.order_id = o.id AND d.destination_id = o.connection_id AND d.kind = 'status' AND d.state <> 'superseded' ORDER BY d.generation DESC LIMIT 1) t ON true
            WHERE t.document ->> 'state' IS DISTINCT FROM w.state OR s.tracking_number <> coalesce(t.document ->> 'trackingNumber', '')
                OR (s.tracking_number IS NOT NULL AND s.tracking_url <> coalesce(t.document ->> 'trackingUrl', ''))),
        planned AS (
            INSERT INTO deliveries (id, order_id, connection_id, destination_id, kind, generation, state, next_attempt_at, created_at, document)
            SELECT w.id, w.order_id, w.connection_id, w.connection_id, 'status',
                w.place + coalesce((SELECT max(generation) FROM deliveries d WHERE d.order_id = w.order_id AND d.destination_id = w.connection_id AND d.kind = 'status'), 0),
                'waiting', $6, $6, w.notice
            FROM wanted w
            ON CONFLICT DO NOTHING
            RETURNING order_id, destination_id, document)
        UPDATE deliveries d SET state = 'superseded', done_at = $6, last_error = 'a later state took its place'
        FROM planned l
        WHERE d.order_id = l.order_id AND d.destination_id = l.destination_id AND d.kind = 'status' AND d.state IN ('waiting', 'dead') AND (d.leased_until IS NULL OR d.leased_until <= $6) AND {IsOutdone}
        """;

    // The shop itself says that the order is over: what it would still have been told is news to nobody.
    private const string CallOff = """
        UPDATE deliveries SET state = 'superseded', done_at = $2, last_error = 'the shop called the order off itself'
        WHERE order_id = ANY ($1) AND kind = 'status' AND state IN ('waiting', 'dead') AND (leased_until IS NULL OR leased_until <= $2)
        """;

    /// <summary>Plans them; the states of one order in the order in which they are to be told.</summary>
    internal static NpgsqlBatchCommand Planning(IReadOnlyList<TellShop> wanted, DateTimeOffset now) => new(Plan)
    {
        Parameters =
        {
            Parameters.Array(NpgsqlDbType.Uuid, wanted, _ => Guid.CreateVersion7(now)),
            Parameters.Array(NpgsqlDbType.Uuid, wanted, one => one.Order.Value),
            Parameters.Array(NpgsqlDbType.Text, wanted, one => EnumNames<OrderState>.Of(one.State)),
            Parameters.Array(NpgsqlDbType.TimestampTz, wanted, one => one.At.UtcDateTime),
            Parameters.Array(NpgsqlDbType.Text, wanted, one => one.If is { } state ? EnumNames<OrderState>.Of(state) : null),
            Parameters.Time(now),
        },
    };

    /// <summary>Ends what waits to be told of these orders.</summary>
    internal static NpgsqlBatchCommand CallingOff(IReadOnlyList<Guid> orders, DateTimeOffset now) =>
        new(CallOff) { Parameters = { Parameters.Array(NpgsqlDbType.Uuid, orders, id => id), Parameters.Time(now) } };

    /// <summary>Whether the shop learns of this state at all.</summary>
    internal static bool IsTold(OrderState state) => state is OrderState.Processing or OrderState.InShipment or OrderState.Delivered or OrderState.Cancelled;

    internal static StatusNotice Read(string document) => JsonSerializer.Deserialize(document, NoticeJson.Default.StatusNotice) ?? throw new InvalidDataException("a notice without content");

    /// <summary>As the timeline says it: "in shipment, tracking 123 by Starken".</summary>
    internal static string Words(StatusNotice notice) =>
        OrderSentences.Words(notice.State) + (notice.State == OrderState.Cancelled ? "" : Words(notice.TrackingNumber, notice.Carrier));

    /// <summary>", tracking 123 by Starken"; empty when nothing is known.</summary>
    internal static string Words(string? number, string? carrier) =>
        (number is null ? "" : $", tracking {number}") + (carrier is null ? "" : number is null ? $", carried by {carrier}" : $" by {carrier}");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StatusNotice))]
internal sealed partial class NoticeJson : JsonSerializerContext;
