using Crossdock.Access;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Microsoft.AspNetCore.DataProtection;
using Xunit;

namespace Crossdock.Tests.Watch;

/// <summary>Tokens are renewed before anybody needs them, by one node, and one that cannot be is told.</summary>
public sealed class TokenKeeperTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly FakeClock clock = new();
    private readonly EphemeralDataProtectionProvider keys = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Token_is_renewed_ahead_without_anybody_asking_once_for_all_nodes()
    {
        int renewals = 0;
        var connection = await ConnectionAsync("kept");
        TokenVault[] nodes = [Vault(connection), Vault(connection)];
        foreach (var node in nodes)
        {
            await node.GetAsync("access", RenewAsync, Stop);
        }

        Assert.Equal(1, renewals);
        clock.Advance(TimeSpan.FromMinutes(40));
        Assert.All(await Task.WhenAll(nodes.Select(node => node.KeepAsync(TimeSpan.FromMinutes(1), Stop))), kept => Assert.Null(Assert.Single(kept).Problem));
        Assert.Equal(1, renewals);
        clock.Advance(TimeSpan.FromMinutes(11));
        await Task.WhenAll(nodes.Select(node => node.KeepAsync(TimeSpan.FromMinutes(1), Stop)));
        Assert.Equal(2, renewals);

        Task<StoredToken> RenewAsync(StoredToken? stored, CancellationToken cancellationToken) =>
            Task.FromResult(new StoredToken($"token {Interlocked.Increment(ref renewals)}", null, clock.GetUtcNow().AddHours(1)));
    }

    [Fact]
    public async Task Token_that_cannot_be_renewed_before_its_end_is_told_until_it_can()
    {
        bool isRefused = false;
        var connection = await ConnectionAsync("refusing");
        var vault = Vault(connection);
        await vault.GetAsync("access", RenewAsync, Stop);
        isRefused = true;
        clock.Advance(TimeSpan.FromMinutes(52));
        var kept = Assert.Single(await vault.KeepAsync(TimeSpan.FromMinutes(1), Stop));
        Assert.Equal("the grant was revoked", kept.Problem!.Message);
        Assert.True(kept.ExpiresAt > clock.GetUtcNow());
        isRefused = false;
        kept = Assert.Single(await vault.KeepAsync(TimeSpan.FromMinutes(1), Stop));
        Assert.True(kept is { Problem: null, WasRenewed: true });

        Task<StoredToken> RenewAsync(StoredToken? stored, CancellationToken cancellationToken) =>
            isRefused ? throw new InvalidOperationException("the grant was revoked") : Task.FromResult(new StoredToken("token", null, clock.GetUtcNow().AddHours(1)));
    }

    private TokenVault Vault(ConnectionId connection) => (TokenVault)new TokenVaults(new TokenStore(database.DataSource), keys, clock).Of(connection);

    private async Task<ConnectionId> ConnectionAsync(string key) => new((int)(await database.DataSource.AskAsync($"INSERT INTO connections (key, name, platform, created_at, updated_at) VALUES ('{key}', '{key}', 'scripted', now(), now()) RETURNING id"))!);
}
