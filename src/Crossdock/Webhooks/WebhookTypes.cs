namespace Crossdock.Webhooks;

/// <summary>What a webhook can be told. Names are sent and stored: they never change meaning.</summary>
public static class WebhookTypes
{
    /// <summary>An order became known to the hub.</summary>
    public const string OrderCreated = "order.created";
    /// <summary>An order's state moved.</summary>
    public const string OrderStateChanged = "order.state_changed";
    /// <summary>An order was cancelled; its state change is told as well.</summary>
    public const string OrderCancelled = "order.cancelled";
    /// <summary>An order was held for a person.</summary>
    public const string OrderHeld = "order.held";
    /// <summary>A hold of an order was released.</summary>
    public const string OrderReleased = "order.released";
    /// <summary>A destination took an order, a change or a cancellation.</summary>
    public const string DeliveryDelivered = "delivery.delivered";
    /// <summary>A delivery is not tried again by itself.</summary>
    public const string DeliveryDead = "delivery.dead";
    /// <summary>A connection needs a person.</summary>
    public const string ConnectionFailing = "connection.failing";
    /// <summary>A store sends nothing although it usually would have by now.</summary>
    public const string ConnectionQuiet = "connection.quiet";
    /// <summary>What was told as failing or quiet is over.</summary>
    public const string ConnectionRecovered = "connection.recovered";

    /// <summary>Only for trying: never told by itself.</summary>
    public const string Test = "webhook.test";

    /// <summary>All that can be chosen, with what each means.</summary>
    public static IReadOnlyList<(string Type, string Meaning)> All { get; } =
    [
        (OrderCreated, "An order became known to the hub"),
        (OrderStateChanged, "An order's state moved"),
        (OrderCancelled, "An order was cancelled (its state change is told as well)"),
        (OrderHeld, "An order was held for a person"),
        (OrderReleased, "A hold of an order was released"),
        (DeliveryDelivered, "A destination took an order, a change or a cancellation"),
        (DeliveryDead, "A delivery is not tried again by itself"),
        (ConnectionFailing, "A connection needs a person"),
        (ConnectionQuiet, "A store sends nothing although it usually would have by now"),
        (ConnectionRecovered, "What was told as failing or quiet is over"),
    ];
}
