using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Crossdock.Connectors.Shopify;

/// <summary>A forward walk over one document. Tolerant where Shopify and its older payloads vary (numbers as text, text as numbers, nulls, missing fields);
/// what is there but cannot be read as what it must be is remembered as the first fault, and reading goes on.</summary>
internal ref struct ShopifyCursor
{
    /// <summary>No amount, quantity or weight of an order comes near; two of them multiplied still fit a decimal.</summary>
    private const decimal Largest = 10_000_000_000_000m;

    private readonly ReadOnlySpan<byte> payload;
    private Utf8JsonReader reader;

    internal ShopifyCursor(ReadOnlySpan<byte> payload)
    {
        this.payload = payload;
        reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = 64 });
    }

    /// <summary>Byte position of the first value that could not be read; negative when there is none.</summary>
    internal long FaultAt { get; private set; } = -1;

    /// <summary>What that value should have been.</summary>
    internal string? FaultExpected { get; private set; }

    internal readonly bool IsObject => reader.TokenType == JsonTokenType.StartObject;

    internal readonly bool IsArray => reader.TokenType == JsonTokenType.StartArray;

    internal readonly bool IsNull => reader.TokenType == JsonTokenType.Null;

    /// <summary>Moves to the root value.</summary>
    internal void Start() => reader.Read();

    /// <summary>Moves past the root value: anything behind it is a <see cref="JsonException"/>.</summary>
    internal void Finish() => reader.Read();

    /// <summary>Moves to the next value of the object the cursor is in; false at its end.</summary>
    internal bool Next(out Field field)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            field = Field.Unknown;
            return false;
        }
        field = reader.ValueIsEscaped ? FieldTable.Find(Encoding.UTF8.GetBytes(reader.GetString()!)) : FieldTable.Find(reader.ValueSpan);
        reader.Read();
        return true;
    }

    /// <summary>Like <see cref="Next(out Field)"/> for an object whose names are data.</summary>
    internal bool Next(out string name)
    {
        reader.Read();
        bool more = reader.TokenType == JsonTokenType.PropertyName;
        name = more ? reader.GetString()! : "";
        return more && reader.Read();
    }

    /// <summary>Moves to the next element of the array the cursor is in; false at its end.</summary>
    internal bool NextElement()
    {
        reader.Read();
        return reader.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>Leaves out the value the cursor is at.</summary>
    internal void Skip()
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            reader.Skip();
        }
    }

    /// <summary>True when the value is an object and is now entered; otherwise the value is left out (null is nothing, anything else is a fault when it matters).</summary>
    internal bool EnterObject(bool matters = false) => Enter(JsonTokenType.StartObject, "an object", matters);

    /// <summary>True when the value is a list and is now entered.</summary>
    internal bool EnterArray(bool matters = false) => Enter(JsonTokenType.StartArray, "a list", matters);

    /// <summary>Text without surrounding blanks, or a number's or boolean's own spelling; null for null and empty.</summary>
    internal string? Text()
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                if (reader.ValueSpan.Length == 0)
                {
                    return null;
                }
                string text = reader.GetString()!;
                if (reader.ValueIsEscaped && text.Contains('\0', StringComparison.Ordinal))
                {
                    text = text.Replace("\0", "", StringComparison.Ordinal);   // no database text can hold it
                    if (text.Length == 0)
                    {
                        return null;
                    }
                }
                if (char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]))
                {
                    text = text.Trim();
                }
                return text.Length == 0 ? null : text;
            case JsonTokenType.Number:
                return Encoding.ASCII.GetString(reader.ValueSpan);
            case JsonTokenType.True:
                return "true";
            case JsonTokenType.False:
                return "false";
            default:
                Skip();
                return null;
        }
    }

    /// <summary>Text from a small vocabulary (currencies, countries, statuses, vendors): the same string object for the same bytes where possible.</summary>
    internal string? Word() => reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && reader.ValueSpan.Length is > 0 and <= 24
        ? Words.Get(reader.ValueSpan) is { Length: > 0 } word ? word : null
        : Text();

    /// <summary>Text, or any other value as its JSON text; null for null and empty.</summary>
    internal string? TextOrJson() => reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? Raw() : Text();

    /// <summary>The value's JSON text, as it stands in the document.</summary>
    internal string Raw()
    {
        int start = (int)reader.TokenStartIndex;
        Skip();
        return Encoding.UTF8.GetString(payload[start..(int)reader.BytesConsumed]);
    }

    /// <summary>An amount or quantity, from text or a number; null for null and empty.</summary>
    internal decimal? Amount()
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String or JsonTokenType.Number:
                var digits = reader.ValueSpan;
                if (digits.Length == 0)
                {
                    return null;
                }
                if (Decimals.TryRead(digits, out decimal value) && value is < Largest and > -Largest)
                {
                    return value;
                }
                Fault("a number");
                return null;
            case JsonTokenType.Null:
                return null;
            default:
                Fault("a number");
                Skip();
                return null;
        }
    }

    /// <summary>A number where a wrong one does no harm (coordinates, rates): null when it cannot be read.</summary>
    internal double? Degrees() => reader.TokenType is JsonTokenType.Number or JsonTokenType.String
        && Utf8Parser.TryParse(reader.ValueSpan, out double value, out int consumed) && consumed == reader.ValueSpan.Length ? value : Nothing();

    /// <summary>A truth; also from the texts and numbers that older payloads use.</summary>
    internal bool? Flag()
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True:
                return true;
            case JsonTokenType.False:
                return false;
            case JsonTokenType.String or JsonTokenType.Number:
                return reader.ValueSpan.SequenceEqual("true"u8) || reader.ValueSpan.SequenceEqual("1"u8) ? true
                    : reader.ValueSpan.SequenceEqual("false"u8) || reader.ValueSpan.SequenceEqual("0"u8) ? false : null;
            default:
                Skip();
                return null;
        }
    }

    /// <summary>A time with the offset it was written with; null when it is none.</summary>
    internal DateTimeOffset? Time()
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            Skip();
            return null;
        }
        return reader.TryGetDateTimeOffset(out DateTimeOffset time) ? time
            : DateTimeOffset.TryParse(reader.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time) ? time : null;
    }

    private void Fault(string expected)
    {
        if (FaultAt < 0)
        {
            FaultAt = reader.TokenStartIndex;
            FaultExpected = expected;
        }
    }

    private double? Nothing()
    {
        Skip();
        return null;
    }

    private bool Enter(JsonTokenType opening, string expected, bool matters)
    {
        if (reader.TokenType == opening)
        {
            return true;
        }
        if (matters && reader.TokenType != JsonTokenType.Null)
        {
            Fault(expected);
        }
        Skip();
        return false;
    }
}
