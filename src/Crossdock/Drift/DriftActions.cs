using Crossdock.Alerts;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Holds;
using Crossdock.Model.Orders;
using Crossdock.Model;
using Crossdock.Normalise;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Drift;

/// <summary>How it went: what was done, or why not.</summary>
/// <param name="Found">False when there is no such change.</param>
/// <param name="Refusal">Why not, in one sentence; null when it was done.</param>
/// <param name="Orders">Orders and parked events that go on, or are worked again.</param>
public sealed record DriftAnswer(bool Found, string? Refusal = null, int Orders = 0);

/// <summary>What people do with changes in documents: say that they are right, not to be told of them, or have their orders worked again with a mended connector.</summary>
public sealed class DriftActions
{
    private const int Piece = 500;

    private const string Move = """
        UPDATE drifts SET state = $3, changed_at = $4, changed_by = $5, changed_because = $6 WHERE connection_id = $1 AND id = $2 AND state <> $3
        """;

    private const string One = "SELECT state, sentence, meaning FROM drifts WHERE connection_id = $1 AND id = $2";

    // Whatever is still held for what a person has accepted: also what another node held before it heard of it.
    private const string HeldOfAccepted = """
        SELECT DISTINCT h.id, d.changed_by, d.changed_because FROM drifts d
        JOIN drift_events e ON e.connection_id = d.connection_id AND e.drift_id = d.id
        JOIN orders o ON o.external_id = e.external_id AND o.connection_id = e.connection_id
        JOIN holds h ON h.order_id = o.id AND h.code = 'drift' AND h.released_at IS NULL AND h.reason LIKE '%(drift ' || d.id || ')%'
        WHERE d.state = 'accepted' LIMIT $1
        """;

    private const string ParkedOfAccepted = """
        WITH met AS (
            DELETE FROM drift_events e USING drifts d, parked_events p
            WHERE d.state = 'accepted' AND e.connection_id = d.connection_id AND e.drift_id = d.id AND p.event_id = e.event_id
            RETURNING e.event_id, d.changed_by, d.changed_because)
        SELECT * FROM met
        """;

    private const string Forget = """
        DELETE FROM drift_events e USING drifts d
        WHERE d.state IN ('accepted', 'ignored', 'over') AND e.connection_id = d.connection_id AND e.drift_id = d.id
          AND NOT EXISTS (SELECT 1 FROM orders o JOIN holds h ON h.order_id = o.id WHERE o.external_id = e.external_id AND o.connection_id = e.connection_id
                          AND h.code = 'drift' AND h.released_at IS NULL AND h.reason LIKE '%(drift ' || d.id || ')%')
          AND NOT EXISTS (SELECT 1 FROM parked_events p WHERE p.event_id = e.event_id)
        """;

    // The order's last event is what made it what it is; where none came of it, the parked one itself.
    private const string Affected = """
        SELECT DISTINCT o.event_id FROM drift_events e JOIN orders o ON o.external_id = e.external_id AND o.connection_id = e.connection_id
        JOIN holds h ON h.order_id = o.id AND h.code = 'drift' AND h.released_at IS NULL AND h.reason LIKE '%(drift ' || $2 || ')%'
        WHERE e.connection_id = $1 AND e.drift_id = $2
        UNION
        SELECT p.event_id FROM drift_events e JOIN parked_events p ON p.event_id = e.event_id WHERE e.connection_id = $1 AND e.drift_id = $2
        """;

    private const string Untold = "SELECT DISTINCT connection_id FROM drifts WHERE told_at IS NULL";          // drifts_untold

    private const string Open = "SELECT sentence, meaning IS NOT NULL FROM drifts WHERE connection_id = $1 AND state = 'open' ORDER BY meaning IS NULL, first_at DESC";

    private const string Told = "UPDATE drifts SET told_at = $2 WHERE connection_id = $1 AND told_at IS NULL AND first_at <= $2";

