using Crossdock.Model.Connectors;
using Xunit;

namespace Crossdock.Testing.Conformance;

/// <summary>What every keeper of webhooks owes: what is missing is registered once, what is off is on again, and nobody else's is touched. The shop is an <see cref="IShopWithSubscriptions"/>.</summary>
public abstract class SubscriptionConformance : ShopConformance
{
    private static readonly Uri Ours = new("https://127.0.0.1:9/in/store");
    private static readonly Uri Theirs = new("https://127.0.0.1:9/hooks/other");

    private IShopWithSubscriptions Hooks => (IShopWithSubscriptions)Shop;

    [Fact]
    public void Settings_say_whether_webhooks_are_kept()
    {
        Assert.True(((ISubscriptionSource)Connector).ManagesSubscriptions(Valid));
        Assert.False(((ISubscriptionSource)Connector).ManagesSubscriptions(Valid with { Secrets = new Dictionary<string, string>() }), "without a key nobody can register anything");
    }

    [Fact]
    public async Task Missing_ones_are_found_then_registered_then_left_alone()
    {
        using var subscriptions = Open();
        var found = await subscriptions.CheckAsync(Ours, false, CancellationToken.None);
        Assert.Null(found.Problem);
        Assert.NotEmpty(found.Subscriptions);
        Assert.All(found.Subscriptions, one => Assert.Equal((SubscriptionState.Missing, false), (one.Found, one.IsActive)));
        Assert.Empty(Hooks.ActiveFor(Ours));

        var repaired = await subscriptions.CheckAsync(Ours, true, CancellationToken.None);
        Assert.Null(repaired.Problem);
        Assert.All(repaired.Subscriptions, one => Assert.Equal((SubscriptionState.Missing, true), (one.Found, one.IsActive)));
        var registered = Hooks.ActiveFor(Ours);
        Assert.NotEmpty(registered);

        var again = await subscriptions.CheckAsync(Ours, true, CancellationToken.None);
        Assert.Null(again.Problem);
        Assert.All(again.Subscriptions, one => Assert.Equal((SubscriptionState.Active, true), (one.Found, one.IsActive)));
        Assert.Equal(registered.Order(), Hooks.ActiveFor(Ours).Order());
    }

    [Fact]
    public async Task Removed_one_is_put_back()
    {
        using var subscriptions = Open();
        await subscriptions.CheckAsync(Ours, true, CancellationToken.None);
        var registered = Hooks.ActiveFor(Ours);
        Hooks.RemoveOne(Ours);
        Assert.Contains((await subscriptions.CheckAsync(Ours, false, CancellationToken.None)).Subscriptions, one => one is { Found: SubscriptionState.Missing, IsActive: false });
        Assert.Contains((await subscriptions.CheckAsync(Ours, true, CancellationToken.None)).Subscriptions, one => one is { Found: SubscriptionState.Missing, IsActive: true });
        Assert.Equal(registered.Order(), Hooks.ActiveFor(Ours).Order());
    }

    [Fact]
    public async Task One_that_was_switched_off_is_on_again()
    {
        using var subscriptions = Open();
        await subscriptions.CheckAsync(Ours, true, CancellationToken.None);
        var registered = Hooks.ActiveFor(Ours);
        Assert.SkipUnless(Hooks.SwitchOneOff(Ours), "this platform removes webhooks and never switches them off");
        Assert.Contains((await subscriptions.CheckAsync(Ours, false, CancellationToken.None)).Subscriptions, one => one is { Found: SubscriptionState.Disabled, IsActive: false });
        Assert.Contains((await subscriptions.CheckAsync(Ours, true, CancellationToken.None)).Subscriptions, one => one is { Found: SubscriptionState.Disabled, IsActive: true });
        Assert.Equal(registered.Order(), Hooks.ActiveFor(Ours).Order());
    }

