using Crossdock.Model;

namespace Crossdock.Alerts;

/// <summary>What an alert is about. The snake_case names are stored.</summary>
public enum AlertKind
{
    /// <summary>A platform removed, or switched off, the webhooks of a connection.</summary>
    WebhooksLost = 0,
    /// <summary>The hub cannot look after a connection's webhooks: a person has to act.</summary>
    WebhooksNotManaged = 1,
    /// <summary>A store sends nothing although it usually would have by now.</summary>
    StoreQuiet = 2,
    /// <summary>Orders that a store lists were missing here.</summary>
    OrdersMissing = 3,
    /// <summary>A store's documents do not look as they always did.</summary>
    ShapeChanged = 4,
    /// <summary>Deliveries to a destination were given up.</summary>
    DeadLetters = 5,
    /// <summary>Orders of a store are held for a long time.</summary>
    HoldsOld = 6,
    /// <summary>The hub answers webhooks slowly.</summary>
    CaptureSlow = 7,
    /// <summary>A destination answers slowly.</summary>
    DestinationSlow = 8,
    /// <summary>Polling, a feed or fetching of a connection does not get on.</summary>
    ReadingFailing = 9,
    /// <summary>Received events or due deliveries wait too long.</summary>
    WorkWaiting = 10,
    /// <summary>A disk of a node fills up.</summary>
    DiskFull = 11,
    /// <summary>A certificate runs out.</summary>
    CertificateExpiring = 12,
    /// <summary>A token runs out: of a program that calls the hub, or of a connection and cannot be renewed.</summary>
    TokenExpiring = 13,
    /// <summary>A route does not get its messages to where they go.</summary>
    RouteFailing = 14,
    /// <summary>A request about a person's data waits for somebody.</summary>
    PrivacyRequest = 15,
    /// <summary>A webhook of the user's own took nothing for long, and was switched off. Its subject is the webhook's id.</summary>
    WebhookOff = 16,
}

/// <summary>How much it matters. The snake_case names are stored.</summary>
public enum AlertSeverity
{
    /// <summary>Good to know; nobody has to act.</summary>
    Notice = 0,
    /// <summary>Somebody should look today.</summary>
    Warning = 1,
    /// <summary>Orders are, or will be, missing or wrong.</summary>
    Critical = 2,
}

/// <summary>Something that needs somebody.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Connection">Whose; null for the hub as a whole.</param>
/// <param name="Subject">Which thing of that connection, at most 200 characters: there is at most one open alert per kind, connection and subject. Empty where the kind says it all.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Sentence">What happened, for people.</param>
/// <param name="Advice">What to do; null where there is nothing to do.</param>
public sealed record NewAlert(AlertKind Kind, ConnectionId? Connection, string Subject, AlertSeverity Severity, string Sentence, string? Advice = null);
