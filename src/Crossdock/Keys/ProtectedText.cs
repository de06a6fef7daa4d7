using Microsoft.AspNetCore.WebUtilities;

namespace Crossdock.Keys;

/// <summary>Which key a protected text was made with: it stands in clear at its beginning (four bytes that mark it, then the key's id).</summary>
internal static class ProtectedText
{
    private static ReadOnlySpan<byte> Mark => [0x09, 0xF0, 0xC9, 0xF0];

    /// <summary>The key's id; null when this is no protected text.</summary>
    public static Guid? KeyOf(string text)
    {
        try
        {
            byte[] head = text.Length >= 28 ? WebEncoders.Base64UrlDecode(text[..28]) : [];
            return head.Length >= 20 && head.AsSpan(0, 4).SequenceEqual(Mark) ? new Guid(head.AsSpan(4, 16)) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
