using System.Text.Json;
using Crossdock.Database;
using Crossdock.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Webhooks;

/// <summary>Makes events of what happened: reads the timelines and alerts after they were written, never on the way of an order.
/// A timeline's row has the id of a moment before its commit, so rows appear behind what was read already. They are therefore read twice: at once, so that nobody waits, and again up to where nothing older can still be committed.
/// The second reading finds what the first one missed; the events' ids and the primary keys make each event once.</summary>
internal sealed class WebhookReader(NpgsqlDataSource database, TimeProvider clock)
{
    private const int RowsAtOnce = 1000;

    // From making a row's id to beginning its transaction, and between the clocks of two nodes.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    // What was read a moment ago is read again at once: most of what is late is late by little.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(3);

    // Alerts are few, and ended by an update whenever it comes.
    private static readonly TimeSpan AlertOverlap = TimeSpan.FromMinutes(10);

    // One node reads at a time; the others have nothing to do.
    private const string Progress = "SELECT soon, safe, alerts_from FROM webhook_progress FOR UPDATE SKIP LOCKED";

    private const string Wanting = "SELECT id, types, connections, enabled_at FROM webhooks WHERE enabled";

    // Whoever began before may still commit rows with ids of that time.
    private const string Oldest = "SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

    private const string Rows = "SELECT id, order_id, connection_id, entries FROM timeline WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3";

    private const string Orders = """
        SELECT id, external_id, number, state, held, payment_status, currency, total, placed_at, version FROM orders WHERE id = ANY($1)
        """;

    private const string Deliveries = "SELECT d.id, c.key, d.destination_id, d.kind, d.remote_id FROM deliveries d JOIN connections c ON c.id = d.destination_id WHERE d.id = ANY($1)";

    private const string Stores = "SELECT id, key FROM connections WHERE id = ANY($1)";

    private const string Alerts = """
        SELECT a.id, a.kind, a.connection_id, c.key, a.sentence, a.advice, a.opened_at, a.ended_at, a.ended_because
        FROM alerts a JOIN connections c ON c.id = a.connection_id WHERE a.opened_at >= $1 OR a.ended_at >= $1
        """;

    private const string InsertEvents = """
        INSERT INTO webhook_events (id, type, connection_id, body) SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[]) ON CONFLICT (id) DO NOTHING
        """;

    private const string InsertMessages = """
        INSERT INTO webhook_messages (webhook_id, event_id, state, next_attempt_at) SELECT w, e, 'waiting', $3 FROM unnest($1::uuid[], $2::uuid[]) AS pairs (w, e)
        WHERE EXISTS (SELECT FROM webhooks WHERE id = w) ON CONFLICT DO NOTHING
        """;

    private const string Advance = "UPDATE webhook_progress SET soon = $1, safe = $2, alerts_from = $3";

    private sealed record Wanted(Guid Id, string[] Types, int[]? Connections, DateTimeOffset EnabledAt);

    private sealed record TimelineRow(Guid Id, Guid Order, int Connection, IReadOnlyList<TimelineEntry> Entries);

