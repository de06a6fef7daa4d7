using System.Globalization;
using System.Text;

namespace Crossdock.Model.Geography;

/// <summary>Names of places as people write them, brought to one form so that they can be compared.</summary>
public static class PlaceNames
{
    /// <summary>No name of a place is longer, in characters; what is longer is told apart by itself only.</summary>
    internal const int Longest = 120;

    /// <summary>Room that folding a name of <see cref="Longest"/> characters may need: ß becomes two.</summary>
    internal const int Room = Longest * 2;

    private const char FirstLatin = 'À';

    private static readonly char[] Latin = [.. Enumerable.Range(FirstLatin, 0x250 - FirstLatin).Select(c => Base((char)c))];

    /// <summary>The name in lower case without accents, with single spaces and without punctuation: <c>Ñuñoa</c> is <c>nunoa</c>, <c>O'Higgins</c> is <c>ohiggins</c>, <c>Padre  Las-Casas</c> is <c>padre las casas</c>. Empty for null.</summary>
    public static string Fold(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return "";
        }

        Span<char> folded = name.Length <= Longest ? stackalloc char[Room] : new char[name.Length * 2];
        return folded[..Fold(name, folded)].ToString();
    }

    /// <summary>Folds into <paramref name="folded"/>, which has twice the room of the name, and answers how many characters that took. Allocates nothing for names of Latin letters.</summary>
    internal static int Fold(ReadOnlySpan<char> name, Span<char> folded)
    {
        int length = 0;
        foreach (char c in name)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                folded[length++] = (char)(c is >= 'A' and <= 'Z' ? c | 0x20 : c);
            }
            else if (c is '\'' or '’' or '´' or '`' or '.' || (c > 127 && CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark))
            {
                // Written or left out as people please.
            }
            else if (c is 'ß')
            {
                folded[length++] = 's';
                folded[length++] = 's';
            }
            else if (c >= FirstLatin && char.IsLetterOrDigit(c))
            {
                folded[length++] = c - FirstLatin < Latin.Length ? Latin[c - FirstLatin] : Base(c);
            }
            else if (length > 0 && folded[length - 1] != ' ')
            {
                folded[length++] = ' ';
            }
        }

        return length > 0 && folded[length - 1] == ' ' ? length - 1 : length;
    }

    /// <summary>The letter without its accent, in lower case.</summary>
    private static char Base(char c) => c switch
    {
        'ł' or 'Ł' => 'l',
        'ø' or 'Ø' => 'o',
        'đ' or 'Đ' => 'd',
        _ => char.ToLowerInvariant(c.ToString().Normalize(NormalizationForm.FormD)[0]),
    };
}
