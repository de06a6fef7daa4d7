using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Crossdock.Connectors.Configuration;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Custom;

/// <summary>How a home-made shop proves that it is the shop.</summary>
internal abstract record CustomSignature
{
    internal abstract SignatureCheck Check(in WebhookRequest request);

    internal static CustomSignature Read(SettingsReader? reader, ConnectionSettings connection, List<SettingProblem> problems)
    {
        if (reader is null)
        {
            return StandardWebhooks.Read(connection, problems);
        }

        string kind = reader.Choice("kind", "standard", "standard", "hmac", "token", "basic", "none");
        string? header = reader.Text("header");
        string? query = reader.Text("query");
        string prefix = reader.Text("prefix") ?? "";
        CustomSignature signature = kind switch
        {
            "hmac" => Hmac.Read(reader, header, query, prefix, Secret(connection, "webhookSecret", problems)),
            "token" => new Token(header, query, prefix, Encoding.UTF8.GetBytes(Secret(connection, "webhookToken", problems))),
            "basic" => new Token("Authorization", null, "Basic ", Encoding.UTF8.GetBytes(
                Convert.ToBase64String(Encoding.UTF8.GetBytes($"{reader.Text("user", isRequired: true)}:{Secret(connection, "webhookPassword", problems)}")))),
            "none" => new None(),
            _ => StandardWebhooks.Read(connection, problems),
        };
        if (kind is "hmac" or "token" && (header is null) == (query is null))
        {
            reader.Problem("header", "is missing: say where the signature is, either header or query");
        }

        // Asked for, so that Close does not call them unknown for another kind.
        _ = (reader.Has("user"), reader.Has("algorithm"), reader.Has("encoding"), reader.Has("key"), reader.Has("timestampHeader"), reader.Has("signed"), reader.Has("toleranceSeconds"));
        reader.Close();
        return signature;
    }

    private static string Secret(ConnectionSettings connection, string name, List<SettingProblem> problems)
    {
        if (connection.Secret(name) is { } secret)
        {
            return secret;
        }

        problems.Add(new SettingProblem($"secrets.{name}", "is missing: it is what the shop signs or signs in with"));
        return "missing";
    }

    /// <summary>The value of a name in a query; null when it is absent or comes twice.</summary>
    private static string? InQuery(string query, string name)
    {
        string? found = null;
        foreach (string pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && Uri.UnescapeDataString(pair[..equals]) == name)
            {
                if (found is not null)
                {
                    return null;
                }

                found = Uri.UnescapeDataString(pair[(equals + 1)..]);
            }
        }

