namespace Crossdock.Connectors.PrestaShop;

/// <summary>What an emulated PrestaShop shop is and how it behaves.</summary>
public sealed record PrestaShopEmulatorOptions
{
    /// <summary>Loopback port; 0 for a free one.</summary>
    public int Port { get; init; }
    /// <summary>Seed of everything that is left to chance.</summary>
    public int Seed { get; init; } = 1;
    /// <summary>Id of the shop's first order.</summary>
    public long FirstId { get; init; } = 1001;
    /// <summary>The clock; the machine's where null.</summary>
    public TimeProvider? Clock { get; init; }
    /// <summary>The shop's time zone: its documents tell local times.</summary>
    public string Zone { get; init; } = "America/Santiago";
    /// <summary>The webservice key.</summary>
    public string Key { get; init; } = "EMULATEDPRESTASHOPWEBSERVICEKEY1";
    /// <summary>Resources that the key may not read.</summary>
    public IReadOnlyCollection<string> Unreadable { get; init; } = [];
    /// <summary>False: the key may read only.</summary>
    public bool KeyMayWrite { get; init; } = true;
    /// <summary>True: the web server takes the Authorization header away, as Apache with CGI does; only <c>ws_key</c> works.</summary>
    public bool StripsAuthorization { get; init; }
    /// <summary>False: an old shop that answers XML whatever is asked for.</summary>
    public bool SpeaksJson { get; init; } = true;
    /// <summary>How long PHP takes for each answer.</summary>
    public TimeSpan Slowness { get; init; }
    /// <summary>False: what happens waits in the module's table until <see cref="PrestaShopEmulator.DrainAsync"/>.</summary>
    public bool RunsModule { get; init; } = true;
    /// <summary>How long the module waits for an answer. Default 10 s.</summary>
    public TimeSpan TimeOut { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>Share of what the module should send that gets lost before it is queued, 0 to 1.</summary>
    public double LossRate { get; init; }
    /// <summary>Share of orders that are announced twice with one event id.</summary>
    public double RepeatRate { get; init; }
    /// <summary>Share of purchases that the shop splits into two orders.</summary>
    public double SplitRate { get; init; }
    /// <summary>Share of orders that wait for a bank transfer.</summary>
    public double UnpaidRate { get; init; } = 0.1;
    /// <summary>Share of the others that are paid to the courier.</summary>
    public double CashRate { get; init; } = 0.25;
    /// <summary>Share of orders that the shop changes afterwards: the address, or an edited line.</summary>
    public double UpdateRate { get; init; } = 0.1;
    /// <summary>Share of orders that are cancelled afterwards.</summary>
    public double CancelRate { get; init; } = 0.05;
    /// <summary>Share of orders of which something is refunded afterwards.</summary>
    public double RefundRate { get; init; }
    /// <summary>Share of orders without a street.</summary>
    public double BadAddressRate { get; init; }
}

/// <summary>One attempt of the module to tell the hub, as it ended.</summary>
/// <param name="EventId">Crossdock-Event-Id: the same on every attempt.</param>
/// <param name="Topic">The topic.</param>
/// <param name="OrderId">The order.</param>
/// <param name="Attempt">1 for the first.</param>
/// <param name="Status">HTTP status of the answer; null when there was none in time.</param>
/// <param name="At">When it was sent.</param>
public sealed record PrestaShopDelivery(string EventId, string Topic, long OrderId, int Attempt, int? Status, DateTimeOffset At);
