using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Configuration;
using Crossdock.Model.Orders;
using NodaTime;
using NodaTime.Text;

namespace Crossdock.Connectors.Custom;

/// <summary>A value of a document that does not fit its field.</summary>
internal sealed class FieldException(string message, string path, string? value) : Exception(message)
{
    internal string Path => path;
    internal string? Value => value;
}

/// <summary>How one canonical field is made from a document.</summary>
internal sealed record FieldRule(string Target, Type Type, JsonPointer? Path, string? Const, IReadOnlyDictionary<string, string> Values, string? Default, string? Date, DateTimeZone Zone, bool IsCents, string? Currency, JsonPointer? CurrencyPath, IReadOnlyList<FieldRule>? Each)
{
    /// <summary>The text that stands there, through the table of values; null for nothing.</summary>
    internal string? Text(JsonElement from, string at)
    {
        if (Const is not null)
        {
            return Const;
        }

        string? text = null;
        if (Path is not null && Path.TryFind(from, out var found))
        {
            text = found.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? found.GetRawText() : JsonPointer.Scalar(found);
            if (text is not null && found.ValueKind is JsonValueKind.Object or JsonValueKind.Array && !IsFree)
            {
                throw Wrong("must be a single value, not an object or a list", at, text);
            }
        }

        if (Values.Count > 0 && text is not null)
        {
            return Values.TryGetValue(text, out string? meant) ? meant : Default ?? throw Wrong($"is not in the table of values for {Target}; known are {string.Join(", ", Values.Keys)}", at, text);
        }

        return string.IsNullOrWhiteSpace(text) ? Default : text;
    }

    /// <summary>The field as canonical JSON; null for nothing.</summary>
    internal JsonNode? Make(JsonElement from, string at, string? currency)
    {
        if (Each is not null)
        {
            return MakeList(from, at, currency);
        }

        if (Text(from, at) is not { } text)
        {
            return null;
        }

        if (Type == typeof(Money))
        {
            string code = CurrencyPath?.FindText(from) ?? Currency ?? currency ?? throw Wrong("is an amount, but no currency is known", at, text);
            decimal amount = Number(text, at);
            return new JsonObject { ["amount"] = (IsCents ? amount / 100m : amount).ToString(CultureInfo.InvariantCulture), ["currency"] = code.ToUpperInvariant() };
        }

        if (Type == typeof(DateTimeOffset))
        {
            return JsonValue.Create(Time(text, at).ToUniversalTime().ToString("O", CultureInfo.InvariantCulture));
        }

        if (Type == typeof(decimal) || Type == typeof(long) || Type == typeof(int) || Type == typeof(double))
        {
            decimal number = Number(text, at);
            return Type == typeof(long) || Type == typeof(int)
                ? JsonValue.Create(number is > -1e15m and < 1e15m ? (long)Math.Round(number, MidpointRounding.AwayFromZero) : throw Wrong("is too large", at, text))
                : JsonValue.Create(number);
        }

        if (Type == typeof(bool))
        {
            return text.ToUpperInvariant() switch
            {
                "TRUE" or "1" or "YES" or "Y" => JsonValue.Create(true),
                "FALSE" or "0" or "NO" or "N" => JsonValue.Create(false),
                _ => throw Wrong("must be true or false", at, text),
            };
        }

        if (Type == typeof(IReadOnlyList<string>))
        {
            return new JsonArray([.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(part => JsonValue.Create(part))]);
        }

        return JsonValue.Create(Target is "currency" || Target.EndsWith(".country", StringComparison.Ordinal) ? text.ToUpperInvariant() : text);
    }

    private bool IsFree => Target.StartsWith("attributes.", StringComparison.Ordinal);

    private JsonArray? MakeList(JsonElement from, string at, string? currency)
    {
        if (!(Path ?? JsonPointer.Root).TryFind(from, out var list) || list.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            throw Wrong("must be a list", at, list.GetRawText());
        }

        var items = new JsonArray();
        int index = 0;
        foreach (var item in list.EnumerateArray())
        {
            items.Add(DeclaredFields.Build(Each!, item, $"{at}{Path}/{index.ToString(CultureInfo.InvariantCulture)}", currency, Target, index));
            index++;
        }

        return items;
    }

    private decimal Number(string text, string at) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out decimal number) ? number : throw Wrong("must be a number", at, text);

    internal DateTimeOffset Time(string text, string at)
    {
        if (Date is "unixSeconds" or "unixMillis")
        {
            decimal number = Number(text, at);
            decimal millis = Date == "unixMillis" ? number : number is > -1e13m and < 1e13m ? number * 1000 : decimal.MaxValue;
            return millis is > -62_135_596_800_000m and < 253_402_300_799_000m ? DateTimeOffset.FromUnixTimeMilliseconds((long)millis) : throw Wrong("is not a time", at, text);
        }

        if (Date is { } format && format != "iso")
        {
            return DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) ? InZone(local) : throw Wrong($"is not a time of the form {format}", at, text);
        }

        // RFC 3339, with or without a zone of its own.
        if (OffsetDateTimePattern.Rfc3339.Parse(text) is { Success: true } whole)
        {
            return whole.Value.ToDateTimeOffset();
        }

        return DateTime.TryParseExact(text, ["yyyy-MM-ddTHH:mm:ss.FFFFFFF", "yyyy-MM-ddTHH:mm", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-dd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var bare)
            ? InZone(bare)
            : DateTimeOffset.TryParseExact(text, ["yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd HH:mm:ss.FFFFFFFzzz", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var offset)
                ? offset : throw Wrong("is not a time", at, text);
    }

    private DateTimeOffset InZone(DateTime local) => LocalDateTime.FromDateTime(local).InZoneLeniently(Zone).ToDateTimeOffset();

    private FieldException Wrong(string because, string at, string? value) => new($"{Target}: the value {because}", at + Path, value is null ? null : CustomOrderMapping.Short(value));
}
