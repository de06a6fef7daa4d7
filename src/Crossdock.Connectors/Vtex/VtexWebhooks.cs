using System.Security.Cryptography;
using System.Text;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Vtex;

/// <summary>One account's capture endpoint: the hook's test call, the token in its header, the envelope.</summary>
internal sealed class VtexWebhooks : IWebhookEndpoint
{
    internal const string TokenHeader = "X-Hub-Token";
    private const int LongestPing = 256;

    private static readonly ProbeAnswer Ping = new(200, null, ReadOnlyMemory<byte>.Empty, "ping");

    private readonly byte[]? token;
    private readonly string account;

    internal VtexWebhooks(VtexSettings settings)
    {
        token = settings.HookToken is { } text ? SHA256.HashData(Encoding.UTF8.GetBytes(text)) : null;
        account = settings.Account;
    }

    public TimeSpan AnswerWithin => TimeSpan.FromSeconds(5);

    public bool Accepts(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType))
        {
            return true;
        }

        int end = contentType.IndexOf(';', StringComparison.Ordinal);
        var type = (end < 0 ? contentType : contentType.AsSpan(0, end)).Trim();
        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Equals("text/json", StringComparison.OrdinalIgnoreCase);
    }

    // VTEX sends {"hookConfig":"ping"} when the hook is saved, with the hook's headers, and does not save it without a 200.
    public ProbeAnswer? Probe(in WebhookRequest request) =>
        request.Body.Length <= LongestPing && VtexNotice.IsPing(request.Body) && CheckToken(request).IsValid ? Ping : null;

    public SignatureCheck CheckSignature(in WebhookRequest request)
    {
        var check = CheckToken(request);
        // Somebody else's hook with our token would be a mistake of configuration: its orders are not in this account.
        return check.IsValid && VtexNotice.Read(request.Body) is { Account: { } sender } && !sender.Equals(account, StringComparison.OrdinalIgnoreCase) ? SignatureCheck.Refused("wrong") : check;
    }

    public Envelope ReadEnvelope(in WebhookRequest request) => (VtexNotice.Read(request.Body) ?? VtexNotice.Unreadable).Envelope(request.Body.Span);

    private SignatureCheck CheckToken(in WebhookRequest request)
    {
        if (token is null)
        {
            return SignatureCheck.Refused("wrong");
        }

        if (request.Headers[TokenHeader] is not { Length: > 0 } sent)
        {
            return SignatureCheck.Refused("missing");
        }

        if (sent.Length > 1024)
        {
            return SignatureCheck.Refused("malformed");
        }

        // Hashes are of one length, so the comparison says nothing of the token's.
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(sent), hash);
        return CryptographicOperations.FixedTimeEquals(hash, token) ? SignatureCheck.Valid : SignatureCheck.Refused("wrong");
    }
}
