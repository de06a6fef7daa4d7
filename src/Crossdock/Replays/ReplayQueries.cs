using System.Text.Json;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model.Orders;
using Npgsql;

namespace Crossdock.Replays;

/// <summary>Reads replays for the API and the console.</summary>
public sealed class ReplayQueries(NpgsqlDataSource database)
{
    private const string Columns = """
        SELECT r.id, r.from_at AS "from", r.to_at AS "to", ARRAY(SELECT c.key FROM unnest(r.connections) WITH ORDINALITY AS k (id, place) JOIN connections c ON c.id = k.id ORDER BY k.place) AS connections,
               r.rules IS NOT NULL AS tries_rules, r.state, r.total, r.read, r.orders, r.different, r.not_kept, r.counts, r.worked_ms, r.error, r.because, r.created_at, r.created_by, r.started_at, r.ended_at, r.dropped_at
        FROM replays r
        """;

    // By the primary key, newest first: ids rise with time.
    private const string List = Columns + " WHERE (@after::uuid IS NULL OR r.id < @after) AND (@seen::int[] IS NULL OR r.connections <@ @seen) ORDER BY r.id DESC LIMIT @take";

    private const string One = Columns + " WHERE r.id = @id AND (@seen::int[] IS NULL OR r.connections <@ @seen)";

    private const string Rules = "SELECT rules::text FROM replays WHERE id = @id AND (@seen::int[] IS NULL OR connections <@ @seen)";

    private const string Applications = """
        SELECT id, replay_id, state, kinds, cardinality(orders) AS named, include_shipped, total, put_back, skipped, error, because, created_at, created_by, ended_at
        FROM replay_applications WHERE replay_id = ANY(@ids) ORDER BY id
        """;

    // By the primary key: from one order to the next.
    private const string Differences = """
        SELECT d.id, c.key AS connection, d.order_id, d.external_id, d.number, d.kinds, d.state_before, d.state_after, d.creates, d.updates, d.cancels, d.told::text AS told, d.applied, d.applied_because
        FROM (SELECT * FROM replay_differences
              WHERE replay_id = @id AND (@after::uuid IS NULL OR id > @after) AND (@kinds = 0 OR kinds & @kinds <> 0) AND (@only::uuid IS NULL OR id = @only) AND (@seen::int[] IS NULL OR connection_id = ANY(@seen))
              ORDER BY id LIMIT @take) d
        JOIN connections c ON c.id = d.connection_id ORDER BY d.id
        """;

    private const string Preview = """
        SELECT count(*) AS chosen,
            count(*) FILTER (WHERE why = '') AS put_back, count(*) FILTER (WHERE why = 'shipped') AS shipped, count(*) FILTER (WHERE why = 'changed') AS changed, count(*) FILTER (WHERE why = 'impossible') AS impossible,
            coalesce(sum(creates) FILTER (WHERE why = ''), 0) AS creates, coalesce(sum(updates) FILTER (WHERE why = ''), 0) AS updates, coalesce(sum(cancels) FILTER (WHERE why = ''), 0) AS cancels
        FROM (
            SELECT d.creates, d.updates, d.cancels, CASE
                WHEN cardinality(d.events) = 0 THEN 'impossible'
                WHEN d.order_id IS NOT NULL AND (o.id IS NULL OR o.version <> d.version OR o.event_id <> d.base_event) THEN 'changed'
                WHEN NOT @shipped AND o.state IN ('in_shipment', 'delivered', 'closed') THEN 'shipped'
                ELSE '' END AS why
            FROM replay_differences d LEFT JOIN orders o ON o.id = d.order_id
            WHERE d.replay_id = @id AND (@kinds = 0 OR d.kinds & @kinds <> 0) AND (@orders::uuid[] IS NULL OR d.id = ANY(@orders)) AND (@seen::int[] IS NULL OR d.connection_id = ANY(@seen)) AND d.applied IS DISTINCT FROM 'put_back') x
        """;

    /// <summary>Replays, newest first.</summary>
    public async Task<Page<ReplayRow>> ListAsync(PageRequest page, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync<Row>(List, new { after = page.After, take = page.Take + 1, seen = Caller.Seen }, cancellationToken);
        return Page<ReplayRow>.Cut(await CompleteAsync(rows, cancellationToken), page, row => row.Id);
    }

    /// <summary>One replay; null when there is none with that id.</summary>
    public async Task<ReplayRow?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        await database.ReadOneAsync<Row>(One, new { id, seen = Caller.Seen }, cancellationToken) is { } row ? (await CompleteAsync([row], cancellationToken))[0] : null;

    /// <summary>The rules that it tries, as JSON; null when it tries those in force.</summary>
    public Task<string?> RulesAsync(Guid id, CancellationToken cancellationToken) => database.ReadOneAsync<string>(Rules, new { id, seen = Caller.Seen }, cancellationToken);

