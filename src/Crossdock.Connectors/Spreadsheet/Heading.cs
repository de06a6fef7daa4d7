using System.Globalization;
using System.Text;

namespace Crossdock.Connectors.Spreadsheet;

/// <summary>Headings as people write them, brought to one form.</summary>
internal static class Heading
{
    private const int Longest = 200;

    /// <summary>Lower case, without accents, punctuation as single spaces: <c>N° de Pedido:</c> is <c>n de pedido</c>, <c>order_number</c> is <c>order number</c>.</summary>
    internal static string Fold(string heading) => Letters(heading.Length > Longest ? heading[..Longest] : heading);

    /// <summary>The same without what stands in brackets: <c>Total (CLP)</c> is <c>total</c>.</summary>
    internal static string FoldBare(string heading)
    {
        int bracket = heading.IndexOf('(', StringComparison.Ordinal);
        return Fold(bracket > 0 ? heading[..bracket] : heading);
    }

    /// <summary>A spreadsheet's letters for a column: 0 is A, 26 is AA.</summary>
    internal static string Letter(int index)
    {
        string letters = "";
        for (int rest = index; rest >= 0; rest = (rest / 26) - 1)
        {
            letters = (char)('A' + (rest % 26)) + letters;
        }

        return letters;
    }

    private static string Letters(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (char c in Decomposed(text))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark || c is 'º' or '°' or 'ª')
            {
                continue;
            }

            if (char.IsLetterOrDigit(c))
            {
                folded.Append(char.ToLowerInvariant(c));
            }
            else if (folded.Length > 0 && folded[^1] != ' ')
            {
                folded.Append(' ');
            }
        }

        return folded.ToString().TrimEnd();
    }

    // Half a surrogate pair cannot be normalised.
    private static string Decomposed(string text) => text.Any(char.IsSurrogate) ? text : text.Normalize(NormalizationForm.FormD);
}
