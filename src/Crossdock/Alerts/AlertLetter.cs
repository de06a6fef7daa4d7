using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Crossdock.Telemetry;

namespace Crossdock.Alerts;

/// <summary>An alert as a message tells it; also what webhooks carry.</summary>
internal sealed record ToldAlert(Guid Id, string Kind, string? Connection, string? ConnectionName, string Severity, string Sentence, string? Advice, DateTimeOffset OpenedAt, DateTimeOffset? EndedAt, string? EndedBecause)
{
    public static ToldAlert Of(RouteAlert alert) =>
        new(alert.Id, alert.Kind, alert.Connection, alert.ConnectionName, alert.Severity, alert.Sentence, alert.Advice, alert.OpenedAt, alert.EndedAt, alert.EndedBecause);
}

/// <summary>A message in the forms that mail, webhooks, Slack and Teams take.</summary>
/// <param name="Id">The same with every attempt.</param>
/// <param name="Kind">opened, ended, reminder, summary, test.</param>
/// <param name="Title">One line.</param>
/// <param name="Alerts">What it tells.</param>
/// <param name="At">When it was written.</param>
/// <param name="Link">Where the alerts are shown; null when the hub does not know its public address.</param>
internal sealed record AlertLetter(Guid Id, string Kind, string Title, IReadOnlyList<ToldAlert> Alerts, DateTimeOffset At, Uri? Link)
{
    // Slack takes 50 blocks of 3,000 characters, Teams 28 KB.
    private const int MostShown = 20, Longest = 900;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static string Content(IEnumerable<ToldAlert> alerts) => JsonSerializer.Serialize(alerts, Json);

    public static IReadOnlyList<ToldAlert> Read(string content) => JsonSerializer.Deserialize<List<ToldAlert>>(content, Json)!;

    /// <summary>A mail's text.</summary>
    public string Mail()
    {
        var text = new StringBuilder().AppendLine(Title).AppendLine();
        foreach (var alert in Alerts)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{Head(alert)} {alert.Sentence}");
            foreach (string line in Lines(alert))
            {
                text.Append("  ").AppendLine(line);
            }

            text.AppendLine();
        }

        return text.AppendLine(Kind == "test" ? "This is a test; nothing is wrong." : Link is null ? "The hub's page Alerts shows them all." : $"All alerts: {Link}").ToString();
    }

    /// <summary>A webhook's body.</summary>
    public string Webhook() => JsonSerializer.Serialize(new { type = "alert." + Kind, timestamp = At, data = new { title = Title, link = Link?.AbsoluteUri, alerts = Alerts } }, Json);

    /// <summary>What an incoming webhook of Slack takes: a text for notifications, and blocks.</summary>
    public string Slack()
    {
        JsonArray blocks = [new JsonObject { ["type"] = "header", ["text"] = new JsonObject { ["type"] = "plain_text", ["text"] = Cut(Title, 150) } }];
        foreach (var alert in Alerts.Take(MostShown))
        {
            blocks.Add(new JsonObject { ["type"] = "section", ["text"] = new JsonObject { ["type"] = "mrkdwn", ["text"] = $"*{Escaped(Head(alert))}* {Escaped(Cut(alert.Sentence, Longest))}\n{Escaped(Cut(string.Join('\n', Lines(alert)), Longest))}" } });
        }

        if (Foot() is { } foot)
        {
            blocks.Add(new JsonObject { ["type"] = "context", ["elements"] = new JsonArray(new JsonObject { ["type"] = "mrkdwn", ["text"] = Link is null ? Escaped(foot) : $"{Escaped(foot)} <{Link}|Alerts>" }) });
        }

        return new JsonObject { ["text"] = Escaped(Title), ["blocks"] = blocks }.ToJsonString();
    }

    /// <summary>What a workflow of Teams takes: a message with one Adaptive Card.</summary>
    public string Teams()
    {
        JsonArray body = [new JsonObject { ["type"] = "TextBlock", ["text"] = Title, ["weight"] = "Bolder", ["size"] = "Medium", ["wrap"] = true }];
        foreach (var alert in Alerts.Take(MostShown))
        {
            body.Add(new JsonObject { ["type"] = "TextBlock", ["text"] = Marked($"{Head(alert)} {Cut(alert.Sentence, Longest)}"), ["wrap"] = true, ["separator"] = true, ["color"] = alert.EndedAt is not null ? "Good" : alert.Severity == "critical" ? "Attention" : "Warning" });
            body.Add(new JsonObject { ["type"] = "TextBlock", ["text"] = Marked(Cut(string.Join("  ", Lines(alert)), Longest)), ["wrap"] = true, ["isSubtle"] = true, ["spacing"] = "None" });
        }

        body.Add(new JsonObject { ["type"] = "TextBlock", ["text"] = Foot() ?? "All alerts are shown in the hub.", ["wrap"] = true, ["isSubtle"] = true });
        var card = new JsonObject { ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json", ["type"] = "AdaptiveCard", ["version"] = "1.4", ["body"] = body };
        if (Link is not null)
        {
            card["actions"] = new JsonArray(new JsonObject { ["type"] = "Action.OpenUrl", ["title"] = "Open the alerts", ["url"] = Link.AbsoluteUri });
        }

        return new JsonObject { ["type"] = "message", ["attachments"] = new JsonArray(new JsonObject { ["contentType"] = "application/vnd.microsoft.card.adaptive", ["contentUrl"] = null, ["content"] = card }) }.ToJsonString();
    }

    private string? Foot() => Alerts.Count > MostShown ? $"And {Alerts.Count - MostShown} more." : Kind == "test" ? "This is a test; nothing is wrong." : Link is null ? null : "Shown in full in the hub:";

    private static string Head(ToldAlert alert) => $"[{(alert.EndedAt is not null ? "over" : alert.Severity)}] {alert.ConnectionName ?? "The hub"}:";

    private static IEnumerable<string> Lines(ToldAlert alert)
    {
        if (alert is { Advice: { } advice, EndedAt: null })
        {
            yield return advice;
        }

        yield return alert.EndedAt is { } ended
            ? $"Over since {Spoken.Of(ended)}, after {Spoken.Of(ended - alert.OpenedAt)}{(alert.EndedBecause is { } because ? $": {because}" : ".")}"
            : $"Since {Spoken.Of(alert.OpenedAt)}.";
    }

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + "…";

    // Slack's own three signs.
    private static string Escaped(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    // In a card brackets would be the beginning of a link.
    private static string Marked(string text) => text.Replace("[", "(", StringComparison.Ordinal).Replace("]", ")", StringComparison.Ordinal);
}
