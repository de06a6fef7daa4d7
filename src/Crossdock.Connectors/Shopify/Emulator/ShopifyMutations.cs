using System.Globalization;
using System.Text.Json.Nodes;

namespace Crossdock.Connectors.Shopify.Emulator;

/// <summary>What the emulated shop can be told by GraphQL.</summary>
internal sealed class ShopifyMutations(ShopifyEmulatorOptions options, ShopifyEmulator shop, ShopifyHooks hooks)
{
    private static readonly string[] FulfilmentScopes = ["write_merchant_managed_fulfillment_orders", "write_assigned_fulfillment_orders", "write_third_party_fulfillment_orders"];

    internal JsonObject Run(ShopifySelection field)
    {
        if (field.Name.StartsWith("fulfillment", StringComparison.Ordinal) && !FulfilmentScopes.Any(options.Scopes.Contains))
        {
            throw new ShopifyGraphQlFault($"Access denied for {field.Name} field. Required access: `write_merchant_managed_fulfillment_orders` access scope.", "ACCESS_DENIED");
        }

        return field.Name switch
        {
            "webhookSubscriptionCreate" => Subscribe(field),
            "webhookSubscriptionDelete" => Unsubscribe(field),
            "fulfillmentCreate" => Fulfil(field),
            "fulfillmentTrackingInfoUpdate" => Track(field),
            "fulfillmentEventCreate" => Happened(field),
            _ => throw new ShopifyGraphQlFault($"Field '{field.Name}' doesn't exist on type 'Mutation'", "undefinedField"),
        };
    }

    private JsonObject Subscribe(ShopifySelection field)
    {
        string topic = (field.Argument("topic") ?? "").ToLowerInvariant();
        int place = topic.LastIndexOf('_');
        topic = place < 0 ? topic : topic.StartsWith("orders_", StringComparison.Ordinal) ? "orders/" + topic[7..] : $"{topic[..place]}/{topic[(place + 1)..]}";
        var input = field.Arguments.GetValueOrDefault("webhookSubscription") as JsonObject;
        if (!Uri.TryCreate((input?["uri"] ?? input?["callbackUrl"])?.ToString(), UriKind.Absolute, out var uri))
        {
            return Result("webhookSubscription", null, "Address is invalid");
        }

        return hooks.Subscribe(topic, uri) is { } made
            ? Result("webhookSubscription", new JsonObject { ["id"] = ShopifyDocuments.Gid("WebhookSubscription", made.Id), ["topic"] = field.Argument("topic"), ["uri"] = uri.ToString() }, null)
            : Result("webhookSubscription", null, "Address for this topic has already been taken");
    }

    private JsonObject Unsubscribe(ShopifySelection field)
    {
        bool isGone = ShopifyGraphQl.Numbered(field.Argument("id")) is { } id && hooks.Unsubscribe(id);
        return Result("deletedWebhookSubscriptionId", isGone ? field.Argument("id") : null, isGone ? null : "Webhook subscription does not exist");
    }

    private JsonObject Fulfil(ShopifySelection field)
    {
        var input = field.Arguments.GetValueOrDefault("fulfillment") as JsonObject;
        var tracking = input?["trackingInfo"] as JsonObject;
        var parts = (input?["lineItemsByFulfillmentOrder"] as JsonArray ?? []).Select(part => ShopifyGraphQl.Numbered(part?["fulfillmentOrderId"]?.ToString())).ToList();
        if (parts is not [{ } part] || part % 10 != 7 || !shop.Fulfil(part / 10, tracking?["company"]?.ToString() ?? "", tracking?["number"]?.ToString() ?? "", tracking?["url"]?.ToString(), input?["notifyCustomer"]?.ToString() == "true"))
        {
            return Result("fulfillment", null, parts.Count == 0 ? "Line items by fulfillment order can't be blank" : "The fulfillment order is not in an open state.");
        }

        return Result("fulfillment", new JsonObject { ["id"] = ShopifyDocuments.Gid("Fulfillment", ((part / 10) * 10) + 5) }, null);
    }

    private JsonObject Track(ShopifySelection field)
    {
        var tracking = field.Arguments.GetValueOrDefault("trackingInfoInput") as JsonObject;
        return ShopifyGraphQl.Numbered(field.Argument("fulfillmentId")) is { } id && shop.Track(id / 10, tracking?["company"]?.ToString() ?? "", tracking?["number"]?.ToString() ?? "", tracking?["url"]?.ToString())
            ? Result("fulfillment", new JsonObject { ["id"] = field.Argument("fulfillmentId") }, null)
            : Result("fulfillment", null, "Fulfillment does not exist.");
    }

    private JsonObject Happened(ShopifySelection field)
    {
        var happened = field.Arguments.GetValueOrDefault("fulfillmentEvent") as JsonObject;
        string status = happened?["status"]?.ToString() ?? "";
        return ShopifyGraphQl.Numbered(happened?["fulfillmentId"]?.ToString()) is { } id && shop.Happen(id / 10, status.ToLowerInvariant())
            ? Result("fulfillmentEvent", new JsonObject { ["id"] = ShopifyDocuments.Gid("FulfillmentEvent", id + 1), ["status"] = status }, null)
            : Result("fulfillmentEvent", null, "Fulfillment does not exist.");
    }

    private static JsonObject Result(string name, JsonNode? made, string? problem) => new()
    {
        [name] = made, ["userErrors"] = problem is null ? [] : new JsonArray((JsonNode)new JsonObject { ["field"] = null, ["message"] = problem, ["code"] = null }),
    };
}
