using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Custom;

/// <summary>The published schema of the canonical order, made from the model itself.</summary>
public static class CustomSchema
{
    /// <summary>The canonical order as a custom shop may send it: nothing unknown, nothing null that must not be.
    /// Read by reflection: generated code forgets the defaults of init properties that a document leaves out.</summary>
    internal static JsonTypeInfo<Order> Strict { get; } = (JsonTypeInfo<Order>)new JsonSerializerOptions(OrderJson.Default.Options)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RequireWholeMoney } },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    }.GetTypeInfo(typeof(Order));

    /// <summary>JSON Schema 2020-12 of the order.</summary>
    public static JsonNode Create()
    {
        var schema = Strict.GetJsonSchemaAsNode(new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Describe }).AsObject();
        LetOut(schema, schema);
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "Crossdock order");
        schema.Insert(2, "description", "The canonical order. Send it signed (Standard Webhooks) as {\"type\":\"order.updated\",\"timestamp\":\"...\",\"data\":ORDER}, or bare.");
        return schema;
    }

    /// <summary>An amount that is left out is not zero.</summary>
    private static void RequireWholeMoney(JsonTypeInfo type)
    {
        foreach (var property in type.Type == typeof(Money) ? type.Properties : [])
        {
            property.IsRequired = true;
        }
    }

    /// <summary>What may be null may be left out as well: so it is read, and so our own orders are written.</summary>
    private static void LetOut(JsonObject root, JsonNode? node)
    {
        if (node is JsonObject one && one["required"] is JsonArray required && one["properties"] is JsonObject properties)
        {
            string[] kept = [.. required.Select(name => name!.GetValue<string>()).Where(name => !MayBeNull(root, properties[name]))];
            one.Remove("required");
            if (kept.Length > 0)
            {
                one["required"] = new JsonArray([.. kept.Select(name => (JsonNode)name)]);
            }
        }

        foreach (var inner in node switch { JsonObject table => [.. table.Select(pair => pair.Value)], JsonArray list => [.. list], _ => Array.Empty<JsonNode?>() })
        {
            LetOut(root, inner);
        }
    }

    private static bool MayBeNull(JsonObject root, JsonNode? property)
    {
        while (property?["$ref"]?.GetValue<string>() is { } reference)
        {
            property = reference[1..].Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate((JsonNode?)root, (node, part) => node?[part]);
        }

        return property?["type"] is JsonArray types && types.Any(type => type!.GetValue<string>() == "null");
    }

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        string? name = context.PropertyInfo?.Name;
        if (name == "amount" && context.PropertyInfo!.DeclaringType == typeof(Money))
        {
            return new JsonObject { ["type"] = new JsonArray("string", "number"), ["description"] = "In the currency's main unit (euros, not cents). Text is preferred, so that nobody rounds it.", ["examples"] = new JsonArray("12.90") };
        }

        string? description = name switch
        {
            "externalId" => "Your own id of the order, unique in your shop. Required.",
            "number" => "The number that people use.",
            "state" => "new, awaiting_payment, processing, in_shipment, delivered, closed or cancelled.",
            "currency" => "ISO 4217 code in capitals.",
            "country" => "ISO 3166-1 alpha-2 code in capitals.",
            "region" => "ISO 3166-2 subdivision without the country in front.",
            "updatedAt" => "When you last changed the order. Decides which of two versions is newer.",
            "currentQuantity" => "What is still to be sent, after removals and refunds.",
            "weightGrams" => "In grams.",
            "packages" => "Made by the store's rules; leave it out.",
            _ => null,
        };
        if (description is not null && schema is JsonObject described)
        {
            described["description"] = description;
        }

        return schema;
    }
}
