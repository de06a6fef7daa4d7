namespace Crossdock.Connectors.Magento;

/// <summary>What an emulated Magento shop is and how it behaves.</summary>
public sealed record MagentoEmulatorOptions
{
    /// <summary>Loopback port; 0 for a free one.</summary>
    public int Port { get; init; }
    /// <summary>Seed of everything that is left to chance.</summary>
    public int Seed { get; init; } = 1;
    /// <summary>Id of the shop's first order.</summary>
    public long FirstId { get; init; } = 5001;
    /// <summary>The clock; the machine's where null.</summary>
    public TimeProvider? Clock { get; init; }
    /// <summary>The integration's access token.</summary>
    public string AccessToken { get; init; } = "at_emulated_0123456789abcdef";
    /// <summary>The integration's access token secret.</summary>
    public string AccessTokenSecret { get; init; } = "ats_emulated_0123456789abcdef";
    /// <summary>The integration's consumer key.</summary>
    public string ConsumerKey { get; init; } = "ck_emulated_0123456789abcdef";
    /// <summary>The integration's consumer secret.</summary>
    public string ConsumerSecret { get; init; } = "cs_emulated_0123456789abcdef";
    /// <summary>An administrator's name.</summary>
    public string AdminUser { get; init; } = "hub";
    /// <summary>The administrator's password.</summary>
    public string AdminPassword { get; init; } = "emulated-password-1";
    /// <summary>False, as in shops since 2.4.4: the access token alone is refused, only signed calls count.</summary>
    public bool AllowsBearer { get; init; } = true;
    /// <summary>False: the integration may read only.</summary>
    public bool KeyMayWrite { get; init; } = true;
    /// <summary>True, as in most versions: a page beyond the end gives the last one again; false as in 2.4.7: it is empty.</summary>
    public bool RepeatsLastPage { get; init; } = true;
    /// <summary>Largest page; larger ones are refused with 400.</summary>
    public int MaximumPageSize { get; init; } = 300;
    /// <summary>Calls of its API per second before it says 429; null for no limit.</summary>
    public int? CallsPerSecond { get; init; }
    /// <summary>False: messages are only sent again by <see cref="MagentoEmulator.RunQueueAsync"/>.</summary>
    public bool RunsQueue { get; init; } = true;
    /// <summary>Share of messages that are never sent, 0 to 1, as when a consumer or cron died.</summary>
    public double LossRate { get; init; }
    /// <summary>Share of orders that the shop invoices and thereby changes.</summary>
    public double InvoiceRate { get; init; } = 0.5;
    /// <summary>Share of orders that are cancelled afterwards.</summary>
    public double CancelRate { get; init; } = 0.05;
    /// <summary>Share of orders without a street.</summary>
    public double BadAddressRate { get; init; }
}

/// <summary>One message of the shop, as its last attempt ended.</summary>
/// <param name="Event">What happened: <c>order.saved</c> of our module, <c>sales.order.created</c> of the async events.</param>
/// <param name="OrderId">The order; 0 for none.</param>
/// <param name="Attempt">1 for the first.</param>
/// <param name="Status">HTTP status of the answer; null when there was none.</param>
/// <param name="At">When it was sent.</param>
public sealed record MagentoDelivery(string Event, long OrderId, int Attempt, int? Status, DateTimeOffset At);
