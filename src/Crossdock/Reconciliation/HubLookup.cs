using Crossdock.Database;
using Crossdock.Model;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Reconciliation;

/// <summary>An order that is captured and not to be seen among the orders.</summary>
/// <param name="EventId">The parked event; null when it is on its way.</param>
/// <param name="Reason">Why it is parked.</param>
internal sealed record Captured(Guid? EventId, string? Reason);

/// <summary>Looks up what is here, by index and in chunks of ids.</summary>
internal sealed class HubLookup(NpgsqlDataSource database)
{
    // By the unique index on external id and connection.
    private const string Orders = """
        SELECT o.id, o.external_id, o.source_updated_at, o.total, o.currency, o.platform_status
        FROM unnest($2::text[]) AS k (external_id) JOIN orders o ON o.external_id = k.external_id AND o.connection_id = $1
        """;

    // Only asked for orders that are not here: few, and the inbox is as long as the work that waits.
    private const string OnTheWay = """
        SELECT external_id, NULL::uuid, NULL::text FROM fetches WHERE connection_id = $1 AND external_id = ANY($2)
        UNION ALL
        SELECT order_key, NULL, NULL FROM inbox WHERE connection_id = $1 AND order_key = ANY($2)
        UNION ALL
        SELECT order_key, event_id, reason FROM parked_events WHERE connection_id = $1 AND order_key = ANY($2)
        """;

    // Ids begin with the time an order came: a range of the index on connection and id.
    private const string OfWindow = """
        SELECT o.id, o.external_id, o.source_updated_at, o.total, o.currency, o.platform_status FROM orders o
        WHERE o.connection_id = $1 AND o.id >= $2 AND o.id < $3 AND o.created_at < $6
          AND CASE WHEN $7 THEN o.source_updated_at ELSE o.placed_at END >= $4 AND CASE WHEN $7 THEN o.source_updated_at ELSE o.placed_at END < $5
        ORDER BY o.id LIMIT $8
        """;

    /// <summary>Those of them that are here.</summary>
    public async Task<Dictionary<string, HubOrder>> OrdersAsync(ConnectionId connection, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, HubOrder>(externalIds.Count, StringComparer.Ordinal);
        if (externalIds.Count == 0)
        {
            return found;
        }

        await using var command = database.CreateCommand(Orders);
        command.Parameters.Add(new() { Value = connection.Value });
        command.Parameters.Add(Texts(externalIds));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var order = Read(reader);
            found[order.ExternalId] = order;
        }

        return found;
    }

    /// <summary>Those of them that are captured: waiting to be worked, to be fetched, or parked.</summary>
    public async Task<Dictionary<string, Captured>> OnTheWayAsync(ConnectionId connection, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, Captured>(StringComparer.Ordinal);
        if (externalIds.Count == 0)
        {
            return found;
        }

        await using var command = database.CreateCommand(OnTheWay);
        command.Parameters.Add(new() { Value = connection.Value });
        command.Parameters.Add(Texts(externalIds));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            // What is on its way may still mend what is parked.
            found.TryAdd(reader.GetString(0), new(reader.IsDBNull(1) ? null : reader.GetGuid(1), reader.IsDBNull(2) ? null : reader.GetString(2)));
        }

        return found;
    }

    /// <summary>The orders here that belong into a window, of those that came while it lasted or soon after, in chunks.</summary>
    public async IAsyncEnumerable<HubOrder> OfWindowAsync(
        ConnectionId connection, DateTimeOffset from, DateTimeOffset to, bool isByChange, DateTimeOffset before, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int AtOnce = 5000;
        var after = QueryReading.Floor(from);
        var end = QueryReading.Floor(to + TimeSpan.FromHours(2));
        while (true)
        {
            var rows = new List<HubOrder>();
            await using (var command = database.CreateCommand(OfWindow))
            {
                command.Parameters.Add(new() { Value = connection.Value });
                command.Parameters.Add(new() { Value = after });
                command.Parameters.Add(new() { Value = end });
                command.Parameters.Add(Time(from));
                command.Parameters.Add(Time(to));
                command.Parameters.Add(Time(before));
                command.Parameters.Add(new() { Value = isByChange });
                command.Parameters.Add(new() { Value = AtOnce });
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                {
                    rows.Add(Read(reader));
                }
            }

            foreach (var row in rows)
            {
                yield return row;
            }

            if (rows.Count < AtOnce)
            {
                yield break;
            }

            after = Next(rows[^1].Id);
        }
    }

    private static HubOrder Read(NpgsqlDataReader reader) => new(
        reader.GetGuid(0), reader.GetString(1), reader.IsDBNull(2) ? null : new DateTimeOffset(reader.GetDateTime(2)), reader.GetDecimal(3), reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetString(5));

    // The next larger id.
    private static Guid Next(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        for (int place = 15; place >= 0 && ++bytes[place] == 0; place--)
        {
        }

        return new Guid(bytes, bigEndian: true);
    }

    private static NpgsqlParameter Time(DateTimeOffset at) => new() { Value = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter Texts(IReadOnlyCollection<string> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
