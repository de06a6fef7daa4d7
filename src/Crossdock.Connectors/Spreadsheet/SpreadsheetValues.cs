using System.Globalization;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using NodaTime;

namespace Crossdock.Connectors.Spreadsheet;

/// <summary>Reads numbers, dates and words of a cell. Each answers what is wrong instead, when something is.</summary>
internal static class SpreadsheetValues
{
    // Amounts of these have no decimals, so that one separator before three digits can only group.
    private static readonly string[] DayFirst = ["d/M/yyyy", "d/M/yy"], MonthFirst = ["M/d/yyyy", "M/d/yy"], YearFirst = ["yyyy/M/d"];

    private static readonly string[] Times = ["H:mm", "H:mm:ss", "H:mm:ss.FFFFFFF", "h:mm tt", "h:mm:ss tt", "h:mmtt"];

    internal static bool HasNoDecimals(string currency) => Currencies.MinorDigits(currency) == 0;

    /// <summary>A decimal number; signs of currency and spaces around it are understood.</summary>
    internal static decimal? Number(FileCell cell, DecimalStyle style, bool isWhole, out string? problem)
    {
        problem = null;
        string text = Bare(cell.Text);
        if (cell.IsNumber)
        {
            return Plain(text, NumberStyles.AllowExponent, ref problem);
        }

        int points = text.Count(c => c == '.'), commas = text.Count(c => c == ',');
        char sign = points > 0 ? '.' : ',';
        char? fraction = (points, commas) switch
        {
            ( > 0, > 0) => text.LastIndexOf('.') > text.LastIndexOf(',') ? '.' : ',',
            (1, 0) or (0, 1) when !IsGrouped(text, sign) => sign,
            (1, 0) or (0, 1) => style switch
            {
                DecimalStyle.Point => sign == '.' ? '.' : null,
                DecimalStyle.Comma => sign == ',' ? ',' : null,
                DecimalStyle.Auto => isWhole ? null : '?',
            },
            _ => null,
        };
        if (fraction == '?')
        {
            problem = "could be thousands or a fraction. Write it without a separator of thousands, or fix the connection's setting decimals";
            return null;
        }

        string grouping = fraction is '.' ? "," : fraction is ',' ? "." : points > 0 ? "." : ",";
        int end = fraction is { } mark ? text.LastIndexOf(mark) : text.Length;
        if ((style == DecimalStyle.Point && fraction == ',') || (style == DecimalStyle.Comma && fraction == '.'))
        {
            problem = $"is not written as the connection's setting decimals says ({(style == DecimalStyle.Point ? "1,234.56" : "1.234,56")})";
            return null;
        }

        if (text[..end].Contains(grouping, StringComparison.Ordinal) && !IsGrouped(text[..end], grouping[0]))
        {
            problem = "is no number";
            return null;
        }

        string plain = text[..end].Replace(grouping, "", StringComparison.Ordinal) + (end < text.Length ? "." + text[(end + 1)..] : "");
        return Plain(plain, NumberStyles.None, ref problem);
    }

    /// <summary>A time, UTC, and the shop's offset in minutes.</summary>
    internal static (DateTimeOffset At, int? OffsetMinutes)? Time(FileCell cell, DateStyle style, DateTimeZone zone, out string? problem)
    {
        problem = null;
        string text = cell.Text;
        if (cell.IsNumber)
        {
            // A date whose cell was formatted as a number: days since 1899-12-30.
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double days) && days is > 20_000 and < 80_000)
            {
                return Local(new DateTime(1899, 12, 30, 0, 0, 0, DateTimeKind.Unspecified).AddDays(days), zone);
            }

