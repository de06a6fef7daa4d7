using System.Globalization;
using Xunit;

namespace Crossdock.EndToEnd;

/// <summary>New rules are tried on what a store has sent, looked at, and applied by a person with a browser.</summary>
public sealed class ReplayTests(ConsoleHub hub, Browser browser)
{
    private const string Rules = "[ { name: Large, when: { field: quantity, atLeast: 5 }, then: [ { exclude: order, because: too large for a box } ] } ]";
    private const string Taken = "o.state = 'processing' AND EXISTS (SELECT 1 FROM deliveries d WHERE d.order_id = o.id AND d.state = 'delivered')";

    [Fact]
    public async Task New_rules_are_tried_looked_at_and_applied_in_the_browser()
    {
        await hub.ApplyAsync("tryout", "courier", "rules: []");
        long small = hub.NextId(), large = hub.NextId();
        await hub.OrderAsync("tryout", small, Taken);
        await hub.OrderAsync("tryout", large, Taken, quantity: 6);

        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync("/replays");
        await desk.Page.SelectOptionAsync("select[name=connection]", "tryout");
        await desk.Page.Locator("summary", new() { HasText = "Rules that are not in force yet" }).ClickAsync();
        await desk.Page.FillAsync("textarea[name=rules]", "- { name: Nonsense, when: { field: nothing, atLeast: 5 } }");
        await desk.ActAsync("Try", "boxes are small");
        Assert.Contains("rules", await desk.NoticeAsync(), StringComparison.Ordinal);
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM replays WHERE because = 'boxes are small'"));

        await desk.Page.SelectOptionAsync("select[name=connection]", "tryout");
        await desk.Page.Locator("summary", new() { HasText = "Rules that are not in force yet" }).ClickAsync();
        await desk.Page.FillAsync("textarea[name=rules]", Rules);
        await desk.ActAsync("Try", "boxes are small");
        Assert.Equal("The trial is under way; nothing is sent or changed by it.", await desk.NoticeAsync());
        object replay = (await hub.ScalarAsync("SELECT id FROM replays WHERE because = 'boxes are small'"))!;
        await desk.Page.WaitForFunctionAsync("() => document.getElementById('replay').innerText.includes('look, choose, and apply what is right')", null, new() { Timeout = 60_000 });

        string text = await desk.ReadAsync($"/replays/{replay}");
        Assert.Contains("rules that were given with it", text, StringComparison.Ordinal);
        Assert.Contains("Would be excluded", text, StringComparison.Ordinal);
        Assert.Contains($"#{large}", text, StringComparison.Ordinal);
        Assert.DoesNotContain($"#{small}", text, StringComparison.Ordinal);
        await desk.Page.Locator("summary", new() { HasText = "Before and after" }).First.ClickAsync();
        Assert.Contains("too large for a box", await desk.Page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
        await hub.UntilAsync(large, "o.state = 'processing'");

        // What was chosen is shown first, and refused while the rules that were tried are not in force.
        await desk.Page.CheckAsync("input[name=kind][value=excluded]");
        await desk.FollowAsync(desk.Page.GetByText("Preview applying the chosen"));
        text = await desk.Page.Locator("main").InnerTextAsync();
        Assert.Contains("of 1 orders chosen", text, StringComparison.Ordinal);
        Assert.Contains("0 new, 0 changes, 1 cancellations go out", text, StringComparison.Ordinal);
        await desk.ActAsync("Apply", "checked with the courier");
        Assert.Contains("is not in force: put the tried rules in force first", await desk.NoticeAsync(), StringComparison.Ordinal);
        await hub.UntilAsync(large, "o.state = 'processing'");

        await hub.ApplyAsync("tryout", "courier", "rules: " + Rules);
        await desk.Page.GotoAsync($"/replays/{replay}");
        await desk.Page.CheckAsync("input[name=kind][value=excluded]");
        await desk.FollowAsync(desk.Page.GetByText("Preview applying the chosen"));
        await desk.ActAsync("Apply", "checked with the courier");
        Assert.Equal("What you chose is put back to be worked.", await desk.NoticeAsync());
        await hub.UntilAsync(large, "o.state = 'excluded' AND EXISTS (SELECT 1 FROM deliveries d WHERE d.order_id = o.id AND d.kind = 'cancel' AND d.state = 'delivered')");
        Assert.True(hub.Courier.IsCancelled($"#{large}"));
        await hub.UntilAsync(small, "o.state = 'processing'");
        string timeline = await hub.TimelineAsync(large);
        Assert.Contains("checked with the courier", timeline, StringComparison.Ordinal);
        Assert.Contains("Replayed under the rules of", timeline, StringComparison.Ordinal);
        await desk.Page.WaitForFunctionAsync("() => document.getElementById('replay').innerText.toLowerCase().includes('applied')", null, new() { Timeout = 60_000 });
        Assert.Contains("1 of 1 put back to be worked", await desk.ReadAsync($"/replays/{replay}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task Pages_of_a_replay_fit(int width)
    {
        await hub.ApplyAsync("narrow", "courier", "rules: []");
        await hub.OrderAsync("narrow", hub.NextId(), Taken, quantity: 7);
        await using var desk = await browser.SignInAsync(hub, width);
        await desk.Page.GotoAsync("/replays");
        await desk.Page.SelectOptionAsync("select[name=connection]", "narrow");
        await desk.Page.Locator("summary", new() { HasText = "Rules that are not in force yet" }).ClickAsync();
        await desk.Page.FillAsync("textarea[name=rules]", Rules);
        await desk.ActAsync("Try", string.Create(CultureInfo.InvariantCulture, $"does it fit at {width}"));
        await desk.Page.WaitForFunctionAsync("() => document.getElementById('replay').innerText.includes('look, choose, and apply what is right')", null, new() { Timeout = 60_000 });
        string replay = new Uri(desk.Page.Url).AbsolutePath;
        foreach (string page in (string[])["/replays", replay, $"{replay}?kind=excluded", $"{replay}/apply?all=true", $"{replay}/apply"])
        {
            Assert.Equal(200, (await desk.Page.GotoAsync(page))!.Status);
            await desk.Page.EvaluateAsync("() => document.querySelectorAll('details').forEach(part => part.open = true)");
            Assert.Empty(await desk.OverflowAsync(alsoInside: true));
        }
    }
}
