namespace Crossdock.Connectors.WooCommerce;

/// <summary>What an emulated WooCommerce shop is and how it behaves.</summary>
public sealed record WooCommerceEmulatorOptions
{
    /// <summary>Loopback port; 0 for a free one.</summary>
    public int Port { get; init; }
    /// <summary>Seed of everything that is left to chance.</summary>
    public int Seed { get; init; } = 1;
    /// <summary>Id of the shop's first order.</summary>
    public long FirstId { get; init; } = 1001;
    /// <summary>The clock; the machine's where null.</summary>
    public TimeProvider? Clock { get; init; }
    /// <summary>User of its REST API.</summary>
    public string ConsumerKey { get; init; } = "ck_emulated";
    /// <summary>Password of its REST API.</summary>
    public string ConsumerSecret { get; init; } = "cs_emulated";
    /// <summary>False: its server takes the Authorization header away, or it stands for a shop on plain http.</summary>
    public bool TakesHeader { get; init; } = true;
    /// <summary>False: it stands for a shop on plain http, which takes signatures only.</summary>
    public bool TakesQuery { get; init; } = true;
    /// <summary>Calls per second that its host lets through before it answers 429; null for no limit, as WooCommerce itself.</summary>
    public int? CallsPerSecond { get; init; }
    /// <summary>Tracking plug-ins that are installed: <c>wc-shipment-tracking/v3</c>, <c>wc-ast/v3</c>.</summary>
    public IReadOnlyList<string> Plugins { get; init; } = [];
    /// <summary>False: the key may read only.</summary>
    public bool KeyMayWrite { get; init; } = true;
    /// <summary>How long it waits for the answer to a delivery. Default 60 s, as WooCommerce.</summary>
    public TimeSpan TimeOut { get; init; } = TimeSpan.FromSeconds(60);
    /// <summary>False: nobody visits the shop, so nothing runs its queue until <see cref="WooCommerceEmulator.RunQueueAsync"/>.</summary>
    public bool RunsQueue { get; init; } = true;
    /// <summary>Share of webhooks that are lost without a trace, 0 to 1.</summary>
    public double LossRate { get; init; }
    /// <summary>Share of orders that are announced twice, 0 to 1.</summary>
    public double RepeatRate { get; init; }
    /// <summary>Share of orders whose <c>order.updated</c> comes before <c>order.created</c>.</summary>
    public double ReorderRate { get; init; }
    /// <summary>Share of orders that the shop changes afterwards.</summary>
    public double UpdateRate { get; init; } = 0.1;
    /// <summary>Share of orders that are cancelled afterwards.</summary>
    public double CancelRate { get; init; } = 0.05;
    /// <summary>Share of orders of which something is refunded afterwards.</summary>
    public double RefundRate { get; init; }
    /// <summary>Share of orders that are moved to the trash, and of those half restored.</summary>
    public double TrashRate { get; init; }
    /// <summary>Share of orders without a street.</summary>
    public double BadAddressRate { get; init; }
}

/// <summary>One delivery of a webhook, as it ended.</summary>
/// <param name="Webhook">The webhook's id.</param>
/// <param name="Topic">The topic; <c>ping</c> for the call at creation.</param>
/// <param name="OrderId">The order; 0 for a ping.</param>
/// <param name="DeliveryId">X-WC-Webhook-Delivery-ID: shared by all deliveries of a webhook within one second.</param>
/// <param name="Status">HTTP status of the answer; null when there was none in time.</param>
/// <param name="At">When it was sent.</param>
public sealed record WooCommerceDelivery(long Webhook, string Topic, long OrderId, string DeliveryId, int? Status, DateTimeOffset At);
