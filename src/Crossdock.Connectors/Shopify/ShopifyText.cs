using System.Buffers.Text;
using System.Text;

namespace Crossdock.Connectors.Shopify;

/// <summary>Reads decimals. Nearly every amount is a few digits with a point: that case takes no detour.</summary>
internal static class Decimals
{
    internal static bool TryRead(ReadOnlySpan<byte> text, out decimal value)
    {
        if (text.Length is > 0 and <= 18 && TrySimple(text, out value))
        {
            return true;
        }
        return Utf8Parser.TryParse(text, out value, out int consumed, 'E') && consumed == text.Length;
    }

    private static bool TrySimple(ReadOnlySpan<byte> text, out decimal value)
    {
        value = 0m;
        bool negative = text[0] == (byte)'-';
        long digits = 0;
        int point = -1;
        int start = negative ? 1 : 0;
        for (int i = start; i < text.Length; i++)
        {
            uint digit = (uint)(text[i] - '0');
            if (digit <= 9)
            {
                digits = (digits * 10) + digit;
            }
            else if (text[i] == (byte)'.' && point < 0 && i > start && i < text.Length - 1)
            {
                point = i;
            }
            else
            {
                return false;
            }
        }
        value = new decimal((int)digits, (int)(digits >> 32), 0, negative, point < 0 ? (byte)0 : (byte)(text.Length - point - 1));
        return text.Length > start;
    }
}

/// <summary>A small, bounded, lossy table of short texts that come again and again. A lost race costs one string.</summary>
internal static class Words
{
    private const int Slots = 2048;

    private static readonly string?[] Table = new string?[Slots];

    internal static string Get(ReadOnlySpan<byte> utf8)
    {
        uint hash = 2166136261;
        foreach (byte letter in utf8)
        {
            hash = (hash ^ letter) * 16777619;
        }
        ref string? slot = ref Table[(hash ^ (hash >> 15)) & (Slots - 1)];
        string? known = slot;
        if (known is not null && Ascii.Equals(utf8, known))
        {
            return known;
        }
        string text = Encoding.UTF8.GetString(utf8);
        if (char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]))
        {
            return text.Trim();
        }
        slot = text;
        return text;
    }
}
