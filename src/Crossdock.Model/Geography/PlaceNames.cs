using System.Globalization;
using System.Text;

namespace Crossdock.Model.Geography;

/// <summary>Names of places as people write them, brought to one form so that they can be compared.</summary>
public static class PlaceNames
{
    /// <summary>The name in lower case without accents, with single spaces and without punctuation: <c>Ñuñoa</c> is <c>nunoa</c>, <c>O'Higgins</c> is <c>ohiggins</c>, <c>Padre  Las-Casas</c> is <c>padre las casas</c>. Empty for null.</summary>
    public static string Fold(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return "";
        }

        var folded = new StringBuilder(name.Length);
        string text = IsAscii(name) ? name : Decompose(name);
        foreach (char c in text)
        {
            if (char.IsLetterOrDigit(c))
            {
                _ = c switch
                {
                    'ł' or 'Ł' => folded.Append('l'),
                    'ø' or 'Ø' => folded.Append('o'),
                    'ß' => folded.Append("ss"),
                    _ => folded.Append(char.ToLowerInvariant(c)),
                };
            }
            else if (c is '\'' or '’' or '´' or '`' or '.' || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark)
            {
                // Written or left out as people please.
            }
            else if (folded.Length > 0 && folded[^1] != ' ')
            {
                folded.Append(' ');
            }
        }

        return folded.ToString().TrimEnd();
    }

    private static bool IsAscii(string text) => Ascii.IsValid(text);

    private static string Decompose(string text)
    {
        try
        {
            return text.Normalize(NormalizationForm.FormD);
        }
        catch (ArgumentException)
        {
            // Half a surrogate pair cannot be decomposed; such text equals nothing but itself.
            return text;
        }
    }
}
