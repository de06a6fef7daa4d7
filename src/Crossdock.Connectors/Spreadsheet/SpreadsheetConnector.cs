using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Spreadsheet;

/// <summary>Orders from CSV and XLSX files, for customers that have nothing else.</summary>
public sealed class SpreadsheetConnector : IConnector, IOrderMapper, IFileSource
{
    public ConnectorManifest Manifest { get; } = new()
    {
        Platform = "spreadsheet",
        Title = "Spreadsheet",
        Summary = "Orders from CSV and XLSX files, uploaded in the console, by the API or the command line. Columns are found by their names in English and Spanish; every row is checked before anything is imported.",
        Settings =
        [
            new() { Name = "currency", Label = "Currency", Help = "ISO 4217 code of amounts where a row has no currency of its own, for example CLP.", Default = "CLP" },
            new() { Name = "country", Label = "Country", Help = "ISO 3166-1 code of addresses where a row has no country of its own, for example CL.", Default = "CL" },
            new() { Name = "timeZone", Label = "Time zone", Help = "IANA name of the zone that dates and times are meant in, for example America/Santiago.", Default = "UTC" },
            new() { Name = "decimals", Label = "Decimal sign", Help = "point for 1,234.56, comma for 1.234,56. auto understands both where they are clear; a number that could mean two things is told as an error of its cell.", Type = SettingType.Choice, Choices = ["auto", "point", "comma"], Default = "auto" },
            new() { Name = "dates", Label = "Dates", Help = "How dates with slashes are meant. auto: month first for the United States, day first everywhere else. 2026-12-31 is always understood.", Type = SettingType.Choice, Choices = ["auto", "dayFirst", "monthFirst", "yearFirst"], Default = "auto" },
            new() { Name = "columns", Label = "Own headings", Help = "From a heading of your files to the column it means, for example 'Nro. documento: Order number'; to ignore for a column that is to be left out.", Type = SettingType.Table },
        ],
    };

    public IReadOnlyList<SettingProblem> Check(ConnectionSettings connection)
    {
        List<SettingProblem> problems = [];
        SpreadsheetSettings.Read(connection, problems);
        return problems;
    }

    public IOrderMapping MappingFor(ConnectionSettings connection) => new SpreadsheetOrderMapping(SpreadsheetSettings.Read(connection, []));

    public IFileLayout LayoutFor(ConnectionSettings connection) => new SpreadsheetLayout(SpreadsheetSettings.Read(connection, []));
}
