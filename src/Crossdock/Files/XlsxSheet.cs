using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;
using Crossdock.Model.Connectors;
using ExcelDataReader;
using ExcelDataReader.Exceptions;

namespace Crossdock.Files;

/// <summary>One sheet of an XLSX file; formulas count as the values that were saved with them.</summary>
internal sealed class XlsxSheet : ISheet
{
    // What a file of the largest size that is allowed may become. A bomb says so in its directory, and nothing more than that is unpacked.
    private const long LargestUnpacked = 1024L * 1024 * 1024;
    private const long LargestStrings = 160L * 1024 * 1024;
    private const int MostParts = 5000;

    private readonly IExcelDataReader reader;
    private int row;

    static XlsxSheet() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <param name="file">The file.</param>
    /// <param name="isWanted">Asked for each visible sheet's first rows; the first sheet that is wanted is taken, and the first visible one when none is.</param>
    public XlsxSheet(FileStream file, Func<ISheet, bool> isWanted)
    {
        CheckSize(file);
        int wanted = Find(file, isWanted);
        reader = Open(file);
        for (int skip = 0; skip < wanted; skip++)
        {
            reader.NextResult();
        }
    }

    private XlsxSheet(IExcelDataReader reader) => this.reader = reader;

    public bool IsCutOff => false;

    public FileRow? Next()
    {
        try
        {
            while (reader.Read())
            {
                row++;
                var cells = new FileCell[reader.FieldCount];
                int filled = 0;
                for (int i = 0; i < cells.Length; i++)
                {
                    cells[i] = Cell(i);
                    filled = cells[i].Text.Length > 0 ? i + 1 : filled;
                }

                if (filled > 0)
                {
                    return new FileRow(row, cells.AsSpan(0, filled).ToArray());
                }
            }

            return null;
        }
        catch (Exception error) when (IsBroken(error))
        {
            throw new UnreadableFileException($"The file is damaged after row {row.ToString(CultureInfo.InvariantCulture)}. Save it again from your spreadsheet program.");
        }
    }

    public void Dispose() => reader.Dispose();

    private FileCell Cell(int index) => reader.GetValue(index) switch
    {
        null => new FileCell(""),
        string text => new FileCell(text.Replace("\0", "", StringComparison.Ordinal).Trim()),
        double number => Number(number, reader.GetNumberFormatString(index)),
        int number => Number(number, reader.GetNumberFormatString(index)),
        bool flag => new FileCell(flag ? "true" : "false"),
        DateTime at => new FileCell(at.ToString(at.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)),
        TimeSpan time => new FileCell(time.ToString("c", CultureInfo.InvariantCulture)),
        var other => new FileCell(Convert.ToString(other, CultureInfo.InvariantCulture) ?? ""),
    };

    /// <summary>Every digit, never an exponent; the zeros that a format such as 0000000 shows in front belong to a postcode or a telephone number.</summary>
    private static FileCell Number(double number, string? format)
    {
        string text = Math.Abs(number) < 1e15 ? ((decimal)number).ToString("0.###############", CultureInfo.InvariantCulture) : number.ToString("0", CultureInfo.InvariantCulture);
        return format is { Length: > 1 } && format.All(c => c == '0') && !text.Contains('.', StringComparison.Ordinal) && number >= 0 && text.Length < format.Length
            ? new FileCell(text.PadLeft(format.Length, '0'))
            : new FileCell(text, IsNumber: true);
    }

    private static int Find(FileStream file, Func<ISheet, bool> isWanted)
    {
        using var look = Open(file);
        int firstVisible = -1;
        for (int number = 0; number < look.ResultsCount; number++)
        {
            if (look.VisibleState == "visible")
            {
                firstVisible = firstVisible < 0 ? number : firstVisible;
                if (isWanted(new XlsxSheet(look)))
                {
                    return number;
                }
            }

            look.NextResult();
        }

        return Math.Max(0, firstVisible);
    }

    private static IExcelDataReader Open(FileStream file)
    {
        file.Position = 0;
        try
        {
            return ExcelReaderFactory.CreateOpenXmlReader(file, new ExcelReaderConfiguration { LeaveOpen = true });
        }
        catch (Exception error) when (IsBroken(error))
        {
            throw new UnreadableFileException("This is no XLSX workbook, or it is protected by a password. Save it as an Excel workbook (.xlsx) without a password, or as CSV.");
        }
    }

    private static void CheckSize(FileStream file)
    {
        file.Position = 0;
        try
        {
            using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            long total = 0;
            foreach (var entry in zip.Entries)
            {
                total += entry.Length;
                if (total > LargestUnpacked || (entry.FullName.EndsWith("sharedStrings.xml", StringComparison.OrdinalIgnoreCase) && entry.Length > LargestStrings))
                {
                    throw new UnreadableFileException("The workbook is far larger unpacked than any list of orders. Copy the orders into a new workbook, or save the sheet as CSV.");
                }
            }

            if (zip.Entries.Count > MostParts)
            {
                throw new UnreadableFileException($"The workbook has more than {MostParts} parts. Copy the orders into a new workbook, or save the sheet as CSV.");
            }
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            throw new UnreadableFileException("The file breaks off or is damaged. Save it again from your spreadsheet program and upload it once more.");
        }
    }

    private static bool IsBroken(Exception error) => error is ExcelReaderException or InvalidDataException or XmlException or IOException or FormatException or ArgumentException
        or InvalidOperationException or IndexOutOfRangeException or NullReferenceException or OverflowException or KeyNotFoundException or NotSupportedException;
}
