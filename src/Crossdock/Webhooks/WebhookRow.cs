namespace Crossdock.Webhooks;

/// <summary>A webhook of the user's own: an address, and what it is told.</summary>
public sealed record WebhookRow
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required string Url { get; init; }
    /// <summary>Types of events; empty for all.</summary>
    public required string[] Types { get; init; }
    /// <summary>Keys of the only connections whose events are told; null for all.</summary>
    public string[]? Connections { get; init; }
    public required bool Enabled { get; init; }
    /// <summary>Why it was switched off; null while it is on.</summary>
    public string? DisabledBecause { get; init; }
    /// <summary>Since when it is told, UTC.</summary>
    public required DateTimeOffset EnabledAt { get; init; }
    /// <summary>Since when nothing was taken, UTC; null when the last call was.</summary>
    public DateTimeOffset? FailingSince { get; init; }
    /// <summary>When it last took something, UTC.</summary>
    public DateTimeOffset? DeliveredAt { get; init; }
    /// <summary>Until when the former secret signs as well, UTC; null when there is none.</summary>
    public DateTimeOffset? FormerUntil { get; init; }
    /// <summary>Events that wait for being told, counted to 10,000.</summary>
    public required int Waiting { get; init; }
    /// <summary>Events that are not tried again by themselves, counted to 10,000.</summary>
    public required int Failed { get; init; }
    public required long Version { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
}

/// <summary>What a webhook shall be.</summary>
public sealed record WebhookDraft
{
    public string? Name { get; init; }
    public string? Url { get; init; }
    /// <summary>Types of events; null or empty for all.</summary>
    public IReadOnlyList<string>? Types { get; init; }
    /// <summary>Keys of the only connections whose events are told; null or empty for all.</summary>
    public IReadOnlyList<string>? Connections { get; init; }
    /// <summary>False tells nothing; null leaves it, and is true for a new one.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>How making or changing went: the webhook and, where a new one was made, its secret, shown this once; or why not.</summary>
/// <param name="Webhook">As it is now; null when it was refused, or there is none.</param>
/// <param name="Secret"><c>whsec_</c> and base64; shown once.</param>
/// <param name="Refusal">Why not, for people.</param>
/// <param name="IsStale">True where somebody changed it meanwhile.</param>
public sealed record WebhookAnswer(WebhookRow? Webhook, string? Secret = null, string? Refusal = null, bool IsStale = false);

/// <summary>One event for one webhook, and how telling it went.</summary>
public sealed record WebhookMessageRow
{
    /// <summary>The event's id; <c>webhook-id</c> is <c>evt_</c> and this without hyphens.</summary>
    public required Guid Id { get; init; }
    public required string Type { get; init; }
    /// <summary>The connection's key; null where it is of none.</summary>
    public string? Connection { get; init; }
    /// <summary><c>waiting</c>, <c>delivered</c> or <c>failed</c>.</summary>
    public required string State { get; init; }
    /// <summary>Attempts since it was last asked for.</summary>
    public required int Attempts { get; init; }
    /// <summary>When it is tried next, UTC; null when it is not.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }
    public int? LastStatus { get; init; }
    public string? LastError { get; init; }
    public DateTimeOffset? DoneAt { get; init; }
    /// <summary>When it happened, UTC.</summary>
    public DateTimeOffset At => Database.QueryReading.TimeOf(Id);
}

/// <summary>One call with its answer.</summary>
public sealed record WebhookAttemptRow
{
    public required Guid Id { get; init; }
    public required int Number { get; init; }
    public int? Status { get; init; }
    public required int ElapsedMs { get; init; }
    /// <summary>One "Name: value" a line, without the signature.</summary>
    public required string RequestHeaders { get; init; }
    public string? ResponseHeaders { get; init; }
    /// <summary>Its first 4,000 characters.</summary>
    public string? ResponseBody { get; init; }
    /// <summary>Why there was no answer; null when there was one.</summary>
    public string? Error { get; init; }
    public DateTimeOffset At => Database.QueryReading.TimeOf(Id);
}

/// <summary>One event for one webhook with what is sent and all calls, oldest first.</summary>
public sealed record WebhookMessage(WebhookMessageRow Message, System.Text.Json.JsonElement Body, IReadOnlyList<WebhookAttemptRow> Attempts);
