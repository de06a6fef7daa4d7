using Crossdock.Database;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Privacy;

/// <summary>An order whose person is taken out.</summary>
internal sealed record ErasableOrder(Guid Id, int Connection, string ExternalId, string Number, byte[] Document, Guid EventId, bool IsErased);

/// <summary>A row with texts that may hold the person.</summary>
internal sealed record TextRow(Guid Id, string?[] Texts);

/// <summary>A payload.</summary>
internal sealed record PayloadRow(Guid Id, string Headers, byte[] Body);

/// <summary>The statements that take a person out of everything that hangs on an order.</summary>
internal static class EraseStore
{
    public const string Orders = "SELECT id, connection_id, external_id, number, document, event_id, erased_at IS NOT NULL FROM orders WHERE id = $1 FOR UPDATE";

    // As the order's page finds them, and what is parked under its key.
    public const string Events = """
        SELECT id, headers, body FROM events WHERE id = ANY (ARRAY(
            SELECT (entry ->> 'ref')::uuid FROM timeline t, LATERAL json_array_elements(t.entries) entry
            WHERE t.order_id = $1 AND entry ->> 'kind' IN ('received', 'repeated', 'older', 'unchanged', 'changed', 'note') AND entry ->> 'ref' IS NOT NULL
            UNION SELECT event_id FROM orders WHERE id = $1
            UNION SELECT event_id FROM shipments WHERE order_id = $1 AND event_id IS NOT NULL
            UNION SELECT p.event_id FROM parked_events p JOIN orders o ON o.connection_id = p.connection_id AND o.external_id = p.order_key WHERE o.id = $1))
        """;

    public const string EventsById = "SELECT id, headers, body FROM events WHERE id = ANY ($1)";

    public const string Deliveries = "SELECT id, last_error, body_override, document::text FROM deliveries WHERE order_id = $1";

    public const string Attempts = """
        SELECT a.id, a.because, a.url, a.request_headers, a.request_body, a.response_headers, a.response_body, a.error
        FROM attempts a WHERE a.delivery_id = ANY (ARRAY(SELECT id FROM deliveries WHERE order_id = $1))
        """;

    public const string Timeline = "SELECT id, entries::text FROM timeline WHERE order_id = $1";

    public const string Holds = "SELECT id, reason, released_because FROM holds WHERE order_id = $1";

    public const string WriteOrder = """
        UPDATE orders SET document = $2, customer_name = CASE WHEN customer_name IS NULL THEN NULL ELSE 'erased' END, customer_email = NULL, state_because = $4, edited = false, erased_at = coalesce(erased_at, $3), version = version + 1, updated_at = $3 WHERE id = $1
        """;

    public const string WriteEvent = "UPDATE events SET headers = $2, body = $3 WHERE id = $1";

    public const string WriteDelivery = "UPDATE deliveries SET last_error = $2, body_override = $3, document = $4::json WHERE id = $1";

    public const string WriteAttempt = "UPDATE attempts SET because = $2, url = $3, request_headers = $4, request_body = $5, response_headers = $6, response_body = $7, error = $8 WHERE id = $1";

    public const string WriteTimeline = "UPDATE timeline SET entries = $2::json WHERE id = $1";

    // Two open holds of one order must not become the same.
    public const string WriteHold = """
        UPDATE holds h SET reason = $2, released_because = $3
        WHERE id = $1 AND (released_at IS NOT NULL OR NOT EXISTS (SELECT FROM holds o WHERE o.order_id = h.order_id AND o.code = h.code AND o.reason = $2 AND o.id <> h.id AND o.released_at IS NULL))
        """;

    public const string WriteShipments = "UPDATE shipments SET tracking_number = NULL, tracking_url = NULL WHERE order_id = $1 AND (tracking_number IS NOT NULL OR tracking_url IS NOT NULL)";

    public const string WriteParked = "UPDATE parked_events SET value = NULL, path = NULL WHERE event_id = ANY ($1) AND value IS NOT NULL";

    // Words of the person are only those of fields that tell of one: a city or a quantity stands in other texts with right.
    public const string Edits = """
        SELECT id, p.before_value, p.value, p.shop_value, p.theirs FROM order_edits e
        LEFT JOIN LATERAL (SELECT e.before_value, e.value, e.shop_value, e.theirs WHERE e.field = 'note' OR e.field ~ '^(shipTo|billTo|customer)\.(name|firstName|lastName|company|line1|line2|phone|email|taxId)$') p ON true
        WHERE e.order_id = $1
        """;

    // What people had changed is not laid over the document without the person, and what it was stands nowhere else than in the audit log.
    public const string DropEdits = "DELETE FROM order_edits WHERE order_id = $1";

    public const string CleanAudit = "UPDATE audit SET before = NULL, after = NULL WHERE subject = 'order' AND subject_id = $1::text AND action IN ('order_edited', 'order_edit_undone', 'order_conflict_settled')";

    public const string DropTrials = "DELETE FROM replay_differences WHERE order_id = $1";

    // An uploaded file holds the rows of many people; its figures stay. One that is being read is left until it is done.
    public const string DropFiles = """
        WITH files AS (
            UPDATE file_imports i SET file_dropped_at = $2, preview = NULL
            WHERE i.connection_id = $1 AND i.file_dropped_at IS NULL AND i.state NOT IN ('checking', 'importing') AND EXISTS (SELECT FROM file_chunks c WHERE c.import_id = i.id) RETURNING i.id)
        DELETE FROM file_chunks c USING files WHERE c.import_id = files.id
        """;

    public const string Keep = """
        INSERT INTO erased_orders (connection_id, external_id, request_id, erased_at, swept_at) VALUES ($1, $2, $3, $4, $4)
        ON CONFLICT (connection_id, external_id) DO UPDATE SET swept_at = excluded.swept_at
        """;

    public const string OrderDone = "UPDATE privacy_orders SET done_at = $3 WHERE order_id = $2 AND request_id = $1";

    public const string EventsDone = "UPDATE privacy_events SET done_at = $3 WHERE event_id = ANY ($2) AND request_id = $1";

    public const string Count = """
        UPDATE privacy_requests SET erased = (
            SELECT json_object_agg(name, n) FROM (SELECT name, sum(n) AS n FROM (SELECT key AS name, value::bigint AS n FROM json_each_text(coalesce(erased, '{}'::json)) UNION ALL SELECT * FROM unnest($2::text[], $3::bigint[])) AS all_of GROUP BY name) AS added)
        WHERE id = $1
        """;

    // What came since the last sweep for orders that are erased, by one look into timeline_by_order each, two minutes back for what was under way then; and orders that came back with a backup.
    public const string ToSweep = """
        SELECT e.connection_id, e.external_id, o.id, e.request_id
        FROM erased_orders e JOIN orders o ON o.external_id = e.external_id AND o.connection_id = e.connection_id
        CROSS JOIN LATERAL (SELECT lpad(to_hex((extract(epoch FROM e.swept_at - interval '2 minutes') * 1000)::bigint), 12, '0') AS hex) h
        WHERE o.erased_at IS NULL OR EXISTS (SELECT FROM timeline t WHERE t.order_id = o.id AND t.id >= (substr(h.hex, 1, 8) || '-' || substr(h.hex, 9, 4) || '-0000-0000-000000000000')::uuid)
        LIMIT 200
        """;

    public static NpgsqlParameter Text(string? text) => new() { Value = (object?)Parameters.Storable(text) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
