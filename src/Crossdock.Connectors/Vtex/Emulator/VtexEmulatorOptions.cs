namespace Crossdock.Connectors.Vtex;

/// <summary>What an emulated VTEX account is and how it behaves.</summary>
public sealed record VtexEmulatorOptions
{
    /// <summary>Loopback port; 0 for a free one.</summary>
    public int Port { get; init; }
    /// <summary>Seed of everything that is left to chance.</summary>
    public int Seed { get; init; } = 1;
    /// <summary>Sequence of the account's first order.</summary>
    public long FirstNumber { get; init; } = 884_213;
    /// <summary>The clock; the machine's where null.</summary>
    public TimeProvider? Clock { get; init; }
    /// <summary>The account's name.</summary>
    public string Account { get; init; } = "andesoutdoor";
    /// <summary>A valid key.</summary>
    public string AppKey { get; init; } = "vtexappkey-andesoutdoor-EMULATED";
    /// <summary>Its token.</summary>
    public string AppToken { get; init; } = "emulated-app-token-0123456789";
    /// <summary>Resources that the key's role lacks, as VTEX names them: <c>View order</c>.</summary>
    public IReadOnlyCollection<string> Lacks { get; init; } = [];
    /// <summary>False: a hook's address is saved without being called first, for tests without a hub.</summary>
    public bool Pings { get; init; } = true;
    /// <summary>How long a hook waits for its 200. VTEX: 5 seconds.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(5);
    /// <summary>Wait before the first repeat of a notification; doubles with each. VTEX says only that it grows geometrically.</summary>
    public TimeSpan RepeatAfter { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>How often a notification is sent before it is given up.</summary>
    public int Attempts { get; init; } = 10;
    /// <summary>How long after its creation an order is missing from lists. VTEX: about four minutes.</summary>
    public TimeSpan IndexLag { get; init; } = TimeSpan.FromMinutes(4);
    /// <summary>How long after its creation an order that was announced cannot be read yet.</summary>
    public TimeSpan Propagation { get; init; }
    /// <summary>Calls a minute before 429.</summary>
    public int PerMinute { get; init; } = 6_000;
    /// <summary>Largest page of a list, for tests that want several; VTEX: 100.</summary>
    public int LargestPage { get; init; } = 100;
    /// <summary>Pages of one query that are given out; VTEX: 30.</summary>
    public int MostPages { get; init; } = 30;
    /// <summary>True: the account keeps personal data in its vault, the classic order shows R** S****.</summary>
    public bool HasPersonalDataVault { get; init; }
    /// <summary>Share of notifications that the hook never sends, 0 to 1; the feed has them.</summary>
    public double LossRate { get; init; }
    /// <summary>Share of notifications that are sent twice.</summary>
    public double RepeatRate { get; init; }
    /// <summary>Share of feed reads that give fewer messages than wait, or none.</summary>
    public double SparseRate { get; init; }
    /// <summary>Share of orders that the buyer cancels.</summary>
    public double CancelRate { get; init; } = 0.05;
    /// <summary>Share of checkouts that are never completed.</summary>
    public double IncompleteRate { get; init; } = 0.02;
}

/// <summary>One call of the hook.</summary>
/// <param name="OrderId">The order; empty for the test call.</param>
/// <param name="State">The announced state; <c>ping</c> for the test call.</param>
/// <param name="Attempt">1 for the first.</param>
/// <param name="Status">HTTP status; null when no answer came in time.</param>
/// <param name="At">When.</param>
public sealed record VtexNotification(string OrderId, string State, int Attempt, int? Status, DateTimeOffset At);
