using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Drift;
using Xunit;

namespace Crossdock.Tests.Drift;

/// <summary>Nothing that a person or a password could be known by is ever kept or shown.</summary>
public sealed class ShapeExampleTests
{
    private static readonly string[] Private = ["Kunegunda", "kunegunda@example.com", "600700800", "Prosta 51", "Wroclaw", "s3cr3t", "4111", "192.0.2.9", "900903"];

    [Fact]
    public void Whatever_comes_new_or_otherwise_shows_no_person_and_no_secret()
    {
        var trial = ShapeSamples.Learned("shopify", (order, number) => order["queue_place"] = number);
        for (int number = 0; number < 80; number++)
        {
            var order = ShapeSamples.Order("shopify", number);
            order["recipient"] = "Kunegunda";
            order["who"] = "Kunegunda Wrzos";
            order["mail"] = "kunegunda@example.com";
            order["mobile"] = 600700800;
            order["place"] = "Prosta 51, Wroclaw";
            order["apiToken"] = "s3cr3tword";
            order["card_no"] = "4111-1111";
            order["taxDocument"] = 900903;
            order["seen_from"] = "192.0.2.9";
            order["kunegunda@example.com"] = true;
            order["600700800"] = new JsonObject { ["a"] = 1 };
            order["queue_place"] = "Kunegunda";
            if (number % 2 == 0)
            {
                // Such a document cannot even be mapped.
                order["shipping_address"]!["address1"] = new JsonObject { ["line"] = "Prosta 51" };
            }
            else
            {
                order["shipping_address"]!["city"] = 900903;
            }

            trial.Look(order.ToJsonString());
        }

        trial.Store();
        Assert.NotEmpty(trial.Reports);
        Assert.NotEmpty(trial.Findings);
        string all = JsonSerializer.Serialize(trial.Reports) + JsonSerializer.Serialize(trial.Findings) + JsonSerializer.Serialize(trial.Stored(), ShapeJson.Default.StoredShape);
        Assert.All(Private, word => Assert.DoesNotContain(word, all, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("Ana Díaz", "text like \"Aaa Aaaa\"")]
    [InlineData("+48 600 700 800", "text like \"+99 999 999 999\"")]
    [InlineData("x", "text like \"a\"")]
    public void Text_is_shown_by_its_pattern(string text, string pattern) => Assert.Equal(pattern, ShapeExample.Pattern(text));

    [Theory]
    [InlineData("first_name", true)]
    [InlineData("billing_address", true)]
    [InlineData("apiKey", true)]
    [InlineData("order_key", true)]
    [InlineData("accessToken", true)]
    [InlineData("teléfono", true)]
    [InlineData("rut", true)]
    [InlineData("total_price", false)]
    [InlineData("status", false)]
    public void Personal_fields_are_known_by_their_names(string name, bool isPersonal) => Assert.Equal(isPersonal, PersonalFields.Names(name));

    [Theory]
    [InlineData("address1", false)]
    [InlineData("line_items", false)]
    [InlineData("123456", true)]
    [InlineData("ana@example.com", true)]
    [InlineData("a1b2c3d4e5f60718", true)]
    [InlineData("", true)]
    public void Keys_that_are_data_are_known(string key, bool isData) => Assert.Equal(isData, PersonalFields.IsData(key));
}