    private readonly NpgsqlDataSource database;
    private readonly IConnectionDirectory directory;
    private readonly HoldStore holds;
    private readonly ReplayStore replays;
    private readonly AlertStore alerts;
    private readonly TimeProvider clock;
    private readonly ShapeWatch? watch;

    internal DriftActions(NpgsqlDataSource database, IConnectionDirectory directory, HoldStore holds, ReplayStore replays, AlertStore alerts, TimeProvider clock, ShapeWatch? watch)
    {
        this.database = database;
        this.directory = directory;
        this.holds = holds;
        this.replays = replays;
        this.alerts = alerts;
        this.clock = clock;
        this.watch = watch;
    }

    /// <summary>It is right so: it is usual from now on, and the orders that were held for it go on. Safe to call twice.</summary>
    public async Task<DriftAnswer> AcceptAsync(string connection, string id, string actor, string? because, CancellationToken cancellationToken)
    {
        if (await FindAsync(connection, id, cancellationToken) is not { } known)
        {
            return new(false);
        }

        await MoveAsync(known, id, DriftState.Accepted, actor, because, cancellationToken);
        int released = await ReleaseAsync(cancellationToken);
        await TellAsync(known.Connection, cancellationToken);
        return new(true, null, released);
    }

    /// <summary>It is of no interest. What holds orders cannot be ignored.</summary>
    public async Task<DriftAnswer> IgnoreAsync(string connection, string id, string actor, string? because, CancellationToken cancellationToken)
    {
        if (await FindAsync(connection, id, cancellationToken) is not { } known)
        {
            return new(false);
        }

        if (known.Holds)
        {
            return new(true, "Orders are held for this change: accept it if it is right, or replay it when the connector is mended.");
        }

        await MoveAsync(known, id, DriftState.Ignored, actor, because, cancellationToken);
        await TellAsync(known.Connection, cancellationToken);
        return new(true);
    }

    /// <summary>Works every order that is held for it, and every event parked for it, again with today's connector. What is still wrong stays held.</summary>
    public async Task<DriftAnswer> ReplayAsync(string connection, string id, string actor, string? because, CancellationToken cancellationToken)
    {
        if (await FindAsync(connection, id, cancellationToken) is not { } known)
        {
            return new(false);
        }

        if (!known.Holds)
        {
            return new(true, "No order is held for this change, so there is nothing to work again.");
        }

        var events = new List<Guid>();
        await using (var command = database.CreateCommand(Affected))
        {
            command.Parameters.Add(new() { Value = known.Connection.Value });
            command.Parameters.Add(new() { Value = id });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                events.Add(reader.GetGuid(0));
            }
        }

        // First the state: an order found wrong once more opens it again.
        if (known.State is DriftState.Open)
        {
            await MoveAsync(known, id, DriftState.Replayed, actor, because, cancellationToken);
        }

        int done = 0;
        foreach (var piece in events.Chunk(Piece))
        {
            done += (await replays.ReplayAsync(piece, actor, because ?? $"the connector was mended (drift {id})", cancellationToken)).Count(result => result.Done);
        }

