namespace Crossdock.Access;

/// <summary>How urgent a call to a platform is. Where there is not enough for all, the lower number goes first, and the higher ones leave some of the limit untouched for it.</summary>
public enum RequestPriority
{
    /// <summary>Telling a shop what became of its order, trying settings a person waits for, and webhook subscriptions: a few calls now and then, without which nothing comes.</summary>
    Status = 0,
    /// <summary>Getting an order that was announced.</summary>
    Fetch = 1,
    /// <summary>Polling, feeds, and reading what was missed without webhooks.</summary>
    Poll = 2,
    /// <summary>Comparing ledgers.</summary>
    Reconcile = 3,
    /// <summary>Reading history.</summary>
    Backfill = 4,
}
