using System.IO.Compression;
using Crossdock.Backup;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Crossdock.Testing.Faults;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Crossdock.Tests.Backup;

/// <summary>A hub is backed up while it works, restored into an empty database, and goes on there.</summary>
public sealed class BackupTests : IAsyncLifetime
{
    // Every table's rows as one number; what a restore changes on purpose is left out.
    private const string Books = """
        SELECT string_agg(name || ' ' || rows || ' ' || hash, E'\n' ORDER BY name) FROM (
            SELECT 'orders' AS name, count(*) AS rows, md5(string_agg(o::text, '|' ORDER BY o.id)) AS hash FROM orders o
            UNION ALL SELECT 'events', count(*), md5(string_agg(e::text, '|' ORDER BY e.id)) FROM events e
            UNION ALL SELECT 'event_keys', count(*), md5(string_agg(k::text, '|' ORDER BY k.connection_id, k.key_hash)) FROM event_keys k
            UNION ALL SELECT 'timeline', count(*), md5(string_agg(t.id::text || t.order_id || t.entries::text, '|' ORDER BY t.id)) FROM timeline t
            UNION ALL SELECT 'attempts', count(*), md5(string_agg(a::text, '|' ORDER BY a.id)) FROM attempts a
            UNION ALL SELECT 'deliveries', count(*), md5(string_agg(concat_ws(',', d.id, d.order_id, d.destination_id, d.kind, d.generation, d.state, d.attempts, d.remote_id, d.created_at, d.done_at, d.document), '|' ORDER BY d.id)) FROM deliveries d
            UNION ALL SELECT 'holds', count(*), md5(string_agg(h::text, '|' ORDER BY h.id)) FROM holds h
            UNION ALL SELECT 'connections', count(*), md5(string_agg(c::text, '|' ORDER BY c.id)) FROM connections c) b
        """;

    private readonly TestDatabase living = new();
    private readonly string folder = Directory.CreateTempSubdirectory("crossdock-backup-").FullName;
    private string restored = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await living.InitializeAsync();
        restored = await (await PostgresServer.GetAsync()).CreateEmptyDatabaseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await living.DisposeAsync();
        await (await PostgresServer.GetAsync()).DropDatabaseAsync(restored);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Living_hub_is_restored_as_it_was_and_delivers_nothing_again_that_was_delivered_since()
    {
        await using var courier = await StrictCourier.StartAsync(seed: 1, new CourierFaults { Drop = 0, Error = 0, Slow = 0 });
        using var partitions = new Partitions(living.DataSource, Microsoft.Extensions.Options.Options.Create(new RetentionOptions()), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<Partitions>.Instance);
        await partitions.MaintainAsync(Stop);
        string file = Path.Combine(folder, "hub.backup");
        string books;
        await using (var hub = await TestHub.StartAsync(living.DataSource, courier.Address, options: NoWaiting))
        {
            await SellAsync(hub, 1, 20);
            await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 20);
            // One waits for a person, so that it is delivered only after the backup.
            await ExecuteAsync(living.ConnectionString, "UPDATE deliveries SET state = 'dead', remote_id = NULL, done_at = NULL WHERE order_id = (SELECT id FROM orders WHERE external_id = '1')");
            await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
            books = await AskAsync(living.ConnectionString, Books);

            // Made by two sessions at once: the backup holds its moment while orders come in.
            var selling = SellAsync(hub, 100, 15);
            await new BackupWriter(living.DataSource).WriteAsync(Path.Combine(folder, "moving.backup"), null, Stop);
            await selling;
            await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 34);
            books = await AskAsync(living.ConnectionString, Books);
            var made = await new BackupWriter(living.DataSource).WriteAsync(file, null, Stop);
            Assert.Equal(long.Parse(await AskAsync(living.ConnectionString, "SELECT count(*)::text FROM orders"), null), Rows(file, "orders"));
            Assert.True(made.Rows > 100);