        return found;
    }

    private static bool IsNear(DateTimeOffset now, string? timestamp, long tolerance, out bool isNumber)
    {
        isNumber = long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds);
        seconds = seconds > 100_000_000_000 ? seconds / 1000 : seconds;
        return isNumber && Math.Abs(now.ToUnixTimeSeconds() - seconds) <= tolerance;
    }

    internal sealed record None : CustomSignature
    {
        internal override SignatureCheck Check(in WebhookRequest request) => SignatureCheck.Valid;
    }

    /// <summary>A shared token, or a name and password.</summary>
    internal sealed record Token(string? Header, string? Query, string Prefix, byte[] Expected) : CustomSignature
    {
        internal override SignatureCheck Check(in WebhookRequest request)
        {
            string? sent = Header is not null ? request.Headers[Header] : InQuery(request.Query, Query ?? "");
            if (string.IsNullOrEmpty(sent))
            {
                return SignatureCheck.Refused("missing");
            }

            if (!sent.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || sent.Length > 4096)
            {
                return SignatureCheck.Refused("malformed");
            }

            return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent[Prefix.Length..]), Expected) ? SignatureCheck.Valid : SignatureCheck.Refused("wrong");
        }
    }

    /// <summary>A keyed hash of the body, perhaps with a timestamp.</summary>
    internal sealed record Hmac(string? Header, string? Query, string Prefix, string Algorithm, bool IsHex, byte[] Key, string? TimestampHeader, string Before, string After, long Tolerance) : CustomSignature
    {
        internal static Hmac Read(SettingsReader reader, string? header, string? query, string prefix, string secret)
        {
            string algorithm = reader.Choice("algorithm", "sha256", "sha1", "sha256", "sha512");
            bool isHex = reader.Choice("encoding", "hex", "hex", "base64") == "hex";
            string keyed = reader.Choice("key", "text", "text", "hex", "base64");
            string? timestampHeader = reader.Text("timestampHeader");
            string signed = reader.Text("signed") ?? (timestampHeader is null ? "{body}" : "{timestamp}.{body}");
            int tolerance = reader.Whole("toleranceSeconds", 300, 1, 86_400);
            int body = signed.IndexOf("{body}", StringComparison.Ordinal);
            if (body < 0)
            {
                reader.Problem("signed", "must contain {body}, for example {timestamp}.{body}");
                body = 0;
                signed = "{body}";
            }

            if (signed.Contains("{timestamp}", StringComparison.Ordinal) != timestampHeader is not null)
            {
                reader.Problem("timestampHeader", "goes with {timestamp} in signed: both or neither");
            }

            byte[] key = [];
            try
            {
                key = keyed switch { "hex" => Convert.FromHexString(secret), "base64" => Convert.FromBase64String(secret), _ => Encoding.UTF8.GetBytes(secret) };
            }
            catch (FormatException)
            {
                reader.Problem("key", $"says {keyed}, but secrets.webhookSecret is not");
            }

            return new Hmac(header, query, prefix, algorithm, isHex, key, timestampHeader, signed[..body], signed[(body + 6)..], tolerance);
        }

        internal override SignatureCheck Check(in WebhookRequest request)
        {
            string? sent = Header is not null ? request.Headers[Header] : InQuery(request.Query, Query ?? "");
            if (string.IsNullOrEmpty(sent))
            {
                return SignatureCheck.Refused("missing");
            }

            Span<byte> claimed = stackalloc byte[64];
            if (!sent.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || !Decode(sent.AsSpan(Prefix.Length), claimed, out int length))
            {
                return SignatureCheck.Refused("malformed");
            }

            string? timestamp = TimestampHeader is null ? null : request.Headers[TimestampHeader];
            if (TimestampHeader is not null && string.IsNullOrEmpty(timestamp))
            {
                return SignatureCheck.Refused("missing");
            }

            Span<byte> hash = stackalloc byte[64];
            int computed = Before.Length + After.Length == 0
                ? Hash(request.Body.Span, hash)
                : Hash([.. Encoding.UTF8.GetBytes(Filled(Before, timestamp)), .. request.Body.Span, .. Encoding.UTF8.GetBytes(Filled(After, timestamp))], hash);
            if (!CryptographicOperations.FixedTimeEquals(hash[..computed], claimed[..length]))
            {
                return SignatureCheck.Refused("wrong");
            }

            return TimestampHeader is null || IsNear(request.ReceivedAt, timestamp, Tolerance, out _) ? SignatureCheck.Valid : SignatureCheck.Refused("too_old");
        }

        private static string Filled(string part, string? timestamp) => part.Replace("{timestamp}", timestamp, StringComparison.Ordinal);

        private bool Decode(ReadOnlySpan<char> text, Span<byte> bytes, out int length) => IsHex
            ? Convert.FromHexString(text, bytes, out int read, out length) == System.Buffers.OperationStatus.Done && read == text.Length
            : Convert.TryFromBase64Chars(text, bytes, out length);

        private int Hash(ReadOnlySpan<byte> content, Span<byte> hash) => Algorithm switch
        {
#pragma warning disable CA5350 // Some shops still sign with SHA-1.
            "sha1" => HMACSHA1.HashData(Key, content, hash),
#pragma warning restore CA5350
            "sha512" => HMACSHA512.HashData(Key, content, hash),
            _ => HMACSHA256.HashData(Key, content, hash),
        };
    }
}
