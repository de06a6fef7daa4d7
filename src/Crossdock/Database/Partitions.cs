using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crossdock.Database;

/// <summary>Keeps a daily partition ready for the week to come in every table that grows for ever, and drops what is older than the policy.
/// Runs on every node; a lock lets one work at a time.</summary>
public sealed partial class Partitions(NpgsqlDataSource database, IOptions<RetentionOptions> options, TimeProvider clock, ILogger<Partitions> logger) : BackgroundService
{
    private const int DaysAhead = 7;
    private const int KeysAtOnce = 10_000;

    // The day's worker holds this lock; the others have nothing to do.
    private const string TryLock = "SELECT pg_try_advisory_lock(7306085893296906601)";

    private const string Unlock = "SELECT pg_advisory_unlock(7306085893296906601)";

    private const string List = """
        SELECT child.relname FROM pg_inherits
        JOIN pg_class child ON child.oid = inhrelid
        JOIN pg_class parent ON parent.oid = inhparent
        WHERE parent.relname = $1 AND parent.relnamespace = current_schema()::regnamespace
        """;

    // One page of keys in the order of the primary key: the table is walked once a day, and no page is read twice.
    private const string DeleteKeys = """
        WITH page AS (
            SELECT connection_id, key_hash, event_id FROM event_keys
            WHERE (connection_id, key_hash) > ($1, $2)
            ORDER BY connection_id, key_hash LIMIT $3
        ), gone AS (
            DELETE FROM event_keys USING page
            WHERE page.event_id < $4 AND event_keys.connection_id = page.connection_id AND event_keys.key_hash = page.key_hash
        )
        SELECT connection_id, key_hash FROM page ORDER BY connection_id DESC, key_hash DESC LIMIT 1
        """;

    // The newest id is the primary key's last entry: one look into each partition.
    private const string Newest = "SELECT id FROM events ORDER BY id DESC LIMIT 1";

    private const string DatabaseClock = "SELECT clock_timestamp()";

    // Clocks of nodes agree to within seconds; what is off by more is not a clock to drop payloads by.
    private static readonly TimeSpan ClocksMayDiffer = TimeSpan.FromMinutes(5);

    /// <summary>The smallest UUIDv7 of a moment: its first 48 bits are the milliseconds, the rest is zero.</summary>
    public static Guid LowerBound(DateTimeOffset at)
    {
        string milliseconds = at.ToUnixTimeMilliseconds().ToString("x12", CultureInfo.InvariantCulture);
        return Guid.Parse($"{milliseconds[..8]}-{milliseconds[8..]}-0000-0000-000000000000");
    }

    /// <summary>Does one day's work: creates, drops, deletes old keys. May be called any time and at once on several nodes.</summary>
    public async Task MaintainAsync(CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (await AskAsync(connection, TryLock, cancellationToken) is not true) return;
        try
        {
            await ExecuteAsync(connection, "SET lock_timeout = '3s'", cancellationToken);      // rather tomorrow than a queue behind us
            var policy = options.Value;
            bool mayDrop = await MayDropAsync(connection, policy.PayloadDays, cancellationToken);
            foreach (var (table, days) in ((string, int)[])[("events", policy.PayloadDays), ("timeline", policy.TimelineDays), ("attempts", policy.AttemptDays)])
            {
                await CreateAheadAsync(connection, table, cancellationToken);
                if (mayDrop) await DropOldAsync(connection, table, days, cancellationToken);
            }
            if (!mayDrop) return;
            await DeleteKeysAsync(connection, Math.Max(policy.KeyDays, policy.PayloadDays), cancellationToken);
            foreach (var (table, rows) in await Retention.DeleteAsync(connection, policy, clock.GetUtcNow(), cancellationToken))
            {
                if (rows > 0) Log.RowsDeleted(logger, rows, table);
            }
        }
        finally
        {
            await ExecuteAsync(connection, "RESET lock_timeout", CancellationToken.None);
            await AskAsync(connection, Unlock, CancellationToken.None);
        }
    }

