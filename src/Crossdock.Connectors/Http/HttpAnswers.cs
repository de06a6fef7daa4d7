using System.Net;
using System.Text;
using System.Text.Json;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Http;

/// <summary>What an answer means: the one table of outcomes.</summary>
internal static class HttpAnswers
{
    private const int LongestReason = 400;

    internal static Outcome Read(HttpCall call, HttpResponseMessage response, ReadOnlyMemory<byte> body, DeliveryRequest request, TimeProvider clock, Masks masks)
    {
        int status = (int)response.StatusCode;
        if (call.Success.IsStatus(status))
        {
            return Accepted(call, status, body, request, masks);
        }

        return status switch
        {
            409 when request.Kind == DeliveryKind.Create => Known(call, body, request),
            429 => new RetryLater("the destination is throttling (HTTP 429)", RetryAfter(response, clock), IsThrottled: true),
            408 or 425 or >= 500 => new RetryLater($"HTTP {status}: {Message(body.Span, masks)}", RetryAfter(response, clock)),
            401 or 403 => new Hold($"the destination refused our credentials (HTTP {status}); check auth in the connection's settings"),
            400 or 409 or 422 => new Hold(Message(body.Span, masks)),
            >= 300 and < 400 => new Rejected($"HTTP {status}: the destination redirects, and redirects are not followed; put the final address in the settings"),
            >= 200 and < 300 => new Hold($"HTTP {status} is not among the statuses that mean success: {Message(body.Span, masks)}"),
            _ => new Rejected($"HTTP {status}: {Message(body.Span, masks)}"),
        };
    }

    /// <summary>The wait it asks for, from seconds or a date; null when it does not ask.</summary>
    internal static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider clock)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? (header?.Date is { } date ? date - clock.GetUtcNow() : null);
        return wait is { } given ? TimeSpan.FromSeconds(Math.Clamp(given.TotalSeconds, 0, 86_400)) : null;
    }

    /// <summary>The sentence a person needs: the answer's own message where it has one.</summary>
    internal static string Message(ReadOnlySpan<byte> body, Masks masks)
    {
        if (body.IsEmpty)
        {
            return "the answer has no body";
        }

        string text = masks.Mask(MessageIn(body) ?? Encoding.UTF8.GetString(body)).Replace('\0', ' ').Trim();
        return text.Length > LongestReason ? text[..LongestReason] + "…" : text;
    }

    private static Outcome Accepted(HttpCall call, int status, ReadOnlyMemory<byte> body, DeliveryRequest request, Masks masks)
    {
        if (call.RemoteId is null && call.Success.Pointer is null)
        {
            return Known(call, body, request);
        }

        // InvalidOperationException: a text that holds half a surrogate pair.
        try
        {
            using var answer = JsonDocument.Parse(body);
            if (!call.Success.Holds(answer.RootElement))
            {
                return new Hold($"HTTP {status}, but {call.Success.Pointer} is not {call.Success.Expected ?? "there"}: {Message(body.Span, masks)}");
            }

            if (call.RemoteId is null)
            {
                return new Delivered(request.RemoteId) { Tracking = call.Tracking.In(answer.RootElement) };
            }

            return call.RemoteId.FindText(answer.RootElement) is { } id
                ? new Delivered(id) { Tracking = call.Tracking.In(answer.RootElement) }
                : new Hold($"HTTP {status}, but the answer has no id at {call.RemoteId}: {Message(body.Span, masks)}");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return request.RemoteId is { } known && call.Success.Pointer is null
                ? new Delivered(known)
                : new Unclear($"HTTP {status}, but the answer is not JSON: {Message(body.Span, masks)}");
        }
    }

    // It has it, whatever its body looks like: what can be read of it is taken.
    private static Delivered Known(HttpCall call, ReadOnlyMemory<byte> body, DeliveryRequest request)
    {
        if (body.IsEmpty || call is { RemoteId: null, Tracking: { Number: null, Url: null } })
        {
            return new Delivered(request.RemoteId);
        }

        try
        {
            using var answer = JsonDocument.Parse(body);
            return new Delivered(call.RemoteId?.FindText(answer.RootElement) ?? request.RemoteId) { Tracking = call.Tracking.In(answer.RootElement) };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return new Delivered(request.RemoteId);
        }
    }

    private static string? MessageIn(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var answer = JsonDocument.ParseValue(ref reader);
            return MessageIn(answer.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? MessageIn(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            return element.GetString();
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (string name in (ReadOnlySpan<string>)["message", "detail", "error", "error_description", "title"])
        {
            if (element.TryGetProperty(name, out var found) && MessageIn(found) is { Length: > 0 } text)
            {
                return text;
            }
        }

        return null;
    }
}
