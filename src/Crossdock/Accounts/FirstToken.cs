using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Crossdock.Accounts;

/// <summary>Sees to it that an installation has its administrator token. The database holds its SHA-256 only; the clear text lies in a file of the data folder that only the hub's user reads.</summary>
public sealed class FirstToken(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>The file in the data folder with the clear token.</summary>
    public const string FileName = "admin.token";

    private const string Read = "SELECT value FROM installation WHERE name = 'admin_token_hash'";

    private const string WriteFirst = """
        INSERT INTO installation (name, value, set_at) VALUES ('admin_token_hash', $1, $2)
        ON CONFLICT (name) DO NOTHING     -- another node was first: its token stands
        """;

    private const string Write = """
        INSERT INTO installation (name, value, set_at) VALUES ('admin_token_hash', $1, $2)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value, set_at = excluded.set_at
        WHERE installation.value <> excluded.value
        """;

    /// <summary>Makes sure. A configured one takes the former one's place; without one, the first start makes one up.</summary>
    /// <param name="configured">The token from the configuration; null or empty for none.</param>
    /// <param name="dataFolder">Where the token file goes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The clear token if it was made up just now, to be shown once; otherwise null.</returns>
    public async Task<string?> EnsureAsync(string? configured, string dataFolder, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrWhiteSpace(configured))
        {
            await StoreAsync(Write, configured.Trim(), cancellationToken);
            await WriteFileAsync(configured.Trim(), dataFolder, cancellationToken);
            return null;
        }
        if (await IsThereAsync(cancellationToken)) return null;
        string token = "cd_" + RandomNumberGenerator.GetHexString(40, lowercase: true);
        bool isOurs = await StoreAsync(WriteFirst, token, cancellationToken) == 1;
        if (isOurs) await WriteFileAsync(token, dataFolder, cancellationToken);
        return isOurs ? token : null;
    }

    private async Task<bool> IsThereAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Read);
        return await command.ExecuteScalarAsync(cancellationToken) is string;
    }

    private async Task<int> StoreAsync(string sql, string token, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token))) });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task WriteFileAsync(string token, string dataFolder, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new StreamWriter(Path.Combine(dataFolder, FileName), options);
        await file.WriteLineAsync(token.AsMemory(), cancellationToken);
    }
}
