using Crossdock.Alerts;
using Xunit;

namespace Crossdock.Tests.Alerts;

public sealed class AlertComposerTests
{
    // A Tuesday, 21:00 in Santiago (UTC-3).
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 0, 0, 0, TimeSpan.Zero);
    private static readonly RoutePolicy Usual = new(TimeSpan.FromMinutes(2), TimeSpan.FromHours(24), TellsEnd: true, Quiet: null);
    private static readonly RoutePolicy Quiet = Usual with { Quiet = QuietHours.Read("20:00", "07:00", "America/Santiago") };

    [Fact]
    public void What_comes_within_the_window_and_is_of_one_kind_is_one_message()
    {
        List<RouteAlert> alerts = [Alert("store_quiet", minutes: 1), Alert("store_quiet", minutes: 0), Alert("disk_full", minutes: 0)];
        Assert.True(AlertComposer.Compose(Usual, alerts, Now).IsEmpty);
        alerts[0] = alerts[0] with { OpenedAt = Now.AddMinutes(-2) };
        var message = Assert.Single(AlertComposer.Compose(Usual, alerts, Now).Messages);
        Assert.Equal(("opened", "store quiet: 2 alerts"), (message.Kind, message.Title));
        Assert.Equal(alerts[..2].Select(alert => alert.Id), message.Alerts.Select(alert => alert.Id));
    }

    [Fact]
    public void What_was_told_is_told_again_when_it_gets_graver_after_the_hours_and_when_it_is_over()
    {
        var told = Alert("store_quiet", minutes: 60) with { ToldAt = Now.AddHours(-23), ToldSeverity = "warning", IsWaiting = false };
        Assert.True(AlertComposer.Compose(Usual, [told], Now).IsEmpty);
        Assert.Equal("opened", Assert.Single(AlertComposer.Compose(Usual, [told with { Severity = "critical" }], Now).Messages).Kind);
        Assert.Equal("reminder", Assert.Single(AlertComposer.Compose(Usual, [told with { ToldAt = Now.AddHours(-24) }], Now).Messages).Kind);
        Assert.True(AlertComposer.Compose(Usual, [told with { ToldAt = Now.AddHours(-24), IsAcknowledged = true }], Now).IsEmpty);
        Assert.True(AlertComposer.Compose(Usual with { Repeat = null }, [told with { ToldAt = Now.AddDays(-9) }], Now).IsEmpty);

        var ended = told with { EndedAt = Now.AddMinutes(-2), EndedBecause = "an order came", IsAcknowledged = true };
        Assert.Equal(("ended", "Over: Acme: store quiet"), (Assert.Single(AlertComposer.Compose(Usual, [ended], Now).Messages) is var over ? (over.Kind, over.Title) : default));
        var untold = AlertComposer.Compose(Usual with { TellsEnd = false }, [ended], Now);
        Assert.Empty(untold.Messages);
        Assert.Equal(ended, Assert.Single(untold.Forgotten));
    }

    [Fact]
    public void In_quiet_hours_only_what_is_critical_is_told_and_the_rest_comes_afterwards_in_one_message()
    {
        var warning = Alert("store_quiet", minutes: 10);
        var critical = Alert("disk_full", minutes: 10) with { Severity = "critical" };
        var night = AlertComposer.Compose(Quiet, [warning, critical], Now);
        Assert.Equal([critical], Assert.Single(night.Messages).Alerts);
        Assert.Equal([warning], night.Waiting);

        // Still night, and already noted; then it ends before anybody was told; another becomes critical.
        var waiting = warning with { ToldAt = Now, ToldSeverity = "warning", IsWaiting = true };
        Assert.True(AlertComposer.Compose(Quiet, [waiting], Now.AddHours(1)).IsEmpty);
        Assert.Equal("opened", Assert.Single(AlertComposer.Compose(Quiet, [waiting with { Severity = "critical" }], Now.AddHours(1)).Messages).Kind);
        var gone = AlertComposer.Compose(Quiet, [waiting with { EndedAt = Now.AddHours(2) }], Now.AddHours(3));
        Assert.Empty(gone.Messages);
        Assert.Single(gone.Forgotten);

        // 07:00 in Santiago, with the end of one that was told the evening before.
        var ended = Alert("dead_letters", minutes: 300) with { ToldAt = Now.AddHours(-5), ToldSeverity = "warning", IsWaiting = false, EndedAt = Now.AddHours(2) };
        var morning = Assert.Single(AlertComposer.Compose(Quiet, [waiting, ended], Now.AddHours(10)).Messages);
        Assert.Equal(("summary", 2), (morning.Kind, morning.Alerts.Count));
        Assert.True(AlertComposer.Compose(Quiet, [ended], Now.AddHours(9)).Messages.Count == 0);
    }

    [Theory]
    [InlineData("22:00", "07:00", "UTC", 23, true)]
    [InlineData("22:00", "07:00", "UTC", 6, true)]
    [InlineData("22:00", "07:00", "UTC", 7, false)]
    [InlineData("12:00", "14:00", "Europe/Madrid", 11, true)]
    [InlineData("12:00", "14:00", "Europe/Madrid", 13, false)]
    public void Quiet_hours_are_those_of_their_zone(string from, string to, string zone, int hour, bool isQuiet) =>
        Assert.Equal(isQuiet, QuietHours.Read(from, to, zone)!.Contains(new DateTimeOffset(2026, 1, 15, hour, 30, 0, TimeSpan.Zero)));

    [Fact]
    public void Chats_get_their_own_forms_with_their_signs_escaped()
    {
        var alert = new ToldAlert(Guid.NewGuid(), "store_quiet", "acme", "A & B <x>", "critical", "Nothing [since] 3 h.", "Look.", Now, null, null);
        var letter = new AlertLetter(Guid.NewGuid(), "opened", "A & B: store quiet", [.. Enumerable.Repeat(alert, 30)], Now, new Uri("https://hub.example/alerts"));
        Assert.Contains("*[critical] A &amp; B &lt;x&gt;:* Nothing", System.Text.Json.Nodes.JsonNode.Parse(letter.Slack())!["blocks"]![1]!["text"]!["text"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(22, System.Text.Json.Nodes.JsonNode.Parse(letter.Slack())!["blocks"]!.AsArray().Count);
        var card = System.Text.Json.Nodes.JsonNode.Parse(letter.Teams())!["attachments"]![0]!;
        Assert.Equal("application/vnd.microsoft.card.adaptive", card["contentType"]!.GetValue<string>());
        Assert.Equal("And 10 more.", card["content"]!["body"]!.AsArray()[^1]!["text"]!.GetValue<string>());
        Assert.Contains("(critical) A & B <x>: Nothing (since) 3 h.", card["content"]!["body"]![1]!["text"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static RouteAlert Alert(string kind, int minutes) => new() { Id = Guid.NewGuid(), Kind = kind, Connection = "acme", ConnectionName = "Acme", Severity = "warning", Sentence = "Acme is quiet.", Advice = "Look.", OpenedAt = Now.AddMinutes(-minutes) };
}