            problem = "is no date";
            return null;
        }

        if (text.Length >= 16 && (text.EndsWith('Z') || text.LastIndexOf('+') > 10 || text.LastIndexOf('-') > 10) && text[4] == '-'
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var exact) && IsSensible(exact.Year))
        {
            return (exact.ToUniversalTime(), (int)exact.Offset.TotalMinutes);
        }

        int cut = text.IndexOfAny([' ', 'T', ',']);
        string date = (cut < 0 ? text : text[..cut]).Replace('-', '/').Replace('.', '/');
        string time = cut < 0 ? "" : text[(cut + 1)..].Trim().Replace("a. m.", "AM", StringComparison.OrdinalIgnoreCase).Replace("p. m.", "PM", StringComparison.OrdinalIgnoreCase)
            .Replace("a.m.", "AM", StringComparison.OrdinalIgnoreCase).Replace("p.m.", "PM", StringComparison.OrdinalIgnoreCase).Replace(" hrs", "", StringComparison.OrdinalIgnoreCase).TrimStart(',', ' ');
        bool isYearFirst = date.Length > 4 && date[4] == '/';
        string[] forms = isYearFirst ? YearFirst : style switch { DateStyle.MonthFirst => MonthFirst, DateStyle.YearFirst => YearFirst, _ => DayFirst };
        if (!DateTime.TryParseExact(date, forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) || !IsSensible(day.Year))
        {
            problem = style switch
            {
                DateStyle.MonthFirst => "is no date. Write it as 2026-12-31 or 12/31/2026",
                DateStyle.YearFirst => "is no date. Write it as 2026-12-31",
                _ => "is no date. Write it as 2026-12-31 or 31/12/2026",
            };
            return null;
        }

        if (time.Length > 0)
        {
            if (!DateTime.TryParseExact(time, Times, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault, out var clock))
            {
                problem = "has a time that cannot be read. Write it as 15:30";
                return null;
            }

            day += clock.TimeOfDay;
        }

        return Local(day, zone);
    }

    /// <summary>Yes or no in English and Spanish.</summary>
    internal static bool? Flag(string text) => Heading.Fold(text) switch
    {
        "yes" or "y" or "true" or "1" or "si" or "s" or "x" or "paid" or "pagado" or "pagada" or "verdadero" or "ok" => true,
        "no" or "n" or "false" or "0" or "unpaid" or "not paid" or "pending" or "pendiente" or "no pagado" or "no pagada" or "falso" => false,
        _ => null,
    };

    private static bool IsSensible(int year) => year is >= 1990 and < 2100;

    private static (DateTimeOffset At, int? OffsetMinutes) Local(DateTime local, DateTimeZone zone)
    {
        var zoned = LocalDateTime.FromDateTime(DateTime.SpecifyKind(local, DateTimeKind.Unspecified)).InZoneLeniently(zone);
        return (zoned.ToInstant().ToDateTimeOffset(), zoned.Offset.Milliseconds / 60_000);
    }

    private static decimal? Plain(string text, NumberStyles more, ref string? problem)
    {
        if (decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | more, CultureInfo.InvariantCulture, out decimal number) && Math.Abs(number) < 1_000_000_000_000m)
        {
            return number;
        }

        problem = "is no number";
        return null;
    }

    /// <summary>1.234.567: one to three digits, then groups of three.</summary>
    private static bool IsGrouped(string text, char sign)
    {
        string[] groups = text.TrimStart('-', '+').Split(sign);
        return groups.Length > 1 && groups[0].Length is >= 1 and <= 3 && groups[0] != "0" && groups.All(group => group.All(char.IsAsciiDigit)) && groups.Skip(1).All(group => group.Length == 3);
    }

    private static string Bare(string text)
    {
        string bare = text.Replace("\u00A0", "", StringComparison.Ordinal).Replace("\u202F", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal);
        bool isNegative = bare.StartsWith('-');
        bare = bare.TrimStart('-').Trim('$', '€', '£', '¥');
        foreach (string code in (string[])["CLP", "USD", "EUR", "US$", "kgs", "kg", "gr", "g"])
        {
            if (bare.Length > code.Length && (bare.StartsWith(code, StringComparison.OrdinalIgnoreCase) || bare.EndsWith(code, StringComparison.OrdinalIgnoreCase)))
            {
                bare = bare.StartsWith(code, StringComparison.OrdinalIgnoreCase) ? bare[code.Length..] : bare[..^code.Length];
                break;
            }
        }

        bare = bare.Trim('$', '€', '£', '¥');
        return isNegative ? "-" + bare : bare;
    }
}
