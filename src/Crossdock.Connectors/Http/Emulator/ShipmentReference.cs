using System.Text;
using System.Text.Json;

namespace Crossdock.Connectors.Http;

/// <summary>Reads what the emulated courier is sent, as far as it cares.</summary>
internal static class ShipmentReference
{
    // The canonical order itself has no reference: its number stands in.
    internal static string? In(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            string? stand = null;
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isReference = reader.ValueTextEquals("reference"u8);
                bool isNumber = !isReference && reader.ValueTextEquals("number"u8);
                reader.Read();
                if (isReference || isNumber)
                {
                    string? text = reader.TokenType == JsonTokenType.String ? reader.GetString() : reader.TokenType == JsonTokenType.Number ? Encoding.UTF8.GetString(reader.ValueSpan) : null;
                    if (isReference)
                    {
                        return text is { Length: > 0 } ? text : null;
                    }

                    stand = text;
                }

                reader.Skip();
            }

            return stand;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A body as JSON: as it came, or as text where it is none.</summary>
    internal static string Shown(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.GetRawText();
        }
        catch (JsonException)
        {
            return JsonSerializer.Serialize(Encoding.UTF8.GetString(body.Span));
        }
    }
}
