using System.Buffers;
using System.Text.Json;

namespace Crossdock.Connectors.Vtex;

/// <summary>Takes card data and codes that are money out of an order before it is stored. Every other byte stays as VTEX sent it.</summary>
internal static class VtexRedaction
{
    // lastDigits stay out as well: with the holder's name they are card data to some rules, and nobody here needs them.
    private static readonly string[] Names = ["cardHolder", "cardNumber", "firstDigits", "lastDigits", "cvv2", "expireMonth", "expireYear", "redemptionCode", "giftCardData", "accountId", "parentAccountId"];

    /// <summary>The document with these values as null; null when it is no JSON object.</summary>
    internal static ReadOnlyMemory<byte>? Redact(ReadOnlyMemory<byte> document)
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
                if (reader.TokenType != JsonTokenType.PropertyName || !IsSecret(ref reader))
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

    private static bool IsSecret(ref Utf8JsonReader reader)
    {
        foreach (string name in Names)
        {
            if (reader.ValueTextEquals(name))
            {
                return true;
            }
        }

        return false;
    }
}
