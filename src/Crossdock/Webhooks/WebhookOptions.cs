using System.ComponentModel.DataAnnotations;

namespace Crossdock.Webhooks;

/// <summary>How the user's own systems are told. Section <c>Crossdock:Webhooks</c>.</summary>
public sealed record WebhookOptions
{
    /// <summary>How long one call may take, in seconds. Default 15; 1 to 60.</summary>
    [Range(1, 60)] public int TimeoutSeconds { get; init; } = 15;

    /// <summary>Calls to one webhook at once, on each node. Default 4; 1 to 64.</summary>
    [Range(1, 64)] public int Concurrency { get; init; } = 4;

    /// <summary>After how many hours without a single success a webhook is switched off, with an alert. Default 120; 1 to 720.</summary>
    [Range(1, 720)] public int SwitchOffHours { get; init; } = 120;

    /// <summary>How long a former secret signs beside the new one, in hours. Default 24; 0 to 168.</summary>
    [Range(0, 168)] public int OverlapHours { get; init; } = 24;

    /// <summary>How long events, attempts and answers are kept, in days. Default 30; 7 to 365.</summary>
    [Range(7, 365)] public int KeepDays { get; init; } = 30;

    /// <summary>How often is looked for what happened, in milliseconds. Default 1000; 100 to 60000.</summary>
    [Range(100, 60_000)] public int TickMilliseconds { get; init; } = 1000;
}
