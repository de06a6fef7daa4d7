namespace Crossdock.Files;

/// <summary>Tells by its first bytes what a file is; names lie.</summary>
internal static class FileKind
{
    /// <summary><c>csv</c> or <c>xlsx</c>; null when it is neither, and then <paramref name="refusal"/> says what to do.</summary>
    public static string? Of(FileStream file, out string? refusal)
    {
        refusal = null;
        var head = new byte[2048];
        file.Position = 0;
        int length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        var bytes = head.AsSpan(0, length);
        if (length == 0)
        {
            refusal = "The file is empty.";
            return null;
        }

        if (bytes.StartsWith("PK\u0003\u0004"u8))
        {
            return "xlsx";
        }

        bool isUtf16 = bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]);
        int zeros = bytes.Count((byte)0);
        var text = bytes.TrimStart((ReadOnlySpan<byte>)[0x20, 0x0D, 0x0A, 0x09, 0xEF, 0xBB, 0xBF]);
        refusal = bytes.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0]) ? "This is a workbook of the old kind (.xls), or one with a password. Save it as .xlsx without a password, or as CSV."
            : bytes.StartsWith("%PDF"u8) ? "This is a PDF. Save the list as .xlsx or CSV."
            : text.StartsWith("<"u8) ? "This is a web page or XML, whatever its name says. Open it in your spreadsheet program and save it as .xlsx or CSV."
            : text.StartsWith("{"u8) ? "This is JSON. Save the list as .xlsx or CSV; programs send their orders to a connection of the platform custom."
            : zeros > 0 && !isUtf16 && !(zeros > length / 4 && zeros < length * 3 / 4) ? "This is neither CSV nor XLSX. Save the list as one of them."
            : null;
        return refusal is null ? "csv" : null;
    }
}
