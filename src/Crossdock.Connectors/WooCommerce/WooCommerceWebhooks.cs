using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>One shop's capture endpoint: ping, signature, envelope.</summary>
internal sealed class WooCommerceWebhooks(string? secret) : IWebhookEndpoint
{
    private const int MaximumTopic = 64;

    private static readonly ProbeAnswer Ping = new(200, null, ReadOnlyMemory<byte>.Empty, "ping");

    private readonly byte[]? key = string.IsNullOrEmpty(secret) ? null : Encoding.UTF8.GetBytes(secret);

    public TimeSpan AnswerWithin => TimeSpan.FromSeconds(60);

    // The form type is the ping's. An absent header is let through: a proxy may have dropped it, the shop never repeats, and the signature decides anyway.
    public bool Accepts(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType))
        {
            return true;
        }

        int end = contentType.IndexOf(';', StringComparison.Ordinal);
        var type = (end < 0 ? contentType : contentType.AsSpan(0, end)).Trim();
        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);
    }

    public ProbeAnswer? Probe(in WebhookRequest request)
    {
        var body = request.Body.Span;
        var name = "webhook_id="u8;
        return body.Length > name.Length && body.Length <= name.Length + 20 && body.StartsWith(name) && !body[name.Length..].ContainsAnyExceptInRange((byte)'0', (byte)'9') ? Ping : null;
    }

    public SignatureCheck CheckSignature(in WebhookRequest request)
    {
        // WooCommerce signs with an empty key when the secret is empty; so could anybody.
        if (key is null)
        {
            return SignatureCheck.Refused("wrong");
        }

        if (request.Headers["X-WC-Webhook-Signature"] is not { } header)
        {
            return SignatureCheck.Refused("missing");
        }

        Span<byte> sent = stackalloc byte[HMACSHA256.HashSizeInBytes + 2];
        if (header.Length != 44 || !Convert.TryFromBase64String(header, sent, out int written) || written != HMACSHA256.HashSizeInBytes)
        {
            return SignatureCheck.Refused("malformed");
        }

        Span<byte> computed = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, request.Body.Span, computed);
        return CryptographicOperations.FixedTimeEquals(computed, sent[..written]) ? SignatureCheck.Valid : SignatureCheck.Refused("wrong");
    }

    public Envelope ReadEnvelope(in WebhookRequest request)
    {
        string topic = request.Headers["X-WC-Webhook-Topic"]?.Trim() is { Length: > 0 } sent ? sent : "unknown";
        if (topic.Length > MaximumTopic)
        {
            topic = topic[..MaximumTopic];
        }

        var body = request.Body.Span;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        string digest = Base64Url.EncodeToString(hash);

        // The delivery id is left out on purpose: a shop gives one id to everything that it sends in the same second.
        var (id, modified) = ReadTop(body);
        string? orderKey = topic.StartsWith("order.", StringComparison.Ordinal) || topic == "unknown" ? id : null;
        var modifiedAt = WooCommercePayloads.Time(modified);
        string when = modifiedAt is null ? Undated(topic, request.ReceivedAt) : modifiedAt.Value.UtcDateTime.ToString("s", CultureInfo.InvariantCulture);
        return new(topic, $"{topic}|{id}|{when}|{digest}", orderKey, modifiedAt);
    }

    // {"id":34} says no time: without one, an order deleted, restored and deleted again would count as a repeat and go on to the courier.
    private static string Undated(string topic, DateTimeOffset receivedAt) =>
        topic == "order.deleted" ? receivedAt.UtcDateTime.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture) : "";

    private static (string? Id, string? Modified) ReadTop(ReadOnlySpan<byte> body)
    {
        string? id = null;
        string? modified = null;
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return default;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName && (id is null || modified is null))
            {
                bool isId = reader.ValueTextEquals("id"u8);
                bool isModified = !isId && reader.ValueTextEquals("date_modified_gmt"u8);
                reader.Read();
                if (isId)
                {
                    id = WooCommercePayloads.Id(ref reader);
                }
                else if (isModified && reader.TokenType == JsonTokenType.String)
                {
                    modified = reader.GetString();
                }

                reader.Skip();
            }

            return (id, modified);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Half a document or text that is no UTF-8: stored all the same, parked by the mapping.
            return default;
        }
    }
}
