using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using Crossdock.Model.Connectors;

namespace Crossdock.Files;

/// <summary>A file to begin with: headings in English or Spanish, and example rows.</summary>
public static class TemplateFile
{
    /// <summary>As CSV, in UTF-8 with a byte order mark; in Spanish with semicolons, because that is what a Spanish Excel opens.</summary>
    public static byte[] Csv(IReadOnlyList<FileColumn> columns, bool isSpanish)
    {
        string text = string.Concat(Rows(columns, isSpanish).Select(row => CsvText.Row(row, isSpanish ? ';' : ',')));
        return [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(text)];
    }

    /// <summary>As XLSX. Every cell is text, so that no telephone number or postcode loses a digit.</summary>
    public static byte[] Xlsx(IReadOnlyList<FileColumn> columns, bool isSpanish)
    {
        var sheet = new StringBuilder("""<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>""");
        sheet.Append(CultureInfo.InvariantCulture, $"""<cols><col min="1" max="{columns.Count}" width="18" style="1" customWidth="1"/></cols><sheetData>""");
        int number = 0;
        foreach (var row in Rows(columns, isSpanish))
        {
            number++;
            sheet.Append(CultureInfo.InvariantCulture, $"""<row r="{number}">""");
            foreach (string cell in row)
            {
                sheet.Append(CultureInfo.InvariantCulture, $"""<c s="{(number == 1 ? 2 : 1)}" t="inlineStr"><is><t xml:space="preserve">{WebUtility.HtmlEncode(cell)}</t></is></c>""");
            }

            sheet.Append("</row>");
        }

        sheet.Append("</sheetData></worksheet>");
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Part(zip, "[Content_Types].xml", """<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>""");
            Part(zip, "_rels/.rels", """<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>""");
            Part(zip, "xl/workbook.xml", $"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="{(isSpanish ? "Pedidos" : "Orders")}" sheetId="1" r:id="rId1"/></sheets></workbook>""");
            Part(zip, "xl/_rels/workbook.xml.rels", """<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>""");
            Part(zip, "xl/styles.xml", """<?xml version="1.0" encoding="UTF-8" standalone="yes"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs></styleSheet>""");
            Part(zip, "xl/worksheets/sheet1.xml", sheet.ToString());
        }

        return stream.ToArray();
    }

    private static IEnumerable<string[]> Rows(IReadOnlyList<FileColumn> columns, bool isSpanish) =>
        Enumerable.Range(-1, 1 + columns.Max(column => column.Examples.Count))
            .Select(row => columns.Select(column => row < 0 ? (isSpanish ? column.SpanishName : column.Name) : row < column.Examples.Count ? column.Examples[row] : "").ToArray());

    private static void Part(ZipArchive zip, string name, string text)
    {
        using var writer = new StreamWriter(zip.CreateEntry(name, CompressionLevel.Fastest).Open(), new UTF8Encoding(false));
        writer.Write(text);
    }
}
