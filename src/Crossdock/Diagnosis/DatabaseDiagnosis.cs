using System.Globalization;
using Crossdock.Database;
using Npgsql;

namespace Crossdock.Diagnosis;

/// <summary>Looks at the database: version, schema, settings, clock, partitions, dead rows.</summary>
public sealed class DatabaseDiagnosis(NpgsqlDataSource database, TimeProvider clock, DiagnosisLimits limits)
{
    private const long OldestAge = 1_000_000_000;

    private readonly DiagnosisQueries queries = new(database);

    /// <summary>All of it; what needs the schema is left out while the schema does not fit.</summary>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken)
    {
        var settings = await queries.SettingsAsync(cancellationToken);
        List<Finding> found = [Version(settings), .. Durable(settings), Connections(settings), await ClockAsync(cancellationToken)];
        string? schema = await new Migrator(database, clock).CheckAsync(cancellationToken);
        found.Add(schema is null
            ? Finding.Good("schema", "The database has this version's schema.")
            : Finding.Wrong("schema", schema.Replace(" Run ./crossdock migrate first.", "", StringComparison.Ordinal), "Run ./crossdock migrate with the version of Crossdock that is to run."));
        if (schema is null)
        {
            found.AddRange(await PartitionsAsync(cancellationToken));
            found.AddRange(await VacuumAsync(cancellationToken));
        }

        return found;
    }

    private static Finding Version(Dictionary<string, string> settings)
    {
        int major = Number(settings["server_version_num"]) / 10_000;
        return major < PostgresBinaries.OldestMajor
            ? Finding.Wrong("database_version", $"The database is PostgreSQL {major}.", $"Crossdock needs PostgreSQL {PostgresBinaries.OldestMajor} or newer: upgrade the server (pg_upgrade), or set Crossdock__Database to another one.")
            : Finding.Good("database_version", $"PostgreSQL {major} answers.");
    }

    private static IEnumerable<Finding> Durable(Dictionary<string, string> settings)
    {
        string[] off = [.. ((string[])["fsync", "full_page_writes"]).Where(name => settings[name] != "on")];
        if (off.Length > 0)
        {
            yield return Finding.Wrong("durability", $"The server runs with {string.Join(" and ", off.Select(name => $"{name} = off"))}: a power failure can destroy the database.", $"Set {string.Join(" and ", off.Select(name => $"{name} = on"))} in postgresql.conf and reload the server.");
        }

        if (settings["synchronous_commit"] is "off" or "local")
        {
            yield return Finding.Wrong("durability", $"The server runs with synchronous_commit = {settings["synchronous_commit"]}: what was answered with 200 can be lost.", "Set synchronous_commit = on in postgresql.conf, or for the hub's user (ALTER ROLE ... SET synchronous_commit = on).");
        }
        else if (off.Length == 0)
        {
            yield return Finding.Good("durability", "What is committed is on disk (fsync, full_page_writes and synchronous_commit are on).");
        }

        if (settings["autovacuum"] != "on")
        {
            yield return Finding.Wrong("autovacuum", "The server cleans up no dead rows by itself (autovacuum = off): the queue becomes slower and slower.", "Set autovacuum = on in postgresql.conf and reload the server.");
        }

        if (settings["server_encoding"] != "UTF8")
        {
            yield return Finding.Wrong("encoding", $"The database stores text as {settings["server_encoding"]}: names of customers cannot all be stored.", "Make a database with ENCODING 'UTF8' and move the data there (./crossdock backup, ./crossdock restore).");
        }

        if (settings["is_standby"] == "true" || settings["transaction_read_only"] == "on")
        {
            yield return Finding.Wrong("read_only", settings["is_standby"] == "true" ? "The server is a standby: nothing can be written." : "The database lets nothing be written (default_transaction_read_only).", "Set Crossdock__Database to the primary; with several hosts add Target Session Attributes=primary.");
        }
    }

    private static Finding Connections(Dictionary<string, string> settings)
    {
        int most = Number(settings["max_connections"]) - Number(settings["superuser_reserved_connections"]);
        int used = Number(settings["used_connections"]);
        return used > most * 9 / 10
            ? Finding.Wrong("database_connections", $"{used} of the server's {most} connections are in use.", "Raise max_connections in postgresql.conf, or let each node hold fewer (Maximum Pool Size in Crossdock__Database).")
            : most < 50
                ? Finding.Advice("database_connections", $"The server allows {most} connections; one node of the hub may want about 50.", "Raise max_connections in postgresql.conf to 100 for each node, or lower Maximum Pool Size in Crossdock__Database.")
                : Finding.Good("database_connections", $"{used} of the server's {most} connections are in use.");
    }