    /// <summary>Reads one page on; answers whether there may be more.</summary>
    public async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await ProgressAsync(connection, cancellationToken) is not var (soon, safe, alertsFrom) || await WantingAsync(connection, cancellationToken) is not { Count: > 0 } wanting)
        {
            return false;
        }

        var now = clock.GetUtcNow();
        var horizon = await HorizonAsync(connection, now, cancellationToken);
        var ahead = await RowsAsync(connection, soon, QueryReading.Floor(now + Margin), RowsAtOnce, cancellationToken);
        var late = ahead.Count < RowsAtOnce ? await RowsAsync(connection, Back(soon, Overlap), soon, RowsAtOnce * 10, cancellationToken) : [];
        var again = horizon > safe ? await RowsAsync(connection, safe, horizon, RowsAtOnce, cancellationToken) : [];
        List<WebhookEvent> events = [.. await EventsAsync(connection, [.. ahead.Concat(late).Concat(again).DistinctBy(row => row.Id)], cancellationToken), .. await AlertsAsync(connection, alertsFrom - AlertOverlap, cancellationToken)];
        await KeepAsync(connection, events, wanting, now, cancellationToken);

        // A page that is full ends at its last row, otherwise at the end of what was asked for. What is ahead never falls behind what is safe.
        var nextSafe = again.Count == RowsAtOnce ? again[^1].Id : horizon > safe ? horizon : safe;
        var nextSoon = Later(ahead.Count == 0 ? soon : Later(ahead[^1].Id, soon), nextSafe);
        await using var advance = new NpgsqlCommand(Advance, connection) { Parameters = { new() { Value = nextSoon }, new() { Value = nextSafe }, Parameters.Time(now) } };
        await advance.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return again.Count == RowsAtOnce || ahead.Count == RowsAtOnce;
    }

    private static async Task<(Guid Soon, Guid Safe, DateTimeOffset AlertsFrom)?> ProgressAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Progress, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetGuid(0), reader.GetGuid(1), new DateTimeOffset(reader.GetDateTime(2))) : null;
    }

    private static async Task<List<Wanted>> WantingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Wanting, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<Wanted> wanting = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            wanting.Add(new(reader.GetGuid(0), reader.GetFieldValue<string[]>(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<int[]>(2), new DateTimeOffset(reader.GetDateTime(3))));
        }

        return wanting;
    }

    private static async Task<Guid> HorizonAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Oldest, connection);
        var oldest = await command.ExecuteScalarAsync(cancellationToken) is DateTime at ? new DateTimeOffset(at) : now;
        return QueryReading.Floor((oldest < now ? oldest : now) - Margin);
    }

    private static async Task<List<TimelineRow>> RowsAsync(NpgsqlConnection connection, Guid from, Guid to, int take, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Rows, connection) { Parameters = { new() { Value = from }, new() { Value = to }, new() { Value = take } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<TimelineRow> rows = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new(reader.GetGuid(0), reader.GetGuid(1), reader.GetInt32(2), JsonSerializer.Deserialize(reader.GetString(3), TimelineJson.Default.ListTimelineEntry) ?? []));
        }

        return rows;
    }

    private static async Task<List<WebhookEvent>> EventsAsync(NpgsqlConnection connection, IReadOnlyList<TimelineRow> rows, CancellationToken cancellationToken)
    {
        List<TimelineRow> telling = [.. rows.Where(row => row.Entries.Any(entry => WebhookEvents.TypesOf(entry).Count > 0))];
        if (telling.Count == 0)
        {
            return [];
        }

        var orders = await ReadAsync(connection, Orders, [.. telling.Select(row => row.Order).Distinct()], reader => new ToldOrder
        {
            Id = reader.GetGuid(0), ExternalId = reader.GetString(1), Number = reader.GetString(2), State = reader.GetString(3), Held = reader.GetBoolean(4), PaymentStatus = reader.GetString(5),
            Currency = reader.GetString(6), Total = reader.GetDecimal(7), PlacedAt = reader.IsDBNull(8) ? null : new DateTimeOffset(reader.GetDateTime(8)), Version = reader.GetInt32(9),
        }, order => order.Id, cancellationToken);
        var deliveries = await ReadAsync(connection, Deliveries, [.. telling.SelectMany(row => row.Entries).Where(entry => entry.Kind is TimelineKind.Delivery).Select(entry => entry.Ref).OfType<Guid>().Distinct()],
            reader => new ToldDelivery { Id = reader.GetGuid(0), Destination = reader.GetString(1), DestinationId = reader.GetInt32(2), Kind = reader.GetString(3), RemoteId = reader.IsDBNull(4) ? null : reader.GetString(4) },
            delivery => delivery.Id, cancellationToken);
        var stores = await ReadAsync(connection, Stores, [.. telling.Select(row => row.Connection).Distinct()], reader => (Id: reader.GetInt32(0), Key: reader.GetString(1)), store => store.Id, cancellationToken);
        return [.. telling.Where(row => orders.ContainsKey(row.Order)).SelectMany(row => WebhookEvents.Of(row.Id, row.Connection, stores.TryGetValue(row.Connection, out var store) ? store.Key : "", row.Entries, orders[row.Order], deliveries))];
    }

    private static async Task<Dictionary<TKey, T>> ReadAsync<TKey, T>(NpgsqlConnection connection, string sql, TKey[] ids, Func<NpgsqlDataReader, T> read, Func<T, TKey> key, CancellationToken cancellationToken) where TKey : notnull
    {
        Dictionary<TKey, T> found = [];
        if (ids.Length == 0)
        {
            return found;
        }

        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = ids } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var one = read(reader);
            found[key(one)] = one;
        }

        return found;
    }

    private static async Task<List<WebhookEvent>> AlertsAsync(NpgsqlConnection connection, DateTimeOffset from, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Alerts, connection) { Parameters = { Parameters.Time(from) } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<WebhookEvent> events = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            var alert = new ToldAlert
            {
                Id = reader.GetGuid(0), Kind = reader.GetString(1), ConnectionId = reader.GetInt32(2), Connection = reader.GetString(3), Sentence = reader.GetString(4), Advice = reader.IsDBNull(5) ? null : reader.GetString(5),
                OpenedAt = new DateTimeOffset(reader.GetDateTime(6)), EndedAt = reader.IsDBNull(7) ? null : new DateTimeOffset(reader.GetDateTime(7)), EndedBecause = reader.IsDBNull(8) ? null : reader.GetString(8),
            };
            if (alert.OpenedAt >= from && WebhookEvents.Of(alert, isEnd: false) is { } opened)
            {
                events.Add(opened);
            }

            if (alert.EndedAt is not null && WebhookEvents.Of(alert, isEnd: true) is { } ended)
            {
                events.Add(ended);
            }
        }

        return events;
    }

    private static async Task KeepAsync(NpgsqlConnection connection, IReadOnlyList<WebhookEvent> events, IReadOnlyList<Wanted> wanting, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<(Guid Webhook, WebhookEvent Event)> pairs = [.. from one in events
                                                             from webhook in wanting
                                                             where QueryReading.TimeOf(one.Id) >= webhook.EnabledAt && (webhook.Types.Length == 0 || webhook.Types.Contains(one.Type))
                                                                 && (webhook.Connections is not { } some || (one.Connection is { } store && some.Contains(store)) || (one.Other is { } other && some.Contains(other)))
                                                             select (webhook.Id, one)];
        if (pairs.Count == 0)
        {
            return;
        }

        List<WebhookEvent> told = [.. pairs.Select(pair => pair.Event).DistinctBy(one => one.Id)];
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(InsertEvents)
                {
                    Parameters =
                    {
                        Parameters.Array(NpgsqlDbType.Uuid, told, one => one.Id), Parameters.Array(NpgsqlDbType.Text, told, one => one.Type),
                        Parameters.Array(NpgsqlDbType.Integer, told, one => one.Connection), Parameters.Array(NpgsqlDbType.Text, told, one => Parameters.Storable(one.Body)!),
                    },
                },
                new NpgsqlBatchCommand(InsertMessages)
                {
                    Parameters = { Parameters.Array(NpgsqlDbType.Uuid, pairs, pair => pair.Webhook), Parameters.Array(NpgsqlDbType.Uuid, pairs, pair => pair.Event.Id), Parameters.Time(now) },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Guid Back(Guid from, TimeSpan by) => QueryReading.Floor(QueryReading.TimeOf(from) - by);

    private static Guid Later(Guid left, Guid right) => string.CompareOrdinal(left.ToString(), right.ToString()) > 0 ? left : right;
}
