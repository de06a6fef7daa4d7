using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Crossdock.Database;

/// <summary>One numbered step of the schema.</summary>
/// <param name="Number">1, 2, 3 ...; the first four digits of the file's name.</param>
/// <param name="Name">The rest of the file's name.</param>
/// <param name="Sql">What it does.</param>
public sealed record Migration(int Number, string Name, string Sql)
{
    /// <summary>SHA-256 of the text, lower-case hexadecimal.</summary>
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>The file's name without its ending: <c>0001_trunk</c>.</summary>
    public string FullName => string.Create(CultureInfo.InvariantCulture, $"{Number:0000}_{Name}");
}

/// <summary>Brings a database to this version's schema, once, however many nodes start at the same moment; and says whether it is there.</summary>
public sealed class Migrator(NpgsqlDataSource database, TimeProvider clock, IReadOnlyList<Migration>? migrations = null)
{
    private const long AdvisoryLock = 0x43726F7373646F63;      // "Crossdoc"

    private const string CreateHistory = """
        CREATE TABLE IF NOT EXISTS schema_history (
            number      int PRIMARY KEY,
            name        text NOT NULL,
            sha256      text NOT NULL,
            applied_at  timestamptz NOT NULL
        )
        """;

    private const string HasHistory = "SELECT to_regclass('schema_history') IS NOT NULL";

    private const string ReadHistory = "SELECT number, name, sha256 FROM schema_history ORDER BY number";

    private const string WriteHistory = "INSERT INTO schema_history (number, name, sha256, applied_at) VALUES ($1, $2, $3, $4)";

    private readonly IReadOnlyList<Migration> migrations = migrations ?? Embedded();

    /// <summary>The migrations of this version, by number.</summary>
    public static IReadOnlyList<Migration> Embedded()
    {
        var assembly = typeof(Migrator).Assembly;
        return [.. assembly.GetManifestResourceNames().Where(name => name.StartsWith("migrations/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name => Read(assembly, name))];
    }

    /// <summary>Applies what is missing, each in a transaction of its own. Answers the names of what it applied.</summary>
    /// <exception cref="InvalidOperationException">The database has a changed or a newer schema.</exception>
    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, "SELECT pg_advisory_lock($1)", cancellationToken, AdvisoryLock);
        try
        {
            await ExecuteAsync(connection, CreateHistory, cancellationToken);
            var applied = await HistoryAsync(connection, cancellationToken);
            if (Conflict(applied) is { } conflict) throw new InvalidOperationException(conflict);
            var done = new List<string>();
            foreach (var migration in migrations.Where(one => applied.All(former => former.Number != one.Number)))
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await ExecuteAsync(connection, migration.Sql, cancellationToken);
                await ExecuteAsync(connection, WriteHistory, cancellationToken, migration.Number, migration.Name, migration.Sha256, clock.GetUtcNow());
                await transaction.CommitAsync(cancellationToken);
                done.Add(migration.FullName);
            }
            return done;
        }
        finally
        {
            await ExecuteAsync(connection, "SELECT pg_advisory_unlock($1)", CancellationToken.None, AdvisoryLock);
        }
    }

    /// <summary>What is wrong with the database's schema, with the command that mends it; null when it is this version's.</summary>
    public async Task<string?> CheckAsync(CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using (var ask = new NpgsqlCommand(HasHistory, connection))
        {
            if (await ask.ExecuteScalarAsync(cancellationToken) is not true) return "The database has no Crossdock schema yet. Run ./crossdock migrate first.";
        }
        var applied = await HistoryAsync(connection, cancellationToken);
        if (Conflict(applied) is { } conflict) return conflict;
        string[] missing = [.. migrations.Where(one => applied.All(former => former.Number != one.Number)).Select(one => one.FullName)];
        return missing.Length == 0 ? null : $"The database's schema is older than this version of Crossdock; missing: {string.Join(", ", missing)}. Run ./crossdock migrate first.";
    }

    private string? Conflict(List<(int Number, string Name, string Sha256)> applied)
    {
        foreach (var (number, name, sha256) in applied)
        {
            var own = migrations.FirstOrDefault(one => one.Number == number);
            if (own is null) return $"The database's schema is newer than this version of Crossdock: it has {number:0000}_{name}. Install the version that ran ./crossdock migrate last.";
            if (own.Sha256 != sha256) return $"The migration {own.FullName} was changed after it was applied to this database. A released migration never changes: install the version that ran ./crossdock migrate last, or add a new migration.";
        }
        return null;
    }

    private static async Task<List<(int Number, string Name, string Sha256)>> HistoryAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var rows = new List<(int, string, string)>();
        await using var command = new NpgsqlCommand(ReadHistory, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) rows.Add((reader.GetInt32(0), reader.GetString(1), reader.GetString(2)));
        return rows;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (object value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Migration Read(Assembly assembly, string resource)
    {
        string file = resource["migrations/".Length..^".sql".Length];
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return new(int.Parse(file.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), file[5..], reader.ReadToEnd());
    }
}
