using System.Text.Json;
using Crossdock.Accounts;
using Crossdock.Database;
using Crossdock.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Normalise;

/// <summary>How it went with one event.</summary>
/// <param name="Id">The event.</param>
/// <param name="Done">True when it was done.</param>
/// <param name="Because">Why it was not; null when it was.</param>
public sealed record ReplayResult(Guid Id, bool Done, string? Because = null);

/// <summary>Puts stored events back into the inbox, and gives parked ones up. One transaction each: an event is parked or in the inbox, never neither.</summary>
public sealed class ReplayStore(NpgsqlDataSource database, TimeProvider clock)
{
    // The payload must still be there: without it there is nothing to work on.
    private const string Replay = """
        WITH chosen AS (
            SELECT id, connection_id, order_key FROM events WHERE id = ANY($1)),
        freed AS (
            DELETE FROM parked_events p USING chosen WHERE p.event_id = chosen.id RETURNING p.event_id)
        INSERT INTO inbox (id, event_id, kind, connection_id, order_key)
        SELECT r.id, c.id, 2, c.connection_id, c.order_key
        FROM unnest($1, $2) AS r (event_id, id) JOIN chosen c ON c.id = r.event_id
        WHERE NOT EXISTS (SELECT FROM inbox i WHERE i.event_id = c.id AND i.kind = 2)          -- it waits for that already
        RETURNING event_id
        """;

    private const string ReplayParked = """
        WITH freed AS (
            DELETE FROM parked_events p USING events e WHERE p.event_id = ANY($1) AND e.id = p.event_id RETURNING p.event_id, p.connection_id, p.order_key)
        INSERT INTO inbox (id, event_id, kind, connection_id, order_key)
        SELECT r.id, f.event_id, 2, f.connection_id, f.order_key
        FROM unnest($1, $2) AS r (event_id, id) JOIN freed f ON f.event_id = r.event_id
        RETURNING event_id
        """;

    private const string Drop = "DELETE FROM parked_events WHERE event_id = ANY($1) RETURNING event_id";

    // Where the event's order is known, its timeline says who did it and why.
    private const string Tell = """
        INSERT INTO timeline (id, order_id, connection_id, entries)
        SELECT t.id, o.id, o.connection_id, t.entries::json
        FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS t (event_id, id, entries)
        JOIN events e ON e.id = t.event_id
        JOIN orders o ON o.connection_id = e.connection_id AND o.external_id = e.order_key
        """;

    // Of every event that somebody did something with, also where there is no order to tell of it.
    private const string Note = """
        INSERT INTO event_actions (id, event_id, at, actor, text, because) SELECT a.id, a.event_id, $3, $4, $5, $6 FROM unnest($1::uuid[], $2::uuid[]) AS a (event_id, id)
        """;

    // A parked event may have outlived its payload.
    private const string Own = """
        SELECT id FROM events WHERE id = ANY(@ids) AND connection_id = ANY(@seen) UNION SELECT event_id FROM parked_events WHERE event_id = ANY(@ids) AND connection_id = ANY(@seen)
        """;

    /// <summary>Works stored events again, parked or not.</summary>
    public Task<IReadOnlyList<ReplayResult>> ReplayAsync(IReadOnlyList<Guid> events, string actor, string? because, CancellationToken cancellationToken) =>
        ActAsync("event_replayed", Replay, true, events, actor, "Worked again on request.", because, "there is no such event, its payload is gone, or it waits for this already", cancellationToken);

    /// <summary>Works parked events again.</summary>
    public Task<IReadOnlyList<ReplayResult>> ReplayParkedAsync(IReadOnlyList<Guid> events, string actor, string? because, CancellationToken cancellationToken) =>
        ActAsync("event_replayed", ReplayParked, true, events, actor, "A parked event is worked again on request.", because, "it is not parked, or its payload is gone", cancellationToken);

    /// <summary>Gives parked events up. The payload stays and can be replayed.</summary>
    public Task<IReadOnlyList<ReplayResult>> DropParkedAsync(IReadOnlyList<Guid> events, string actor, string? because, CancellationToken cancellationToken) =>
        ActAsync("event_given_up", Drop, false, events, actor, "A parked event was given up.", because, "it is not parked", cancellationToken);

    /// <summary>Puts stored events back within a transaction of the caller's, in the order given, and tells of it; answers which were put back.</summary>
    /// <param name="connection">In a transaction.</param>
    /// <param name="events">The events; of one order in the order in which they are to be worked.</param>
    /// <param name="told">Of them, those whose order's timeline says so.</param>
    /// <param name="actor">Who.</param>
    /// <param name="text">What, in one sentence.</param>
    /// <param name="because">Why; null when nobody said.</param>
    /// <param name="now">When.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal static async Task<HashSet<Guid>> PutBackAsync(
        NpgsqlConnection connection, IReadOnlyList<Guid> events, IReadOnlyCollection<Guid> told, string actor, string text, string? because, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var done = await RunAsync(connection, Replay, true, [.. events], now, cancellationToken);
        await TellAsync(connection, [.. done], [.. told.Where(done.Contains)], actor, text, because, now, cancellationToken);
        return done;
    }

    private async Task<IReadOnlyList<ReplayResult>> ActAsync(
        string what, string sql, bool needsIds, IReadOnlyList<Guid> events, string actor, string text, string? because, string refusal, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        Guid[] wanted = [.. events.Distinct()];
        Guid[] own = [.. await OwnRows.KeepAsync(database, Own, wanted, cancellationToken)];
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var done = await RunAsync(connection, sql, needsIds, own, now, cancellationToken);
        await TellAsync(connection, [.. done], [.. done], actor, text, because, now, cancellationToken);
        if (Caller.Current is not null)
        {
            await AuditLog.KeepAsync(connection, [.. done.Select(id => new AuditEntry(what, "event", id.ToString(), Because: because))], now, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return [.. wanted.Select(id => done.Contains(id) ? new ReplayResult(id, true) : new ReplayResult(id, false, refusal))];
    }

    private static async Task<HashSet<Guid>> RunAsync(NpgsqlConnection connection, string sql, bool needsIds, Guid[] wanted, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var done = new HashSet<Guid>();
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(Uuids(wanted));
        if (needsIds)
        {
            // Worked in the order of these ids: their milliseconds rise, since the rest of them is chance.
            command.Parameters.Add(Uuids([.. wanted.Select((_, i) => Guid.CreateVersion7(now.AddMilliseconds(i)))]));
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            done.Add(reader.GetGuid(0));
        }

        return done;
    }

    private static async Task TellAsync(NpgsqlConnection connection, Guid[] done, Guid[] told, string actor, string text, string? because, DateTimeOffset now, CancellationToken cancellationToken)
    {
        string? reason = because?.Replace('\0', '\uFFFD');
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new(Tell)
        {
            Parameters =
            {
                Uuids(told), Uuids([.. told.Select(_ => Guid.CreateVersion7(now))]),
                new() { Value = told.Select(Entry).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            },
        });
        batch.BatchCommands.Add(new(Note)
        {
            Parameters =
            {
                Uuids(done), Uuids([.. done.Select(_ => Guid.CreateVersion7(now))]),
                new() { Value = now.UtcDateTime }, new() { Value = actor }, new() { Value = text }, new() { Value = (object?)reason ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            },
        });
        await batch.ExecuteNonQueryAsync(cancellationToken);

        string Entry(Guid id) => JsonSerializer.Serialize([new TimelineEntry(now, TimelineKind.Edited, actor, text, reason, id)], TimelineJson.Default.ListTimelineEntry);
    }

    private static NpgsqlParameter Uuids(Guid[] values) => new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };
}
