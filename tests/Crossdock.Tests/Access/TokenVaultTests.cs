using Crossdock.Access;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Microsoft.AspNetCore.DataProtection;
using Xunit;

namespace Crossdock.Tests.Access;

public sealed class TokenVaultTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly FakeClock clock = new();
    private readonly EphemeralDataProtectionProvider keys = new();
    private int renewals;

    [Fact]
    public async Task Two_nodes_that_need_a_token_at_once_renew_it_once()
    {
        var connection = await ConnectionAsync("two-nodes");
        var nodes = new[] { Node(connection), Node(connection) };
        var tokens = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => nodes[i % 2].GetAsync("access", SlowAsync, CancellationToken.None)));
        Assert.Equal(1, renewals);
        Assert.Equal("token 1", Assert.Single(tokens.Select(token => token.AccessToken).Distinct()));

        async Task<StoredToken> SlowAsync(StoredToken? stored, CancellationToken cancellationToken)
        {
            await Task.Delay(200, cancellationToken);
            return await RenewAsync(stored, cancellationToken);
        }
    }

    [Fact]
    public async Task Token_is_renewed_ahead_of_its_end_with_the_last_refresh_token()
    {
        var connection = await ConnectionAsync("ahead");
        var vault = Node(connection);
        await vault.GetAsync("access", RenewAsync, CancellationToken.None);
        clock.Advance(TimeSpan.FromMinutes(49));
        Assert.Equal("token 1", (await vault.GetAsync("access", RenewAsync, CancellationToken.None)).AccessToken);
        clock.Advance(TimeSpan.FromMinutes(2));
        var second = await vault.GetAsync("access", (stored, stop) =>
        {
            Assert.Equal("refresh 1", stored!.RefreshToken);
            return RenewAsync(stored, stop);
        }, CancellationToken.None);
        Assert.Equal("token 2", second.AccessToken);
    }

    [Fact]
    public async Task Refused_token_is_renewed_once_whoever_was_refused()
    {
        var connection = await ConnectionAsync("refused");
        var (one, other) = (Node(connection), Node(connection));
        var refused = await one.GetAsync("access", RenewAsync, CancellationToken.None);
        Assert.Equal(refused, await other.GetAsync("access", RenewAsync, CancellationToken.None));
        await one.RefusedAsync("access", refused, CancellationToken.None);
        var fresh = await one.GetAsync("access", RenewAsync, CancellationToken.None);
        Assert.Equal("token 2", fresh.AccessToken);
        // The other node was refused the same token, a moment later.
        await other.RefusedAsync("access", refused, CancellationToken.None);
        Assert.Equal("token 2", (await other.GetAsync("access", RenewAsync, CancellationToken.None)).AccessToken);
        Assert.Equal(2, renewals);
    }

    [Fact]
    public async Task Token_is_not_to_be_read_in_the_database()
    {
        var connection = await ConnectionAsync("protected");
        await Node(connection).GetAsync("access", RenewAsync, CancellationToken.None);
        await using var command = database.DataSource.CreateCommand("SELECT protected FROM connection_tokens WHERE connection_id = $1");
        command.Parameters.Add(new() { Value = connection.Value });
        string text = (string)(await command.ExecuteScalarAsync())!;
        Assert.DoesNotContain("token", text, StringComparison.Ordinal);
        Assert.Equal("token 1", (await Node(connection).GetAsync("access", RenewAsync, CancellationToken.None)).AccessToken);
    }

    [Fact]
    public async Task Failing_renewal_reaches_the_caller_and_the_next_one_tries_again()
    {
        var connection = await ConnectionAsync("failing");
        var vault = Node(connection);
        await Assert.ThrowsAsync<InvalidOperationException>(() => vault.GetAsync("access", (_, _) => throw new InvalidOperationException("no"), CancellationToken.None));
        Assert.Equal("token 1", (await vault.GetAsync("access", RenewAsync, CancellationToken.None)).AccessToken);
    }

    private Task<StoredToken> RenewAsync(StoredToken? stored, CancellationToken cancellationToken)
    {
        int number = Interlocked.Increment(ref renewals);
        return Task.FromResult(new StoredToken($"token {number}", $"refresh {number}", clock.GetUtcNow().AddHours(1)));
    }

    private ITokenVault Node(ConnectionId connection) => new TokenVaults(new TokenStore(database.DataSource), keys, clock).Of(connection);

    private async Task<ConnectionId> ConnectionAsync(string key)
    {
        await using var command = database.DataSource.CreateCommand("INSERT INTO connections (key, name, platform, created_at, updated_at) VALUES ($1, $1, 'scripted', now(), now()) RETURNING id");
        command.Parameters.Add(new() { Value = key });
        return new ConnectionId((int)(await command.ExecuteScalarAsync())!);
    }
}
