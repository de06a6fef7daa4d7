using System.Text;

namespace Crossdock.Connectors.Http;

/// <summary>Takes a destination's secrets out of what is logged.</summary>
internal sealed class Masks
{
    internal const string Masked = "***";
    private const int LongestBody = 16 * 1024;

    private readonly string[] secrets;
    private volatile string? token;

    internal Masks(IEnumerable<string> secrets) => this.secrets =
    [
        .. secrets.Where(secret => secret.Length >= 4)
            .SelectMany(secret => new[] { secret, Uri.EscapeDataString(secret), System.Text.Json.JsonEncodedText.Encode(secret).Value, Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)) })
            .Distinct(StringComparer.Ordinal).OrderByDescending(secret => secret.Length),
    ];

    /// <summary>The access token in use: it is a secret as well.</summary>
    internal void SetToken(string? value) => token = value;

    internal string Mask(string text)
    {
        foreach (string secret in secrets)
        {
            text = text.Replace(secret, Masked, StringComparison.Ordinal);
        }

        return token is { Length: >= 4 } current ? text.Replace(current, Masked, StringComparison.Ordinal) : text;
    }

    /// <summary>A body as text, masked before it is cut, so that half a secret cannot stay at the end.</summary>
    internal string? Body(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return null;
        }

        // Room for a secret across the cut.
        string text = Mask(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, LongestBody + 4096)])).Replace('\0', '\uFFFD');
        return text.Length > LongestBody ? text[..LongestBody] : text;
    }
}