    private async Task<Finding> ClockAsync(CancellationToken cancellationToken)
    {
        // The first question also opens a connection: the second one says how long the way is.
        await queries.ClockAsync(cancellationToken);
        var before = clock.GetUtcNow();
        var theirs = await queries.ClockAsync(cancellationToken);
        var after = clock.GetUtcNow();
        var off = before + ((after - before) / 2) - theirs;
        string by = string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(off.TotalSeconds):0.0} seconds {(off > TimeSpan.Zero ? "ahead of" : "behind")} the database's");
        const string Remedy = "Let both machines keep their clocks by NTP (timedatectl set-ntp true, or chrony).";
        return off.Duration() > limits.ClockBreaks ? Finding.Wrong("clock", $"This machine's clock is {by}: nodes take each other's work for abandoned.", Remedy)
            : off.Duration() > limits.ClockDiffers ? Finding.Advice("clock", $"This machine's clock is {by}.", Remedy)
            : Finding.Good("clock", "This machine's clock and the database's agree.");
    }

    private async Task<IEnumerable<Finding>> PartitionsAsync(CancellationToken cancellationToken)
    {
        const string Remedy = "A running hub makes them hourly for a week ahead. If one runs, look into its log for \"Partitions could not be looked after\"; a backup or another program may hold a lock.";
        var there = await queries.PartitionsAsync(cancellationToken);
        var today = clock.GetUtcNow();
        string[] missing = [.. from table in (string[])["events", "timeline", "attempts"] from day in Enumerable.Range(0, 3) let name = Partitions.NameOf(table, today.AddDays(day)) where !there.Contains(name) select name];
        var strays = await queries.StraysAsync(cancellationToken);
        return
        [
            missing.Length > 0
                ? Finding.Advice("partitions", $"Partitions of the coming days are missing: {string.Join(", ", missing)}. Rows of these days go to the default partition, where retention takes longer.", Remedy)
                : Finding.Good("partitions", "The partitions of the coming days are there."),
            .. strays.Count == 0 ? (Finding[])[] :
            [
                Finding.Advice("partitions", $"Rows lie in the default partition of {string.Join(" and ", strays)}: their day's partition was not made in time.", "Nothing is lost; retention removes them row by row. " + Remedy),
            ],
        ];
    }

    private async Task<IEnumerable<Finding>> VacuumAsync(CancellationToken cancellationToken)
    {
        List<Finding> found = [];
        foreach (var pinned in await queries.PinnedAsync(limits.LongTransaction, cancellationToken))
        {
            string since = pinned.Seconds is { } seconds ? string.Create(CultureInfo.InvariantCulture, $" is open for {seconds / 60} minutes and") : "";
            found.Add(Finding.Wrong("dead_rows", $"{pinned.What}{since} keeps dead rows from being cleaned up: everything becomes slower until it ends.", $"If it is not a backup under way, end it: {pinned.Remedy}"));
        }

        foreach (var table in await queries.DeadAsync(limits.ManyDeadRows, cancellationToken))
        {
            found.Add(Finding.Advice("dead_rows", string.Create(CultureInfo.InvariantCulture, $"The table {table.Table} has {table.Dead:N0} dead rows beside {table.Live:N0} living ones."), $"Autovacuum does not keep up, or something keeps rows from being cleaned up. Run VACUUM (ANALYZE) {table.Table}; if it stays so, lower autovacuum_vacuum_cost_delay."));
        }

        long age = await queries.AgeAsync(cancellationToken);
        if (age > OldestAge)
        {
            found.Add(Finding.Wrong("transaction_ids", string.Create(CultureInfo.InvariantCulture, $"A table's oldest transaction is {age:N0} transactions old; at two thousand million the server stops writing."), "Run VACUUM (FREEZE) in every database of the server, and end what keeps autovacuum from doing so."));
        }

        return found.Count > 0 ? found : [Finding.Good("dead_rows", "Dead rows are cleaned up.")];
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
