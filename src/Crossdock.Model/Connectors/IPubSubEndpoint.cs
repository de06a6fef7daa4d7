namespace Crossdock.Model.Connectors;

/// <summary>A capture endpoint whose platform can also publish to a Google Pub/Sub topic. Such messages carry no signature of the platform's own that could be relied on:
/// trust comes from the push subscription's bearer token. Their attributes stand in for the headers.</summary>
public interface IPubSubEndpoint : IWebhookEndpoint
{
    /// <summary>Whose tokens are trusted; null when this connection takes nothing through Pub/Sub.</summary>
    PubSubTrust? PubSub { get; }

    /// <summary>Whether the message is this store's: one topic may carry many shops.</summary>
    bool IsOurs(in WebhookRequest request);
}

/// <summary>Whose bearer tokens a push subscription's messages must carry. Source: Google Cloud documentation, "Authentication for push subscriptions".</summary>
/// <param name="ServiceAccount">The e-mail of the service account that the subscription signs in as.</param>
/// <param name="Audience">The audience configured at the subscription, compared as text; Google's default is the push address itself.</param>
public sealed record PubSubTrust(string ServiceAccount, string Audience);
