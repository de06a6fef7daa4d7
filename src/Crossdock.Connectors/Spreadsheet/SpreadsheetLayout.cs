using System.Text.Json;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Spreadsheet;

/// <summary>One connection's files: what their rows mean.</summary>
internal sealed class SpreadsheetLayout(SpreadsheetSettings settings) : IFileLayout
{
    public IReadOnlyList<FileColumn> Columns => SpreadsheetColumns.Template;

    public FileHeadings Match(IReadOnlyList<string> headings) => SpreadsheetHeadings.Match(headings, settings);

    public string OrderKey(FileHeadings headings, FileRow row)
    {
        for (int i = 0; i < headings.All.Count && i < row.Cells.Count; i++)
        {
            if (headings.All[i].Column == SpreadsheetColumns.Number)
            {
                return row.Cells[i].Text;
            }
        }

        return "";
    }

    public FileOrder Read(FileHeadings headings, string fileName, IReadOnlyList<FileRow> rows)
    {
        var reader = new SpreadsheetOrderReader(settings, headings, rows);
        var order = reader.Read();
        string key = OrderKey(headings, rows[0]);
        var envelope = new Envelope(SpreadsheetPayload.Topic, SpreadsheetPayload.DedupeKey(key, headings, rows), key.Length is > 0 and <= 200 ? key : null, null);
        return new FileOrder(envelope, SpreadsheetPayload.Write(fileName, headings, rows), order, reader.Problems);
    }
}

/// <summary>The mapping of a stored event: the same understanding as when the file was checked, with the settings of now.</summary>
internal sealed class SpreadsheetOrderMapping(SpreadsheetSettings settings) : IOrderMapping
{
    public MappingOutcome Map(in ReceivedEvent received)
    {
        try
        {
            using var document = JsonDocument.Parse(received.Payload);
            if (SpreadsheetPayload.Read(document.RootElement) is not var (names, rows))
            {
                return new Unmappable("the event must be {\"file\":\"...\",\"rows\":[{\"row\":2,\"cells\":{\"Order number\":\"...\"}}]}");
            }

            var headings = SpreadsheetHeadings.Match(names, settings);
            var reader = new SpreadsheetOrderReader(settings, headings, rows);
            if (reader.Read() is { } order)
            {
                return new MappedOrder(order);
            }

            var problem = reader.Problems[0];
            int row = rows.FindIndex(one => one.Number == problem.Row);
            string path = $"/rows/{Math.Max(0, row).ToString(System.Globalization.CultureInfo.InvariantCulture)}/cells" + (problem.Column is { } column ? "/" + column.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal) : "");
            return new Unmappable(problem.Because, path, problem.Value);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException or FormatException)
        {
            return new Unmappable("the event cannot be read: it is not the JSON that an import writes");
        }
    }
}
