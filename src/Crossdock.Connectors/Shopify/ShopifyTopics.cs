namespace Crossdock.Connectors.Shopify;

/// <summary>What each topic is to an order hub.</summary>
internal static class ShopifyTopics
{
    /// <summary>The topic of an order that was read by GraphQL: as answered, with the shop's time zone beside it.</summary>
    internal const string Read = "orders/read";

    /// <summary>The topic of an order that was read by REST.</summary>
    internal const string ReadByRest = "orders/read_rest";

    /// <summary>Topics that a subscription for Crossdock should have.</summary>
    internal static readonly string[] Wanted =
    [
        "orders/create", "orders/updated", "orders/paid", "orders/cancelled", "orders/fulfilled", "orders/partially_fulfilled", "orders/delete",
        "refunds/create", "fulfillments/create", "fulfillments/update", "order_transactions/create",
    ];

    /// <summary>Why a topic is no business of an order; null when it is one.</summary>
    internal static string? IgnoredBecause(string topic) => topic switch
    {
        "customers/data_request" => "Privacy request: a buyer asks for the data stored about them; answer within 30 days.",
        "customers/redact" => "Privacy request: a buyer's data must be erased within 30 days.",
        "shop/redact" => "Privacy request: the shop has removed the app; its data must be erased within 30 days.",
        "orders/edited" => "orders/edited lists only added and removed lines; orders/updated carries the whole order.",
        "orders/create" or "orders/updated" or "orders/paid" or "orders/cancelled" or "orders/fulfilled" or "orders/partially_fulfilled" or "orders/delete" => null,
        "refunds/create" or "fulfillments/create" or "fulfillments/update" or "order_transactions/create" or "unknown" => null,
        "app/uninstalled" => "The shop has removed the app: its access token is dead, no more orders will come from it.",
        "disputes/create" or "disputes/update" => "A dispute is settled with the payment provider; it does not change the order.",
        _ when topic.StartsWith("orders/", StringComparison.Ordinal) => null,
        _ when topic.StartsWith("fulfillment_events/", StringComparison.Ordinal) => "fulfillments/update carries the shipment's progress with its tracking.",
        _ when topic.StartsWith("products/", StringComparison.Ordinal) || topic.StartsWith("variants/", StringComparison.Ordinal)
            || topic.StartsWith("collections/", StringComparison.Ordinal) || topic.StartsWith("inventory_", StringComparison.Ordinal) => "Catalogue and stock are not part of an order.",
        _ => $"The topic {topic} does not concern an order that is to be delivered.",
    };

    /// <summary>True when the body is the order itself, so that its <c>id</c> is the order's.</summary>
    internal static bool IsOrder(string topic) => topic.StartsWith("orders/", StringComparison.Ordinal) && topic != "orders/edited";

    /// <summary>True when the body names its order in <c>order_id</c>.</summary>
    internal static bool IsPartOfOrder(string topic) => topic is "refunds/create" or "order_transactions/create" or "disputes/create"
        || topic.StartsWith("fulfillments/", StringComparison.Ordinal) || topic.StartsWith("fulfillment_events/", StringComparison.Ordinal);
}
