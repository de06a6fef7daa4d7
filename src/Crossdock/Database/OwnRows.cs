using Npgsql;

namespace Crossdock.Database;

/// <summary>Of the rows that somebody named, those that belong to connections they may see. Others are as if they were not there.</summary>
internal static class OwnRows
{
    /// <summary>Those ids, in the order given.</summary>
    /// <param name="database">The database.</param>
    /// <param name="sql">Selects the ids of <c>@ids</c> whose connection is among <c>@seen</c>.</param>
    /// <param name="ids">As they were named.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<IReadOnlyList<Guid>> KeepAsync(NpgsqlDataSource database, string sql, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        if (Caller.Seen is not { } seen)
        {
            return ids;
        }

        var own = (await database.ReadAsync<Guid>(sql, new { ids = ids.ToArray(), seen }, cancellationToken)).ToHashSet();
        return [.. ids.Where(own.Contains)];
    }

    /// <summary>True when the caller may see the row with that id; without limits always.</summary>
    public static async Task<bool> IsOwnAsync(NpgsqlDataSource database, string sql, Guid id, CancellationToken cancellationToken) => (await KeepAsync(database, sql, [id], cancellationToken)).Count == 1;
}