        await TellAsync(known.Connection, cancellationToken);
        return new(true, null, done);
    }

    /// <summary>Lets go whatever is still held for what a person has accepted. Safe on any number of nodes. Answers how many.</summary>
    internal async Task<int> ReleaseAsync(CancellationToken cancellationToken)
    {
        // What others accepted is let go along with it, whoever asks.
        Caller.IsHub();
        int done = 0;
        while (true)
        {
            var held = await ReadAsync(HeldOfAccepted, [new() { Value = Piece }], cancellationToken);
            foreach (var group in held.GroupBy(one => (one.By, one.Because)))
            {
                done += (await holds.ReleaseAsync([.. group.Select(one => one.Id)], group.Key.By ?? "crossdock", group.Key.Because ?? "the change in the store's documents was accepted", cancellationToken)).Count(result => result.Answer == ActionAnswer.Done);
            }

            if (held.Count < Piece)
            {
                break;
            }
        }

        var parked = await ReadAsync(ParkedOfAccepted, [], cancellationToken);
        foreach (var group in parked.GroupBy(one => (one.By, one.Because)))
        {
            done += (await replays.ReplayParkedAsync([.. group.Select(one => one.Id)], group.Key.By ?? "crossdock", group.Key.Because ?? "the change in the store's documents was accepted", cancellationToken)).Count(result => result.Done);
        }

        await using var forget = database.CreateCommand(Forget);
        await forget.ExecuteNonQueryAsync(cancellationToken);
        return done;
    }

    /// <summary>Raises the alerts of what nobody was told of yet.</summary>
    internal async Task TellAsync(CancellationToken cancellationToken)
    {
        var untold = new List<ConnectionId>();
        await using (var command = database.CreateCommand(Untold))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                untold.Add(new ConnectionId(reader.GetInt32(0)));
            }
        }

        foreach (var connection in untold)
        {
            await TellAsync(connection, cancellationToken);
        }
    }

    // One alert per connection, whatever changed; it ends when nothing is open any more.
    private async Task TellAsync(ConnectionId connection, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var open = new List<(string Sentence, bool Holds)>();
        await using (var command = database.CreateCommand(Open))
        {
            command.Parameters.Add(new() { Value = connection.Value });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                open.Add((reader.GetString(0), reader.GetBoolean(1)));
            }
        }

        if (open.Count == 0)
        {
            await alerts.EndAsync(AlertKind.ShapeChanged, connection, null, "Every change in the documents was accepted, ignored, worked again or is over.", cancellationToken);
        }
        else
        {
            string more = open.Count == 1 ? "" : $" And {open.Count - 1} more {(open.Count == 2 ? "change" : "changes")}.";
            await alerts.RaiseAsync(new NewAlert(AlertKind.ShapeChanged, connection, "", open[0].Holds ? AlertSeverity.Critical : AlertSeverity.Notice, open[0].Sentence + more,
                open[0].Holds ? "Orders are held for it. Look at the changes on the connection's page: accept what is right; what is not needs the connector mended, and then a replay."
                : "Nothing is held for it. Look at the changes on the connection's page and accept or ignore them."), cancellationToken);
        }

        await using var told = database.CreateCommand(Told);
        told.Parameters.Add(new() { Value = connection.Value });
        told.Parameters.Add(Parameters.Time(now));
        await told.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task MoveAsync(Known known, string id, DriftState state, string actor, string? because, CancellationToken cancellationToken)
    {
        await using (var command = database.CreateCommand(Move))
        {
            command.Parameters.Add(new() { Value = known.Connection.Value });
            command.Parameters.Add(new() { Value = id });
            command.Parameters.Add(new() { Value = EnumNames<DriftState>.Of(state) });
            command.Parameters.Add(Parameters.Time(clock.GetUtcNow()));
            command.Parameters.Add(new() { Value = actor });
            command.Parameters.Add(new() { Value = (object?)Parameters.Storable(because) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        watch?.Settle(known.Connection, id, state, known.Sentence);
    }

    private async Task<Known?> FindAsync(string connection, string id, CancellationToken cancellationToken)
    {
        if (directory.Seen(connection) is not { } found || id.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        await using var command = database.CreateCommand(One);
        command.Parameters.Add(new() { Value = found.Id.Value });
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new Known(found.Id, EnumNames<DriftState>.Parse(reader.GetString(0))!.Value, reader.GetString(1), !reader.IsDBNull(2)) : null;
    }

    private async Task<List<(Guid Id, string? By, string? Because)>> ReadAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        var rows = new List<(Guid, string?, string?)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add((reader.GetGuid(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2)));
        }

        return rows;
    }

    private sealed record Known(ConnectionId Connection, DriftState State, string Sentence, bool Holds);
}
