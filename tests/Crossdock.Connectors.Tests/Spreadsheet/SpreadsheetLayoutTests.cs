using System.Globalization;
using System.Text;
using System.Text.Json;
using Crossdock.Connectors.Spreadsheet;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Xunit;

namespace Crossdock.Connectors.Tests.Spreadsheet;

/// <summary>What rows of a file mean, and what is told of those that mean nothing.</summary>
public sealed class SpreadsheetLayoutTests
{
    private static readonly string[] Few = ["Order number", "Recipient", "Street", "Commune"];
    private static readonly string[] Good = ["A-1", "Ana Rojas", "Av. Irarrázaval 2401", "nunoa"];

    [Fact]
    public void Spanish_event_with_two_rows_is_one_order_with_two_lines()
    {
        var order = Mapped(SpreadsheetConformanceTests.Event, """{"timeZone":"America/Santiago"}""");
        Assert.Equal(("A-1002", "A-1002", 2, 600L + 300L), (order.ExternalId, order.Number, order.Lines.Count, order.WeightGrams));
        Assert.Equal((new Money(14970m, "CLP"), new Money(14970m, "CLP"), PaymentStatus.CashOnDelivery), (order.Totals.Total, order.Totals.Outstanding, order.PaymentStatus));
        Assert.Equal(("Providencia", "RM", "CL", "1200", "Luis Soto"), (order.ShipTo!.District, order.ShipTo.Region, order.ShipTo.Country, order.ShipTo.HouseNumber, order.ShipTo.Name));
        Assert.Equal((new DateTimeOffset(2026, 3, 1, 18, 30, 0, TimeSpan.Zero), -180), (order.PlacedAt, order.ShopOffsetMinutes));
        Assert.Equal((2m, new Money(4990m, "CLP"), new Money(9980m, "CLP"), 300L), (order.Lines[0].Quantity, order.Lines[0].UnitPrice, order.Lines[0].Total, order.Lines[0].WeightGrams));
        Assert.Equal(("76.123.456-0", "express", "Norte", "1"), (order.Customer!.TaxId, order.Shipping[0].Title, order.Attributes["Bodega"], order.Attributes["packages"]));
    }

    [Theory]
    [InlineData("N° de Pedido", "Order number")]
    [InlineData("NRO_PEDIDO", "Order number")]
    [InlineData("  dirección ", "Street")]
    [InlineData("Total (CLP)", "Total")]
    [InlineData("Peso (kg)", "Weight kg")]
    [InlineData("e-mail", "E-mail")]
    [InlineData("Región de destino", "Region")]
    [InlineData("Zip Code", "Postcode")]
    [InlineData("Contra Reembolso", "Cash on delivery")]
    [InlineData("Observaciones:", "Notes")]
    public void Heading_is_understood_without_regard_to_case_accents_and_punctuation(string heading, string column) => Assert.Equal(column, Layout().Match([heading]).All[0].Column);

    [Fact]
    public void Both_templates_are_understood_wholly_and_without_errors()
    {
        var layout = Layout();
        foreach (var headings in new[] { layout.Columns.Select(column => column.Name), layout.Columns.Select(column => column.SpanishName) })
        {
            var match = layout.Match([.. headings]);
            Assert.Empty(match.Problems);
            Assert.Equal(layout.Columns.Select(column => column.Name), match.All.Select(one => one.Column));
            var rows = Enumerable.Range(0, 3).Select(row => new FileRow(row + 2, [.. layout.Columns.Select(column => new FileCell(column.Examples[row]))])).ToList();
            Assert.Empty(layout.Read(match, "t", [rows[0]]).Problems);
            var second = layout.Read(match, "t", [rows[1], rows[2]]);
            Assert.Empty(second.Problems);
            Assert.Equal((2, new Money(14970m, "CLP")), (second.Order!.Lines.Count, second.Order.Totals.Total));
        }
    }

