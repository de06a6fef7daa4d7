using Crossdock.Testing.Faults;
using Xunit;

namespace Crossdock.EndToEnd.Faults;

/// <summary>Tests that take the whole machine: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneOnTheMachine
{
    public const string Name = "faults";
}

/// <summary>Hub and database are killed while orders are in flight. The long form is <c>./bench faults</c>.</summary>
[Collection(AloneOnTheMachine.Name)]
public sealed class KillTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Every_acknowledged_order_is_at_the_courier_once_although_hub_and_database_are_killed_five_times()
    {
        var report = await FaultCampaign.RunAsync(
            new CampaignOptions { Seed = 20261121, Kills = [Victim.Hub, Victim.Postgres, Victim.Hub, Victim.Postgres, Victim.Both], OrdersPerKill = 1000, SettleWithin = TimeSpan.FromSeconds(60) }, output.WriteLine);
        output.WriteLine(report.ToString());
        Assert.True(report.IsFlawless, report.ToString());
        Assert.True(report.Acknowledged >= 4000, report.ToString());
        Assert.True(report.Courier is { LostAnswers: > 0, LookUps: > 0 }, "the courier lost no answer: the campaign proves little\n" + report);
    }
}
