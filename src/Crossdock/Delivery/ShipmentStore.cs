using Crossdock.Database;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Delivery;

/// <summary>What a destination's answer said of an order beside having it.</summary>
internal readonly record struct KnownShipment(OrderId Order, ConnectionId Destination, ConnectionId Store, string? RemoteId, Tracking? Tracking);

/// <summary>Writes what destinations say of the orders they have.</summary>
internal static class ShipmentStore
{
    // An index entry has its limits; nobody asks by a longer id.
    private const int LongestId = 200;

    // Handed over anew after it had been called off, it begins anew. What the destination said meanwhile by itself stays.
    private const string Know = """
        INSERT INTO shipments (order_id, destination_id, connection_id, remote_id, carrier, tracking_number, tracking_url, created_at, updated_at)
        SELECT DISTINCT ON (k.order_id, k.destination_id) k.*, $8, $8
        FROM unnest($1::uuid[], $2::int[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[]) AS k (order_id, destination_id, connection_id, remote_id, carrier, tracking_number, tracking_url)
        ORDER BY k.order_id, k.destination_id
        ON CONFLICT (order_id, destination_id) DO UPDATE SET remote_id = coalesce(excluded.remote_id, shipments.remote_id), updated_at = excluded.updated_at,
            state = CASE WHEN shipments.state = 'cancelled' THEN NULL ELSE shipments.state END,
            word = CASE WHEN shipments.state = 'cancelled' THEN NULL ELSE shipments.word END,
            carrier = CASE WHEN shipments.state = 'cancelled' THEN excluded.carrier ELSE coalesce(excluded.carrier, shipments.carrier) END,
            tracking_number = CASE WHEN shipments.state = 'cancelled' THEN excluded.tracking_number ELSE coalesce(excluded.tracking_number, shipments.tracking_number) END,
            tracking_url = CASE WHEN shipments.state = 'cancelled' THEN excluded.tracking_url ELSE coalesce(excluded.tracking_url, shipments.tracking_url) END
        """;

    /// <summary>Notes what answers said.</summary>
    internal static NpgsqlBatchCommand Knowing(IReadOnlyList<KnownShipment> known, DateTimeOffset now) => new(Know)
    {
        Parameters =
        {
            Parameters.Array(NpgsqlDbType.Uuid, known, one => one.Order.Value),
            Parameters.Array(NpgsqlDbType.Integer, known, one => one.Destination.Value),
            Parameters.Array(NpgsqlDbType.Integer, known, one => one.Store.Value),
            Parameters.Array(NpgsqlDbType.Text, known, one => Id(one.RemoteId)),
            Parameters.Array(NpgsqlDbType.Text, known, one => Parameters.Storable(one.Tracking?.Carrier)),
            Parameters.Array(NpgsqlDbType.Text, known, one => Parameters.Storable(one.Tracking?.Number)),
            Parameters.Array(NpgsqlDbType.Text, known, one => Parameters.Storable(one.Tracking?.Url)),
            Parameters.Time(now),
        },
    };

    /// <summary>The id as it is stored and asked for; null when it is too long for that.</summary>
    internal static string? Id(string? remoteId) => remoteId is { Length: <= LongestId } ? Parameters.Storable(remoteId) : null;
}
