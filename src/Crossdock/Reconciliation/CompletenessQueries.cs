using System.Globalization;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model.Orders;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crossdock.Reconciliation;

/// <summary>Reads ledgers for the API and the console. What is here of a day is what the store lists but for the differences, which stand row by row.</summary>
public sealed class CompletenessQueries(NpgsqlDataSource database, IConnectionDirectory directory, IOptions<ReconciliationOptions> options)
{
    private const string States = "SELECT connection_id, watermark AS compared_to, succeeded_at AS compared_at, problem FROM reading_states WHERE activity = 'ledger'";

    // By the primary key for one store, by the day for all.
    private const string Days = """
        SELECT d.connection_id, to_char(d.day, 'YYYY-MM-DD') AS day, d.from_at, d.to_at, d.listed + x.late - x.gone AS listed, d.hash, d.counted_to, d.is_whole, d.read_at, d.next_read_at,
            x.missing, x.differing, x.waiting, x.parked, x.healed, x.explained, coalesce(x.gone_hash, 0) AS gone_hash, coalesce(x.differs, 0) AS differs
        FROM ledger_days d CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE state = 'open' AND kind = 'missing') AS missing,
                count(*) FILTER (WHERE state = 'open' AND kind = 'missing' AND NOT counted) AS late,
                count(*) FILTER (WHERE state = 'open' AND kind <> 'missing') AS differing,
                count(*) FILTER (WHERE state = 'waiting' AND kind <> 'not_listed') AS waiting,
                count(*) FILTER (WHERE state = 'parked') AS parked,
                count(*) FILTER (WHERE state = 'healed') AS healed,
                count(*) FILTER (WHERE state = 'explained') AS explained,
                count(*) FILTER (WHERE state = 'explained' AND kind = 'missing' AND counted) AS gone,
                bit_xor(listed_hash) FILTER (WHERE state = 'explained' AND kind = 'missing' AND counted) AS gone_hash,
                bit_xor(listed_hash # coalesce(here_hash, 0)) FILTER (WHERE state = 'open' AND counted) AS differs
            FROM ledger_differences f WHERE f.connection_id = d.connection_id AND f.day = d.day) x
        WHERE d.day >= @from::date AND d.day <= @to::date AND (@connection::int IS NULL OR d.connection_id = @connection)
        ORDER BY d.connection_id, d.day DESC
        """;

    private const string Sums = """
        SELECT s.connection_id, to_char(s.day, 'YYYY-MM-DD') AS day, s.currency, s.listed - coalesce(x.gone, 0) AS listed, s.listed - coalesce(x.gone, 0) - coalesce(x.differs, 0) AS here
        FROM ledger_sums s CROSS JOIN LATERAL (
            SELECT sum(listed_total) FILTER (WHERE state = 'explained' AND kind = 'missing' AND listed_currency = s.currency) AS gone,
                sum(coalesce(listed_total, 0) - CASE WHEN kind = 'missing' THEN 0 ELSE coalesce(here_total, 0) END) FILTER (WHERE state = 'open' AND listed_currency = s.currency) AS differs
            FROM ledger_differences f WHERE f.connection_id = s.connection_id AND f.day = s.day AND counted) x
        WHERE s.day >= @from::date AND s.day <= @to::date AND (@connection::int IS NULL OR s.connection_id = @connection)
        ORDER BY s.currency
        """;

    private const string Differences = """
        SELECT f.external_id, o.number, o.id AS order_id, CASE WHEN f.state = 'parked' THEN f.event_id END AS event_id, f.kind, f.state, to_char(f.day, 'YYYY-MM-DD') AS day, f.outcome, f.last_error, f.found_at, f.closed_at,
            f.check_at, f.attempts, f.listed_updated_at, f.here_updated_at, f.listed_total, f.listed_currency, f.here_total, f.here_currency, f.listed_status, f.here_status
        FROM ledger_differences f LEFT JOIN orders o ON o.external_id = f.external_id AND o.connection_id = f.connection_id
        WHERE f.connection_id = @connection AND (@day::date IS NULL OR f.day = @day::date) AND (NOT @open OR f.closed_at IS NULL)
        ORDER BY f.closed_at IS NOT NULL, f.found_at DESC, f.external_id LIMIT 500
        """;

    /// <summary>All stores that can be read, or one, with their days from one to another, both included.</summary>
    /// <param name="connection">The store's key; null for all.</param>
    /// <param name="from">First day.</param>
    /// <param name="to">Last day.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<CompletenessStore>> StoresAsync(string? connection, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        var stores = directory.Seen().Where(store => store.Readers is not null && (connection is null || store.Key == connection)).OrderBy(store => store.Name, StringComparer.OrdinalIgnoreCase).ToList();
        if (stores.Count == 0)
        {
            return [];
        }

