using Crossdock.Accounts;
using Crossdock.Database;
using Crossdock.Model.Orders;
using Crossdock.Orders;
using Dapper;
using Npgsql;

namespace Crossdock.Views;

/// <summary>A list of orders that somebody keeps under a name.</summary>
public sealed record OrderView
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    /// <summary>Everybody sees it, and in it only what they may see.</summary>
    public required bool IsShared { get; init; }
    /// <summary>Filters and order, as the list's address has them.</summary>
    public required string Filter { get; init; }
    /// <summary>Names of the columns; empty for those that the reader has chosen.</summary>
    public required IReadOnlyList<string> Columns { get; init; }
    /// <summary>Whose it is, by name.</summary>
    public required string OwnerName { get; init; }
    /// <summary>True for the reader's own.</summary>
    public required bool IsOwn { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>A view as somebody wants to keep it.</summary>
/// <param name="Name">1 to 60 characters; saving under a name that one has already replaces that view.</param>
/// <param name="Filter">Filters and order, as the list's address has them: <c>state=approved&amp;sort=-total</c>.</param>
/// <param name="IsShared">Everybody may see it.</param>
/// <param name="Columns">Names of columns; null or empty for those that the reader has chosen.</param>
public sealed record OrderViewDraft(string? Name = null, string? Filter = null, bool IsShared = false, IReadOnlyList<string>? Columns = null);

/// <summary>Saved views of the list of orders and the columns that each person has chosen.</summary>
public sealed class OrderViews(NpgsqlDataSource database, TimeProvider clock)
{
    private const int LongestName = 60, LongestFilter = 4_000, MostViews = 200;

    private const string List = """
        SELECT id, name, is_shared, filter, columns, owner_name, owner = @owner AS is_own, updated_at FROM order_views WHERE owner = @owner OR is_shared ORDER BY owner <> @owner, lower(name), id LIMIT 400
        """;

    private const string Save = """
        INSERT INTO order_views AS v (id, owner, owner_name, name, is_shared, filter, columns, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
        ON CONFLICT (owner, lower(name)) DO UPDATE SET name = excluded.name, is_shared = excluded.is_shared, filter = excluded.filter, columns = excluded.columns, updated_at = excluded.updated_at
        RETURNING id
        """;

    private const string Count = "SELECT count(*)::int FROM order_views WHERE owner = @owner AND lower(name) <> lower(@name)";

    private const string Remove = "DELETE FROM order_views WHERE id = $1 AND (owner = $2 OR ($3 AND is_shared)) RETURNING name";

    private const string Columns = "SELECT columns FROM order_columns WHERE owner = @owner";

    private const string Choose = "INSERT INTO order_columns (owner, columns, updated_at) VALUES ($1, $2, $3) ON CONFLICT (owner) DO UPDATE SET columns = excluded.columns, updated_at = excluded.updated_at";

    /// <summary>The columns that a list can show, in the order in which it shows them.</summary>
    public static IReadOnlyList<string> Known { get; } = ["state", "customer", "email", "to", "store", "platform", "payment", "fulfilment", "total", "placed", "arrived", "changed", "external_id", "because"];

    /// <summary>Those shown to who has chosen nothing.</summary>
    public static IReadOnlyList<string> Usual { get; } = ["state", "customer", "to", "store", "payment", "total", "arrived"];

    /// <summary>The caller's own views and those that others share, the own first.</summary>
    public async Task<IReadOnlyList<OrderView>> ListAsync(CancellationToken cancellationToken) => [.. (await database.ReadAsync<Row>(List, new { owner = Owner }, cancellationToken)).Select(row => row.View())];

    /// <summary>Keeps a view; under the same name it replaces the caller's own.</summary>
    /// <returns>Its id, or why not.</returns>
    public async Task<(Guid? Id, string? Refusal)> SaveAsync(OrderViewDraft draft, CancellationToken cancellationToken)
    {
        string name = Parameters.Storable(draft.Name?.Trim()) ?? "", filter = draft.Filter?.TrimStart('?') ?? "";
        List<string> problems = [];
        if (name.Length is 0 or > LongestName)
        {
            problems.Add($"Give the view a name of 1 to {LongestName} characters.");
        }

        if (filter.Length > LongestFilter)
        {
            problems.Add($"The filter may have at most {LongestFilter} characters.");
        }
        else
        {
            OrderSearchText.Read(OrderSearchText.Tidy(filter), isByDay: true, problems);
        }

        string[] columns = [.. (draft.Columns ?? []).Distinct(StringComparer.Ordinal)];
        problems.AddRange(columns.Where(column => !Known.Contains(column, StringComparer.Ordinal)).Select(column => $"There is no column \"{column}\"; there are {string.Join(", ", Known)}."));
        if (problems.Count == 0 && await database.ReadOneAsync<int>(Count, new { owner = Owner, name }, cancellationToken) >= MostViews)
        {
            problems.Add($"There are {MostViews} views already; remove one first.");
        }

        if (problems.Count > 0)
        {
            return (null, string.Join(' ', problems));
        }

        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var save = new NpgsqlCommand(Save, connection)
        {
            Parameters =
            {
                new() { Value = Guid.CreateVersion7(now) }, new() { Value = Owner }, new() { Value = Caller.Current?.Name ?? "hub" }, new() { Value = name }, new() { Value = draft.IsShared }, new() { Value = Parameters.Storable(OrderSearchText.Tidy(filter))! },
                new() { Value = columns }, Parameters.Time(now),
            },
        };
        var id = (Guid)(await save.ExecuteScalarAsync(cancellationToken))!;
        await AuditLog.KeepAsync(connection, [new AuditEntry("view_saved", "view", id.ToString(), After: new { name, filter, draft.IsShared })], now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (id, null);
    }

    /// <summary>Removes one of the caller's own views; an administrator also one that another shares. False when there is none.</summary>
    public async Task<bool> RemoveAsync(Guid id, bool isAdministrator, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var remove = new NpgsqlCommand(Remove, connection) { Parameters = { new() { Value = id }, new() { Value = Owner }, new() { Value = isAdministrator } } };
        if (await remove.ExecuteScalarAsync(cancellationToken) is not string name)
        {
            return false;
        }

        await AuditLog.KeepAsync(connection, [new AuditEntry("view_removed", "view", id.ToString(), Before: new { name })], now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>The columns that the caller has chosen; the usual ones for who has chosen none.</summary>
    public async Task<IReadOnlyList<string>> ColumnsAsync(CancellationToken cancellationToken) =>
        await database.ReadOneAsync<string[]>(Columns, new { owner = Owner }, cancellationToken) is { Length: > 0 } chosen ? [.. Known.Where(chosen.Contains)] : Usual;

    /// <summary>Keeps the caller's choice; what is no column is passed over, and nothing chosen means the usual ones.</summary>
    public async Task ChooseAsync(IEnumerable<string> columns, CancellationToken cancellationToken)
    {
        await using var choose = database.CreateCommand(Choose);
        choose.Parameters.Add(new() { Value = Owner });
        choose.Parameters.Add(new() { Value = Known.Where(columns.Contains).ToArray() });
        choose.Parameters.Add(Parameters.Time(clock.GetUtcNow()));
        await choose.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Owner => Caller.Current switch
    {
        { Kind: CallerKind.User, Id: { } id } => $"user:{id:N}",
        { Kind: CallerKind.Token, Id: { } id } => $"token:{id:N}",
        _ => "administrator",
    };

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required string Name { get; init; }
        public required bool IsShared { get; init; }
        public required string Filter { get; init; }
        public required string[] Columns { get; init; }
        public required string OwnerName { get; init; }
        public required bool IsOwn { get; init; }
        public required DateTimeOffset UpdatedAt { get; init; }

        public OrderView View() => new() { Id = Id, Name = Name, IsShared = IsShared, Filter = Filter, Columns = Columns, OwnerName = OwnerName, IsOwn = IsOwn, UpdatedAt = UpdatedAt };
    }
}
