using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Spreadsheet;

/// <summary>The event of one order: <c>{"file":"may.xlsx","rows":[{"row":2,"cells":{"Order number":"A-1001"}}]}</c>. Empty cells are left out, numbers that the file itself calls so are numbers.</summary>
internal static class SpreadsheetPayload
{
    internal const string Topic = "row";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static byte[] Write(string fileName, FileHeadings headings, IReadOnlyList<FileRow> rows)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("file", fileName);
            writer.WriteStartArray("rows");
            foreach (var row in rows)
            {
                writer.WriteStartObject();
                writer.WriteNumber("row", row.Number);
                writer.WriteStartObject("cells");
                foreach (var (heading, cell) in Filled(headings, row))
                {
                    if (cell.IsNumber && decimal.TryParse(cell.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number))
                    {
                        writer.WriteNumber(heading.Text, number);
                    }
                    else
                    {
                        writer.WriteString(heading.Text, cell.Text);
                    }
                }

                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The same for the same order with the same cells, whatever the file is called and wherever the rows stand; columns may change their places, and empty ones come and go.</summary>
    internal static string DedupeKey(string orderKey, FileHeadings headings, IReadOnlyList<FileRow> rows)
    {
        var text = new StringBuilder(256).Append(orderKey);
        foreach (var row in rows)
        {
            text.Append('\u001E');
            foreach (var (heading, cell) in Filled(headings, row).OrderBy(one => one.Heading.Text, StringComparer.Ordinal))
            {
                text.Append(heading.Text).Append('\u001F').Append(cell.Text).Append('\u001F');
            }
        }

        return "row:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>Reads an event back: headings in the order of their appearance, and rows. Null when it is no such document.</summary>
    internal static (List<string> Headings, List<FileRow> Rows)? Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("rows", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
        {
            return null;
        }

        List<string> headings = [];
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        List<FileRow> rows = [];
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("cells", out var cells) || cells.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            int number = item.TryGetProperty("row", out var told) && told.ValueKind == JsonValueKind.Number && told.TryGetInt32(out int row) ? row : 0;
            var filled = new List<FileCell>();
            foreach (var cell in cells.EnumerateObject())
            {
                if (!places.TryGetValue(cell.Name, out int place))
                {
                    places[cell.Name] = place = headings.Count;
                    headings.Add(cell.Name);
                }

                while (filled.Count <= place)
                {
                    filled.Add(new FileCell(""));
                }

                filled[place] = cell.Value.ValueKind switch
                {
                    JsonValueKind.String => new FileCell(Clean(cell.Value.GetString()!)),
                    JsonValueKind.Number => new FileCell(cell.Value.GetRawText(), IsNumber: true),
                    JsonValueKind.True or JsonValueKind.False => new FileCell(cell.Value.GetRawText()),
                    _ => new FileCell(""),
                };
            }

            rows.Add(new FileRow(number, filled));
        }

        return (headings, rows);
    }

    /// <summary>Trimmed, and without what no database text can hold.</summary>
    internal static string Clean(string text) => text.Replace("\0", "", StringComparison.Ordinal).Trim();

    internal static IEnumerable<(FileHeading Heading, FileCell Cell)> Filled(FileHeadings headings, FileRow row)
    {
        int count = Math.Min(headings.All.Count, row.Cells.Count);
        for (int i = 0; i < count; i++)
        {
            if (row.Cells[i].Text is { Length: > 0 } && !headings.All[i].IsIgnored)
            {
                yield return (headings.All[i], row.Cells[i]);
            }
        }
    }
}
