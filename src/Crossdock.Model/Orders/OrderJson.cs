using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Crossdock.Model.Orders;

/// <summary>The canonical order as JSON: camelCase names, snake_case enum values, nulls and defaults left out, source-generated.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    GenerationMode = JsonSourceGenerationMode.Default)]
[JsonSerializable(typeof(Order))]
public sealed partial class OrderJson : JsonSerializerContext
{
    /// <summary>Writes an order with non-ASCII text unescaped: the result is stored and sent as UTF-8, never embedded in HTML.</summary>
    public static byte[] Write(Order order)
    {
        var buffer = new ArrayBufferWriter<byte>(8192);
        Write(order, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The same bytes into a buffer.</summary>
    public static void Write(Order order, IBufferWriter<byte> buffer)
    {
        // The encoder belongs to the writer: as an option it would shut out the generated writing code, which takes half the time.
        using var writer = new Utf8JsonWriter(buffer, Unescaped);
        JsonSerializer.Serialize(writer, order, Default.Order);
    }

    /// <summary>The order's packages alone, as they stand in its document.</summary>
    public static void Write(IReadOnlyList<Package> packages, IBufferWriter<byte> buffer)
    {
        using var writer = new Utf8JsonWriter(buffer, Unescaped);
        JsonSerializer.Serialize(writer, packages, Default.IReadOnlyListPackage);
    }

    /// <summary>Reads what <see cref="Write(Order)"/> wrote, also where a field that has a default was left out. Throws <see cref="JsonException"/> on anything else, also on a null where there can be none.</summary>
    public static Order Read(ReadOnlySpan<byte> utf8) => JsonSerializer.Deserialize(utf8, Reading.Order)
        ?? throw new JsonException("an order must be a JSON object, not null");

    private static readonly JsonWriterOptions Unescaped = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    // By reflection: generated code forgets the defaults of init properties that a document leaves out, so that lists would be null.
    private static class Reading
    {
        internal static readonly JsonTypeInfo<Order> Order = (JsonTypeInfo<Order>)new JsonSerializerOptions(Default.Options)
        {
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            RespectNullableAnnotations = true,
        }.GetTypeInfo(typeof(Order));
    }
}

/// <summary>An enum by its snake_case name in lower case: <c>AwaitingPayment</c> is <c>awaiting_payment</c>.</summary>
public sealed class SnakeCase<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where TEnum : struct, Enum;

/// <summary>Names of persisted enums: one table per enum, made once.</summary>
public static class EnumNames<TEnum> where TEnum : struct, Enum
{
    private static readonly System.Collections.Frozen.FrozenDictionary<TEnum, string> Names =
        System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(Enum.GetValues<TEnum>(), value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

    private static readonly System.Collections.Frozen.FrozenDictionary<string, TEnum> Values =
        System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(Names, pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    /// <summary>The stored name, for example <c>awaiting_payment</c>.</summary>
    public static string Of(TEnum value) => Names[value];

    /// <summary>The value with that stored name; null when there is none.</summary>
    public static TEnum? Parse(string? name) => name is not null && Values.TryGetValue(name, out var value) ? value : null;

    /// <summary>All stored names, in the order of the values.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<TEnum>().Select(value => Names[value])];
}
