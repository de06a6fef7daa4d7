using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Privacy;

/// <summary>Everything that is stored of a person, as one JSON document made while it is fetched: nothing of it is kept.</summary>
public sealed class PrivacyExport(NpgsqlDataSource database, TimeProvider clock)
{
    private const string OrderIds = "SELECT order_id FROM privacy_orders WHERE request_id = $1 ORDER BY order_id";

    private const string Order = """
        SELECT json_build_object('store', c.key, 'storeName', c.name, 'id', o.id, 'externalId', o.external_id, 'number', o.number, 'state', o.state, 'placedAt', o.placed_at, 'createdAt', o.created_at, 'erasedAt', o.erased_at, 'order', o.document,
            'timeline', (SELECT json_agg(t.entries ORDER BY t.id) FROM timeline t WHERE t.order_id = o.id),
            'holds', (SELECT json_agg(json_build_object('openedAt', h.opened_at, 'reason', h.reason, 'releasedAt', h.released_at, 'releasedBecause', h.released_because) ORDER BY h.id) FROM holds h WHERE h.order_id = o.id),
            'edits', (SELECT json_agg(json_build_object('field', x.field, 'before', x.before_value, 'after', x.value, 'editedAt', x.edited_at, 'because', x.because) ORDER BY x.id) FROM order_edits x WHERE x.order_id = o.id),
            'shipments', (SELECT json_agg(to_json(s) ) FROM shipments s WHERE s.order_id = o.id),
            'deliveries', (SELECT json_agg(json_build_object('to', dc.name, 'kind', d.kind, 'state', d.state, 'createdAt', d.created_at, 'doneAt', d.done_at, 'remoteId', d.remote_id, 'document', d.document, 'editedBody', d.body_override,
                'attempts', (SELECT json_agg(json_build_object('outcome', a.outcome, 'status', a.status, 'method', a.method, 'url', a.url, 'request', a.request_body, 'answer', a.response_body) ORDER BY a.id) FROM attempts a WHERE a.delivery_id = d.id)) ORDER BY d.id)
                FROM deliveries d JOIN connections dc ON dc.id = d.destination_id WHERE d.order_id = o.id))::text
        FROM orders o JOIN connections c ON c.id = o.connection_id WHERE o.id = $1
        """;

    private const string Payloads = """
        SELECT e.id, e.topic, e.received_at, e.body FROM events e WHERE e.id = ANY (ARRAY(
            SELECT (entry ->> 'ref')::uuid FROM timeline t, LATERAL json_array_elements(t.entries) entry WHERE t.order_id = $1 AND entry ->> 'kind' IN ('received', 'repeated', 'older', 'unchanged', 'changed', 'note') AND entry ->> 'ref' IS NOT NULL
            UNION SELECT event_id FROM orders WHERE id = $1)) ORDER BY e.id
        """;

    private const string Others = "SELECT e.id, e.topic, e.received_at, e.body FROM privacy_events p JOIN events e ON e.id = p.event_id WHERE p.request_id = $1 ORDER BY e.id LIMIT 10000";

    /// <summary>Writes it.</summary>
    public async Task WriteAsync(PrivacyRequest request, Stream to, CancellationToken cancellationToken)
    {
        await using var json = new Utf8JsonWriter(to, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("about", request.Subject);
        json.WriteString("request", request.Id);
        json.WriteString("madeAt", clock.GetUtcNow());
        json.WriteStartArray("orders");
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        foreach (var id in await IdsAsync(connection, request.Id, cancellationToken))
        {
            await using var command = new NpgsqlCommand(Order, connection) { Parameters = { new() { Value = id } } };
            if (await command.ExecuteScalarAsync(cancellationToken) is not string order)
            {
                continue;
            }

            json.WriteStartObject();
            using (var document = JsonDocument.Parse(order))
            {
                foreach (var property in document.RootElement.EnumerateObject())
                {
                    property.WriteTo(json);
                }
            }

            await PayloadsAsync(connection, json, "received", Payloads, id, cancellationToken);
            json.WriteEndObject();
            await json.FlushAsync(cancellationToken);
        }

        json.WriteEndArray();
        await PayloadsAsync(connection, json, "otherMessages", Others, request.Id, cancellationToken);
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
    }

    private static async Task PayloadsAsync(NpgsqlConnection connection, Utf8JsonWriter json, string name, string sql, Guid id, CancellationToken cancellationToken)
    {
        json.WriteStartArray(name);
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = id, NpgsqlDbType = NpgsqlDbType.Uuid } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            json.WriteStartObject();
            json.WriteString("id", reader.GetGuid(0));
            json.WriteString("topic", reader.GetString(1));
            json.WriteString("receivedAt", reader.GetDateTime(2));
            byte[] body = reader.GetFieldValue<byte[]>(3);
            json.WritePropertyName("message");
            try
            {
                using var document = JsonDocument.Parse(body);
                document.RootElement.WriteTo(json);
            }
            catch (JsonException)
            {
                json.WriteStringValue(Encoding.UTF8.GetString(body));
            }

            json.WriteEndObject();
            await json.FlushAsync(cancellationToken);
        }

        json.WriteEndArray();
    }

    private static async Task<List<Guid>> IdsAsync(NpgsqlConnection connection, Guid request, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(OrderIds, connection) { Parameters = { new() { Value = request } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<Guid> ids = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }
}
