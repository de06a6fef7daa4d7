namespace Crossdock.Connectors.Custom;

/// <summary>JSON may spell the character NUL; no database text can hold it, and no name or address means it.</summary>
internal static class NulCharacters
{
    /// <summary>The document without its escapes of NUL; itself when there are none.</summary>
    internal static ReadOnlyMemory<byte> Removed(ReadOnlyMemory<byte> json)
    {
        if (json.Span.IndexOf("\\u0000"u8) < 0)
        {
            return json;
        }

        var bytes = json.Span;
        byte[] kept = new byte[bytes.Length];
        int length = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != '\\')
            {
                kept[length++] = bytes[i];
            }
            else if (bytes[i..].StartsWith("\\u0000"u8))
            {
                i += 5;
            }
            else if (i + 1 < bytes.Length)
            {
                // An escaped backslash: what follows it is no escape.
                kept[length++] = bytes[i++];
                kept[length++] = bytes[i];
            }
            else
            {
                kept[length++] = bytes[i];
            }
        }

        return kept.AsMemory(0, length);
    }
}
