using System.Security.Claims;
using System.Text.Json;
using Crossdock.Orders;

namespace Crossdock.Api;

/// <summary>Why something is done; kept in the timeline.</summary>
internal sealed record Reason(string? Because = null) : IAsked;

/// <summary>What to do it to, and why.</summary>
internal sealed record Selection(IReadOnlyList<Guid>? Ids = null, string? Because = null) : IAsked
{
    public const int Maximum = 1000;

    /// <summary>Says what is wrong with it.</summary>
    public void Check(ApiInput input) =>
        input.Require(Ids is { Count: > 0 and <= Maximum }, $"Give between 1 and {Maximum} ids, as {{\"ids\":[\"...\"],\"because\":\"...\"}}.");
}

/// <summary>A body to send instead of the template's, and why; no body takes an earlier edit back.</summary>
internal sealed record EditedBody(string? Body = null, string? Because = null);

/// <summary>One order with its document.</summary>
internal sealed record OrderAnswer(OrderSummary Order, int Version, int Generation, int RulesVersion, DateTimeOffset? SourceUpdatedAt, Guid EventId, JsonElement Document);

/// <summary>One event with headers, body and what people did with it.</summary>
internal sealed record EventAnswer(Capture.EventRow Event, string DedupeKey, string Headers, string Body, IReadOnlyList<Capture.EventAction> Actions);

/// <summary>Done in part: what is still missing, in a sentence.</summary>
internal sealed record Waiting(string Waits);

internal static class Actor
{
    /// <summary>As the timeline names whoever acts: <c>operator admin</c>.</summary>
    public static string Of(ClaimsPrincipal user) => $"{(user.RoleName() is null ? "token" : "operator")} {user.Identity?.Name ?? "unknown"}";
}