        var asked = new { connection = connection is null ? (int?)null : stores[0].Id.Value, from = Text(from), to = Text(to) };
        var states = (await database.ReadAsync<StateRow>(States, null, cancellationToken)).ToDictionary(row => row.ConnectionId);
        var sums = (await database.ReadAsync<SumRow>(Sums, asked, cancellationToken)).ToLookup(row => (row.ConnectionId, row.Day), row => new CompletenessSum(row.Currency, row.Listed, row.Here));
        var days = (await database.ReadAsync<DayRow>(Days, asked, cancellationToken)).ToLookup(row => row.ConnectionId, row => row.Told([.. sums[(row.ConnectionId, row.Day)]]));
        return [.. stores.Select(store => new CompletenessStore
        {
            Connection = store.Key,
            Name = store.Name,
            Platform = store.Platform,
            Zone = StoreCalendar.ZoneOf(store, options.Value.TimeZone).Id,
            ComparedTo = states.GetValueOrDefault(store.Id.Value)?.ComparedTo,
            ComparedAt = states.GetValueOrDefault(store.Id.Value)?.ComparedAt,
            Problem = states.GetValueOrDefault(store.Id.Value)?.Problem,
            Days = [.. days[store.Id.Value]],
        })];
    }

    /// <summary>One day of one store with its differences; null when there is no such store, or it cannot be read.</summary>
    public async Task<CompletenessDetail?> DayAsync(string connection, DateOnly day, CancellationToken cancellationToken) =>
        await StoresAsync(connection, day, day, cancellationToken) is [var store] ? new(store, await DifferencesAsync(store.Connection, day, false, cancellationToken)) : null;

    /// <summary>Differences of a store, first what is open, at most 500.</summary>
    /// <param name="connection">The store's key.</param>
    /// <param name="day">Of one day; null for all.</param>
    /// <param name="onlyOpen">Leaves out those that are over.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<CompletenessDifference>> DifferencesAsync(string connection, DateOnly? day, bool onlyOpen, CancellationToken cancellationToken)
    {
        if (directory.Seen(connection) is not { } store)
        {
            return [];
        }

        var rows = await database.ReadAsync<DifferenceRow>(Differences, new { connection = store.Id.Value, day = day is { } one ? Text(one) : null, open = onlyOpen }, cancellationToken);
        return [.. rows.Select(row => row.Told())];
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed record StateRow
    {
        public int ConnectionId { get; init; }
        public DateTimeOffset? ComparedTo { get; init; }
        public DateTimeOffset? ComparedAt { get; init; }
        public string? Problem { get; init; }
    }

    private sealed record SumRow
    {
        public int ConnectionId { get; init; }
        public string Day { get; init; } = "";
        public string Currency { get; init; } = "";
        public decimal Listed { get; init; }
        public decimal Here { get; init; }
    }

    private sealed record DayRow
    {
        public int ConnectionId { get; init; }
        public string Day { get; init; } = "";
        public DateTimeOffset FromAt { get; init; }
        public DateTimeOffset ToAt { get; init; }
        public long Listed { get; init; }
        public long Hash { get; init; }
        public DateTimeOffset CountedTo { get; init; }
        public bool IsWhole { get; init; }
        public DateTimeOffset? ReadAt { get; init; }
        public DateTimeOffset? NextReadAt { get; init; }
        public long Missing { get; init; }
        public long Differing { get; init; }
        public long Waiting { get; init; }
        public long Parked { get; init; }
        public long Healed { get; init; }
        public long Explained { get; init; }
        public long GoneHash { get; init; }
        public long Differs { get; init; }

        public CompletenessDay Told(IReadOnlyList<CompletenessSum> sums) => new()
        {
            Day = Day, From = FromAt, To = ToAt, Listed = Listed, Here = Listed - Missing, Missing = Missing, Differing = Differing, Waiting = Waiting, Parked = Parked, Healed = Healed, Explained = Explained,
            IsWhole = IsWhole, CountedTo = CountedTo, ReadAt = ReadAt, NextReadAt = NextReadAt, Sums = sums,
            ListedHash = (Hash ^ GoneHash).ToString("x16", CultureInfo.InvariantCulture), HereHash = (Hash ^ GoneHash ^ Differs).ToString("x16", CultureInfo.InvariantCulture),
        };
    }

    private sealed record DifferenceRow
    {
        public string ExternalId { get; init; } = "";
        public string? Number { get; init; }
        public Guid? OrderId { get; init; }
        public Guid? EventId { get; init; }
        public string Kind { get; init; } = "";
        public string State { get; init; } = "";
        public string? Day { get; init; }
        public string? Outcome { get; init; }
        public string? LastError { get; init; }
        public DateTimeOffset FoundAt { get; init; }
        public DateTimeOffset? ClosedAt { get; init; }
        public DateTimeOffset? CheckAt { get; init; }
        public int Attempts { get; init; }
        public DateTimeOffset? ListedUpdatedAt { get; init; }
        public DateTimeOffset? HereUpdatedAt { get; init; }
        public decimal? ListedTotal { get; init; }
        public string? ListedCurrency { get; init; }
        public decimal? HereTotal { get; init; }
        public string? HereCurrency { get; init; }
        public string? ListedStatus { get; init; }
        public string? HereStatus { get; init; }

        public CompletenessDifference Told() => new()
        {
            ExternalId = ExternalId, Number = Number, OrderId = OrderId, EventId = EventId, Kind = Kind, State = State, Day = Day, Outcome = Outcome, LastError = LastError, FoundAt = FoundAt, ClosedAt = ClosedAt,
            CheckAt = CheckAt, Attempts = Attempts,
            Found = Kind == "missing" && State is ("waiting" or "parked") ? "The store lists this order." : Difference.Found(EnumNames<DifferenceKind>.Parse(Kind)!.Value, ListedUpdatedAt, HereUpdatedAt, Total(ListedTotal, ListedCurrency), Total(HereTotal, HereCurrency), ListedStatus, HereStatus),
        };

        private static string? Total(decimal? amount, string? currency) => amount is null ? null : string.Create(CultureInfo.InvariantCulture, $"{amount} {currency}");
    }
}
