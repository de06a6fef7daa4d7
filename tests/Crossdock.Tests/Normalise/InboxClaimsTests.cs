using Crossdock.Database;
using Crossdock.Normalise;
using Crossdock.Testing.Database;
using Microsoft.Extensions.Options;
using Xunit;

namespace Crossdock.Tests.Normalise;

/// <summary>What one claim takes into memory.</summary>
public sealed class InboxClaimsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Claim_takes_oldest_first_and_no_more_than_one_beyond_the_bytes()
    {
        await using (var put = database.DataSource.CreateCommand("""
            INSERT INTO events (id, connection_id, topic, dedupe_key, received_at, source, headers, body)
            SELECT ('01930000-0000-7000-8000-00000000000' || n)::uuid, 1, 't', n::text, now(), 'test', '', convert_to(repeat('x', 400000), 'UTF8') FROM generate_series(1, 5) n;
            INSERT INTO inbox (id, event_id, kind, connection_id) SELECT id, id, 0, 1 FROM events;
            """))
        {
            await put.ExecuteNonQueryAsync();
        }

        using var queue = new ProcessingQueue(Options.Create(new ProcessingOptions()), isOpen: true);
        var claims = new InboxClaims(database.DataSource, NodeIdentity.New(), queue, TimeProvider.System);
        var first = await claims.ClaimAsync(100, 1_000_000, CancellationToken.None);
        Assert.Equal([1, 2, 3], first.Select(item => (int)item.InboxId.ToByteArray()[15]));
        Assert.All(first, item => Assert.Equal(400_000, item.Body!.Length));
        Assert.Single(await claims.ClaimAsync(100, 1, CancellationToken.None));
        Assert.Single(await claims.ClaimAsync(100, 1_000_000, CancellationToken.None));
        Assert.Empty(await claims.ClaimAsync(100, 1_000_000, CancellationToken.None));
    }
}
