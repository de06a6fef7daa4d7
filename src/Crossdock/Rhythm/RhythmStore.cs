using Crossdock.Model;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Rhythm;

/// <summary>A store as the watch sees it.</summary>
internal sealed record StoreRhythm
{
    public required ConnectionId ConnectionId { get; init; }
    public required string Name { get; init; }
    /// <summary>Neither disabled nor deleted.</summary>
    public required bool IsOn { get; init; }
    /// <summary>When its configuration changed last: a silence is not counted from before.</summary>
    public required DateTimeOffset ChangedAt { get; init; }
    public DateTimeOffset? LastOrderAt { get; init; }
    public DateTimeOffset? LearnedAt { get; init; }
    /// <summary>Null before anything was learned.</summary>
    public WeeklyRhythm? Rhythm { get; init; }
    /// <summary>Its last order before the silence that was told; null when it is not silent.</summary>
    public DateTimeOffset? QuietFrom { get; init; }
}

/// <summary>Whether many stores together are silent.</summary>
internal sealed record CommonSilence(DateTimeOffset? From, DateTimeOffset? Until);

/// <summary>What is known of the stores' rhythms. A look reads one row for each store, learning one store's hours of eight weeks.</summary>
internal sealed class RhythmStore(NpgsqlDataSource database)
{
    // Of several nodes one gets each look; where it dies, another has the next.
    private const string Turn = "UPDATE rhythm_watch SET next_at = $2 WHERE next_at <= $1 RETURNING common_from, common_until";

    private const string Stores = """
        SELECT r.connection_id, c.name, c.enabled AND c.deleted_at IS NULL, c.updated_at, r.last_order_at, r.learned_at, r.zone, r.hourly, r.spread, r.orders, r.days, r.quiet_from
        FROM store_rhythms r JOIN connections c ON c.id = r.connection_id
        """;

    private const string Hours = "SELECT hour, orders FROM store_hours WHERE connection_id = $1 AND hour >= $2 AND hour < $3";

    private const string Forget = "DELETE FROM store_hours WHERE connection_id = $1 AND hour < $2";

    private const string Learned = "UPDATE store_rhythms SET learned_at = $2, zone = $3, hourly = $4, spread = $5, orders = $6, days = $7 WHERE connection_id = $1";

    private const string Quiet = "UPDATE store_rhythms SET quiet_from = $2 WHERE connection_id = $1";

    private const string Common = "UPDATE rhythm_watch SET common_from = $1, common_until = $2";

    /// <summary>Takes this look; null when it is not due, or another node has it.</summary>
    public async Task<CommonSilence?> TakeTurnAsync(DateTimeOffset now, TimeSpan every, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Turn);
        command.Parameters.Add(Time(now));
        command.Parameters.Add(Time(now + every));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new CommonSilence(Time(reader, 0), Time(reader, 1)) : null;
    }

    /// <summary>Every store that ever sold.</summary>
    public async Task<List<StoreRhythm>> StoresAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Stores);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var stores = new List<StoreRhythm>();
        while (await reader.ReadAsync(cancellationToken))
        {
            stores.Add(new StoreRhythm
            {
                ConnectionId = new ConnectionId(reader.GetInt32(0)),
                Name = reader.GetString(1),
                IsOn = reader.GetBoolean(2),
                ChangedAt = Time(reader, 3)!.Value,
                LastOrderAt = Time(reader, 4),
                LearnedAt = Time(reader, 5),
                Rhythm = reader.IsDBNull(7) ? null : new WeeklyRhythm
                {
                    Zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(reader.GetString(6)) ?? DateTimeZone.Utc, Hourly = reader.GetFieldValue<double[]>(7), Spread = reader.GetDouble(8), Orders = reader.GetInt64(9), Days = reader.GetDouble(10),
                },
                QuietFrom = Time(reader, 11),
            });
        }

        return stores;
    }

    /// <summary>One store's hours with orders.</summary>
    public async Task<List<HourOfOrders>> HoursAsync(ConnectionId connection, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await using var command = Of(Hours, connection);
        command.Parameters.Add(Time(from));
        command.Parameters.Add(Time(to));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var hours = new List<HourOfOrders>();
        while (await reader.ReadAsync(cancellationToken))
        {
            hours.Add(new HourOfOrders(Time(reader, 0)!.Value, reader.GetInt32(1)));
        }

        return hours;
    }

    /// <summary>Keeps what was learned, and forgets hours that nobody learns from any more.</summary>
    public async Task LearnedAsync(ConnectionId connection, WeeklyRhythm rhythm, DateTimeOffset now, DateTimeOffset keepFrom, CancellationToken cancellationToken)
    {
        await using (var command = Of(Learned, connection))
        {
            command.Parameters.Add(Time(now));
            command.Parameters.Add(new() { Value = rhythm.Zone.Id });
            command.Parameters.Add(new() { Value = rhythm.Hourly.ToArray() });
            command.Parameters.Add(new() { Value = rhythm.Spread });
            command.Parameters.Add(new() { Value = rhythm.Orders });
            command.Parameters.Add(new() { Value = rhythm.Days });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var forget = Of(Forget, connection);
        forget.Parameters.Add(Time(keepFrom));
        await forget.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Notes that a silence was told, or, with null, that it is over.</summary>
    public async Task QuietAsync(ConnectionId connection, DateTimeOffset? from, CancellationToken cancellationToken)
    {
        await using var command = Of(Quiet, connection);
        command.Parameters.Add(Time(from));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Notes whether many stores together are silent.</summary>
    public async Task CommonAsync(CommonSilence common, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Common);
        command.Parameters.Add(Time(common.From));
        command.Parameters.Add(Time(common.Until));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand Of(string sql, ConnectionId connection)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = connection.Value });
        return command;
    }

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : new DateTimeOffset(reader.GetDateTime(column));

    private static NpgsqlParameter Time(DateTimeOffset? at) => new() { Value = (object?)at?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
