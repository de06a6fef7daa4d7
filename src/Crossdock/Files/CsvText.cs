using System.Buffers;
using System.Text;

namespace Crossdock.Files;

/// <summary>Writes CSV that a spreadsheet program shows and never runs.</summary>
internal static class CsvText
{
    private static readonly SearchValues<char> Special = SearchValues.Create("\",;\r\n\t");

    /// <summary>Spreadsheet programs take what begins with these for a formula.</summary>
    public static bool IsFormula(char first) => first is '=' or '+' or '-' or '@' or '\t' or '\r';

    /// <summary>One row, with its end.</summary>
    public static string Row(IEnumerable<string> cells, char delimiter = ',')
    {
        var row = new StringBuilder();
        foreach (string cell in cells)
        {
            row.Append(Cell(cell)).Append(delimiter);
        }

        row.Length = Math.Max(0, row.Length - 1);
        return row.Append("\r\n").ToString();
    }

    private static string Cell(string text)
    {
        // Leading spaces are dropped by some programs before they look for a formula.
        string bare = text.TrimStart(' ');
        string safe = bare.Length > 0 && IsFormula(bare[0]) ? "'" + text : text;
        return safe.AsSpan().ContainsAny(Special) || safe.StartsWith(' ') || safe.EndsWith(' ') ? '"' + safe.Replace("\"", "\"\"", StringComparison.Ordinal) + '"' : safe;
    }
}
