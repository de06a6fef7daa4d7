using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crossdock.Connectors.Configuration;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Custom;

/// <summary>Where the order, the topic and the event's id are in what a home-made shop sends.</summary>
internal sealed record CustomEnvelope(JsonPointer Order, JsonPointer? List, bool IsJsonInString, string? TopicHeader, JsonPointer? Topic, string? EventIdHeader, JsonPointer? EventId, IReadOnlyList<string> IgnoreTopics)
{
    internal static CustomEnvelope Usual { get; } = new(JsonPointer.Root, null, false, null, null, null, null, []);

    internal static CustomEnvelope Read(SettingsReader? reader)
    {
        if (reader is null)
        {
            return Usual;
        }

        var (topicHeader, topic) = HeaderOrPointer(reader, "topic");
        var (idHeader, id) = HeaderOrPointer(reader, "eventId");
        var envelope = new CustomEnvelope(
            reader.Pointer("order") ?? JsonPointer.Root, reader.Pointer("list"), reader.Choice("jsonInString", "false", "true", "false") == "true",
            topicHeader, topic, idHeader, id, reader.List("ignoreTopics"));
        reader.Close();
        return envelope;
    }

    /// <summary>The order's element, or the list's; with the document it lives in when that was inside a string. Null when it is not there.</summary>
    internal JsonElement? Find(JsonElement root, out JsonDocument? inner)
    {
        inner = null;
        if (!(List ?? Order).TryFind(root, out var found))
        {
            return null;
        }

        if (IsJsonInString && found.ValueKind == JsonValueKind.String)
        {
            inner = JsonDocument.Parse(NulCharacters.Removed(Encoding.UTF8.GetBytes(found.GetString()!)));
            found = inner.RootElement;
        }

        return found;
    }

    // A text that starts with a slash is a pointer into the body; { header: X-Topic } is a header.
    private static (string? Header, JsonPointer? Pointer) HeaderOrPointer(SettingsReader reader, string name)
    {
        if (reader.Raw(name) is { ValueKind: JsonValueKind.Object } && reader.Group(name) is { } group)
        {
            string? header = group.Text("header");
            var pointer = group.Pointer("pointer");
            if ((header is null) == (pointer is null))
            {
                group.Problem(null, "needs either header or pointer");
            }

            group.Close();
            return (header, pointer);
        }

        return (null, reader.Pointer(name));
    }
}

/// <summary>Dedupe keys and short texts for what cannot be trusted.</summary>
internal static class Keys
{
    internal static string OfBytes(string topic, ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(body, hash);
        return $"{Clean(topic, 60) ?? "unknown"}:{Convert.ToHexStringLower(hash)}";
    }

    /// <summary>The text when it is usable as a key or topic; null when it is missing, too long or contains control characters.</summary>
    internal static string? Clean(string? text, int longest) => string.IsNullOrWhiteSpace(text) || text.Length > longest || text.Any(char.IsControl) ? null : text;
}
