using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Custom;

/// <summary>The published scheme for those who can choose. Source: Standard Webhooks specification 1.0.0, symmetric signatures (v1).</summary>
internal sealed record StandardWebhooks(IReadOnlyList<byte[]> Keys) : CustomSignature
{
    private const int ToleranceSeconds = 300;

    internal static StandardWebhooks Read(ConnectionSettings connection, List<SettingProblem> problems)
    {
        List<byte[]> keys = [];
        foreach (string name in (ReadOnlySpan<string>)["webhookSecret", "previousWebhookSecret"])
        {
            if (connection.Secret(name) is { } secret)
            {
                if (KeyOf(secret) is { } key)
                {
                    keys.Add(key);
                }
                else
                {
                    problems.Add(new SettingProblem($"secrets.{name}", "must be base64 of at least 16 bytes, with or without whsec_ in front"));
                }
            }
            else if (name == "webhookSecret")
            {
                problems.Add(new SettingProblem("secrets.webhookSecret", "is missing: whsec_ and base64 of 24 to 64 random bytes"));
            }
        }

        return new StandardWebhooks(keys);
    }

    /// <summary>The key in a secret; null when it is none.</summary>
    internal static byte[]? KeyOf(string secret)
    {
        string text = secret.StartsWith("whsec_", StringComparison.Ordinal) ? secret["whsec_".Length..] : secret;
        byte[] bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out int length) && length >= 16 ? bytes[..length] : null;
    }

    /// <summary>The value of the signature header: <c>v1,</c> and base64.</summary>
    internal static string Sign(byte[] key, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[32];
        Hash(key, id, timestamp, body, hash);
        return "v1," + Convert.ToBase64String(hash);
    }

    internal override SignatureCheck Check(in WebhookRequest request)
    {
        string? id = request.Headers["webhook-id"];
        string? timestamp = request.Headers["webhook-timestamp"];
        string? signatures = request.Headers["webhook-signature"];
        if (string.IsNullOrEmpty(id) || string.IsNullOrEmpty(timestamp) || string.IsNullOrEmpty(signatures))
        {
            return SignatureCheck.Refused("missing");
        }

        if (id.Length > 500 || signatures.Length > 4096 || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds))
        {
            return SignatureCheck.Refused("malformed");
        }

        if (Math.Abs((decimal)request.ReceivedAt.ToUnixTimeSeconds() - seconds) > ToleranceSeconds)
        {
            return SignatureCheck.Refused("too_old");
        }

        bool isReadable = false;
        Span<byte> sent = stackalloc byte[32];
        Span<byte> hash = stackalloc byte[32];
        foreach (byte[] key in Keys)
        {
            Hash(key, id, timestamp, request.Body.Span, hash);
            foreach (var range in signatures.AsSpan().Split(' '))
            {
                var signature = signatures.AsSpan(range);
                if (signature.StartsWith("v1,", StringComparison.Ordinal) && Convert.TryFromBase64Chars(signature[3..], sent, out int length) && length == 32)
                {
                    isReadable = true;
                    if (CryptographicOperations.FixedTimeEquals(sent, hash))
                    {
                        return SignatureCheck.Valid;
                    }
                }
            }
        }

        return SignatureCheck.Refused(isReadable ? "wrong" : "malformed");
    }

    private static void Hash(byte[] key, string id, string timestamp, ReadOnlySpan<byte> body, Span<byte> hash)
    {
        int head = Encoding.UTF8.GetMaxByteCount(id.Length + timestamp.Length + 2);
        byte[] content = ArrayPool<byte>.Shared.Rent(head + body.Length);
        int length = Encoding.UTF8.GetBytes(id, content);
        content[length++] = (byte)'.';
        length += Encoding.UTF8.GetBytes(timestamp, content.AsSpan(length));
        content[length++] = (byte)'.';
        body.CopyTo(content.AsSpan(length));
        HMACSHA256.HashData(key, content.AsSpan(0, length + body.Length), hash);
        ArrayPool<byte>.Shared.Return(content);
    }
}
