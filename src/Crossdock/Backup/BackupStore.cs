using Npgsql;

namespace Crossdock.Backup;

/// <summary>The statements of backup and restore.</summary>
internal static class BackupStore
{
    private const string Tables = """
        SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'schema_history'
        GROUP BY c.relname ORDER BY c.relname
        """;

    private const string References = """
        SELECT child.relname, parent.relname FROM pg_constraint k JOIN pg_class child ON child.oid = k.conrelid JOIN pg_class parent ON parent.oid = k.confrelid
        WHERE k.contype = 'f' AND child.relnamespace = current_schema()::regnamespace AND NOT child.relispartition AND k.conrelid <> k.confrelid
        """;

    private const string PartitionNames = """
        SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid JOIN pg_class parent ON parent.oid = inhparent
        WHERE parent.relnamespace = current_schema()::regnamespace AND child.relkind = 'r' AND pg_get_expr(child.relpartbound, child.oid) <> 'DEFAULT' ORDER BY 1
        """;

    private const string History = "SELECT number, name, sha256 FROM schema_history ORDER BY number";

    private const string Moment = "SELECT clock_timestamp(), current_setting('server_version_num')::int";

    // What was answered, made up or placed there: an installation that has begun to live is not written over.
    private const string IsUsed = "SELECT EXISTS (SELECT FROM connections) OR EXISTS (SELECT FROM orders) OR EXISTS (SELECT FROM events)";

    private const string HasTables = "SELECT to_regclass('connections') IS NOT NULL AND to_regclass('orders') IS NOT NULL AND to_regclass('events') IS NOT NULL";

    private const string HubsConnected = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'crossdock' AND pid <> pg_backend_pid()";

    private const string Identities = """
        SELECT c.relname, a.attname, pg_get_serial_sequence(quote_ident(c.relname), a.attname)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attidentity <> '' WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
        """;

    private const string Leased = """
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'leased_by' AND NOT a.attisdropped
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'deliveries'
        """;

    // What was not done when the backup was made may be done by now. A retry by a person, too, looks first.
    private const string DoubtDeliveries = """
        UPDATE deliveries SET is_unclear = true, restored = true, leased_by = NULL, leased_until = NULL, last_error = coalesce(last_error, 'the hub was restored from a backup: the destination is asked first')
        WHERE state IN ('waiting', 'held', 'dead')
        """;

    private const string NoteRestore = """
        INSERT INTO installation (name, value, set_at) VALUES ('restored_at', $1, $3), ('restored_from', $2, $3)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value, set_at = excluded.set_at
        """;

    // What the shops' lists have since the backup is read once, as after lost webhooks: only connections that can be read have these rows.
    private const string AskForTheGap = """
        INSERT INTO reading_states AS r (connection_id, activity, watermark, until_at, next_at)
        SELECT DISTINCT s.connection_id, 'catch_up', $1, $2, $2 FROM reading_states s JOIN connections c ON c.id = s.connection_id AND c.deleted_at IS NULL
        WHERE s.activity IN ('poll', 'ledger')
        ON CONFLICT (connection_id, activity) DO UPDATE SET watermark = CASE WHEN r.ended_at IS NULL THEN least(r.watermark, excluded.watermark) ELSE excluded.watermark END,
            window_from = NULL, window_to = NULL, cursor = NULL, next_at = excluded.next_at, until_at = excluded.until_at, ended_at = NULL, read = 0, missing = 0, failures = 0
        """;

    /// <summary>Keeps tables as they are while they are read; taken before the snapshot, so that no partition is dropped in between.</summary>
    public static Task LockAsync(NpgsqlConnection connection, IEnumerable<string> tables, CancellationToken cancellationToken) =>
        RunAsync(connection, $"LOCK TABLE {string.Join(", ", tables.Select(Quote))} IN ACCESS SHARE MODE", cancellationToken);

