using System.Text.Json;
using Crossdock.Connectors.Payloads;

namespace Crossdock.Connectors.Magento;

/// <summary>What a document tells of, by its shape and the name that came with it.</summary>
internal static class MagentoTopics
{
    /// <summary>Documents that the hub read itself.</summary>
    internal const string Read = "orders/read";

    /// <summary>Async events that are subscribed to: one registration each. The event of un-holding is published under a mistyped name and never arrives; polling sees it.</summary>
    internal static readonly string[] Subscribed =
        ["sales.order.created", "sales.order.updated", "sales.order.paid", "sales.order.shipped", "sales.order.holded", "sales.order.cancelled", "sales.shipment.created", "sales.creditmemo.created"];

    /// <summary>The topic: our module and Adobe name it in the body, async events in the address; where nobody does, the document's shape does.</summary>
    internal static string Of(JsonElement root, string? inAddress)
    {
        if (JsonFields.Text(root, "event") is { } own)
        {
            return own;
        }

        if (MagentoAdobeEvents.NameOf(root) is { } adobe)
        {
            return adobe;
        }

        return inAddress ?? ShapeOf(JsonFields.Block(root, "data")) ?? ShapeOf(root) ?? "unknown";
    }

    /// <summary>The order that it concerns, and when that last changed.</summary>
    internal static (string? OrderId, DateTimeOffset? At) Subject(JsonElement root, string topic)
    {
        if (JsonFields.Text(root, "event") is not null)
        {
            return (MagentoText.Id(root, "order_id") ?? MagentoText.Id(JsonFields.Block(root, "order"), "entity_id"), Time(root, "updated_at"));
        }

        if (MagentoAdobeEvents.NameOf(root) is { } name)
        {
            var value = MagentoAdobeEvents.ValueOf(root);
            return (MagentoAdobeEvents.OrderIdOf(name, value), Time(value, "updated_at"));
        }

        var data = DataOf(root, out _);
        return (ShapeOf(data) ?? topic) switch
        {
            "sales.order" => (MagentoText.Id(data, "entity_id"), Time(data, "updated_at")),
            var part when part.StartsWith("sales.", StringComparison.Ordinal) && !part.StartsWith("sales.order", StringComparison.Ordinal) => (MagentoText.Id(data, "order_id"), Time(data, "updated_at") ?? Time(data, "created_at")),
            _ => (null, null),
        };
    }

    /// <summary>The object inside an async event, or the document itself.</summary>
    internal static JsonElement DataOf(JsonElement root, out bool isWrapped)
    {
        isWrapped = JsonFields.Get(root, "data") is { ValueKind: JsonValueKind.Object } && !root.TryGetProperty("entity_id", out _);
        return isWrapped ? root.GetProperty("data") : root;
    }

    /// <summary>What a REST object is; null when it is none that we know.</summary>
    internal static string? ShapeOf(JsonElement data)
    {
        if (data.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (data.TryGetProperty("order_id", out _))
        {
            return data.TryGetProperty("adjustment", out _) || data.TryGetProperty("adjustment_positive", out _) || data.TryGetProperty("creditmemo_status", out _) ? "sales.creditmemo"
                : data.TryGetProperty("tracks", out _) || data.TryGetProperty("packages", out _) || data.TryGetProperty("shipment_status", out _) ? "sales.shipment"
                : data.TryGetProperty("grand_total", out _) ? "sales.invoice"
                : null;
        }

        return data.TryGetProperty("grand_total", out _) && (data.TryGetProperty("increment_id", out _) || data.TryGetProperty("order_currency_code", out _)) ? "sales.order" : null;
    }

    private static DateTimeOffset? Time(JsonElement parent, string name) => JsonFields.Time(JsonFields.Text(parent, name));
}
