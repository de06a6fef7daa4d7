using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Magento;

/// <summary>The document that is stored for an order that was read: as the shop wrote it, without card data and without the code that opens the buyer's page.</summary>
internal static class MagentoDocument
{
    private static readonly JsonWriterOptions Unescaped = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    internal static ReadDocument Of(string id, JsonElement order, MagentoCompanions? companions)
    {
        var buffer = new ArrayBufferWriter<byte>(8192);
        using (var writer = new Utf8JsonWriter(buffer, Unescaped))
        {
            if (companions is null)
            {
                Write(writer, order);
            }
            else
            {
                writer.WriteStartObject();
                writer.WritePropertyName("order");
                Write(writer, order);
                List("shipments", companions.Shipments);
                List("creditmemos", companions.CreditMemos);
                writer.WriteEndObject();
            }

            void List(string name, List<JsonElement> rows)
            {
                if (rows.Count > 0)
                {
                    writer.WriteStartArray(name);
                    rows.ForEach(row => row.WriteTo(writer));
                    writer.WriteEndArray();
                }
            }
        }

        return Keyed(id, JsonFields.Text(order, "updated_at"), buffer.WrittenMemory);
    }

    /// <summary>As it stands, for a document whose text cannot be read.</summary>
    internal static ReadDocument Raw(string id, JsonElement order) => Keyed(id, null, System.Text.Encoding.UTF8.GetBytes(order.GetRawText()));

    private static ReadDocument Keyed(string id, string? updatedAt, ReadOnlyMemory<byte> payload)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(payload.Span, hash);
        return new(MagentoTopics.Read, $"{id}|{MagentoOrderMapping.Cut(updatedAt ?? "", 40)}|{Base64Url.EncodeToString(hash)}", payload);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement order)
    {
        writer.WriteStartObject();
        foreach (var field in order.EnumerateObject())
        {
            switch (field.Name)
            {
                case "protect_code":
                    break;
                case "payment" when field.Value.ValueKind == JsonValueKind.Object:
                    writer.WriteStartObject(field.Name);
                    bool isOffline = JsonFields.Text(field.Value, "method") is "cashondelivery" or "checkmo" or "banktransfer" or "purchaseorder" or "free";
                    foreach (var part in field.Value.EnumerateObject().Where(part => !IsSecret(part.Name) || (isOffline && part.Name == "additional_information")))
                    {
                        part.WriteTo(writer);
                    }

                    writer.WriteEndObject();
                    break;
                case "extension_attributes" when field.Value.ValueKind == JsonValueKind.Object:
                    writer.WriteStartObject(field.Name);
                    foreach (var part in field.Value.EnumerateObject())
                    {
                        WriteExtension(writer, part);
                    }

                    writer.WriteEndObject();
                    break;
                default:
                    field.WriteTo(writer);
                    break;
            }
        }

        writer.WriteEndObject();
    }

    // Gateways put what they like into it: card numbers, device data, tokens. Only the method's title is ours.
    private static void WriteExtension(Utf8JsonWriter writer, JsonProperty part)
    {
        if (part.Name == "payment_additional_info" && part.Value.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray(part.Name);
            foreach (var entry in part.Value.EnumerateArray().Where(entry => JsonFields.Text(entry, "key") == "method_title"))
            {
                entry.WriteTo(writer);
            }

            writer.WriteEndArray();
        }
        else if (part.Name == "gift_cards")
        {
            // Their codes are money; the sum stands in gift_cards_amount.
            writer.WriteStartArray(part.Name);
            writer.WriteEndArray();
        }
        else if (!part.Name.Contains("token", StringComparison.OrdinalIgnoreCase))
        {
            part.WriteTo(writer);
        }
    }

    private static bool IsSecret(string name) =>
        name.StartsWith("cc_", StringComparison.Ordinal) || name.StartsWith("echeck", StringComparison.Ordinal) || name is "additional_information" or "additional_data" or "extension_attributes" or "anet_trans_method";
}
