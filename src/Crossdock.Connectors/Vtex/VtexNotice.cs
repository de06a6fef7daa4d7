using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Vtex;

/// <summary>An announcement of hook (names in PascalCase) or feed (camelCase): an id and a state, never the order.</summary>
internal sealed record VtexNotice(string? OrderId, string? Domain, string? State, string? LastState, DateTimeOffset? LastChange, DateTimeOffset? CurrentChange, string? Account)
{
    private const int LongestId = 100;

    internal static VtexNotice Unreadable { get; } = new(null, null, null, null, null, null, null);

    /// <summary>When it happened. <c>CurrentChange</c> is absent in some, and of the year 1 where the hook follows the document instead of the workflow.</summary>
    internal DateTimeOffset? At => CurrentChange ?? LastChange;

    /// <summary>Null when the body is no JSON object.</summary>
    internal static VtexNotice? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Half a document or text that is no Unicode: stored all the same, parked by the mapping.
            return null;
        }
    }

    internal static VtexNotice Read(JsonElement root) => new(
        Id(Text(root, "OrderId", "orderId")), Text(root, "Domain", "domain"), Text(root, "State", "state"), Text(root, "LastState", "lastState"),
        JsonFields.Time(Text(root, "LastChange", "lastChange")), JsonFields.Time(Text(root, "CurrentChange", "currentChange")), JsonFields.Text(JsonFields.Block(root, "Origin"), "Account"));

    internal static bool IsPing(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object && JsonFields.Text(document.RootElement, "hookConfig") == "ping";
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The same for hook and feed: both tell the same occurrence, the feed's times with fewer digits at some accounts.</summary>
    internal Envelope Envelope(ReadOnlySpan<byte> body)
    {
        string domain = Domain is "Fulfillment" or "Marketplace" or "OrdersDocumentUpdated" ? Domain : "unknown";
        string state = State is { Length: <= 60 } word && word.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? word : "unknown";
        // The same state may come twice for good (two partial invoices), so its time belongs to the key; a document's change says no time of its own.
        string when = domain == "OrdersDocumentUpdated" || At is null || OrderId is null
            ? Base64Url.EncodeToString(SHA256.HashData(body))
            : At.Value.UtcDateTime.ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture);
        return new($"{domain}/{state}", $"{OrderId}|{domain}|{state}|{when}", OrderId, At);
    }

    /// <summary>For the timeline.</summary>
    internal string What => Domain == "OrdersDocumentUpdated" || State is null ? "The order changed in VTEX" : LastState is null ? $"State {State}" : $"State {State} after {LastState}";

    // Addresses are made of it.
    private static string? Id(string? text) => text is { Length: <= LongestId } && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) ? text : null;

    private static string? Text(JsonElement root, string pascal, string camel) => JsonFields.Text(root, pascal) ?? JsonFields.Text(root, camel);
}
