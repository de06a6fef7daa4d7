using Crossdock.Connectors.Configuration;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Geography;
using NodaTime;

namespace Crossdock.Connectors.Spreadsheet;

/// <summary>How numbers are written.</summary>
internal enum DecimalStyle
{
    /// <summary>Both signs are understood where they are clear; what could mean two things is a problem of its cell.</summary>
    Auto,
    /// <summary>1,234.56.</summary>
    Point,
    /// <summary>1.234,56.</summary>
    Comma,
}

/// <summary>How dates are written.</summary>
internal enum DateStyle
{
    /// <summary>31/12/2026, or 12/31/2026 for the United States. 2026-12-31 is always understood.</summary>
    Auto,
    DayFirst,
    MonthFirst,
    YearFirst,
}

/// <summary>A connection's settings, understood.</summary>
/// <param name="Currency">Where a row does not say.</param>
/// <param name="Country">Alpha-2 code, where a row does not say.</param>
/// <param name="Zone">Of times without one.</param>
/// <param name="Decimals">How numbers are written.</param>
/// <param name="Dates">How dates are written; never auto.</param>
/// <param name="Columns">The customer's own headings, folded, with the column they mean; null for one to be left out.</param>
internal sealed record SpreadsheetSettings(string Currency, string Country, DateTimeZone Zone, DecimalStyle Decimals, DateStyle Dates, IReadOnlyDictionary<string, SpreadsheetColumn?> Columns)
{
    internal const string Ignore = "ignore";

    internal static SpreadsheetSettings Read(ConnectionSettings connection, List<SettingProblem> problems)
    {
        var root = new SettingsReader(connection.Settings, "settings", problems);
        string currency = (root.Text("currency") ?? "CLP").Trim().ToUpperInvariant();
        if (currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper))
        {
            root.Problem("currency", "must be an ISO 4217 code such as CLP");
            currency = "CLP";
        }

        string written = root.Text("country") ?? "CL";
        var country = Countries.Find(written.Trim());
        if (country is null)
        {
            root.Problem("country", $"'{written}' is no country; give an ISO 3166-1 code such as CL");
        }

        string zoneName = root.Text("timeZone") ?? "UTC";
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(zoneName);
        if (zone is null)
        {
            root.Problem("timeZone", $"'{zoneName}' is no time zone; give a name such as America/Santiago");
        }

        var decimals = root.Choice("decimals", "auto", "auto", "point", "comma") switch { "point" => DecimalStyle.Point, "comma" => DecimalStyle.Comma, _ => DecimalStyle.Auto };
        var dates = root.Choice("dates", "auto", "auto", "dayFirst", "monthFirst", "yearFirst") switch
        {
            "dayFirst" => DateStyle.DayFirst,
            "monthFirst" => DateStyle.MonthFirst,
            "yearFirst" => DateStyle.YearFirst,
            _ => country?.Alpha2 == "US" ? DateStyle.MonthFirst : DateStyle.DayFirst,
        };
        var columns = new Dictionary<string, SpreadsheetColumn?>(StringComparer.Ordinal);
        foreach (var (heading, name) in root.Table("columns"))
        {
            string folded = Heading.Fold(heading);
            if (folded.Length == 0)
            {
                root.Problem("columns", $"'{heading}' is no heading: it has neither letters nor digits");
            }
            else if (name.Equals(Ignore, StringComparison.OrdinalIgnoreCase))
            {
                columns[folded] = null;
            }
            else if (SpreadsheetColumns.ByName.TryGetValue(name.Trim(), out var column) || SpreadsheetColumns.ByHeading.TryGetValue(Heading.Fold(name), out column))
            {
                columns[folded] = column;
            }
            else
            {
                root.Problem($"columns.{heading}", $"'{name}' is no column; possible are {Ignore}, {string.Join(", ", SpreadsheetColumns.All.Select(one => one.Name))}");
            }
        }

        root.Close();
        return new SpreadsheetSettings(currency, country?.Alpha2 ?? "CL", zone ?? DateTimeZone.Utc, decimals, dates, columns);
    }
}