            // What happens between the backup and the restore: new orders, and the one that waited goes out.
            await SellAsync(hub, 200, 5);
            await ExecuteAsync(living.ConnectionString, "UPDATE deliveries SET state = 'waiting', next_attempt_at = now() WHERE state = 'dead'");
            await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 40);
        }

        // Order 1 was made a dead letter after the courier had it: it is there once, looked up.
        Assert.All(courier.Books, entry => Assert.Single(entry.Value.Distinct()));
        int before = courier.Books.Sum(entry => entry.Value.Count);
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(restored) { MaxPoolSize = 20, MaxAutoPrepare = 60, NoResetOnClose = true }.ConnectionString);
        var done = await new BackupRestorer(source, folder, TimeProvider.System).RestoreAsync(file, null, Stop);
        Assert.Equal(books, await AskAsync(restored, Books));
        Assert.Equal(await AskAsync(living.ConnectionString, PartitionNames), await AskAsync(restored, PartitionNames));
        Assert.Empty(done.Migrated);

        // The restored hub: the shop sends again what came since, and new orders; a person retries the one that waited.
        await using var again = await TestHub.StartAsync(source, courier.Address, options: NoWaiting);
        await SellAsync(again, 200, 5);
        await SellAsync(again, 300, 3, placedAt: TimeProvider.System.GetUtcNow().AddMinutes(1));
        await ExecuteAsync(restored, "UPDATE deliveries SET state = 'waiting', next_attempt_at = now() WHERE state = 'dead'");
        await again.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 43);
        Assert.Equal(before + 3, courier.Books.Sum(entry => entry.Value.Count));
        Assert.Equal(6L, await again.ScalarAsync("SELECT count(*) FROM attempts WHERE outcome = 'has'"));
    }

    [Fact]
    public async Task Destination_that_cannot_be_asked_gets_nothing_after_a_restore_until_a_person_decides()
    {
        await using var courier = await StrictCourier.StartAsync(seed: 1, new CourierFaults { Drop = 0, Error = 0, Slow = 0 });
        string file = Path.Combine(folder, "hub.backup");
        await new BackupWriter(living.DataSource).WriteAsync(file, null, Stop);
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(restored) { MaxPoolSize = 20 }.ConnectionString);
        await new BackupRestorer(source, folder, TimeProvider.System).RestoreAsync(file, null, Stop);
        await using var hub = await TestHub.StartAsync(source, courier.Address, options: NoWaiting, canFind: false);
        await SellAsync(hub, 1, 1);
        await hub.UntilAsync("SELECT state FROM deliveries", "held");
        Assert.Empty(courier.Books);
        Assert.Contains("cannot be asked", (string)(await hub.ScalarAsync("SELECT reason FROM holds"))!, StringComparison.Ordinal);

        var actions = hub.Services.GetRequiredService<Crossdock.Delivery.DeliveryActions>();
        await actions.RetryAsync([(Guid)(await hub.ScalarAsync("SELECT id FROM deliveries"))!], "operator ana", "it is not there", Stop);
        await hub.UntilAsync("SELECT state FROM deliveries", "delivered");
        Assert.Single(Assert.Single(courier.Books).Value);
    }

    [Fact]
    public async Task Damaged_cut_off_foreign_and_newer_files_are_refused_and_leave_the_database_empty()
    {
        await ExecuteAsync(living.ConnectionString, "INSERT INTO statistics SELECT 1, now() + n * interval '1 minute', 'received', 1 FROM generate_series(1, 2000) n");
        string file = Path.Combine(folder, "hub.backup"), other = Path.Combine(folder, "other.backup");
        await new BackupWriter(living.DataSource).WriteAsync(file, null, Stop);
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(restored) { MaxPoolSize = 4 }.ConnectionString);
        var restorer = new BackupRestorer(source, folder, TimeProvider.System);

        byte[] whole = await File.ReadAllBytesAsync(file, Stop);
        await File.WriteAllBytesAsync(other, whole[..(whole.Length / 2)], Stop);
        Assert.Contains("its end is missing", (await Assert.ThrowsAsync<BackupException>(() => restorer.RestoreAsync(other, null, Stop))).Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(other, "no backup", Stop);
        await Assert.ThrowsAsync<BackupException>(() => restorer.RestoreAsync(other, null, Stop));
        await Assert.ThrowsAsync<BackupException>(() => restorer.RestoreAsync(Path.Combine(folder, "nowhere"), null, Stop));

        Rewrite(file, other, "tables/statistics.copy", bytes => bytes[^500] ^= 1);
        Assert.Contains("statistics", (await Assert.ThrowsAsync<BackupException>(() => restorer.RestoreAsync(other, null, Stop))).Message, StringComparison.Ordinal);
        Assert.Equal("0", await AskAsync(restored, "SELECT count(*)::text FROM statistics"));
        Rewrite(file, other, "manifest.json", bytes => bytes.AsSpan().Replace((byte)'a', (byte)'b'));
        await Assert.ThrowsAsync<BackupException>(() => restorer.RestoreAsync(other, null, Stop));

        // After all these the same database takes the whole one; and a second time it is no longer empty.
        Assert.True((await restorer.RestoreAsync(file, null, Stop)).Rows >= 2000);
        await ExecuteAsync(restored, "INSERT INTO connections (key, name, platform, created_at, updated_at) VALUES ('one', 'One', 'shopify', now(), now())");
        Assert.Contains("not empty", (await Assert.ThrowsAsync<BackupException>(() => restorer.RestoreAsync(file, null, Stop))).Message, StringComparison.Ordinal);
        Assert.Contains("exists already", (await Assert.ThrowsAsync<BackupException>(() => new BackupWriter(living.DataSource).WriteAsync(file, null, Stop))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_can_be_read_with_the_keys_of_the_other_file_and_connections_without_them_are_named()
    {
        string home = Path.Combine(folder, "old"), elsewhere = Path.Combine(folder, "new"), file = Path.Combine(folder, "hub.backup"), keys = Path.Combine(folder, "hub.keys");
        var services = new ServiceCollection();
        services.AddDataProtection().SetApplicationName("crossdock").PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(home, "keys")));
        await using var provider = services.BuildServiceProvider();
        string secret = System.Text.Json.JsonSerializer.Serialize(new SecretBox(provider.GetRequiredService<IDataProtectionProvider>()).Protect("acme", new Dictionary<string, string> { ["webhookSecret"] = "shh-7391" }));
        await ExecuteAsync(living.ConnectionString, $"INSERT INTO connections (key, name, platform, settings, secrets, created_at, updated_at) VALUES ('acme', 'Acme', 'shopify', '{{}}', '{secret}', now(), now())");
        await new BackupWriter(living.DataSource).WriteAsync(file, null, Stop);
        Assert.Equal(1, await KeyBackup.WriteAsync(home, keys, Stop));
        if (!OperatingSystem.IsWindows())
        {
            Assert.All((string[])[file, keys], one => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(one)));
        }

        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(restored) { MaxPoolSize = 4 }.ConnectionString);
        var done = await new BackupRestorer(source, elsewhere, TimeProvider.System).RestoreAsync(file, null, Stop);
        Assert.Equal(["acme"], done.LockedConnections);
        Assert.Equal(1, await KeyBackup.RestoreAsync(keys, elsewhere, Stop));
        Assert.Equal(0, await KeyBackup.RestoreAsync(keys, elsewhere, Stop));
        var row = Assert.Single(await new ConnectionStore(source, TimeProvider.System).LoadAsync(null, Stop));
        Assert.Equal("shh-7391", new SecretBox(KeyRing.Open(elsewhere)).Open("acme", row.Secrets)?["webhookSecret"]);
        // The next connection gets a number of its own.
        await ExecuteAsync(restored, "INSERT INTO connections (key, name, platform, created_at, updated_at) VALUES ('next', 'Next', 'shopify', now(), now())");
        Assert.Equal("2", await AskAsync(restored, "SELECT id::text FROM connections WHERE key = 'next'"));
    }

    private const string PartitionNames = "SELECT string_agg(inhrelid::regclass::text, ',' ORDER BY inhrelid::regclass::text) FROM pg_inherits WHERE inhparent IN ('events'::regclass, 'timeline'::regclass, 'attempts'::regclass)";

    private static Dictionary<string, string?> NoWaiting => new() { ["Crossdock:Delivery:PollSeconds"] = "1", ["Crossdock:Processing:PollMilliseconds"] = "100" };

    private static async Task SellAsync(TestHub hub, int first, int count, DateTimeOffset? placedAt = null)
    {
        foreach (int id in Enumerable.Range(first, count))
        {
            string order = TestHub.Order(id);
            if (placedAt is { } at) order = order.Replace("2026-11-01T09:59:00Z", at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
            Assert.Equal(System.Net.HttpStatusCode.OK, await hub.SendAsync(order, $"w-{id}"));
        }
    }

    private static long Rows(string file, string table)
    {
        using var archive = ZipFile.OpenRead(file);
        using var manifest = System.Text.Json.JsonDocument.Parse(archive.GetEntry("manifest.json")!.Open());
        return manifest.RootElement.GetProperty("tables").EnumerateArray().Single(one => one.GetProperty("name").GetString() == table).GetProperty("rows").GetInt64();
    }

    private static void Rewrite(string from, string to, string name, Action<byte[]> change)
    {
        File.Delete(to);
        using var source = ZipFile.OpenRead(from);
        using var target = ZipFile.Open(to, ZipArchiveMode.Create);
        foreach (var entry in source.Entries)
        {
            using var memory = new MemoryStream();
            using (var reading = entry.Open()) reading.CopyTo(memory);
            byte[] bytes = memory.ToArray();
            if (entry.FullName == name) change(bytes);
            using var writing = target.CreateEntry(entry.FullName).Open();
            writing.Write(bytes);
        }
    }

    private static async Task<string> AskAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        return (string)(await command.ExecuteScalarAsync(Stop))!;
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Stop);
    }
}
