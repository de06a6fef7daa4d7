using System.Buffers;
using System.Globalization;
using System.Text.Json;
using NodaTime;

namespace Crossdock.Connectors.Shopify;

/// <summary>Brings an order as GraphQL answered it into the REST document's shape, so that one mapping understands webhooks, REST and GraphQL alike.
/// The query asks for REST's names already; what is left are connections, capital words, global ids and times without the shop's offset.</summary>
internal static partial class ShopifyTranslation
{
    /// <summary>The order in REST's shape. Throws <see cref="JsonException"/> on broken JSON.</summary>
    internal static byte[] ToRest(ReadOnlyMemory<byte> payload)
    {
        using var document = JsonDocument.Parse(payload);
        var root = document.RootElement;
        var zone = ShopifyJson.Get(root, "shop", "ianaTimezone") is { } name && ShopifyJson.Text(name) is { } known ? DateTimeZoneProviders.Tzdb.GetZoneOrNull(known) : null;
        var buffer = new ArrayBufferWriter<byte>(payload.Length);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            new Writer(json, zone).Order(ShopifyJson.Get(root, "order") ?? root);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The word of REST and the webhooks for GraphQL's; null where they have none.</summary>
    internal static string? FulfilmentWord(string? display) => display switch
    {
        "FULFILLED" => "fulfilled",
        "PARTIALLY_FULFILLED" => "partial",
        "RESTOCKED" => "restocked",
        null or "UNFULFILLED" or "OPEN" or "IN_PROGRESS" or "ON_HOLD" or "SCHEDULED" or "PENDING_FULFILLMENT" or "REQUEST_DECLINED" => null,
        _ => display.ToLowerInvariant(),
    };

    private static readonly string[] Sides = ["shop_money", "presentment_money"];

    private readonly partial struct Writer(Utf8JsonWriter json, DateTimeZone? zone)
    {
        internal void Order(JsonElement order)
        {
            if (order.ValueKind != JsonValueKind.Object)
            {
                order.WriteTo(json);
                return;
            }

            json.WriteStartObject();
            foreach (var field in order.EnumerateObject())
            {
                switch (field.Name)
                {
                    case "financial_status" or "cancel_reason": Word(field.Name, field.Value); break;
                    case "fulfillment_status": json.WriteString(field.Name, FulfilmentWord(ShopifyJson.Text(field.Value))); break;
                    case "tags": Tags("tags", field.Value); break;
                    case "app": Text("app_id", ShopifyJson.Id(ShopifyJson.Text(field.Value, "id"))); break;
                    case "order_number":
                        Plain(field.Name, field.Value);
                        if (field.Value.ValueKind == JsonValueKind.Number && field.Value.TryGetInt64(out long number))
                        {
                            json.WriteNumber("number", number - 1000);
                        }

                        break;
                    case "customer": Customer(field.Value); break;
                    case "line_items": List(order, "line_items", Line); break;
                    case "shipping_lines": List(order, "shipping_lines", Part); break;
                    case "discount_applications": Applications(order); break;
                    case "fulfillments": List(order, "fulfillments", Fulfilment); break;
                    case "refunds": List(order, "refunds", Refund); break;
                    default: Usual(field); break;
                }
            }

            json.WriteEndObject();
        }

        // Money stands in sets alone: REST has the shop's amount beside each.
        private void Usual(JsonProperty field)
        {
            if (field.Name.EndsWith("_set", StringComparison.Ordinal))
            {
                Set(field.Name, field.Value);
                if (ShopifyJson.Get(field.Value, "shop_money") is { } money && ShopifyJson.Text(money, "amount") is { } amount)
                {
                    json.WriteString(field.Name[..^4], Amount(amount));
                }
            }
            else if (field.Name.EndsWith("_at", StringComparison.Ordinal))
            {
                Time(field.Name, field.Value);
            }
            else if (field.Name is "tax_lines" or "duties" or "discount_allocations")
            {
                json.WriteStartArray(field.Name);
                foreach (var part in field.Value.ValueKind == JsonValueKind.Array ? field.Value.EnumerateArray() : default)
                {
                    Part(part);
                }

                json.WriteEndArray();
            }
            else
            {
                Plain(field.Name, field.Value);
            }
        }

        private void Set(string name, JsonElement set)
        {
            if (set.ValueKind != JsonValueKind.Object)
            {
                Plain(name, set);
                return;
            }

            json.WriteStartObject(name);
            foreach (string side in Sides)
            {
                if (ShopifyJson.Get(set, side) is { } money)
                {
                    json.WriteStartObject(side);
                    Text("amount", Amount(ShopifyJson.Text(money, "amount")));
                    Text("currency_code", ShopifyJson.Text(money, "currency_code"));
                    json.WriteEndObject();
                }
            }

            json.WriteEndObject();
        }

        // GraphQL drops zeros at the end, "9990.0"; REST writes two decimals at least. What is no amount stays, and the mapping says so.
        private static string? Amount(string? text) =>
            decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal amount) ? amount.ToString("0.00##########", CultureInfo.InvariantCulture) : text;

        private void Part(JsonElement part)
        {
            if (part.ValueKind != JsonValueKind.Object)
            {
                part.WriteTo(json);
                return;
            }

            json.WriteStartObject();
            foreach (var field in part.EnumerateObject())
            {
                switch (field.Name)
                {
                    case "id": Text("id", ShopifyJson.Id(ShopifyJson.Text(field.Value))); break;
                    case "discountApplication" when ShopifyJson.Get(field.Value, "index") is { } index: Plain("discount_application_index", index); break;
                    default: Usual(field); break;
                }
            }

            json.WriteEndObject();
        }

        private void Line(JsonElement line)
        {
            if (line.ValueKind != JsonValueKind.Object)
            {
                line.WriteTo(json);
                return;
            }

            json.WriteStartObject();
            foreach (var field in line.EnumerateObject())
            {
                switch (field.Name)
                {
                    case "id": Text("id", ShopifyJson.Id(ShopifyJson.Text(field.Value))); break;
                    case "lineItemGroup": Text("sales_line_item_group_id", ShopifyJson.Id(ShopifyJson.Text(field.Value, "id"))); break;
                    case "product": Text("product_id", ShopifyJson.Text(field.Value, "legacyResourceId")); break;
                    case "variant":
                        Text("variant_id", ShopifyJson.Text(field.Value, "legacyResourceId"));
                        Weight(field.Value);
                        break;
                    default: Usual(field); break;
                }
            }

            if (ShopifyJson.Get(line, "quantity") is { ValueKind: JsonValueKind.Number } ordered && ShopifyJson.Get(line, "fulfillable_quantity") is { ValueKind: JsonValueKind.Number } open
                && ShopifyJson.Get(line, "current_quantity") is { ValueKind: JsonValueKind.Number } left && ordered.TryGetInt64(out _) && open.TryGetInt64(out long waiting) && left.TryGetInt64(out long wanted) && wanted > 0 && waiting < wanted)
            {
                json.WriteString("fulfillment_status", waiting == 0 ? "fulfilled" : "partial");
            }

            json.WriteEndObject();
        }

        private void Weight(JsonElement variant)
        {
            if (ShopifyJson.Get(variant, "inventoryItem", "measurement") is { } measured && ShopifyJson.Get(measured, "weight") is { } weight && ShopifyJson.Get(weight, "value") is { ValueKind: JsonValueKind.Number } value && value.TryGetDecimal(out decimal amount) && Math.Abs(amount) < 1_000_000_000m)
            {
                decimal factor = ShopifyJson.Text(weight, "unit") switch { "KILOGRAMS" => 1000m, "POUNDS" => 453.59237m, "OUNCES" => 28.349523125m, _ => 1m };
                json.WriteNumber("grams", decimal.Round(amount * factor));
            }
        }

        private void List(JsonElement order, string name, Action<JsonElement> write)
        {
            json.WriteStartArray(name);
            foreach (var one in ShopifyJson.Items(order, name))
            {
                write(one);
            }

            json.WriteEndArray();
        }

        private void Copy(string name, JsonElement from)
        {
            if (ShopifyJson.Get(from, name) is { } value)
            {
                Plain(name, value);
            }
        }

        private void Plain(string name, JsonElement value)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }

        private void Word(string name, JsonElement value)
        {
            if (ShopifyJson.Text(value) is { } word)
            {
                json.WriteString(name, word.ToLowerInvariant());
            }
            else
            {
                Plain(name, value);
            }
        }

        private void Text(string name, string? value) => json.WriteString(name, value);

        private void Texts(string name, IEnumerable<string?> values)
        {
            json.WriteStartArray(name);
            foreach (string value in values.OfType<string>())
            {
                json.WriteStringValue(value);
            }

            json.WriteEndArray();
        }

        private void Tags(string name, JsonElement value)
        {
            if (value.ValueKind == JsonValueKind.Array)
            {
                json.WriteString(name, string.Join(", ", value.EnumerateArray().Select(tag => ShopifyJson.Text(tag))));
            }
            else
            {
                Plain(name, value);
            }
        }

        private void Time(string name, JsonElement value)
        {
            if (zone is not null && ShopifyJson.Text(value) is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && at.Year is > 1900 and < 9000)
            {
                json.WriteString(name, Instant.FromDateTimeOffset(at).InZone(zone).ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture));
            }
            else
            {
                Plain(name, value);
            }
        }
    }
}
