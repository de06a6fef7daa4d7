using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crossdock.Model.Orders;

/// <summary>An amount with its currency. In JSON <c>{"amount":"12.90","currency":"EUR"}</c>: the amount is text so that no reader rounds it; a number is accepted on the way in.
/// Adding two currencies is a bug and throws <see cref="InvalidOperationException"/>.</summary>
/// <param name="Amount">In the currency's main unit (euros, not cents); digits after the point as the platform sent them.</param>
/// <param name="Currency">ISO 4217 code in capitals, for example <c>CLP</c>.</param>
public readonly record struct Money([property: JsonConverter(typeof(AmountConverter))] decimal Amount, string Currency)
{
    /// <summary>Nothing, in the given currency.</summary>
    public static Money Zero(string currency) => new(0m, currency);

    /// <summary>The sum; both must be of one currency.</summary>
    public static Money operator +(Money left, Money right) => new(left.Amount + Same(left, right).Amount, left.Currency);

    /// <summary>The difference; both must be of one currency.</summary>
    public static Money operator -(Money left, Money right) => new(left.Amount - Same(left, right).Amount, left.Currency);

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Amount} {Currency}");

    private static Money Same(Money left, Money right) => left.Currency == right.Currency
        ? right
        : throw new InvalidOperationException($"{left} and {right} are of two currencies and cannot be added.");
}

/// <summary>Writes a decimal as text and reads text or a number.</summary>
public sealed class AmountConverter : JsonConverter<decimal>
{
    /// <inheritdoc />
    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number => reader.GetDecimal(),
        JsonTokenType.String when decimal.TryParse(reader.GetString(), NumberStyles.Number & ~NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out decimal value) => value,
        _ => throw new JsonException("an amount must be a decimal number or text such as \"12.90\""),
    };

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[32];
        value.TryFormat(text, out int written, provider: CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..written]);
    }
}
