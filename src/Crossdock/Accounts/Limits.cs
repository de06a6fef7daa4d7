using Crossdock.Database;
using Npgsql;

namespace Crossdock.Accounts;

/// <summary>Limits to connections: people name them by key, the database by id.</summary>
internal static class Limits
{
    private const string Ids = "SELECT id, key FROM connections WHERE key = ANY(@keys) AND deleted_at IS NULL";

    /// <summary>The ids of these keys; null for no limits. An unknown key is answered instead.</summary>
    public static async Task<(int[]? Ids, string? Unknown)> ReadAsync(NpgsqlDataSource database, IReadOnlyList<string>? keys, CancellationToken cancellationToken)
    {
        if (keys is not { Count: > 0 })
        {
            return (null, null);
        }

        var known = (await database.ReadAsync<Row>(Ids, new { keys = keys.Select(key => key.Replace('\0', '\uFFFD')).ToArray() }, cancellationToken)).ToDictionary(row => row.Key, row => row.Id, StringComparer.Ordinal);
        return keys.FirstOrDefault(key => !known.ContainsKey(key)) is { } unknown ? (null, unknown) : ([.. known.Values.Order()], null);
    }

    private sealed record Row
    {
        public required int Id { get; init; }
        public required string Key { get; init; }
    }
}