    /// <summary>The same for whoever must not fail by it: a backup that holds its locks keeps no hub from starting, rows without a partition go to the default one.</summary>
    public async Task TryMaintainAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await MaintainAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is NpgsqlException or InvalidOperationException or TimeoutException or IOException)
        {
            Log.MaintenanceFailed(logger, failure);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        do
        {
            await TryMaintainAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    // A clock that jumped ahead would make everything old at once, and what is dropped does not come back.
    private async Task<bool> MayDropAsync(NpgsqlConnection connection, int payloadDays, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await AskAsync(connection, DatabaseClock, cancellationToken) is DateTime database && now - new DateTimeOffset(database) > ClocksMayDiffer)
        {
            Log.ClockAhead(logger, now, database);
            return false;
        }
        // The clock that both share may have jumped, too. An event from within the policy says that it did not; where the newest is older, dropping would leave none.
        if (await AskAsync(connection, Newest, cancellationToken) is Guid newest && newest.CompareTo(LowerBound(now.AddDays(-payloadDays))) < 0)
        {
            Log.NothingRecent(logger, now, payloadDays);
            return false;
        }
        return true;
    }

    private async Task CreateAheadAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        var existing = await NamesAsync(connection, table, cancellationToken);
        DateTimeOffset today = new(clock.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        for (int day = 0; day <= DaysAhead; day++)
        {
            DateTimeOffset from = today.AddDays(day);
            string name = NameOf(table, from);
            if (existing.Contains(name)) continue;
            try
            {
                await ExecuteAsync(connection, Creating(table, from), cancellationToken);
            }
            catch (PostgresException late) when (late.SqlState == PostgresErrorCodes.CheckViolation)
            {
                // Rows of that day are in the default partition already, where they are found as well.
                Log.PartitionTooLate(logger, name);
            }
        }
    }

    private async Task DropOldAsync(NpgsqlConnection connection, string table, int days, CancellationToken cancellationToken)
    {
        DateTimeOffset oldest = new DateTimeOffset(clock.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero).AddDays(-days);
        string oldestName = NameOf(table, oldest);
        foreach (string name in await NamesAsync(connection, table, cancellationToken))
        {
            if (name.Length != oldestName.Length || string.CompareOrdinal(name, oldestName) >= 0) continue;
            await ExecuteAsync(connection, $"DROP TABLE IF EXISTS {name}", cancellationToken);
            Log.PartitionDropped(logger, name, days);
        }
        await ExecuteAsync(connection, $"DELETE FROM {table}_default WHERE id < '{LowerBound(oldest)}'", cancellationToken);
    }

    private async Task DeleteKeysAsync(NpgsqlConnection connection, int days, CancellationToken cancellationToken)
    {
        Guid bound = LowerBound(clock.GetUtcNow().AddDays(-days));
        (int Connection, Guid Hash)? last = (int.MinValue, Guid.Empty);
        while (last is { } from)
        {
            await using var command = new NpgsqlCommand(DeleteKeys, connection) { Parameters = { new() { Value = from.Connection }, new() { Value = from.Hash }, new() { Value = KeysAtOnce }, new() { Value = bound } } };
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            last = await reader.ReadAsync(cancellationToken) ? (reader.GetInt32(0), reader.GetGuid(1)) : null;
        }
    }

    /// <summary>The statement that makes the partition of a day (midnight UTC), unless it is there.</summary>
    internal static string Creating(string table, DateTimeOffset day) =>
        $"CREATE TABLE IF NOT EXISTS {NameOf(table, day)} PARTITION OF {table} FOR VALUES FROM ('{LowerBound(day)}') TO ('{LowerBound(day.AddDays(1))}')";

    internal static string NameOf(string table, DateTimeOffset day) => table + day.ToString("'_'yyyyMMdd", CultureInfo.InvariantCulture);

    private static async Task<HashSet<string>> NamesAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(List, connection) { Parameters = { new() { Value = table } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken)) names.Add(reader.GetString(0));
        return names;
    }

    private static async Task<object?> AskAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(9101, LogLevel.Warning, "Partitions could not be looked after; tried again within the hour")]
        internal static partial void MaintenanceFailed(ILogger logger, Exception failure);

        [LoggerMessage(9102, LogLevel.Warning, "Partition {Name} was not made in time; its rows stay in the default partition")]
        internal static partial void PartitionTooLate(ILogger logger, string name);

        [LoggerMessage(9104, LogLevel.Error, "Nothing is dropped: this machine's clock says {Now:O}, the database's {Database:O}; set the wrong one right")]
        internal static partial void ClockAhead(ILogger logger, DateTimeOffset now, DateTime database);

        [LoggerMessage(9105, LogLevel.Warning, "Nothing is dropped: by the clock ({Now:O}) no event came for {Days} days, and all payloads would go at once; it goes on with the next event")]
        internal static partial void NothingRecent(ILogger logger, DateTimeOffset now, int days);

        [LoggerMessage(9106, LogLevel.Information, "Deleted {Rows} rows of {Table} by the policy of retention")]
        internal static partial void RowsDeleted(ILogger logger, long rows, string table);

        [LoggerMessage(9103, LogLevel.Information, "Dropped partition {Name}: older than {Days} days")]
        internal static partial void PartitionDropped(ILogger logger, string name, int days);
    }
}
