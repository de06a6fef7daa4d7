using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>One store's capture endpoint: signature, envelope.</summary>
internal sealed class JumpsellerWebhooks : IWebhookEndpoint
{
    internal const string SignatureHeader = "Jumpseller-Hmac-Sha256";
    internal const string EventHeader = "Jumpseller-Event";
    internal const string StoreHeader = "Jumpseller-Store-Code";
    internal const string TimeHeader = "Jumpseller-Triggered-At";
    private const int LongestEvent = 60;

    private readonly byte[]? key;
    private readonly string storeCode;

    internal JumpsellerWebhooks(JumpsellerSettings settings)
    {
        key = settings.HooksToken is { } token ? Encoding.UTF8.GetBytes(token.Trim()) : null;
        storeCode = settings.StoreCode;
    }

    public TimeSpan AnswerWithin => TimeSpan.FromSeconds(15);

    public bool Accepts(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType))
        {
            return true;
        }

        int end = contentType.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? contentType : contentType.AsSpan(0, end)).Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase);
    }

    public ProbeAnswer? Probe(in WebhookRequest request) => null;

    public SignatureCheck CheckSignature(in WebhookRequest request)
    {
        if (key is null)
        {
            return SignatureCheck.Refused("wrong");
        }

        if (request.Headers[SignatureHeader] is not { } header)
        {
            return SignatureCheck.Refused("missing");
        }

        // Jumpseller's own sample takes a line break off the end.
        var text = header.AsSpan().Trim();
        Span<byte> sent = stackalloc byte[HMACSHA256.HashSizeInBytes + 2];
        if (text.Length != 44 || !Convert.TryFromBase64Chars(text, sent, out int written) || written != HMACSHA256.HashSizeInBytes)
        {
            return SignatureCheck.Refused("malformed");
        }

        Span<byte> computed = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, request.Body.Span, computed);
        bool isRight = CryptographicOperations.FixedTimeEquals(computed, sent[..written]);
        // Ids are the store's own: order 1012 exists in every store.
        return isRight && request.Headers[StoreHeader] is { } store && !store.Trim().Equals(storeCode, StringComparison.OrdinalIgnoreCase) ? SignatureCheck.Refused("wrong")
            : isRight ? SignatureCheck.Valid : SignatureCheck.Refused("wrong");
    }

    public Envelope ReadEnvelope(in WebhookRequest request)
    {
        string topic = request.Headers[EventHeader]?.Trim() is { Length: > 0 and <= LongestEvent } word && word.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? word : "unknown";
        var body = request.Body.Span;
        string? id = topic == "unknown" || topic.StartsWith("order_", StringComparison.Ordinal) ? OrderId(request.Body) : null;
        // No id of the event and no time of the change: the bytes say whether it is the same.
        return new(topic, $"{topic}|{id}|{Base64Url.EncodeToString(SHA256.HashData(body))}", id, Time(request.Headers[TimeHeader]));
    }

    /// <summary>A time as Jumpseller writes it, in headers and documents; null when it is none.</summary>
    internal static DateTimeOffset? Time(string? text) => text is not null && DateTimeOffset.TryParseExact(text.Trim(), ["yyyy-MM-dd HH:mm:ss 'UTC'", "yyyy-MM-dd HH:mm:ss.FFFFFFF 'UTC'"],
        CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : JsonFields.Time(text);

    private static string? OrderId(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return JumpsellerOrderMapping.Id(JsonFields.Block(document.RootElement, "order"));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Half a document or text that is no Unicode: stored all the same, parked by the mapping.
            return null;
        }
    }
}
