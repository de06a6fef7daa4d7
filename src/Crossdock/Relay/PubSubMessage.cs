using System.Text;
using System.Text.Json;
using Crossdock.Model.Connectors;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Relay;

/// <summary>One message of a push subscription, wrapped in JSON or plain with its metadata in headers. Source: Google Cloud documentation, "Push subscriptions" and "Payload unwrapping".</summary>
/// <param name="Id">The message's id: the same on every redelivery.</param>
/// <param name="Data">The published bytes; empty when the message has only attributes.</param>
/// <param name="Attributes">What stood beside the data.</param>
/// <param name="Subscription">The subscription's full name; null when it is not said.</param>
internal sealed record PubSubMessage(string Id, byte[] Data, PubSubAttributes Attributes, string? Subscription)
{
    /// <summary>Reads a push; null when it is neither form.</summary>
    public static PubSubMessage? Read(ReadOnlyMemory<byte> body, IHeaderDictionary headers)
    {
        // A subscription without wrapper says so by the message's id in a header; its body is the data, whatever that looks like.
        if (headers["x-goog-pubsub-message-id"] is [{ Length: > 0 } plain])
        {
            var around = headers.Where(header => header.Value.Count == 1).ToDictionary(header => header.Key, header => header.Value[0] ?? "", StringComparer.OrdinalIgnoreCase);
            return new(plain, body.ToArray(), new(around), headers["x-goog-pubsub-subscription-name"].ToString() is { Length: > 0 } name ? name : null);
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root
                || !root.TryGetProperty("message", out var message) || message.ValueKind is not JsonValueKind.Object
                || Text(message, "messageId") is not { Length: > 0 } id)
            {
                return null;
            }

            byte[] data = [];
            if (message.TryGetProperty("data", out var encoded) && encoded.ValueKind is not JsonValueKind.Null
                && (encoded.ValueKind is not JsonValueKind.String || !encoded.TryGetBytesFromBase64(out data!)))
            {
                return null;
            }

            var attributes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            if (message.TryGetProperty("attributes", out var all) && all.ValueKind is JsonValueKind.Object)
            {
                foreach (var attribute in all.EnumerateObject().Where(attribute => attribute.Value.ValueKind is JsonValueKind.String))
                {
                    attributes[attribute.Name] = attribute.Value.GetString()!;
                }
            }

            return new(id, data, new(attributes), Text(root, "subscription"));
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}

/// <summary>A message's attributes, read like headers.</summary>
internal sealed class PubSubAttributes(Dictionary<string, string> values) : IWebhookHeaders
{
    public string? this[string name] => values.GetValueOrDefault(name);

    /// <summary>One <c>Name: value</c> a line, without credentials.</summary>
    public string Text()
    {
        var text = new StringBuilder(512);
        foreach (var (name, value) in values)
        {
            text.Append(name).Append(": ").Append(SecretHeaders.Contains(name) ? "***" : value.ReplaceLineEndings(" ")).Append('\n');
        }

        return text.ToString();
    }
}
