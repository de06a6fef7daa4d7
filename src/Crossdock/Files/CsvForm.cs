using System.Text;

namespace Crossdock.Files;

/// <summary>Finds out how a CSV file is written.</summary>
internal static class CsvForm
{
    private static readonly char[] Delimiters = [',', ';', '\t', '|'];
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>By its byte order mark; otherwise UTF-16 where every other byte is zero, UTF-8 where the whole file is that, and Windows-1252 (which Latin-1 is part of).</summary>
    public static Encoding EncodingOf(FileStream file)
    {
        var head = new byte[4096];
        file.Position = 0;
        int length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (length >= 2 && head[0] == 0xFF && head[1] == 0xFE) return Encoding.Unicode;
        if (length >= 2 && head[0] == 0xFE && head[1] == 0xFF) return Encoding.BigEndianUnicode;
        int even = 0, odd = 0;
        for (int i = 0; i < length; i++)
        {
            if (head[i] == 0)
            {
                _ = i % 2 == 0 ? even++ : odd++;
            }
        }

        if (odd > length / 4 && even == 0) return Encoding.Unicode;
        if (even > length / 4 && odd == 0) return Encoding.BigEndianUnicode;
        return IsUtf8(file) ? new UTF8Encoding(false) : CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
    }

    /// <summary>The sign that the first lines have most alike. What Excel says with <c>sep=</c> holds.</summary>
    public static char DelimiterOf(FileStream file, Encoding encoding)
    {
        using var reader = new StreamReader(file, encoding, true, 4096, leaveOpen: true);
        var head = new char[64 * 1024];
        int length = reader.ReadBlock(head);
        var text = head.AsSpan(0, length);
        if (text.Length > 4 && text.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && Delimiters.Contains(text[4]))
        {
            return text[4];
        }

        char best = ',';
        int most = 0;
        foreach (char delimiter in Delimiters)
        {
            int score = Score(text, delimiter);
            if (score > most)
            {
                (best, most) = (delimiter, score);
            }
        }

        return best;
    }

    /// <summary>False when the last row has no end of line.</summary>
    public static bool EndsInLine(FileStream file, Encoding encoding)
    {
        var tail = new byte[encoding is UnicodeEncoding ? 2 : 1];
        if (file.Length < tail.Length)
        {
            return true;
        }

        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        return encoding.GetString(tail) is "\n" or "\r";
    }

    /// <summary>The most signs that stand in one of the first lines, and how many lines have as many.</summary>
    private static int Score(ReadOnlySpan<char> text, char delimiter)
    {
        var counts = new List<int>();
        int count = 0;
        bool isQuoted = false;
        foreach (char c in text)
        {
            if (c == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (!isQuoted && c == delimiter)
            {
                count++;
            }
            else if (!isQuoted && c == '\n')
            {
                counts.Add(count);
                count = 0;
                if (counts.Count == 20)
                {
                    break;
                }
            }
        }

        if (count > 0)
        {
            counts.Add(count);
        }

        int most = counts.Count == 0 ? 0 : counts.Max();
        return most == 0 ? 0 : most * (1 + counts.Count(one => one == most));
    }

    private static bool IsUtf8(FileStream file)
    {
        var decoder = Strict.GetDecoder();
        var bytes = new byte[64 * 1024];
        var chars = new char[64 * 1024 + 16];
        file.Position = 0;
        try
        {
            int read;
            while ((read = file.Read(bytes)) > 0)
            {
                decoder.GetChars(bytes.AsSpan(0, read), chars, flush: false);
            }

            // A letter cut in half at the very end is a file cut in half, not another encoding.
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
