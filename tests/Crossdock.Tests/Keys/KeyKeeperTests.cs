using System.Security.Cryptography;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Keys;
using Crossdock.Testing.Database;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Crossdock.Tests.Keys;

/// <summary>Rotating keys on two nodes with one folder and one database.</summary>
public sealed class KeyKeeperTests(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crossdock-keys-").FullName;
    private readonly List<ServiceProvider> nodes = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        nodes.ForEach(node => node.Dispose());
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task New_key_encrypts_everything_once_every_node_knows_it_and_the_former_is_revoked()
    {
        var (one, other) = (Node(), Node());
        var (first, second) = (one.GetRequiredService<KeyKeeper>(), other.GetRequiredService<KeyKeeper>());
        var stored = new SecretBox(one.GetRequiredService<IDataProtectionProvider>()).Protect("acme", new Dictionary<string, string> { ["accessToken"] = "shh", ["webhookSecret"] = "hush" });
        await using (var command = database.DataSource.CreateCommand("INSERT INTO connections (key, name, platform, secrets, created_at, updated_at) VALUES ('acme', 'Acme', 'shopify', $1::jsonb, now(), now())"))
        {
            command.Parameters.Add(new() { Value = System.Text.Json.JsonSerializer.Serialize(stored) });
            await command.ExecuteNonQueryAsync(Stop);
        }

        await second.RoundAsync(works: false, Stop);
        Assert.Equal(0, await first.RoundAsync(works: true, Stop));
        var former = Assert.Single((await first.StandingAsync(Stop)).Items);
        Assert.Equal((2, true), (former.Secrets, former.IsCurrent));

        var made = await first.RotateAsync(revokes: true, Stop);
        // The other node has not looked yet: nothing is done that it could not read.
        Assert.Equal(0, await first.RoundAsync(works: true, Stop));
        var standing = await first.StandingAsync(Stop);
        for (int tries = 0; standing.Left == 0 && tries < 1000; tries++)
        {
            standing = await first.StandingAsync(Stop);
        }

        Assert.Equal((2, 1), (standing.Left, standing.Behind.Count));

        await second.RoundAsync(works: false, Stop);
        Assert.Equal(2, await first.RoundAsync(works: true, Stop));
        Assert.Equal(0, await first.RoundAsync(works: true, Stop));
        Assert.Null(await database.DataSource.AskAsync("SELECT value FROM installation WHERE name = 'keys_to_revoke'"));
        Assert.Single(Directory.GetFiles(Path.Combine(folder, "keys"), "revocation-*.xml"));
        standing = await first.StandingAsync(Stop);
        Assert.Equal((0, 0, 0), (standing.Left, standing.Unreadable, standing.Behind.Count));
        Assert.Equal([(made, true, false, 2), (former.Id, false, true, 0)], standing.Items.Select(key => (key.Id, key.IsCurrent, key.IsRevoked, key.Secrets)));

        // What is stored opens on both nodes; what was, on none.
        var row = Assert.Single(await new ConnectionStore(database.DataSource, TimeProvider.System).LoadAsync(null, Stop));
        await second.RoundAsync(works: false, Stop);
        foreach (var node in (ServiceProvider[])[one, other])
        {
            var box = new SecretBox(node.GetRequiredService<IDataProtectionProvider>());
            Assert.Equal("shh", box.Open("acme", row.Secrets)!["accessToken"]);
            // The framework takes a changed folder into use a moment after it was asked.
            for (int tries = 0; box.Open("acme", stored) is not null && tries < 1200; tries++)
            {
                await database.DataSource.AskAsync("SELECT pg_sleep(0.05)");
            }

            Assert.Null(box.Open("acme", stored));
        }
    }

    [Fact]
    public void Protected_text_says_its_key_and_other_text_none()
    {
        var provider = Node().GetRequiredService<IDataProtectionProvider>();
        string text = provider.CreateProtector("x").Protect("secret");
        Assert.NotNull(ProtectedText.KeyOf(text));
        Assert.Equal(ProtectedText.KeyOf(text), ProtectedText.KeyOf(provider.CreateProtector("y").Protect("other")));
        Assert.All((string[])["", "short", new string('a', 60), "not base64 at all, by far not!"], other => Assert.Null(ProtectedText.KeyOf(other)));
        Assert.Throws<CryptographicException>(() => provider.CreateProtector("y").Unprotect(text));
    }

    // A column that holds protected text and is not in the list of places would be left under a revoked key.
    [Fact]
    public async Task Every_place_for_protected_text_is_known()
    {
        await using var command = database.DataSource.CreateCommand("""
            SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND (a.attname IN ('protected', 'secrets', 'authenticator_key') OR a.attname LIKE '%protected%' OR a.attname LIKE '%secret%') AND a.atttypid <> 'bool'::regtype
            ORDER BY 1
            """);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        List<string> columns = [];
        while (await reader.ReadAsync(Stop))
        {
            columns.Add(reader.GetString(0));
        }

        Assert.Contains("connections.secrets", columns);
        Assert.Empty(columns.Except(KeyStore.Places));
    }

    private ServiceProvider Node()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Crossdock:DataFolder", folder)]).Build());
        services.AddLogging(logging => logging.ClearProviders());
        services.AddSingleton(database.DataSource);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(NodeIdentity.New());
        ConnectionsRegistration.AddConnections(services);
        services.AddKeys();
        var node = services.BuildServiceProvider();
        nodes.Add(node);
        return node;
    }
}
