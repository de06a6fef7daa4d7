using Crossdock.Access;
using Crossdock.Connections;
using Crossdock.Model;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Testing;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Npgsql;
using Xunit;

namespace Crossdock.Tests.Subscriptions;

public sealed class SubscriptionPriorityTests
{
    [Fact]
    public async Task Webhooks_are_checked_although_telling_the_shop_uses_the_whole_rate_limit()
    {
        var clock = new FakeClock();
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1");
        using var http = new OutgoingHttp(Options.Create(new ConnectionsOptions()));
        using var budgets = new RequestBudgets(clock);
        var access = new AccessPreparation(http, budgets, new TokenVaults(new TokenStore(nowhere), new EphemeralDataProtectionProvider(), clock), clock);
        var keeper = new Keeper();
        var row = new ConnectionRow(new ConnectionId(1), "acme", "acme", "keeper", true, "{}", new Dictionary<string, string>(), [], "[]", 0, "automatic", 1);
        var connection = new ConnectionPreparation([keeper], new SecretBox(new EphemeralDataProtectionProvider()), http, access, clock).Prepare(row);
        Assert.NotNull(connection.Subscriptions);

        var status = access.For(row.Id, connection.Settings, null, RequestPriority.Status).Budget;
        var told = Enumerable.Range(0, 14).Select(_ => status.WaitAsync(1, CancellationToken.None).AsTask()).ToList();
        var check = keeper.Access!.Budget.WaitAsync(1, CancellationToken.None).AsTask();
        told.AddRange(Enumerable.Range(0, 20).Select(_ => status.WaitAsync(1, CancellationToken.None).AsTask()));
        Assert.False(check.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(3));
        await check.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Contains(told, one => !one.IsCompleted);
    }

    private sealed class Keeper : IConnector, ISubscriptionSource
    {
        internal ConnectionAccess? Access { get; private set; }

        public ConnectorManifest Manifest { get; } = new() { Platform = "keeper", Title = "Keeper", Summary = "Has webhooks only." };

        public IReadOnlyList<SettingProblem> Check(ConnectionSettings connection) => [];

        public bool ManagesSubscriptions(ConnectionSettings connection) => true;

        public ISubscriptions OpenSubscriptions(ConnectionAccess access)
        {
            Access = access;
            return new ScriptedSubscriptions();
        }
    }
}