    [Fact]
    public async Task Other_peoples_are_never_touched()
    {
        await Hooks.AddForeignAsync(Theirs);
        var foreign = Hooks.ActiveFor(Theirs);
        Assert.NotEmpty(foreign);
        using var subscriptions = Open();
        await subscriptions.CheckAsync(Ours, true, CancellationToken.None);
        Assert.NotEmpty(Hooks.ActiveFor(Ours));
        Assert.Equal(foreign, Hooks.ActiveFor(Theirs));
        Assert.Null((await subscriptions.RemoveAsync(Ours, CancellationToken.None)).Problem);
        Assert.Empty(Hooks.ActiveFor(Ours));
        Assert.Equal(foreign, Hooks.ActiveFor(Theirs));
        Assert.Null((await subscriptions.RemoveAsync(Ours, CancellationToken.None)).Problem);
    }

    [Fact]
    public async Task Wrong_key_needs_a_person_and_says_so_in_the_platforms_words()
    {
        using var subscriptions = ((ISubscriptionSource)Connector).OpenSubscriptions(NewAccess(isKeyWrong: true).Access);
        foreach (bool repair in new[] { false, true })
        {
            var report = await subscriptions.CheckAsync(Ours, repair, CancellationToken.None);
            Assert.True(report.NeedsPerson);
            Assert.Contains(Shop.WrongKeySays, report.Problem, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(report.Subscriptions, one => one.IsActive);
        }

        Assert.Contains(Shop.WrongKeySays, (await subscriptions.RemoveAsync(Ours, CancellationToken.None)).Problem, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Trouble_of_the_other_side_is_a_problem_that_passes()
    {
        using var subscriptions = Open();
        foreach (var (what, instead) in Troubles)
        {
            Line.Instead = instead;
            var report = await subscriptions.CheckAsync(Ours, true, CancellationToken.None).WaitAsync(Patience);
            Assert.True(report is { Problem.Length: > 0, NeedsPerson: false }, $"{what} passes: {report}");
            Assert.DoesNotContain(report.Subscriptions, one => one.IsActive);
            Assert.True((await subscriptions.RemoveAsync(Ours, CancellationToken.None).WaitAsync(Patience)).Problem is { Length: > 0 }, $"after {what} nobody knows what is left");
        }

        Line.Says(Shop.Throttled);
        Assert.True(await subscriptions.CheckAsync(Ours, true, CancellationToken.None).WaitAsync(Patience) is { Problem.Length: > 0, NeedsPerson: false });
    }

    [Fact]
    public async Task Whatever_is_answered_is_a_report_without_a_secret()
    {
        using var subscriptions = Open();
        foreach (var (what, instead) in Oddities())
        {
            Line.Instead = instead;
            var checkedOnes = await subscriptions.CheckAsync(Ours, true, CancellationToken.None).WaitAsync(Patience);
            var removed = await subscriptions.RemoveAsync(Ours, CancellationToken.None).WaitAsync(Patience);
            HoldsNoSecret(what, $"{checkedOnes} {string.Join(' ', checkedOnes.Subscriptions)} {removed} {string.Join(' ', removed.Subscriptions)}");
        }
    }

    [Fact]
    public async Task Silence_is_a_problem_that_passes()
    {
        using var subscriptions = Open();
        Assert.True(await UntilGivenUpAsync(() => subscriptions.CheckAsync(Ours, true, CancellationToken.None)) is { Problem.Length: > 0, NeedsPerson: false });
    }

    [Fact]
    public async Task Every_call_waits_for_its_turn()
    {
        var access = NewAccess();
        int before = Line.Calls.Count;
        using var subscriptions = ((ISubscriptionSource)Connector).OpenSubscriptions(access.Access);
        await subscriptions.CheckAsync(Ours, true, CancellationToken.None);
        EveryCallWaitedItsTurn(access.Budget, before, 0);
    }

    private ISubscriptions Open() => Kept(((ISubscriptionSource)Connector).OpenSubscriptions(NewAccess().Access));
}
