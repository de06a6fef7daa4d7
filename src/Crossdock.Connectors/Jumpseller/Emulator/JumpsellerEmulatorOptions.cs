namespace Crossdock.Connectors.Jumpseller;

/// <summary>What an emulated Jumpseller store is and how it behaves.</summary>
public sealed record JumpsellerEmulatorOptions
{
    /// <summary>Loopback port; 0 for a free one.</summary>
    public int Port { get; init; }
    /// <summary>Seed of everything that is left to chance.</summary>
    public int Seed { get; init; } = 1;
    /// <summary>Id of the store's first order.</summary>
    public long FirstId { get; init; } = 4187;
    /// <summary>The clock; the machine's where null.</summary>
    public TimeProvider? Clock { get; init; }
    /// <summary>The store's code.</summary>
    public string StoreCode { get; init; } = "tallerdelsur";
    /// <summary>Key of all its webhooks' signatures.</summary>
    public string HooksToken { get; init; } = "0123456789abcdef0123456789abcdef";
    /// <summary>User of its API.</summary>
    public string Login { get; init; } = "emulated-login-key";
    /// <summary>Password of its API.</summary>
    public string AuthToken { get; init; } = "emulated-auth-token-0123456789ab";
    /// <summary>An app's id.</summary>
    public string ClientId { get; init; } = "emulated-client";
    /// <summary>Its secret.</summary>
    public string ClientSecret { get; init; } = "emulated-client-secret";
    /// <summary>The refresh token that the app's authorisation gave; each renewal gives the next.</summary>
    public string RefreshToken { get; init; } = "emulated-refresh-1";
    /// <summary>How long a webhook waits for its answer. Jumpseller: 15 seconds.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(15);
    /// <summary>Calls a minute. Jumpseller: 800.</summary>
    public int PerMinute { get; init; } = 800;
    /// <summary>Calls a second. Jumpseller: 20.</summary>
    public int PerSecond { get; init; } = 20;
    /// <summary>Hits on the limit before a ban of ten minutes. Jumpseller: 2,000.</summary>
    public int HitsUntilBan { get; init; } = 2_000;
    /// <summary>Largest page of a list, for tests that want several; Jumpseller: 100.</summary>
    public int LargestPage { get; init; } = 100;
    /// <summary>False: webhooks carry no time, as older ones.</summary>
    public bool SendsTime { get; init; } = true;
    /// <summary>Share of webhooks that are never sent, 0 to 1.</summary>
    public double LossRate { get; init; }
    /// <summary>Share of webhooks that are sent twice.</summary>
    public double RepeatRate { get; init; }
    /// <summary>Share of orders that are cancelled afterwards.</summary>
    public double CancelRate { get; init; } = 0.05;
    /// <summary>Share of checkouts that are abandoned.</summary>
    public double AbandonRate { get; init; } = 0.05;
}

/// <summary>One delivery of a webhook.</summary>
/// <param name="Event">The event.</param>
/// <param name="OrderId">The order.</param>
/// <param name="Attempt">1 for the first, at most 5.</param>
/// <param name="Status">HTTP status; null when no answer came in time.</param>
/// <param name="At">When.</param>
public sealed record JumpsellerDelivery(string Event, long OrderId, int Attempt, int? Status, DateTimeOffset At);
