using Crossdock.Capture;
using Crossdock.Model.Connectors;

namespace Crossdock.Files;

/// <summary>The rows of one order as a file has them, understood.</summary>
/// <param name="Understood">What the layout made of them.</param>
/// <param name="Rows">The rows.</param>
/// <param name="Problems">What is wrong, also as far as only the whole file shows it.</param>
/// <param name="RepeatsRow">The row of the same file that says the same; null for none.</param>
internal sealed record FileEntry(FileOrder Understood, IReadOnlyList<FileRow> Rows, IReadOnlyList<CellProblem> Problems, int? RepeatsRow)
{
    public bool IsBad => Problems.Count > 0;
    public string OrderKey => Understood.Envelope.OrderKey ?? "";
}

/// <summary>Reads a file's orders one after the other. Of what went by, only a hash per order is kept.</summary>
internal sealed class FileReading : IDisposable
{
    private const int HeadingRows = 10;
    private const int RowsOfOneOrder = 1000;
    private readonly ISheet sheet;
    private readonly IFileLayout layout;
    private readonly string fileName;
    private readonly int maxRows;
    private readonly Queue<FileRow> ahead = new();
    private readonly Dictionary<Guid, (Guid Content, int Row)> seen = [];
    private bool isOver;

    /// <exception cref="UnreadableFileException">It is no such file, or its headings do not do.</exception>
    public FileReading(FileStream file, string kind, string fileName, IFileLayout layout, int maxRows)
    {
        (this.layout, this.fileName, this.maxRows) = (layout, fileName, maxRows);
        sheet = kind == "xlsx" ? new XlsxSheet(file, candidate => FindHeadings(candidate) is { Headings.Problems.Count: 0 }) : new CsvSheet(file);
        try
        {
            var found = FindHeadings(sheet) ?? throw new UnreadableFileException("The file is empty: there is not even a row with headings.");
            Headings = found.Headings;
            if (Headings.Problems.Count > 0)
            {
                throw new UnreadableFileException($"Row {found.Row.Number.ToString(System.Globalization.CultureInfo.InvariantCulture)} was taken for the headings ({string.Join(", ", Headings.All.Take(8).Select(one => one.Text))}{(Headings.All.Count > 8 ? ", …" : "")}). {string.Join(' ', Headings.Problems)}");
            }

            found.After.ForEach(ahead.Enqueue);
        }
        catch
        {
            sheet.Dispose();
            throw;
        }
    }

    public FileHeadings Headings { get; }

    /// <summary>Rows below the headings read so far.</summary>
    public int Rows { get; private set; }

    /// <summary>The file's orders.</summary>
    /// <exception cref="UnreadableFileException">The file is broken from here on, or too long.</exception>
    public IEnumerable<FileEntry> Entries()
    {
        var rows = new List<FileRow>();
        string key = "";
        while (Next() is { } row)
        {
            string own = layout.OrderKey(Headings, row);
            if (rows.Count > 0 && (own.Length == 0 || !own.Equals(key, StringComparison.Ordinal) || rows.Count >= RowsOfOneOrder))
            {
                yield return Entry(rows, isCutOff: false);
                rows = [];
            }

            rows.Add(row);
            key = own;
        }

        if (rows.Count > 0)
        {
            yield return Entry(rows, sheet.IsCutOff);
        }
    }

    public void Dispose() => sheet.Dispose();

    private FileEntry Entry(List<FileRow> rows, bool isCutOff)
    {
        var understood = layout.Read(Headings, fileName, rows);
        List<CellProblem> problems = [.. understood.Problems];
        if (isCutOff)
        {
            problems.Add(new CellProblem(rows[^1].Number, null, null, null, "The file breaks off in this row: it has fewer cells than the others and no end. Upload the whole file."));
        }

        int? repeats = null;
        if (understood.Envelope.OrderKey is { } orderKey)
        {
            var content = CaptureEndpoint.KeyHash(understood.Envelope.DedupeKey);
            if (!seen.TryAdd(CaptureEndpoint.KeyHash(orderKey), (content, rows[0].Number)))
            {
                var (former, row) = seen[CaptureEndpoint.KeyHash(orderKey)];
                if (former == content)
                {
                    repeats = row;
                }
                else
                {
                    int place = Math.Max(0, Place(orderKey, rows[0]));
                    problems.Add(new CellProblem(rows[0].Number, place, Headings.All[place].Text, orderKey,
                        $"The order '{orderKey}' stands in row {row.ToString(System.Globalization.CultureInfo.InvariantCulture)} already, with other content. Put rows of one order below each other, at most {RowsOfOneOrder} of them, or give them different numbers."));
                }
            }
        }

        return new FileEntry(understood, rows, problems, repeats);
    }

    private static int Place(string text, FileRow row)
    {
        for (int i = 0; i < row.Cells.Count; i++)
        {
            if (row.Cells[i].Text == text)
            {
                return i;
            }
        }

        return 0;
    }

    private FileRow? Next()
    {
        var row = ahead.Count > 0 ? ahead.Dequeue() : isOver ? null : sheet.Next();
        if (row is null)
        {
            isOver = true;
            return null;
        }

        if (++Rows > maxRows)
        {
            throw new UnreadableFileException($"The file has more than {maxRows.ToString(System.Globalization.CultureInfo.InvariantCulture)} rows. Cut it into several.");
        }

        return row;
    }

    /// <summary>Above the headings people write titles: the first rows are tried, and the one taken that does, or else the one with the most known headings.</summary>
    private (FileRow Row, FileHeadings Headings, List<FileRow> After)? FindHeadings(ISheet candidate)
    {
        var rows = new List<FileRow>();
        var matches = new List<FileHeadings>();
        while (rows.Count < HeadingRows && candidate.Next() is { } row)
        {
            rows.Add(row);
            matches.Add(layout.Match([.. row.Cells.Select(cell => cell.Text)]));
            if (matches[^1].Problems.Count == 0)
            {
                return (row, matches[^1], []);
            }
        }

        if (rows.Count == 0)
        {
            return null;
        }

        int best = matches.IndexOf(matches.MaxBy(match => match.Recognised)!);
        return (rows[best], matches[best], rows[(best + 1)..]);
    }
}
