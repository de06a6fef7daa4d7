using Crossdock.Connections;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Reconciliation;

/// <summary>What became of asking for days to be compared.</summary>
/// <param name="Days">How many days will be read; 0 when refused or when there is no such connection.</param>
/// <param name="From">The first of them.</param>
/// <param name="To">The last of them.</param>
/// <param name="Refusal">Why not, in one sentence; null when it was done, or when there is no such connection.</param>
public sealed record ReconcileAnswer(int Days, DateOnly? From = null, DateOnly? To = null, string? Refusal = null);

/// <summary>Has days of a store compared at once.</summary>
public sealed class ReconcileActions(NpgsqlDataSource database, IConnectionDirectory directory, IOptions<ReconciliationOptions> options, TimeProvider clock)
{
    private const int MostDays = 400;

    private const string Ask = """
        INSERT INTO ledger_days (connection_id, day, from_at, to_at, zone, counted_to, next_read_at, asked_by)
        SELECT $1, t.day, t.from_at, t.to_at, $2, t.from_at, $6, $7 FROM unnest($3::date[], $4::timestamptz[], $5::timestamptz[]) AS t (day, from_at, to_at)
        ON CONFLICT (connection_id, day) DO UPDATE SET next_read_at = excluded.next_read_at, asked_by = excluded.asked_by
        """;

    private const string Wake = "UPDATE reading_states SET next_at = least(next_at, $2) WHERE connection_id = $1 AND activity = 'ledger'";

    /// <summary>Has a store's days read and compared whenever a node is free; what is missing is fetched. Asking twice reads them once.</summary>
    /// <param name="connection">The store's key.</param>
    /// <param name="from">First day in the store's time zone; null for today there.</param>
    /// <param name="to">Last day, included; null for today there.</param>
    /// <param name="actor">Who.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ReconcileAnswer> AskAsync(string connection, DateOnly? from, DateOnly? to, string actor, CancellationToken cancellationToken)
    {
        if (directory.Seen(connection) is not { } store)
        {
            return new(0);
        }

        if (store.Readers is null)
        {
            return new(0, Refusal: store.BrokenBecause is { } broken
                ? $"The connection cannot work with its present settings: {broken}"
                : $"The orders of {store.Name} cannot be read: {store.Connector.Manifest.Title} allows no reading, or the connection has no key for it. See its settings.");
        }

        var now = clock.GetUtcNow();
        var zone = StoreCalendar.ZoneOf(store, options.Value.TimeZone);
        var today = StoreCalendar.DayOf(now, zone);
        var last = to is { } end && LocalDate.FromDateOnly(end) < today ? LocalDate.FromDateOnly(end) : today;
        var first = from is { } begin ? LocalDate.FromDateOnly(begin) : last;
        int count = Period.DaysBetween(first, last) + 1;
        if (count < 1)
        {
            return new(0, Refusal: "The range is empty: its first day must not lie after its last, and not in the future.");
        }

        if (count > MostDays)
        {
            return new(0, Refusal: $"These are {count} days; at most {MostDays} can be asked for at once.");
        }

        var days = Enumerable.Range(0, count).Select(i => last.PlusDays(-i)).Select(day => (Day: day, Bounds: StoreCalendar.Bounds(day, zone))).ToList();
        await using var session = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(session);
        batch.BatchCommands.Add(Typed.Command(Ask, Typed.Int(store.Id.Value), Typed.Text(zone.Id), Typed.Array(NpgsqlDbType.Date, days.Select(day => day.Day.ToDateOnly())),
            Typed.Array(NpgsqlDbType.TimestampTz, days.Select(day => day.Bounds.From.UtcDateTime)), Typed.Array(NpgsqlDbType.TimestampTz, days.Select(day => day.Bounds.To.UtcDateTime)), Typed.Time(now), Typed.Text(actor)));
        batch.BatchCommands.Add(Typed.Command(Wake, Typed.Int(store.Id.Value), Typed.Time(now)));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return new(count, first.ToDateOnly(), last.ToDateOnly());
    }
}
