using Crossdock.Model.Connectors;
using Xunit;

namespace Crossdock.Testing.Conformance;

/// <summary>What every connection test owes: findings for whatever the other side does, the platform's own words for what is wrong, and nothing changed there.</summary>
public abstract class ConnectionTestConformance : ShopConformance
{
    [Fact]
    public async Task Right_settings_pass()
    {
        var findings = await TestAsync();
        Assert.All(findings, finding => Assert.True(finding.Verdict != TestVerdict.Failed, finding.ToString()));
        Assert.Contains(findings, finding => finding.Verdict == TestVerdict.Passed);
    }

    [Fact]
    public async Task Wrong_key_fails_in_the_platforms_words_and_ends_the_test()
    {
        var findings = await TestAsync(isKeyWrong: true);
        Assert.Equal(TestVerdict.Failed, findings[^1].Verdict);
        Assert.Contains(findings, finding => finding.Verdict == TestVerdict.Failed && finding.Message.Contains(Shop.WrongKeySays, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Trouble_of_the_other_side_is_a_failed_finding()
    {
        foreach (var (what, instead) in Troubles)
        {
            Line.Instead = instead;
            Assert.True((await TestAsync()).Any(finding => finding.Verdict == TestVerdict.Failed), $"{what} is not right");
        }
    }

    [Fact]
    public async Task Nobody_at_the_address_is_a_failed_finding()
    {
        string nowhere = $"http://127.0.0.1:{FreePorts.Next().ToString(System.Globalization.CultureInfo.InvariantCulture)}";
        var access = Kept(new Reading.TestAccess(Connector.Manifest.Platform, Shop.SettingsAt(nowhere), Shop.Secrets, Clock));
        Assert.Contains(Hold(await ((IConnectionTest)Connector).TestAsync(access.Access, CancellationToken.None).WaitAsync(Patience)), finding => finding.Verdict == TestVerdict.Failed);
    }

    [Fact]
    public async Task Whatever_is_answered_is_a_finding_without_a_secret()
    {
        foreach (var (_, instead) in Oddities())
        {
            Line.Instead = instead;
            await TestAsync();
        }
    }

    [Fact]
    public async Task Silence_is_a_failed_finding() => Assert.Contains(await UntilGivenUpAsync(() => TestAsync()), finding => finding.Verdict == TestVerdict.Failed);

    [Fact]
    public async Task Nothing_is_changed_at_the_platform()
    {
        string id = await Shop.PlaceAsync();
        int told = (Shop as IShopToldStatus)?.ToldOf(id).Count ?? 0;
        await TestAsync();
        Assert.DoesNotContain(Line.Calls, call => call.Method is "PUT" or "DELETE" or "PATCH");
        Assert.Equal(told, (Shop as IShopToldStatus)?.ToldOf(id).Count ?? 0);
    }

    [Fact]
    public async Task Every_call_waits_for_its_turn()
    {
        var access = NewAccess();
        int before = Line.Calls.Count;
        await ((IConnectionTest)Connector).TestAsync(access.Access, CancellationToken.None);
        EveryCallWaitedItsTurn(access.Budget, before, 0);
    }

    private async Task<IReadOnlyList<TestFinding>> TestAsync(bool isKeyWrong = false) =>
        Hold(await ((IConnectionTest)Connector).TestAsync(NewAccess(isKeyWrong).Access, CancellationToken.None).WaitAsync(Patience));

    private IReadOnlyList<TestFinding> Hold(IReadOnlyList<TestFinding> findings)
    {
        Assert.NotEmpty(findings);
        Assert.All(findings, finding =>
        {
            Assert.False(string.IsNullOrWhiteSpace(finding.What));
            Assert.False(string.IsNullOrWhiteSpace(finding.Message));
            HoldsNoSecret(finding.What, finding.Message);
        });
        return findings;
    }
}