    [Fact]
    public void Own_headings_of_the_settings_hold_and_others_are_kept_as_attributes()
    {
        var layout = Layout("""{"columns":{"Doc":"Order number","Secreto":"ignore"}}""");
        var headings = layout.Match(["DOC", "Destinatario", "Calle", "Comuna", "Secreto", "Bodega"]);
        Assert.Empty(headings.Problems);
        var read = layout.Read(headings, "f", [Row(2, "7", "Ana", "Calle 1", "Ñuñoa", "hush", "Norte")]);
        Assert.Equal(("7", "Norte", 1), (read.Order!.Number, read.Order.Attributes["Bodega"], read.Order.Attributes.Count));
        Assert.DoesNotContain("hush", Encoding.UTF8.GetString(read.Payload.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_columns_of_one_meaning_are_refused_with_both_places()
    {
        string problem = Assert.Single(Layout().Match([.. Few, "Phone", "Celular"]).Problems);
        Assert.Contains("E 'Phone' and F 'Celular' both mean Phone", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Needed_columns_that_are_missing_are_told() => Assert.Equal(3, Layout().Match(["Colour", "Size"]).Problems.Count);

    [Theory]
    [InlineData("Quantity", "0", "above 0")]
    [InlineData("Quantity", "many", "is no number")]
    [InlineData("Total", "-5", "must not be negative")]
    [InlineData("Total", "1.23.4", "is no number")]
    [InlineData("Date", "31/02/2026", "is no date")]
    [InlineData("Date", "12/31/2026", "is no date")]
    [InlineData("Country", "Narnia", "is no country")]
    [InlineData("E-mail", "ana.example.com", "is no e-mail")]
    [InlineData("Phone", "call me", "is no telephone")]
    [InlineData("Region", "Valparaíso", "Ñuñoa lies in")]
    [InlineData("Paid", "perhaps", "neither yes nor no")]
    [InlineData("Packages", "1.5", "whole number")]
    [InlineData("Currency", "pesos", "ISO 4217")]
    [InlineData("Notes", "#REF!", "formula error")]
    [InlineData("Weight kg", "1.250", "thousands or a fraction")]
    public void Cell_that_is_wrong_is_told_with_row_column_and_value(string column, string value, string because)
    {
        var layout = Layout();
        var read = layout.Read(layout.Match([.. Few, column]), "f", [Row(7, [.. Good, value])]);
        var problem = Assert.Single(read.Problems);
        Assert.Equal((7, 4, column, value), (problem.Row, problem.Index, problem.Column, problem.Value));
        Assert.Contains(because, problem.Because, StringComparison.Ordinal);
        Assert.Null(read.Order);
    }

    [Fact]
    public void Everything_that_is_missing_is_told_at_once()
    {
        var layout = Layout();
        var problems = layout.Read(layout.Match([.. Few, "SKU"]), "f", [Row(4, "", "", "", "", "X")]).Problems;
        Assert.Equal(["Order number is missing: every row needs the number of its order.", "Recipient is missing: say who receives it.", "Street is missing.", "Commune is missing."], problems.Select(problem => problem.Because));
    }

    [Fact]
    public void Commune_that_does_not_exist_is_told_and_abroad_it_is_not_asked_for()
    {
        var layout = Layout();
        Assert.Contains("none of Chile's communes", Assert.Single(layout.Read(layout.Match(Few), "f", [Row(2, "1", "A", "B", "Springfield")]).Problems).Because, StringComparison.Ordinal);
        var abroad = layout.Match(["Order number", "Recipient", "Street", "City", "Country", "State"]);
        var order = layout.Read(abroad, "f", [Row(2, "1", "A", "B", "Springfield", "US", "IL")]).Order!;
        Assert.Equal(("Springfield", "US", "IL"), (order.ShipTo!.City, order.ShipTo.Country, order.ShipTo.Region));
    }

    [Fact]
    public void Rows_of_one_order_must_agree()
    {
        var layout = Layout();
        var headings = layout.Match([.. Few, "Total"]);
        var problem = Assert.Single(layout.Read(headings, "f", [Row(2, [.. Good, "1000"]), Row(3, [.. Good, "2000"])]).Problems);
        Assert.Equal((3, "Total"), (problem.Row, problem.Column));
        Assert.Contains("differs from row 2", problem.Because, StringComparison.Ordinal);
        Assert.Empty(layout.Read(headings, "f", [Row(2, [.. Good, "1000"]), Row(3, [.. Good, ""])]).Problems);
    }

    [Theory]
    [InlineData("25.990", "CLP", "{}", "25990")]
    [InlineData("$ 25.990", "CLP", "{}", "25990")]
    [InlineData("1.234,56", "EUR", "{}", "1234.56")]
    [InlineData("1,234.56", "USD", "{}", "1234.56")]
    [InlineData("12,5", "EUR", "{}", "12.5")]
    [InlineData("12.500", "EUR", """{"decimals":"comma"}""", "12500")]
    [InlineData("12.500", "EUR", """{"decimals":"point"}""", "12.500")]
    [InlineData("1.234.567", "CLP", "{}", "1234567")]
    [InlineData("12.500", "EUR", "{}", null)]
    [InlineData("12,5", "EUR", """{"decimals":"point"}""", null)]
    public void Amount_is_read_as_it_is_written(string text, string currency, string settings, string? amount)
    {
        var layout = Layout(settings);
        var read = layout.Read(layout.Match([.. Few, "Total", "Currency"]), "f", [Row(2, [.. Good, text, currency])]);
        Assert.Equal(amount, read.Order?.Totals.Total.Amount.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(amount is null ? 1 : 0, read.Problems.Count);
    }

    [Theory]
    [InlineData("01/03/2026", "{}", "2026-03-01T00:00:00")]
    [InlineData("01-03-2026 15:30", "{}", "2026-03-01T15:30:00")]
    [InlineData("1/3/26 3:30 p. m.", "{}", "2026-03-01T15:30:00")]
    [InlineData("03/01/2026", """{"country":"US"}""", "2026-03-01T00:00:00")]
    [InlineData("03/01/2026", """{"dates":"monthFirst"}""", "2026-03-01T00:00:00")]
    [InlineData("2026-03-01T10:00:00-03:00", "{}", "2026-03-01T13:00:00")]
    [InlineData("2026-03-01T12:00:00", """{"timeZone":"America/Santiago"}""", "2026-03-01T15:00:00")]
    public void Date_is_read_as_it_is_written(string text, string settings, string utc)
    {
        var layout = Layout(settings);
        var read = layout.Read(layout.Match([.. Few, "Date", "Country"]), "f", [Row(2, [.. Good, text, "CL"])]);
        Assert.Empty(read.Problems);
        Assert.Equal(utc, read.Order!.PlacedAt!.Value.UtcDateTime.ToString("s", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Dedupe_key_depends_on_number_and_content_alone()
    {
        var layout = Layout();
        var headings = layout.Match([.. Few, "Notes"]);
        var moved = layout.Match(["Notes", "Commune", "Street", "Recipient", "Order number"]);
        string key = layout.Read(headings, "a.csv", [Row(2, [.. Good, "hi"])]).Envelope.DedupeKey;
        Assert.Equal(key, layout.Read(headings, "b.xlsx", [Row(99, [.. Good, "hi"])]).Envelope.DedupeKey);
        Assert.Equal(key, layout.Read(moved, "c.csv", [Row(2, ["hi", .. Good.Reverse()])]).Envelope.DedupeKey);
        Assert.NotEqual(key, layout.Read(headings, "a.csv", [Row(2, [.. Good, "ho"])]).Envelope.DedupeKey);
    }

    private static IFileLayout Layout(string settings = "{}") => new SpreadsheetConnector().LayoutFor(Connection(settings));

    private static ConnectionSettings Connection(string settings) => new("sheet", "Sheet", "spreadsheet", JsonDocument.Parse(settings).RootElement, new Dictionary<string, string>());

    private static FileRow Row(int number, params string[] cells) => new(number, [.. cells.Select(cell => new FileCell(cell))]);

    private static Order Mapped(string json, string settings) =>
        Assert.IsType<MappedOrder>(new SpreadsheetConnector().MappingFor(Connection(settings)).Map(new ReceivedEvent(Encoding.UTF8.GetBytes(json), "row", null, null, DateTimeOffset.UnixEpoch))).Order;
}
