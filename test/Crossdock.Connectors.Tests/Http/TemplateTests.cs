using System.Text;
using System.Text.Json;
using Crossdock.Connectors.Http;
using Crossdock.Model.Connectors;
using Xunit;

namespace Crossdock.Connectors.Tests.Http;

public sealed class TemplateTests
{
    private const string Order = """
        {"number":"#1 \"a\"\\ñ","placedAt":"2026-01-02T01:00:00Z","isTest":false,"totals":{"total":{"amount":"12.90","currency":"EUR"}},"shipTo":{"name":"Ana\nB"},
         "packages":[{"number":1},{"number":2}],"lines":[{"sku":"A","quantity":2},{"sku":"B","quantity":1.5}]}
        """;

    private static readonly Dictionary<string, object?> Model = TemplateModel.Read(new DeliveryRequest(default, DeliveryKind.Create, default, Encoding.UTF8.GetBytes(Order), "acme", "r 1", null, 1));

    [Theory]
    [InlineData("{{store}}", "acme")]
    [InlineData("{{money total}}", "12.90")]
    [InlineData("{{money totals.total}} {{totals.total.currency}}", "12.90 EUR")]
    [InlineData("{{length packages}}", "2")]
    [InlineData("{{packages.length}}", "2")]
    [InlineData("{{date placedAt \"yyyy-MM-dd\"}}", "2026-01-02")]
    [InlineData("{{date placedAt \"yyyy-MM-dd\" \"America/Santiago\"}}", "2026-01-01")]
    [InlineData("{{date placedAt \"unixSeconds\"}}", "1767315600")]
    [InlineData("{{json lines}}", """[{"sku":"A","quantity":2},{"sku":"B","quantity":1.5}]""")]
    [InlineData("{{json missing}}", "null")]
    [InlineData("{{#each lines}}{{sku}}:{{quantity}}{{#unless @last}},{{/unless}}{{/each}}", "A:2,B:1.5")]
    [InlineData("{{#if isTest}}t{{else}}f{{/if}}", "f")]
    [InlineData("[{{nothing.at.all}}]", "[]")]
    [InlineData("{{lines.0.sku}}", "A")]
    public void Template_is_filled(string template, string expected) => Assert.Equal(expected, Template.Compile(template, Escaping.Json).Fill(Model));

    [Fact]
    public void Values_stay_inside_their_json_strings()
    {
        string body = Template.Compile("""{"reference":"{{number}}","name":"{{shipTo.name}}"}""", Escaping.Json).Fill(Model);
        using var document = JsonDocument.Parse(body);
        Assert.Equal("#1 \"a\"\\ñ", document.RootElement.GetProperty("reference").GetString());
        Assert.Equal("Ana\nB", document.RootElement.GetProperty("name").GetString());
    }

    [Fact]
    public void Values_stay_inside_their_part_of_the_address() =>
        Assert.Equal("https://a.example/?r=%231%20%22a%22%5C%C3%B1", Template.Compile("https://a.example/?r={{number}}", Escaping.Url).Fill(Model));

    [Fact]
    public void Values_stay_on_their_header_line() => Assert.Equal("Ana B", Template.Compile("{{shipTo.name}}", Escaping.Header).Fill(Model));

    [Theory]
    [InlineData("{{#if isTest}}")]
    [InlineData("{{#each}}")]
    [InlineData("{{")]
    public void Broken_template_is_named(string template) => Assert.Throws<TemplateException>(() => Template.Compile(template, Escaping.Json).Fill(Model));

    [Theory]
    [InlineData("{{> secret}}")]
    [InlineData("{{number.GetType}}x{{store.Length.GetType.Assembly}}")]
    public void Template_reaches_no_code_and_no_file(string template)
    {
        try
        {
            Assert.Equal("x", Template.Compile(template, Escaping.Json).Fill(Model));
        }
        catch (TemplateException)
        {
            // Refused is as good.
        }
    }
}
