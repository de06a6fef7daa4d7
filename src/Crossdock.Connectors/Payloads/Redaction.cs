using System.Buffers;
using System.Text.Json;

namespace Crossdock.Connectors.Payloads;

/// <summary>Takes values that must not be stored out of a document. Every other byte stays as the platform sent it.</summary>
internal static class Redaction
{
    /// <summary>The document with the values of these names as null, wherever they stand; null when it is no JSON object.</summary>
    internal static ReadOnlyMemory<byte>? Redact(ReadOnlyMemory<byte> document, ReadOnlySpan<string> names)
    {
        var source = document.Span;
        var kept = new ArrayBufferWriter<byte>(Math.Max(1, source.Length));
        int copied = 0;
        try
        {
            var reader = new Utf8JsonReader(source);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || !IsOneOf(ref reader, names))
                {
                    continue;
                }

                reader.Read();
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                kept.Write(source[copied..start]);
                kept.Write("null"u8);
                copied = (int)reader.BytesConsumed;
            }
        }
        catch (JsonException)
        {
            return null;
        }

        if (copied == 0)
        {
            return document;
        }

        kept.Write(source[copied..]);
        return kept.WrittenMemory;
    }

    private static bool IsOneOf(ref Utf8JsonReader reader, ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (reader.ValueTextEquals(name))
            {
                return true;
            }
        }

        return false;
    }
}
