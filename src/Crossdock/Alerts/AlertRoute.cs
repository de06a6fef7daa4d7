namespace Crossdock.Alerts;

/// <summary>By what alerts are told. The snake_case names are stored.</summary>
public enum RouteChannel
{
    /// <summary>A mail to one or more addresses, through the hub's mail server.</summary>
    Mail = 0,
    /// <summary>A POST of JSON, signed as Standard Webhooks.</summary>
    Webhook = 1,
    /// <summary>A channel of Slack, by its incoming webhook.</summary>
    Slack = 2,
    /// <summary>A channel of Microsoft Teams, by the webhook of a workflow; an Adaptive Card.</summary>
    Teams = 3,
}

/// <summary>Where alerts are told, without what is secret of it.</summary>
public sealed record AlertRoute
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    /// <summary>snake_case name of a <see cref="RouteChannel"/>.</summary>
    public required string Channel { get; init; }
    /// <summary>Of <c>mail</c>: the addresses.</summary>
    public required string[] Mails { get; init; }
    /// <summary>Of the others: the host; the whole address is a secret.</summary>
    public string? Host { get; init; }
    public required bool Enabled { get; init; }
    /// <summary>This or graver: <c>notice</c>, <c>warning</c>, <c>critical</c>.</summary>
    public required string Severity { get; init; }
    /// <summary>snake_case names of the only <see cref="AlertKind"/>s; null for all.</summary>
    public string[]? Kinds { get; init; }
    /// <summary>Keys of the only connections; null for all, and for what concerns the hub as a whole.</summary>
    public string[]? Connections { get; init; }
    /// <summary>How long is waited for more of the same kind, in minutes.</summary>
    public required int GroupMinutes { get; init; }
    /// <summary>After how many hours it is told again while nobody says that he knows of it; null: never.</summary>
    public int? RepeatHours { get; init; }
    /// <summary>Whether it is told that an alert is over.</summary>
    public required bool TellsEnd { get; init; }
    /// <summary><c>22:00</c>; null without quiet hours.</summary>
    public string? QuietFrom { get; init; }
    public string? QuietTo { get; init; }
    /// <summary>A name of the time zone database, for example <c>America/Santiago</c>.</summary>
    public string? QuietZone { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    /// <summary>When a message last got through; null: never.</summary>
    public DateTimeOffset? SentAt { get; init; }
    /// <summary>How many messages did not get through, in a row.</summary>
    public required int Failures { get; init; }
    /// <summary>Why the last did not; null while all is well.</summary>
    public string? Problem { get; init; }
    public DateTimeOffset? ProblemSince { get; init; }
    /// <summary>Messages that are still to be sent.</summary>
    public required int Waiting { get; init; }
}

/// <summary>What a route shall be. What is left out of a change stays as it is; of a new route it has the default.</summary>
public sealed record WantedRoute
{
    /// <summary>For people, at most 100 characters.</summary>
    public string? Name { get; init; }
    /// <summary><c>mail</c>, <c>webhook</c>, <c>slack</c> or <c>teams</c>. It cannot be changed.</summary>
    public string? Channel { get; init; }
    /// <summary>Of <c>mail</c>: 1 to 20 addresses.</summary>
    public IReadOnlyList<string>? Mails { get; init; }
    /// <summary>Of the others: the address that takes the messages. A secret: it is never given back.</summary>
    public string? Address { get; init; }
    /// <summary>Of <c>webhook</c>: the signing secret, <c>whsec_</c> and 24 to 64 bytes as base64. Left out of a new one it is made up and shown once.</summary>
    public string? Secret { get; init; }
    /// <summary>Default true.</summary>
    public bool? Enabled { get; init; }
    /// <summary>This or graver. Default <c>warning</c>.</summary>
    public string? Severity { get; init; }
    /// <summary>Only these kinds; empty for all.</summary>
    public IReadOnlyList<string>? Kinds { get; init; }
    /// <summary>Only these connections, by key; empty for all.</summary>
    public IReadOnlyList<string>? Connections { get; init; }
    /// <summary>0 to 1440. Default 2.</summary>
    public int? GroupMinutes { get; init; }
    /// <summary>1 to 720; 0 for never. Default 24.</summary>
    public int? RepeatHours { get; init; }
    /// <summary>Default true.</summary>
    public bool? TellsEnd { get; init; }
    /// <summary><c>22:00</c>; empty for no quiet hours.</summary>
    public string? QuietFrom { get; init; }
    public string? QuietTo { get; init; }
    /// <summary>A name of the time zone database. Default <c>UTC</c>.</summary>
    public string? QuietZone { get; init; }
}

/// <summary>A message of a route.</summary>
public sealed record RouteMessage
{
    public required Guid Id { get; init; }
    /// <summary><c>opened</c>, <c>ended</c>, <c>reminder</c>, <c>summary</c> or <c>test</c>.</summary>
    public required string Kind { get; init; }
    public required string Title { get; init; }
    /// <summary>Ids of the alerts that it tells.</summary>
    public required Guid[] Alerts { get; init; }
    /// <summary><c>waiting</c>, <c>sent</c> or <c>failed</c> (given up).</summary>
    public required string State { get; init; }
    public required int Attempts { get; init; }
    /// <summary>Why the last attempt failed.</summary>
    public string? Error { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? DoneAt { get; init; }
}
