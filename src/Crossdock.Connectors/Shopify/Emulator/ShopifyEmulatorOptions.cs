namespace Crossdock.Connectors.Shopify.Emulator;

/// <summary>What an emulated shop is and how it behaves.</summary>
public sealed record ShopifyEmulatorOptions
{
    /// <summary>The shop's permanent domain.</summary>
    public string Shop { get; init; } = "andina-outdoor.myshopify.com";
    /// <summary>What webhooks are signed with.</summary>
    public required string Secret { get; init; }
    /// <summary>What its API asks for in X-Shopify-Access-Token.</summary>
    public string AccessToken { get; init; } = "shpat_emulated";
    /// <summary>The app's client id; with it the shop gives out tokens. Null for none.</summary>
    public string? ClientId { get; init; }
    /// <summary>The app's client secret; null when it is <see cref="Secret"/>.</summary>
    public string? ClientSecret { get; init; }
    /// <summary>The refresh token that the app got when the shop installed it; null for none.</summary>
    public string? RefreshToken { get; init; }
    /// <summary>What the app may do.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = ["read_orders", "read_all_orders", "read_products", "read_merchant_managed_fulfillment_orders", "write_merchant_managed_fulfillment_orders"];
    /// <summary>Requests that the REST bucket holds. Default 40, as the Standard plan; a twentieth comes back each second.</summary>
    public int RestRequests { get; init; } = 40;
    /// <summary>The capture address; a subscription for every order topic is made for it. Null for none.</summary>
    public Uri? HubAddress { get; init; }
    /// <summary>Loopback port of its API; 0 for a free one.</summary>
    public int Port { get; init; }
    /// <summary>Seed of everything that is left to chance.</summary>
    public int Seed { get; init; } = 1;
    /// <summary>Number of the shop's first order; also makes its ids its own.</summary>
    public int FirstNumber { get; init; } = 1001;
    /// <summary>The clock; the machine's where null.</summary>
    public TimeProvider? Clock { get; init; }
    /// <summary>Query points that the GraphQL bucket holds. Default 2000, as the Standard plan.</summary>
    public int GraphQlPoints { get; init; } = 2000;
    /// <summary>Query points that come back each second. Default 100, as the Standard plan.</summary>
    public int GraphQlPointsPerSecond { get; init; } = 100;
    /// <summary>How long it waits for an answer. Default 5 s, as Shopify.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(5);
    /// <summary>Factor on the gaps between retries. 1 spreads the eight retries over about four hours, as Shopify; 0 repeats at once.</summary>
    public double TimeScale { get; init; } = 1;
    /// <summary>False keeps a subscription whose deliveries fail, as one made by the merchant or in the app's configuration.</summary>
    public bool RemovesSubscriptions { get; init; } = true;
    /// <summary>Share of webhooks that are lost without a trace and never repeated, 0 to 1.</summary>
    public double LossRate { get; init; }
    /// <summary>Share of orders whose webhook is sent twice, 0 to 1.</summary>
    public double RepeatRate { get; init; }
    /// <summary>Share of orders whose <c>orders/updated</c> comes before <c>orders/create</c>.</summary>
    public double ReorderRate { get; init; }
    /// <summary>Share of orders that are changed afterwards.</summary>
    public double UpdateRate { get; init; }
    /// <summary>Share of orders that are cancelled afterwards.</summary>
    public double CancelRate { get; init; }
    /// <summary>Share of orders of which something is refunded afterwards.</summary>
    public double RefundRate { get; init; }
    /// <summary>Share of orders that the shop itself fulfils.</summary>
    public double FulfilRate { get; init; }
    /// <summary>Share of orders with an address that Shopify withholds.</summary>
    public double BadAddressRate { get; init; }
    /// <summary>Share of test orders.</summary>
    public double TestRate { get; init; }
}

/// <summary>One attempt at a webhook.</summary>
/// <param name="WebhookId">The delivery's id, the same for its retries.</param>
/// <param name="Topic">The topic.</param>
/// <param name="OrderId">The order.</param>
/// <param name="Attempt">1 for the first.</param>
/// <param name="Status">HTTP status of the answer; null when there was none in time.</param>
/// <param name="At">When it was sent.</param>
public sealed record SentWebhook(string WebhookId, string Topic, long OrderId, int Attempt, int? Status, DateTimeOffset At);

/// <summary>A webhook subscription of the emulated shop.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Topic">The topic, for example <c>orders/create</c>.</param>
/// <param name="Address">Where it is sent.</param>
public sealed record ShopifySubscription(long Id, string Topic, Uri Address);
