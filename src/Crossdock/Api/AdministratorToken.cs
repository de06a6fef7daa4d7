using System.Security.Cryptography;
using System.Text;
using Crossdock.Database;
using Npgsql;

namespace Crossdock.Api;

/// <summary>Checks the administrator's token against its hash in the table <c>installation</c>. The token itself is stored nowhere.</summary>
public sealed class AdministratorToken(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>The row's name in <c>installation</c>.</summary>
    public const string Name = "admin_token_hash";

    private const string Read = "SELECT value FROM installation WHERE name = @name";

    // A changed token counts within this time on every node, and a flood of wrong ones does not become a flood of queries.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private sealed record Known(byte[] Hash, DateTimeOffset ReadAt);

    private Known? known;

    /// <summary>What is stored of a token: SHA-256 of its UTF-8 bytes as lower-case hexadecimal digits.</summary>
    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>True for the administrator's token. The time it takes says nothing about how much of it was right.</summary>
    public async Task<bool> IsRightAsync(string? token, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(token) || token.Length > 512)
        {
            return false;
        }

        var now = clock.GetUtcNow();
        var current = known;
        if (current is null || now - current.ReadAt >= Fresh)
        {
            string? stored = await database.ReadOneAsync<string>(Read, new { name = Name }, cancellationToken);
            known = current = new Known(Encoding.ASCII.GetBytes(stored ?? ""), now);
        }

        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash(token)), current.Hash);
    }
}
