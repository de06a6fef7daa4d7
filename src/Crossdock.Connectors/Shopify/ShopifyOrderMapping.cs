using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Shopify;

/// <summary>Understands one event by its topic.</summary>
internal sealed class ShopifyOrderMapping(ShopifySettings settings) : IOrderMapping
{
    public MappingOutcome Map(in ReceivedEvent received)
    {
        var payload = received.Payload.Span;
        if (payload.StartsWith("\uFEFF"u8))
        {
            payload = payload[3..];
        }
        if (ShopifyTopics.IgnoredBecause(received.Topic) is { } because)
        {
            return new Ignored(because);
        }
        if (payload.IsEmpty)
        {
            return new Unmappable("The body is empty; ask the shop for the order again.");
        }
        if (!Utf8.IsValid(payload))
        {
            return new Unmappable("The body is not valid UTF-8.", null, JsonPlaces.Excerpt(payload, 0));
        }
        try
        {
            return received.Topic switch
            {
                "refunds/create" => ShopifyChanges.Refund(payload),
                "fulfillments/create" or "fulfillments/update" => ShopifyChanges.Fulfilment(payload),
                "order_transactions/create" => ShopifyChanges.Transaction(payload),
                "orders/delete" => ShopifyChanges.Deletion(payload, received.OccurredAt),
                ShopifyTopics.Read => Lean(MapOrder(ShopifyTranslation.ToRest(received.Payload[^payload.Length..]))),
                _ => MapOrder(payload),
            };
        }
        catch (JsonException broken)
        {
            return new Unmappable($"The body is not valid JSON: {JsonPlaces.Explain(broken)}", null, JsonPlaces.Excerpt(payload, JsonPlaces.OffsetOf(payload, broken)));
        }
        catch (InvalidOperationException)
        {
            // Utf8JsonReader's way to say that an escape names half a surrogate pair.
            return new Unmappable("A text in the body is not valid Unicode: an escape such as \\ud83d stands without its other half.", null, JsonPlaces.Excerpt(payload, Math.Max(0, payload.IndexOf("\\ud"u8))));
        }
    }

    // GraphQL has no landing page, referring site and a few more.
    private static MappingOutcome Lean(MappingOutcome outcome) => outcome is MappedOrder read ? read with { IsLean = true } : outcome;

    private MappingOutcome MapOrder(ReadOnlySpan<byte> payload)
    {
        var reader = new ShopifyOrderReader(payload, settings.ShipOnAuthorization);
        if (!reader.Read())
        {
            return new Unmappable("The body is not a JSON object.", "", JsonPlaces.Excerpt(payload, 0));
        }
        if (Fault(payload, reader.FaultAt, reader.FaultExpected) is { } fault)
        {
            return fault;
        }
        if (reader.Id is null)
        {
            return new Unmappable("The order has no id.", "/id");
        }
        if (reader.CurrencyRead is not { Length: 3 } currency || !currency.All(char.IsAsciiLetterUpper))
        {
            return new Unmappable("The order has no currency of three capital letters.", "/currency", reader.CurrencyRead is { } word ? JsonPlaces.Shorten(word) : null);
        }
        return reader.HasTotal ? new MappedOrder(reader.Build()) : new Unmappable("The order has no total.", "/total_price");
    }

    internal static Unmappable? Fault(ReadOnlySpan<byte> payload, long at, string? expected)
    {
        if (at < 0)
        {
            return null;
        }
        var (path, value) = JsonPlaces.At(payload, at);
        return new Unmappable($"{path} is not {expected}.", path, value);
    }
}

/// <summary>Where something stands in a document. Only used once something is wrong, so that the good case pays nothing for it.</summary>
internal static class JsonPlaces
{
    private const int MostShown = 200;

    /// <summary>JSON pointer and text of the value that begins at a byte position.</summary>
    internal static (string Path, string Value) At(ReadOnlySpan<byte> payload, long offset)
    {
        var reader = new Utf8JsonReader(payload);
        var names = new Stack<(string? Name, int Index)>();
        string? name = null;
        while (reader.Read() && reader.TokenStartIndex < offset)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    name = reader.GetString();
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    Count(names);
                    names.Push((name, reader.TokenType == JsonTokenType.StartArray ? -1 : -2));
                    name = null;
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    names.Pop();
                    name = null;
                    break;
                default:
                    Count(names);
                    name = null;
                    break;
            }
        }
        Count(names);
        var path = new StringBuilder();
        foreach (var (step, index) in names.Reverse())
        {
            Append(path, step);
            if (index >= 0)
            {
                path.Append('/').Append(index);
            }
        }
        Append(path, name);
        return (path.ToString(), reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? Excerpt(payload, offset) : Shorten(Encoding.UTF8.GetString(reader.ValueSpan)));
    }

    /// <summary>At most 200 characters from a byte position on.</summary>
    internal static string Excerpt(ReadOnlySpan<byte> payload, long offset) => Shorten(Encoding.UTF8.GetString(payload[(int)Math.Min(offset, payload.Length)..Math.Min(payload.Length, (int)offset + (MostShown * 4))]));

    /// <summary>The byte position a parser complained about.</summary>
    internal static long OffsetOf(ReadOnlySpan<byte> payload, JsonException broken)
    {
        int start = 0;
        for (long line = broken.LineNumber ?? 0; line > 0; line--)
        {
            int length = payload[start..].IndexOf((byte)'\n');
            if (length < 0)
            {
                break;
            }
            start += length + 1;
        }
        long offset = Math.Min(payload.Length, start + (broken.BytePositionInLine ?? 0));
        return Math.Max(0, Math.Min(offset, payload.Length - 20));
    }

    /// <summary>The parser's message in one line.</summary>
    internal static string Explain(JsonException broken) => $"line {(broken.LineNumber ?? 0) + 1}, byte {(broken.BytePositionInLine ?? 0) + 1}: {broken.Message.Split(" LineNumber:")[0]}";

    private static void Count(Stack<(string? Name, int Index)> names)
    {
        if (names.TryPeek(out var parent) && parent.Index >= -1)
        {
            names.Pop();
            names.Push((parent.Name, parent.Index + 1));
        }
    }

    private static void Append(StringBuilder path, string? name)
    {
        if (name is not null)
        {
            path.Append('/').Append(name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
        }
    }

    internal static string Shorten(string text) => text.Length <= MostShown ? text : text[..MostShown];
}
