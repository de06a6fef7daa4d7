using Crossdock.Accounts;
using Crossdock.Database;
using Crossdock.Model.Orders;
using Crossdock.Orders;
using Npgsql;

namespace Crossdock.Bulk;

/// <summary>Asks for something to be done to many orders: first what will happen, then the work itself, which goes on in the background.</summary>
public sealed class BulkActions
{
    /// <summary>So many orders at once, at most.</summary>
    public const int MostOrders = 100_000;

    private const int ChunkOrders = 5_000, LongestReason = 500;
    private readonly NpgsqlDataSource database;
    private readonly OrderListQueries lists;
    private readonly BulkQueries queries;
    private readonly BulkStore store;
    private readonly TimeProvider clock;

    internal BulkActions(NpgsqlDataSource database, OrderListQueries lists, BulkQueries queries, BulkStore store, TimeProvider clock) =>
        (this.database, this.lists, this.queries, this.store, this.clock) = (database, lists, queries, store, clock);

    /// <summary>What would happen. Nothing is changed.</summary>
    public async Task<BulkAnswer> PreviewAsync(BulkRequest request, CancellationToken cancellationToken)
    {
        var (ids, refusal) = await ChosenAsync(request, cancellationToken);
        return refusal is not null ? new(null, null, refusal) : new(null, await PreviewAsync(request, ids, cancellationToken));
    }

    /// <summary>Begins it. What happens to each order is decided when its turn comes: what changed meanwhile is refused as it would be for one alone.</summary>
    /// <param name="request">What to do to which orders.</param>
    /// <param name="actor">Who, as timelines name it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<BulkAnswer> StartAsync(BulkRequest request, string actor, CancellationToken cancellationToken)
    {
        string? because = Parameters.Storable(request.Because?.Trim());
        if (because is null or { Length: 0 or > LongestReason })
        {
            return new(null, null, $"Give a reason of 1 to {LongestReason} characters; it stands in each order's history.");
        }

        var (ids, refusal) = await ChosenAsync(request, cancellationToken);
        if (refusal is not null)
        {
            return new(null, null, refusal);
        }

        var preview = await PreviewAsync(request, ids, cancellationToken);
        var now = clock.GetUtcNow();
        var caller = Caller.Current ?? new Caller(CallerKind.Hub, "crossdock", null, null, null);
        var work = new BulkWork(Guid.CreateVersion7(now), request.Kind, because, actor, caller, 0);
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            await store.InsertAsync(connection, work, request.Ids is { Count: > 0 } ? null : OrderSearchText.Tidy(request.Filter ?? ""), ids, now, cancellationToken);
            await AuditLog.KeepAsync(connection, [new AuditEntry("bulk_started", "bulk", work.Id.ToString(), After: new { action = EnumNames<BulkKind>.Of(request.Kind), orders = ids.Count, request.Filter }, Because: because)], now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return new(await queries.FindAsync(work.Id, cancellationToken), preview);
    }

    /// <summary>Stops it where it is. False when it does not run.</summary>
    public async Task<bool> StopAsync(Guid id, CancellationToken cancellationToken) => await store.StopAsync(id, clock.GetUtcNow(), cancellationToken);

    private async Task<BulkPreview> PreviewAsync(BulkRequest request, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        var groups = new Dictionary<(string State, string? Refusal), int>();
        string reason = string.IsNullOrWhiteSpace(request.Because) ? "stopped by hand" : request.Because.Trim();
        foreach (var chunk in ids.Chunk(ChunkOrders))
        {
            foreach (var (standing, count) in await queries.StandingsAsync(request.Kind, chunk, reason, clock.GetUtcNow(), cancellationToken))
            {
                var key = (EnumNames<OrderState>.Of(standing.State), BulkVerdict.Refusal(request.Kind, standing));
                groups[key] = groups.GetValueOrDefault(key) + count;
            }
        }

        int will = groups.Where(group => group.Key.Refusal is null).Sum(group => group.Value), total = groups.Values.Sum();
        return new BulkPreview
        {
            Action = request.Kind, Total = total, WillDo = will, WillRefuse = total - will, Effect = BulkVerdict.Effect(request.Kind),
            Groups = [.. groups.OrderBy(group => group.Key.Refusal is not null).ThenByDescending(group => group.Value).Select(group => new BulkGroup(group.Key.State, group.Value, group.Key.Refusal))],
        };
    }

    private async Task<(IReadOnlyList<Guid> Ids, string? Refusal)> ChosenAsync(BulkRequest request, CancellationToken cancellationToken)
    {
        if (request.Ids is { Count: > 0 } chosen)
        {
            return chosen.Count > MostOrders ? ([], $"At most {MostOrders} orders can be chosen at once.") : ([.. chosen.Distinct()], null);
        }

        if (request.Filter is null)
        {
            return ([], "Nothing was chosen: tick at least one order, or take all that match a filter.");
        }

        List<string> problems = [];
        var (search, _) = OrderSearchText.Read(request.Filter, isByDay: true, problems);
        if (problems.Count > 0)
        {
            return ([], string.Join(' ', problems));
        }

        await lists.CatchUpAsync(cancellationToken);
        var ids = await lists.IdsAsync(search, Guid.Empty, MostOrders + 1, cancellationToken);
        return ids.Count > MostOrders ? ([], $"More than {MostOrders} orders match. Narrow the filter, for example by days.") : (ids, null);
    }
}