    /// <summary>Orders that would be different, in the order of their ids: of one kind, or all.</summary>
    public async Task<Page<ReplayDifferenceRow>> DifferencesAsync(Guid id, ReplayKind? kind, PageRequest page, CancellationToken cancellationToken, Guid? only = null)
    {
        var rows = await database.ReadAsync<Difference>(Differences, new { id, kinds = kind?.Bit() ?? 0, after = page.After, take = page.Take + 1, only, seen = Caller.Seen }, cancellationToken);
        var cut = Page<Difference>.Cut(rows, page, row => row.Id);
        return new([.. cut.Items.Select(row => row.Row())], cut.Next);
    }

    /// <summary>What applying would do now.</summary>
    public async Task<ReplayPreview> PreviewAsync(Guid id, IReadOnlyList<ReplayKind> kinds, IReadOnlyList<Guid>? orders, bool includeShipped, CancellationToken cancellationToken) =>
        (await database.ReadOneAsync<ReplayPreview>(Preview, new { id, kinds = kinds.Aggregate(0, (all, kind) => all | kind.Bit()), orders = orders?.ToArray(), shipped = includeShipped, seen = Caller.Seen }, cancellationToken))!;

    private async Task<List<ReplayRow>> CompleteAsync(IReadOnlyList<Row> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return [];
        }

        var applications = (await database.ReadAsync<Application>(Applications, new { ids = rows.Select(row => row.Id).ToArray() }, cancellationToken)).ToLookup(one => one.ReplayId);
        return [.. rows.Select(row => row.Told([.. applications[row.Id].Select(one => one.Told())]))];
    }

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required DateTimeOffset From { get; init; }
        public required DateTimeOffset To { get; init; }
        public required string[] Connections { get; init; }
        public required bool TriesRules { get; init; }
        public required string State { get; init; }
        public long? Total { get; init; }
        public required long Read { get; init; }
        public required long Orders { get; init; }
        public required long Different { get; init; }
        public required long NotKept { get; init; }
        public required long[] Counts { get; init; }
        public required long WorkedMs { get; init; }
        public string? Error { get; init; }
        public string? Because { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required string CreatedBy { get; init; }
        public DateTimeOffset? StartedAt { get; init; }
        public DateTimeOffset? EndedAt { get; init; }
        public DateTimeOffset? DroppedAt { get; init; }

        public ReplayRow Told(IReadOnlyList<ReplayApplicationRow> applications) => new()
        {
            Id = Id, From = From, To = To, Connections = Connections, TriesRules = TriesRules, State = State, Total = Total, Read = Read, Orders = Orders, Different = Different, NotKept = NotKept,
            Counts = Counts.Select((count, kind) => (Name: EnumNames<ReplayKind>.Of((ReplayKind)kind), count)).Where(pair => pair.count > 0).ToDictionary(pair => pair.Name, pair => pair.count),
            WorkedMs = WorkedMs, Error = Error, Because = Because, CreatedAt = CreatedAt, CreatedBy = CreatedBy, StartedAt = StartedAt, EndedAt = EndedAt, DroppedAt = DroppedAt, Applications = applications,
        };
    }

    private sealed record Application
    {
        public required Guid Id { get; init; }
        public required Guid ReplayId { get; init; }
        public required string State { get; init; }
        public required int Kinds { get; init; }
        public int? Named { get; init; }
        public required bool IncludeShipped { get; init; }
        public required long Total { get; init; }
        public required long PutBack { get; init; }
        public required long Skipped { get; init; }
        public string? Error { get; init; }
        public string? Because { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required string CreatedBy { get; init; }
        public DateTimeOffset? EndedAt { get; init; }

        public ReplayApplicationRow Told() => new()
        {
            Id = Id, State = State, Kinds = ReplayKinds.Names(Kinds), Named = Named, IncludeShipped = IncludeShipped, Total = Total, PutBack = PutBack, Skipped = Skipped,
            Error = Error, Because = Because, CreatedAt = CreatedAt, CreatedBy = CreatedBy, EndedAt = EndedAt,
        };
    }

    private sealed record Difference
    {
        public required Guid Id { get; init; }
        public required string Connection { get; init; }
        public Guid? OrderId { get; init; }
        public string? ExternalId { get; init; }
        public string? Number { get; init; }
        public required int Kinds { get; init; }
        public string? StateBefore { get; init; }
        public string? StateAfter { get; init; }
        public required int Creates { get; init; }
        public required int Updates { get; init; }
        public required int Cancels { get; init; }
        public required string Told { get; init; }
        public string? Applied { get; init; }
        public string? AppliedBecause { get; init; }

        public ReplayDifferenceRow Row() => new()
        {
            Id = Id, Connection = Connection, OrderId = OrderId, ExternalId = ExternalId, Number = Number, Kinds = ReplayKinds.Names(Kinds), StateBefore = StateBefore, StateAfter = StateAfter,
            Creates = Creates, Updates = Updates, Cancels = Cancels, Told = JsonSerializer.Deserialize(Told, ReplayJson.Default.ReplayTold) ?? new(), Applied = Applied, AppliedBecause = AppliedBecause,
        };
    }
}
