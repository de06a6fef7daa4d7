using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Shopify;

/// <summary>One shop's webhooks. Source: Shopify developer documentation, "Verify webhook deliveries" and "Ignore duplicate webhooks", API version 2026-10.</summary>
internal sealed class ShopifyWebhooks : IPubSubEndpoint
{
    private const int HashBytes = 32;

    private readonly string shop;
    private readonly byte[] secret;
    private readonly byte[]? previousSecret;

    internal ShopifyWebhooks(ConnectionSettings connection)
    {
        var settings = ShopifySettings.Of(connection);
        (shop, PubSub) = (settings.Shop, settings.PubSub);
        secret = Encoding.UTF8.GetBytes(connection.Secret("webhookSecret") ?? throw new ArgumentException("opened without a webhook secret", nameof(connection)));
        previousSecret = connection.Secret("previousWebhookSecret") is { } previous ? Encoding.UTF8.GetBytes(previous) : null;
    }

    public TimeSpan AnswerWithin { get; } = TimeSpan.FromSeconds(5);

    public bool Accepts(string? contentType) => string.IsNullOrEmpty(contentType)
        || (contentType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) && (contentType.Length == 16 || contentType[16] is ';' or ' '));

    public ProbeAnswer? Probe(in WebhookRequest request) => null;   // Shopify announces itself with nothing; its test notification is a signed order

    public SignatureCheck CheckSignature(in WebhookRequest request)
    {
        if (Header(request.Headers, "X-Shopify-Hmac-Sha256", "Shopify-Hmac-Sha256") is not { Length: > 0 } header)
        {
            return SignatureCheck.Refused("missing");
        }
        Span<byte> sent = stackalloc byte[HashBytes];
        if (header.Length > 64 || !Convert.TryFromBase64String(header, sent, out int length) || length != HashBytes)
        {
            return SignatureCheck.Refused("malformed");
        }
        bool isOurs = IsSignedWith(secret, request.Body.Span, sent);
        if (previousSecret is not null)
        {
            isOurs |= IsSignedWith(previousSecret, request.Body.Span, sent);
        }
        // One app serves many shops with one secret: a genuine webhook of another shop must not land in this one.
        return isOurs && (Header(request.Headers, "X-Shopify-Shop-Domain", "Shopify-Shop-Domain") is not { } domain || string.Equals(domain.Trim(), shop, StringComparison.OrdinalIgnoreCase))
            ? SignatureCheck.Valid
            : SignatureCheck.Refused("wrong");
    }

    public PubSubTrust? PubSub { get; }

    public bool IsOurs(in WebhookRequest request) => string.Equals(ShopOf(request), shop, StringComparison.OrdinalIgnoreCase);

    private static string? ShopOf(in WebhookRequest request) => Header(request.Headers, "X-Shopify-Shop-Domain", "Shopify-Shop-Domain")?.Trim();

    public Envelope ReadEnvelope(in WebhookRequest request)
    {
        string topic = Header(request.Headers, "X-Shopify-Topic", "Shopify-Topic") is { Length: > 0 and <= 80 } said ? said : "unknown";
        string? delivery = Header(request.Headers, "X-Shopify-Webhook-Id", "Shopify-Webhook-Id");
        var triggeredAt = DateTimeOffset.TryParse(Header(request.Headers, "X-Shopify-Triggered-At", "Shopify-Triggered-At"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at)
            ? at.ToUniversalTime() : (DateTimeOffset?)null;
        bool hasKey = delivery is { Length: > 0 and <= 160 };
        var body = ShopifyBody.Peek(request.Body.Span, topic, needsTime: !hasKey || triggeredAt is null);
        return new Envelope(topic, hasKey ? delivery! : Fallback(topic, body, request.Body.Span), body.OrderKey, triggeredAt ?? body.UpdatedAt?.ToUniversalTime());
    }

    private static string Fallback(string topic, ShopifyBody body, ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[HashBytes];
        SHA256.HashData(bytes, hash);
        string id = body.Id is { Length: <= 40 } known ? known : "-";
        string changed = body.UpdatedAt?.ToUniversalTime().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture) ?? "-";
        return $"{topic}:{id}:{changed}:{Convert.ToHexStringLower(hash[..16])}";
    }

    private static bool IsSignedWith(byte[] key, ReadOnlySpan<byte> body, ReadOnlySpan<byte> sent)
    {
        Span<byte> computed = stackalloc byte[HashBytes];
        HMACSHA256.HashData(key, body, computed);
        return CryptographicOperations.FixedTimeEquals(computed, sent);
    }

    /// <summary>A header of either family; the newer one, without prefix, counts first as in Shopify's own library.</summary>
    private static string? Header(IWebhookHeaders headers, string name, string newerName) => headers[newerName] ?? headers[name];
}

/// <summary>What capture wants from a body, read only as far as needed.</summary>
/// <param name="Id">The document's own id.</param>
/// <param name="OrderKey">The order it concerns.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
internal readonly record struct ShopifyBody(string? Id, string? OrderKey, DateTimeOffset? UpdatedAt)
{
    internal static ShopifyBody Peek(ReadOnlySpan<byte> payload, string topic, bool needsTime)
    {
        bool isOrder = ShopifyTopics.IsOrder(topic) || topic == "unknown";
        bool isPart = ShopifyTopics.IsPartOfOrder(topic);
        bool isEdit = topic == "orders/edited";
        (string? id, string? order, DateTimeOffset? updatedAt) = (null, null, null);
        try
        {
            var cursor = new ShopifyCursor(payload.StartsWith("\uFEFF"u8) ? payload[3..] : payload);
            cursor.Start();
            if (!cursor.EnterObject())
            {
                return default;
            }
            while (cursor.Next(out Field field))
            {
                switch (field)
                {
                    case Field.Id:
                        id = cursor.Text();
                        order = isOrder ? id : order;
                        break;
                    case Field.OrderId when isPart: order = cursor.Text(); break;
                    case Field.OrderEdit when isEdit && cursor.EnterObject():
                        while (cursor.Next(out Field inner))
                        {
                            switch (inner)
                            {
                                case Field.Id: id = cursor.Text(); break;
                                case Field.OrderId: order = cursor.Text(); break;
                                default: cursor.Skip(); break;
                            }
                        }
                        break;
                    case Field.UpdatedAt: updatedAt = cursor.Time(); break;
                    case Field.OrderEdit when isEdit: break;
                    default: cursor.Skip(); break;
                }
                bool hasOrder = order is not null || !(isOrder || isPart || isEdit);
                if (hasOrder && (!needsTime || (id is not null && updatedAt is not null)))
                {
                    break;
                }
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // A body that cannot be read is stored all the same, and parked with its reason by the mapping.
        }
        return new ShopifyBody(Plain(id), Plain(order), updatedAt);
    }

    /// <summary>An id is digits; anything longer or stranger would only spoil keys and logs.</summary>
    private static string? Plain(string? id) => id is { Length: > 0 and <= 60 } && !id.AsSpan().ContainsAnyExceptInRange('!', '~') ? id : null;
}