    /// <summary>All tables with their columns, in an order in which rows that are pointed at come first.</summary>
    public static async Task<List<(string Name, string[] Columns)>> TablesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var tables = await ReadAsync(connection, Tables, reader => (Name: reader.GetString(0), Columns: reader.GetFieldValue<string[]>(1)), cancellationToken);
        var points = (await ReadAsync(connection, References, reader => (Child: reader.GetString(0), Parent: reader.GetString(1)), cancellationToken)).ToLookup(one => one.Child, one => one.Parent);
        List<(string Name, string[] Columns)> sorted = [];
        while (sorted.Count < tables.Count)
        {
            var next = tables.Where(table => !sorted.Exists(done => done.Name == table.Name) && points[table.Name].All(parent => sorted.Exists(done => done.Name == parent))).ToList();
            if (next.Count == 0)
            {
                throw new BackupException("Tables of the schema point at each other in a circle; this version of Crossdock cannot back that up.");
            }

            sorted.AddRange(next);
        }

        return sorted;
    }

    public static Task<List<string>> PartitionsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => ReadAsync(connection, PartitionNames, reader => reader.GetString(0), cancellationToken);

    public static Task<List<BackupMigration>> HistoryAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        ReadAsync(connection, History, reader => new BackupMigration(reader.GetInt32(0), reader.GetString(1), reader.GetString(2)), cancellationToken);

    public static async Task<(DateTimeOffset At, int Version)> MomentAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await ReadAsync(connection, Moment, reader => (new DateTimeOffset(reader.GetDateTime(0)), reader.GetInt32(1)), cancellationToken)).Single();

    public static async Task<long> CountAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken) =>
        (await ReadAsync(connection, $"SELECT count(*) FROM {Quote(table)}", reader => reader.GetInt64(0), cancellationToken)).Single();

    public static async Task<bool> IsUsedAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await ReadAsync(connection, HasTables, reader => reader.GetBoolean(0), cancellationToken)).Single() && (await ReadAsync(connection, IsUsed, reader => reader.GetBoolean(0), cancellationToken)).Single();

    public static async Task<long> HubsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => (await ReadAsync(connection, HubsConnected, reader => reader.GetInt64(0), cancellationToken)).Single();

    public static string CopyOut(string table, IEnumerable<string> columns) => $"COPY (SELECT {string.Join(", ", columns.Select(Quote))} FROM {Quote(table)}) TO STDOUT (FORMAT BINARY)";

    public static string CopyIn(BackupTable table) => $"COPY {Quote(table.Name)} ({string.Join(", ", table.Columns.Select(Quote))}) FROM STDIN (FORMAT BINARY)";

    public static Task EmptyAsync(NpgsqlConnection connection, IEnumerable<string> tables, CancellationToken cancellationToken) =>
        RunAsync(connection, $"TRUNCATE {string.Join(", ", tables.Select(Quote))}", cancellationToken);

    /// <summary>Numbers that the database gives go on after the greatest there is.</summary>
    public static async Task GoOnCountingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        foreach (var (table, column, sequence) in await ReadAsync(connection, Identities, reader => (reader.GetString(0), reader.GetString(1), reader.GetString(2)), cancellationToken))
        {
            await RunAsync(connection, $"SELECT setval('{sequence.Replace("'", "''", StringComparison.Ordinal)}', coalesce((SELECT max({Quote(column)}) FROM {Quote(table)}), 1), EXISTS (SELECT FROM {Quote(table)}))", cancellationToken);
        }
    }

    /// <summary>Whatever a node held when the backup was made, nobody holds; what may have happened since is looked up before it is repeated, and read from the shops.</summary>
    public static async Task BeginAgainAsync(NpgsqlConnection connection, DateTimeOffset madeAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (string table in await ReadAsync(connection, Leased, reader => reader.GetString(0), cancellationToken))
        {
            await RunAsync(connection, $"UPDATE {Quote(table)} SET leased_by = NULL, leased_until = NULL WHERE leased_by IS NOT NULL OR leased_until IS NOT NULL", cancellationToken);
        }

        await RunAsync(connection, DoubtDeliveries, cancellationToken);
        await RunAsync(connection, AskForTheGap, cancellationToken, madeAt.UtcDateTime, now.UtcDateTime);
        await RunAsync(connection, NoteRestore, cancellationToken, now.UtcDateTime.ToString("O"), madeAt.UtcDateTime.ToString("O"), now.UtcDateTime);
    }

    public static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (object value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<List<T>> ReadAsync<T>(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<T> all = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            all.Add(read(reader));
        }

        return all;
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
