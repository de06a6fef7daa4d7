using System.Buffers.Text;

namespace Crossdock.Drift;

/// <summary>What stands at a place of a document. Stored as its number, which never changes meaning.</summary>
public enum ShapeKind : byte
{
    /// <summary><c>null</c>.</summary>
    Null = 0,
    /// <summary>Text without a character.</summary>
    Empty = 1,
    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean = 2,
    /// <summary>A number without decimals.</summary>
    Whole = 3,
    /// <summary>A number with decimals.</summary>
    Number = 4,
    /// <summary>Text of digits alone.</summary>
    Digits = 5,
    /// <summary>Text that is a number with a decimal point.</summary>
    Decimal = 6,
    /// <summary>Text that begins with a date.</summary>
    Time = 7,
    /// <summary>Any other text.</summary>
    Text = 8,
    /// <summary>An object.</summary>
    Object = 9,
    /// <summary>A list with items.</summary>
    List = 10,
    /// <summary>A list without any.</summary>
    EmptyList = 11,
}

/// <summary>What kinds mean beside each other.</summary>
internal static class ShapeKinds
{
    public const int Count = 12;

    /// <summary>Stands for nothing: such a field counts as missing where it is critical, and never as a change of type.</summary>
    public static bool IsNothing(ShapeKind kind) => kind is ShapeKind.Null or ShapeKind.Empty or ShapeKind.EmptyList;

    public static string Words(ShapeKind kind) => kind switch
    {
        ShapeKind.Null => "null",
        ShapeKind.Empty => "an empty text",
        ShapeKind.Boolean => "true or false",
        ShapeKind.Whole => "a whole number",
        ShapeKind.Number => "a number with decimals",
        ShapeKind.Digits => "digits as text",
        ShapeKind.Decimal => "a decimal number as text",
        ShapeKind.Time => "a time as text",
        ShapeKind.Text => "text",
        ShapeKind.Object => "an object",
        ShapeKind.List => "a list",
        ShapeKind.EmptyList => "an empty list",
    };

    public static ShapeKind OfNumber(ReadOnlySpan<byte> digits) => digits.ContainsAny((byte)'.', (byte)'e', (byte)'E') ? ShapeKind.Number : ShapeKind.Whole;

    public static ShapeKind OfText(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return ShapeKind.Empty;
        }

        byte first = text[0];
        if (first is not ((>= (byte)'0' and <= (byte)'9') or (byte)'-'))
        {
            return ShapeKind.Text;
        }

        if (text.Length >= 10 && text[4] == '-' && text[7] == '-' && Utf8Parser.TryParse(text[..4], out int _, out int used) && used == 4)
        {
            return ShapeKind.Time;
        }

        var rest = first == '-' ? text[1..] : text;
        if (rest.IsEmpty || rest.Length > 30)
        {
            return ShapeKind.Text;
        }

        int point = rest.IndexOf((byte)'.');
        if (point < 0)
        {
            return rest.ContainsAnyExceptInRange((byte)'0', (byte)'9') ? ShapeKind.Text : ShapeKind.Digits;
        }

        return point > 0 && point < rest.Length - 1 && !rest[..point].ContainsAnyExceptInRange((byte)'0', (byte)'9') && !rest[(point + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9')
            ? ShapeKind.Decimal : ShapeKind.Text;
    }

    /// <summary>True when a field that was always of the known kinds says something else by the new one, so that whoever reads it may read it wrong.
    /// Text of digits that becomes other text is none (house numbers, SKUs), nor is a whole number that gets decimals.</summary>
    public static bool IsChange(ShapeKind came, Func<ShapeKind, bool> isKnown)
    {
        if (IsNothing(came) || isKnown(came))
        {
            return false;
        }

        bool anyNumber = isKnown(ShapeKind.Whole) || isKnown(ShapeKind.Number);
        bool anyText = isKnown(ShapeKind.Text);
        bool anyOther = anyNumber || anyText || isKnown(ShapeKind.Boolean) || isKnown(ShapeKind.Digits) || isKnown(ShapeKind.Decimal) || isKnown(ShapeKind.Time) || isKnown(ShapeKind.Object) || isKnown(ShapeKind.List);
        return anyOther && came switch
        {
            ShapeKind.Whole or ShapeKind.Number => !anyNumber,
            ShapeKind.Text => !isKnown(ShapeKind.Digits),
            ShapeKind.Digits => !anyText && !isKnown(ShapeKind.Decimal),
            ShapeKind.Decimal => !anyText && !isKnown(ShapeKind.Digits),
            ShapeKind.Time => !anyText,
            _ => true,
        };
    }

    /// <summary>As <see cref="IsChange"/>, for a place that feeds an order: stricter for amounts, where any other text is another way of writing the number.</summary>
    public static bool IsCriticalChange(ShapeKind came, bool isNumeric, Func<ShapeKind, bool> isKnown) =>
        !isNumeric ? IsChange(came, isKnown)
        : !IsNothing(came) && !isKnown(came) && came switch
        {
            ShapeKind.Whole => !isKnown(ShapeKind.Number),
            ShapeKind.Number => !isKnown(ShapeKind.Whole),
            ShapeKind.Digits => !isKnown(ShapeKind.Decimal),
            ShapeKind.Decimal => !isKnown(ShapeKind.Digits),
            _ => true,
        };
}
