using System.Text.Json.Nodes;
using Crossdock.Connectors.Http;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Xunit;

namespace Crossdock.Connectors.Tests.Http;

public sealed class TemplateTests
{
    [Theory]
    [InlineData("Ana \"La Jefa\" Rojas")]
    [InlineData("two\nlines\r\nand a\ttab")]
    [InlineData("back\\slash \\\" and \\u0041")]
    [InlineData("\",\"admin\":true,\"x\":\"")]
    [InlineData("</script> & <b>Ñuñoa</b> 'quoted' 🐦 \u2028 \u0001 \u007f")]
    [InlineData("{{number}} {{#if}}")]
    public void Text_of_any_kind_stays_text_in_JSON(string hostile)
    {
        var order = Destinations.Order with { Note = hostile, ShipTo = Destinations.Order.ShipTo! with { Name = hostile } };
        string body = Fill("""{"name":"{{shipTo.name}}","note":"{{note}}","whole":{{json shipTo.name}},"lines":{{json lines}} }""", Escaping.Json, order);
        var read = JsonNode.Parse(body)!.AsObject();
        Assert.Equal((hostile, hostile, hostile), (read["name"]!.GetValue<string>(), read["note"]!.GetValue<string>(), read["whole"]!.GetValue<string>()));
        Assert.Equal(4, read.Count);
        Assert.Equal(2, read["lines"]!.AsArray().Count);
    }

    [Fact]
    public void Numbers_booleans_and_absent_values_are_written_as_JSON_has_them()
    {
        string body = Fill("""{"grams":{{weightGrams}},"taxes":{{json totals.taxesIncluded}},"note":{{json note}},"empty":"{{note}}","total":{{money totals.total}},"quantity":{{lines.[1].quantity}},"count":{{length lines}},"pieces":{{lines.length}},"attempt":{{delivery.attempt}} }""", Escaping.Json);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"grams":600,"taxes":true,"note":null,"empty":"","total":12.90,"quantity":1.5,"count":2,"pieces":2,"attempt":1}"""), JsonNode.Parse(body)), body);
    }

    [Fact]
    public void Lists_and_conditions_are_written_out()
    {
        string body = Fill("""{"items":[{{#each lines}}{"sku":"{{#if sku}}{{sku}}{{else}}NONE{{/if}}","q":{{quantity}} }{{#unless @last}},{{/unless}}{{/each}}]}""", Escaping.Json);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"items":[{"sku":"MUG-1","q":2},{"sku":"NONE","q":1.5}]}"""), JsonNode.Parse(body)), body);
    }

    [Theory]
    [InlineData("{{date placedAt}}", "2026-01-02T03:04:05Z")]
    [InlineData("{{date placedAt 'dd.MM.yyyy HH:mm'}}", "02.01.2026 03:04")]
    [InlineData("{{date placedAt 'unixSeconds'}}", "1767323045")]
    [InlineData("{{date placedAt 'yyyy-MM-dd HH:mm' 'America/Santiago'}}", "2026-01-02 00:04")]
    [InlineData("{{date note}}", "")]
    public void Dates_are_written_as_asked(string template, string expected) => Assert.Equal(expected, Fill(template, Escaping.Json));

    [Fact]
    public void Value_in_an_address_stays_one_part_of_it()
    {
        var order = Destinations.Order with { Number = "A/B?x=1&y#z ñ%" };
        var url = new Uri(Fill("https://courier.example/s/{{number}}?ref={{number}}", Escaping.Url, order));
        Assert.Equal("/s/A%2FB%3Fx%3D1%26y%23z%20%C3%B1%25", url.AbsolutePath);
        Assert.Equal("?ref=A%2FB%3Fx%3D1%26y%23z%20%C3%B1%25", url.Query);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    public void Value_that_would_lead_to_another_address_is_refused(string number) =>
        Assert.Throws<TemplateException>(() => Fill("https://courier.example/s/{{number}}", Escaping.Url, Destinations.Order with { Number = number }));

    [Fact]
    public void Value_in_a_header_has_no_line_breaks() =>
        Assert.DoesNotContain(Fill("{{note}}", Escaping.Header, Destinations.Order with { Note = "a\r\nX-Admin: 1\nb\0c" }), letter => letter is '\r' or '\n' or '\0');

    [Theory]
    [InlineData("{{{note}}}")]
    [InlineData("{{& note}}")]
    [InlineData("{{&note}}")]
    public void Unescaped_values_are_refused(string template) => Assert.Contains("escaped", Assert.Throws<TemplateException>(() => Template.Compile(template, Escaping.Json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{{> secret}}")]
    [InlineData("{{lookup this 'GetType'}}x{{this.GetType.Assembly}}")]
    [InlineData("{{shipTo.GetType.Assembly.FullName}}")]
    public void Template_cannot_reach_code_or_files(string template)
    {
        try
        {
            Assert.DoesNotContain("Version=", Fill(template, Escaping.Json), StringComparison.Ordinal);
        }
        catch (TemplateException refused)
        {
            Assert.NotEmpty(refused.Message);
        }
    }

    [Fact]
    public void Example_of_the_README_gives_JSON()
    {
        string readme = File.ReadAllText(Path.Combine(WooCommerce.Woo.Folder, "..", "..", "..", "..", "src", "Crossdock.Connectors", "Http", "README.md"));
        int start = readme.IndexOf("{ \"reference\"", StringComparison.Ordinal);
        string template = readme[start..readme.IndexOf("        remoteId:", start, StringComparison.Ordinal)];
        var read = JsonNode.Parse(Fill(template, Escaping.Json))!;
        Assert.Equal(("#1001", 0, 2), (read["reference"]!.GetValue<string>(), read["pieces"]!.GetValue<int>(), read["items"]!.AsArray().Count));
    }

    private static string Fill(string template, Escaping escaping, Order? order = null) => Template.Compile(template, escaping).Fill(TemplateModel.Read(Destinations.Request(order)));
}
