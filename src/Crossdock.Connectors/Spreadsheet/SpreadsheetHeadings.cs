using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Spreadsheet;

/// <summary>Finds out what headings mean.</summary>
internal static class SpreadsheetHeadings
{
    private static readonly (string Name, string Of)[] Needed = [(SpreadsheetColumns.Number, "order number (número de pedido)"), (SpreadsheetColumns.Street, "street (calle, dirección)")];

    internal static SpreadsheetColumn? Find(string heading, SpreadsheetSettings settings)
    {
        string folded = Heading.Fold(heading);
        if (settings.Columns.TryGetValue(folded, out var own))
        {
            return own;
        }

        return SpreadsheetColumns.ByHeading.GetValueOrDefault(folded) ?? (heading.Contains('(', StringComparison.Ordinal) ? SpreadsheetColumns.ByHeading.GetValueOrDefault(Heading.FoldBare(heading)) : null);
    }

    internal static bool IsIgnored(string heading, SpreadsheetSettings settings) =>
        (settings.Columns.TryGetValue(Heading.Fold(heading), out var own) && own is null) || heading.Equals(SpreadsheetColumns.Errors, StringComparison.OrdinalIgnoreCase);

    internal static FileHeadings Match(IReadOnlyList<string> headings, SpreadsheetSettings settings)
    {
        var all = new List<FileHeading>(headings.Count);
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var meanings = new Dictionary<string, (int Index, string Text)>(StringComparer.Ordinal);
        List<string> problems = [];
        for (int i = 0; i < headings.Count; i++)
        {
            string text = headings[i].Replace("\0", "", StringComparison.Ordinal).Trim();
            text = text.Length == 0 ? "Column " + Heading.Letter(i) : text.Length > 200 ? text[..200] : text;
            var column = IsIgnored(text, settings) ? null : Find(text, settings);
            if (column is not null && !meanings.TryAdd(column.Name, (i, text)))
            {
                var (first, other) = meanings[column.Name];
                problems.Add($"Columns {Heading.Letter(first)} '{other}' and {Heading.Letter(i)} '{text}' both mean {column.Name} ({column.Spanish}). Take one out, rename it, or say in the connection's setting columns what it means: '{text}: {SpreadsheetSettings.Ignore}'.");
            }

            all.Add(new FileHeading(Unique(text, taken), column?.Name, IsIgnored(text, settings)));
        }

        foreach (var (name, words) in Needed.Where(one => !meanings.ContainsKey(one.Name)))
        {
            problems.Add($"There is no column for the {words}. Name it '{name}', or say in the connection's setting columns which heading means it.");
        }

        if (!meanings.ContainsKey(SpreadsheetColumns.Recipient) && !meanings.ContainsKey(SpreadsheetColumns.Company))
        {
            problems.Add("There is no column for the recipient (destinatario). Name it 'Recipient', or say in the connection's setting columns which heading means it.");
        }

        return new FileHeadings(all, meanings.Count, problems);
    }

    private static string Unique(string text, HashSet<string> taken)
    {
        string unique = text;
        for (int number = 2; !taken.Add(unique); number++)
        {
            unique = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{text} ({number})");
        }

        return unique;
    }
}
