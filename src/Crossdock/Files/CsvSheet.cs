using System.Globalization;
using System.Text;
using Crossdock.Model.Connectors;

namespace Crossdock.Files;

/// <summary>A CSV file (RFC 4180, and what people make of it): encoding and delimiter are found out.</summary>
internal sealed class CsvSheet : ISheet
{
    private const int LongestField = 100_000;
    private const int MostCells = 2_000;
    private readonly StreamReader reader;
    private readonly char delimiter;
    private readonly bool endsInLine;
    private readonly char[] buffer = new char[32 * 1024];
    private readonly StringBuilder field = new();
    private int length;
    private int place;
    private int row;
    private int lastCount;
    private int widest;

    public CsvSheet(FileStream file)
    {
        var encoding = CsvForm.EncodingOf(file);
        endsInLine = CsvForm.EndsInLine(file, encoding);
        file.Position = 0;
        delimiter = CsvForm.DelimiterOf(file, encoding);
        file.Position = 0;
        reader = new StreamReader(file, encoding, detectEncodingFromByteOrderMarks: true, 64 * 1024, leaveOpen: true);
    }

    public bool IsCutOff => !endsInLine && lastCount < widest;

    public FileRow? Next()
    {
        while (Record() is { } record)
        {
            row++;
            if (row == 1 && record.Count <= 2 && record[0].StartsWith("sep=", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (record.TrueForAll(string.IsNullOrWhiteSpace))
            {
                continue;
            }

            lastCount = record.Count;
            widest = Math.Max(widest, lastCount);
            return new FileRow(row, record.ConvertAll(text => new FileCell(Plain(text))));
        }

        return null;
    }

    public void Dispose() => reader.Dispose();

    private List<string>? Record()
    {
        if (Peek() < 0)
        {
            return null;
        }

        var record = new List<string>(Math.Max(widest, 8));
        while (true)
        {
            record.Add(Field());
            if (record.Count > MostCells)
            {
                throw new UnreadableFileException($"Row {Text(row + 1)} has more than {Text(MostCells)} cells.");
            }

            int next = Read();
            if (next == delimiter)
            {
                continue;
            }

            if (next == '\r' && Peek() == '\n')
            {
                Read();
            }

            return record;
        }
    }

    /// <summary>Up to the delimiter or the end of the line, which is left.</summary>
    private string Field()
    {
        field.Clear();
        if (Peek() == '"')
        {
            Read();
            Quoted();
        }

        for (int next = Peek(); next >= 0 && next != delimiter && next is not ('\r' or '\n'); next = Peek())
        {
            Add((char)Read());
        }

        return field.ToString();
    }

    private void Quoted()
    {
        while (true)
        {
            int next = Read();
            if (next < 0)
            {
                throw Unclosed();
            }

            if (next != '"')
            {
                Add((char)next);
            }
            else if (Peek() == '"')
            {
                Add((char)Read());
            }
            else
            {
                return;
            }
        }
    }

    private void Add(char c)
    {
        if (field.Length >= LongestField)
        {
            throw Unclosed();
        }

        field.Append(c);
    }

    private UnreadableFileException Unclosed() =>
        new($"In row {Text(row + 1)} a quotation mark is opened and never closed: the file breaks off there, or the mark is a stray one. Upload the whole file, or save it again from your spreadsheet program.");

    private int Peek()
    {
        if (place == length)
        {
            length = reader.ReadBlock(buffer, 0, buffer.Length);
            place = 0;
        }

        return place < length ? buffer[place] : -1;
    }

    private int Read()
    {
        int next = Peek();
        place += next < 0 ? 0 : 1;
        return next;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Trimmed, and without the apostrophe that our own reports put before what a spreadsheet program would take for a formula.</summary>
    private static string Plain(string text)
    {
        string trimmed = text.Replace("\0", "", StringComparison.Ordinal).Trim();
        return trimmed.Length > 1 && trimmed[0] == '\'' && CsvText.IsFormula(trimmed[1]) ? trimmed[1..] : trimmed;
    }
}
