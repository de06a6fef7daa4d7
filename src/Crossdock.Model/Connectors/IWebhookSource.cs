using Crossdock.Model.Connections;

namespace Crossdock.Model.Connectors;

/// <summary>A platform that announces things by calling us.</summary>
public interface IWebhookSource
{
    /// <summary>Prepares one connection's endpoint: secrets decoded once, nothing shared with other connections. Called again when the configuration changes.
    /// Only called for settings that passed <see cref="IConnector.Check"/>.</summary>
    IWebhookEndpoint Open(ConnectionSettings connection);
}

/// <summary>One connection's capture endpoint, prepared. Immutable; safe for any number of threads; no I/O. All methods are on the hot path.</summary>
public interface IWebhookEndpoint
{
    /// <summary>The platform gives up after this long.</summary>
    TimeSpan AnswerWithin { get; }

    /// <summary>False when the platform never sends this content type (answered 415). Null or empty means the header is absent.</summary>
    bool Accepts(string? contentType);

    /// <summary>The answer to a platform's probe (WooCommerce's ping, ...); null for an ordinary delivery. Probes may be unsigned: nothing is stored for them.</summary>
    ProbeAnswer? Probe(in WebhookRequest request);

    /// <summary>Checks the signature over the raw bytes, in constant time. A missing, repeated or malformed header is a refusal, never an exception.</summary>
    SignatureCheck CheckSignature(in WebhookRequest request);

    /// <summary>Reads only what capture needs. Never throws: a body that cannot be read still gets a dedupe key (of its bytes) and a null order key, is stored, and is parked by the mapping.</summary>
    Envelope ReadEnvelope(in WebhookRequest request);
}

/// <summary>Headers by name without regard to case.</summary>
public interface IWebhookHeaders
{
    /// <summary>The header's only value; null when it is absent or was sent more than once.</summary>
    string? this[string name] { get; }
}

/// <summary>One call of a platform, as it came.</summary>
/// <param name="Body">The raw bytes.</param>
/// <param name="Headers">The headers.</param>
/// <param name="Query">The query with its question mark; empty when there is none.</param>
/// <param name="ReceivedAt">When the whole body had been read, UTC.</param>
public readonly record struct WebhookRequest(ReadOnlyMemory<byte> Body, IWebhookHeaders Headers, string Query, DateTimeOffset ReceivedAt);

/// <summary>The answer to a probe.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">Null for no body.</param>
/// <param name="Body">The body; empty for none.</param>
/// <param name="What">What it was, for statistics: <c>ping</c>.</param>
public sealed record ProbeAnswer(int Status, string? ContentType, ReadOnlyMemory<byte> Body, string What);

/// <summary>Whether a signature is right. The reason is for the operator's statistics, never for the caller.</summary>
public readonly record struct SignatureCheck
{
    private SignatureCheck(string? refusedBecause, bool passed) => (RefusedBecause, IsValid) = (refusedBecause, passed);

    /// <summary>True when the body is the platform's.</summary>
    public bool IsValid { get; }
    /// <summary>Why it was refused: <c>missing</c>, <c>malformed</c>, <c>wrong</c>, <c>too_old</c>; null when it is valid.</summary>
    public string? RefusedBecause { get; }
    /// <summary>The body is the platform's.</summary>
    public static SignatureCheck Valid { get; } = new(null, true);
    /// <summary>It is not, or nobody can tell.</summary>
    public static SignatureCheck Refused(string because) => new(because, false);
}

/// <summary>What capture needs to know of a delivery before the document is understood.</summary>
/// <param name="Topic">The platform's word for what happened, for example <c>orders/create</c>; <c>unknown</c> when it does not say.</param>
/// <param name="DedupeKey">What makes two deliveries the same event, within the connection. At most 200 characters; longer ones are the connector's bug.</param>
/// <param name="OrderKey">The external id of the order it concerns; null when it concerns none or that cannot be told. Events with one key are worked in order of arrival.</param>
/// <param name="OccurredAt">When it happened by the platform's clock, UTC; null when it does not say.</param>
public readonly record struct Envelope(string Topic, string DedupeKey, string? OrderKey, DateTimeOffset? OccurredAt);
