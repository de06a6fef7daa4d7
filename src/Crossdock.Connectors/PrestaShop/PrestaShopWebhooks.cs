using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>One shop's capture endpoint for what our module sends: HMAC-SHA256 over timestamp, event id and body, at most five minutes old.</summary>
internal sealed class PrestaShopWebhooks(params IEnumerable<string?> secrets) : IWebhookEndpoint
{
    internal const string SignatureHeader = "Crossdock-Signature";
    internal const string TimestampHeader = "Crossdock-Timestamp";
    internal const string EventHeader = "Crossdock-Event-Id";
    internal const string TopicHeader = "Crossdock-Topic";

    private const int ToleranceSeconds = 300;
    private const int LongestId = 64;

    private readonly byte[][] keys = [.. secrets.Where(secret => !string.IsNullOrEmpty(secret)).Select(secret => Encoding.UTF8.GetBytes(secret!))];

    public TimeSpan AnswerWithin => TimeSpan.FromSeconds(10);

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
        string? signatures = request.Headers[SignatureHeader];
        string? timestamp = request.Headers[TimestampHeader];
        string? id = request.Headers[EventHeader];
        if (string.IsNullOrEmpty(signatures) || string.IsNullOrEmpty(timestamp) || string.IsNullOrEmpty(id))
        {
            return SignatureCheck.Refused("missing");
        }

        if (signatures.Length > 1000 || id.Length > LongestId || timestamp.Length > 15 || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds))
        {
            return SignatureCheck.Refused("malformed");
        }

        bool isReadable = false, isRight = false;
        Span<byte> sent = stackalloc byte[32];
        Span<byte> hash = stackalloc byte[32];
        foreach (byte[] key in keys)
        {
            Sign(key, timestamp, id, request.Body.Span, hash);
            foreach (var range in signatures.AsSpan().Split(','))
            {
                var signature = signatures.AsSpan(range).Trim();
                if (signature.Length == 67 && signature.StartsWith("v1=", StringComparison.Ordinal)
                    && Convert.FromHexString(signature[3..], sent, out _, out int length) == OperationStatus.Done && length == 32)
                {
                    isReadable = true;
                    isRight |= CryptographicOperations.FixedTimeEquals(sent, hash);
                }
            }
        }

        return !isRight ? SignatureCheck.Refused(isReadable || keys.Length == 0 ? "wrong" : "malformed")
            : Math.Abs(request.ReceivedAt.ToUnixTimeSeconds() - seconds) > ToleranceSeconds ? SignatureCheck.Refused("too_old")
            : SignatureCheck.Valid;
    }

    public Envelope ReadEnvelope(in WebhookRequest request)
    {
        string topic = request.Headers[TopicHeader]?.Trim() is { Length: > 0 and <= 40 } sent && sent.All(letter => letter is (>= 'a' and <= 'z') or '.' or '_') ? sent : "unknown";
        var (orderKey, at) = ReadTop(request.Body.Span);
        orderKey = topic == "unknown" || topic.StartsWith("order.", StringComparison.Ordinal) ? orderKey : null;
        string? id = request.Headers[EventHeader]?.Trim();
        if (id is null || id.Length is 0 or > LongestId || !id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(request.Body.Span, hash);
            id = "body-" + Convert.ToHexStringLower(hash);
        }

        return new(topic, id, orderKey, at);
    }

    /// <summary>The value of the signature header.</summary>
    internal static string Signature(string secret, string timestamp, string id, ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[32];
        Sign(Encoding.UTF8.GetBytes(secret), timestamp, id, body, hash);
        return "v1=" + Convert.ToHexStringLower(hash);
    }

    private static void Sign(byte[] key, string timestamp, string id, ReadOnlySpan<byte> body, Span<byte> hash)
    {
        byte[] content = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(timestamp.Length + id.Length + 2) + body.Length);
        int length = Encoding.UTF8.GetBytes(timestamp, content);
        content[length++] = (byte)'.';
        length += Encoding.UTF8.GetBytes(id, content.AsSpan(length));
        content[length++] = (byte)'.';
        body.CopyTo(content.AsSpan(length));
        HMACSHA256.HashData(key, content.AsSpan(0, length + body.Length), hash);
        ArrayPool<byte>.Shared.Return(content);
    }

    // {"occurred_at": ..., "order": {"id": ...}}: the rest is the mapping's.
    private static (string? OrderId, DateTimeOffset? At) ReadTop(ReadOnlySpan<byte> body)
    {
        string? id = null;
        DateTimeOffset? at = null;
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return default;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName && (id is null || at is null))
            {
                bool isOrder = reader.ValueTextEquals("order"u8);
                bool isTime = !isOrder && reader.ValueTextEquals("occurred_at"u8);
                reader.Read();
                if (isOrder && reader.TokenType == JsonTokenType.StartObject)
                {
                    while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                    {
                        bool isId = reader.ValueTextEquals("id"u8);
                        reader.Read();
                        id = isId ? Id(ref reader) : id;
                        reader.Skip();
                    }

                    continue;
                }

                at = isTime && reader.TokenType == JsonTokenType.String
                    && DateTimeOffset.TryParse(reader.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed) ? parsed : at;
                reader.Skip();
            }

            return (id, at);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return (id, at);
        }
    }

    private static string? Id(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetInt64(out long number) && number > 0 => number.ToString(CultureInfo.InvariantCulture),
        JsonTokenType.String when reader.GetString() is { Length: > 0 and <= 20 } text && text.All(char.IsAsciiDigit) && text.TrimStart('0') is { Length: > 0 } digits => digits,
        _ => null,
    };
}
