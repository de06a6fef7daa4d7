using Crossdock.Model.Orders;

namespace Crossdock.Alerts;

/// <summary>An alert as a route sees it, with what the route has said of it.</summary>
internal sealed record RouteAlert
{
    public required Guid Id { get; init; }
    public required string Kind { get; init; }
    public string? Connection { get; init; }
    public string? ConnectionName { get; init; }
    public required string Severity { get; init; }
    public required string Sentence { get; init; }
    public string? Advice { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public string? EndedBecause { get; init; }
    /// <summary>Null: nothing was said of it yet.</summary>
    public DateTimeOffset? ToldAt { get; init; }
    public string? ToldSeverity { get; init; }
    /// <summary>It waits for the end of the quiet hours; nothing was said.</summary>
    public bool? IsWaiting { get; init; }
    public bool IsAcknowledged { get; init; }

    public bool IsCritical => Severity == "critical";

    /// <summary>What it was told as is milder than what it is.</summary>
    public bool IsGraver => EnumNames<AlertSeverity>.Parse(Severity) > EnumNames<AlertSeverity>.Parse(ToldSeverity ?? "");
}

/// <summary>When a route tells what.</summary>
internal sealed record RoutePolicy(TimeSpan Window, TimeSpan? Repeat, bool TellsEnd, QuietHours? Quiet);

/// <summary>A message to be written.</summary>
internal sealed record NewMessage(string Kind, string Title, IReadOnlyList<RouteAlert> Alerts);

/// <summary>What is to be written down in one transaction: messages, what counts as told by them, what waits for the morning, and what is forgotten.</summary>
internal sealed record Composition(IReadOnlyList<NewMessage> Messages, IReadOnlyList<RouteAlert> Waiting, IReadOnlyList<RouteAlert> Forgotten)
{
    public bool IsEmpty => Messages.Count == 0 && Waiting.Count == 0 && Forgotten.Count == 0;
}

/// <summary>Decides what a route says now. Pure: it gets everything as arguments.</summary>
internal static class AlertComposer
{
    public static Composition Compose(RoutePolicy policy, IReadOnlyList<RouteAlert> alerts, DateTimeOffset now)
    {
        bool isQuiet = policy.Quiet?.Contains(now) == true;
        List<RouteAlert> open = [.. alerts.Where(alert => alert.EndedAt is null && !alert.IsAcknowledged)];
        List<RouteAlert> waiting = [.. open.Where(alert => alert.IsWaiting == true)];
        List<RouteAlert> news = [.. open.Where(alert => alert.IsWaiting != true && (alert.ToldAt is null || alert.IsGraver))];
        List<RouteAlert> told = [.. open.Where(alert => alert is { ToldAt: not null, IsWaiting: false, IsGraver: false } && alert.Severity != "notice")];
        List<RouteAlert> ended = [.. alerts.Where(alert => alert.EndedAt is not null)];
        // What was never said needs no end.
        List<RouteAlert> forgotten = [.. ended.Where(alert => alert.IsWaiting == true || !policy.TellsEnd)];
        ended = [.. ended.Except(forgotten)];

        List<NewMessage> messages = [];
        if (isQuiet)
        {
            Opened([.. news.Concat(waiting).Where(alert => alert.IsCritical)]);
            Reminded([.. told.Where(alert => alert.IsCritical)]);
            return new(messages, [.. news.Where(alert => !alert.IsCritical)], forgotten);
        }

        if (waiting.Count > 0)
        {
            messages.Add(new("summary", $"From the quiet hours: {Many(waiting.Count + ended.Count)}", [.. waiting, .. ended]));
        }
        else
        {
            foreach (var group in Due(ended, alert => alert.EndedAt!.Value))
            {
                messages.Add(new("ended", "Over: " + Title(group), group));
            }
        }

        Opened(news);
        Reminded(told);
        return new(messages, [], forgotten);

        void Opened(List<RouteAlert> alerts)
        {
            foreach (var group in Due(alerts, alert => alert.OpenedAt))
            {
                messages.Add(new("opened", Title(group), group));
            }
        }

        void Reminded(List<RouteAlert> alerts)
        {
            List<RouteAlert> due = policy.Repeat is { } repeat ? alerts.FindAll(alert => now - alert.ToldAt!.Value >= repeat) : [];
            if (due.Count > 0)
            {
                messages.Add(new("reminder", "Still open: " + Title(due), due));
            }
        }

        // One message for what comes within the window and is of one kind; the oldest opens the window.
        IEnumerable<List<RouteAlert>> Due(List<RouteAlert> alerts, Func<RouteAlert, DateTimeOffset> since) =>
            alerts.GroupBy(alert => alert.Kind, StringComparer.Ordinal).Where(group => now - group.Min(since) >= policy.Window).Select(group => group.ToList());
    }

    private static string Title(List<RouteAlert> alerts) => alerts switch
    {
        [var one] => $"{one.ConnectionName ?? "the hub"}: {Words(one.Kind)}",
        _ when alerts.Select(alert => alert.Kind).Distinct(StringComparer.Ordinal).Count() == 1 => $"{Words(alerts[0].Kind)}: {Many(alerts.Count)}",
        _ => Many(alerts.Count),
    };

    private static string Words(string kind) => kind.Replace('_', ' ');

    private static string Many(int count) => count == 1 ? "1 alert" : $"{count} alerts";
}
