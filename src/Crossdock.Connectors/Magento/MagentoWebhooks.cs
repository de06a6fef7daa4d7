using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Magento;

/// <summary>One shop's capture endpoint for three senders: our own module, the async-events modules of Mage-OS, Adobe I/O Events. Which one it is, the signature's header says.</summary>
internal sealed class MagentoWebhooks(MagentoSettings settings, string? secret) : IWebhookEndpoint
{
    /// <summary>How far the clock of a shop with our module may be off, and how old a repeated request may be. Each attempt is signed anew.</summary>
    internal static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(15);

    private const int LongestTopic = 64;

    private readonly byte[]? key = string.IsNullOrEmpty(secret) ? null : Encoding.UTF8.GetBytes(secret);
    private readonly MagentoAdobeEvents adobe = new(settings);

    // Adobe's; the async-events modules wait 15 seconds, our own 20.
    public TimeSpan AnswerWithin => TimeSpan.FromSeconds(10);

    public bool Accepts(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType))
        {
            return true;
        }

        int end = contentType.IndexOf(';', StringComparison.Ordinal);
        var type = (end < 0 ? contentType : contentType.AsSpan(0, end)).Trim();
        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Equals("application/cloudevents+json", StringComparison.OrdinalIgnoreCase);
    }

    public ProbeAnswer? Probe(in WebhookRequest request) => null;

    public SignatureCheck CheckSignature(in WebhookRequest request)
    {
        if (MagentoAdobeEvents.IsOne(request))
        {
            return adobe.Check(request);
        }

        if (key is null)
        {
            return SignatureCheck.Refused("wrong");
        }

        if (request.Headers["X-Hub-Signature"] is { } own)
        {
            return CheckOwn(request, own);
        }

        return request.Headers["x-magento-signature"] is { } token ? CheckAsyncEvent(request, token) : SignatureCheck.Refused("missing");
    }

    public Envelope ReadEnvelope(in WebhookRequest request)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(request.Body.Span, hash);
        string digest = Base64Url.EncodeToString(hash);
        try
        {
            using var document = JsonDocument.Parse(request.Body);
            var root = document.RootElement;
            string topic = MagentoTopics.Of(root, EventIn(request.Query));
            if (topic.Length > LongestTopic)
            {
                topic = topic[..LongestTopic];
            }

            var (id, updatedAt) = MagentoTopics.Subject(root, topic);
            string when = updatedAt?.UtcDateTime.ToString("s", CultureInfo.InvariantCulture) ?? "";
            // The bytes decide: a repeat of any of the three senders has the same, and two changes within one second differ.
            return new(topic, $"{topic}|{id}|{when}|{digest}", id, updatedAt);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // Half a document or text that is no UTF-8: stored all the same, parked by the mapping.
            return new("unknown", $"unknown|||{digest}", null, null);
        }
    }

    private SignatureCheck CheckOwn(in WebhookRequest request, string header)
    {
        if (request.Headers["X-Hub-Timestamp"] is not { } stamp)
        {
            return SignatureCheck.Refused("missing");
        }

        Span<byte> sent = stackalloc byte[HMACSHA256.HashSizeInBytes + 2];
        if (header.Length != 44 || !Convert.TryFromBase64String(header, sent, out int written) || written != HMACSHA256.HashSizeInBytes
            || stamp.Length > 12 || !long.TryParse(stamp, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds))
        {
            return SignatureCheck.Refused("malformed");
        }

        Span<byte> computed = stackalloc byte[HMACSHA256.HashSizeInBytes];
        using (var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key!))
        {
            mac.AppendData(Encoding.ASCII.GetBytes(stamp + "."));
            mac.AppendData(request.Body.Span);
            mac.GetHashAndReset(computed);
        }

        if (!CryptographicOperations.FixedTimeEquals(computed, sent[..written]))
        {
            return SignatureCheck.Refused("wrong");
        }

        return Math.Abs(request.ReceivedAt.ToUnixTimeSeconds() - seconds) <= (long)Tolerance.TotalSeconds ? SignatureCheck.Valid : SignatureCheck.Refused("too_old");
    }

    private SignatureCheck CheckAsyncEvent(in WebhookRequest request, string header)
    {
        Span<byte> sent = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (header.Length != 64 || !header.All(letter => char.IsAsciiDigit(letter) || letter is >= 'a' and <= 'f')
            || Convert.FromHexString(header, sent, out _, out int written) != System.Buffers.OperationStatus.Done || written != HMACSHA256.HashSizeInBytes)
        {
            return SignatureCheck.Refused("malformed");
        }

        Span<byte> computed = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key!, request.Body.Span, computed);
        return CryptographicOperations.FixedTimeEquals(computed, sent) ? SignatureCheck.Valid : SignatureCheck.Refused("wrong");
    }

    // "?event=sales.order.created", as our subscriptions have it; the request itself does not name the event.
    private static string? EventIn(string query)
    {
        foreach (string part in query.TrimStart('?').Split('&'))
        {
            if (part.StartsWith("event=", StringComparison.Ordinal) && part[6..] is { Length: > 0 and <= LongestTopic } name && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_'))
            {
                return name;
            }
        }

        return null;
    }
}
