using System.Text.Json.Nodes;
using Crossdock.Drift;
using Crossdock.Model.Connectors;
using Xunit;

namespace Crossdock.Tests.Drift;

/// <summary>What would make an order wrong is found in the very first document that has it, and only that.</summary>
public sealed class CriticalDriftTests
{
    [Theory]
    [InlineData("shopify")]
    [InlineData("woocommerce")]
    public void Same_documents_are_never_an_alarm(string platform)
    {
        var trial = ShapeSamples.Learned(platform);
        Assert.Empty(trial.Findings);
        Assert.Empty(trial.Reports);
        Assert.True(trial.Book().IsLearned);
    }

    [Fact]
    public void Nothing_is_held_while_learning()
    {
        var trial = ShapeSamples.Trial("shopify");
        for (int number = 0; number < ShapeSamples.Learn - 1; number++)
        {
            trial.Look(ShapeSamples.Order("shopify", number).ToJsonString());
        }

        var order = ShapeSamples.Order("shopify", 999);
        order["shipping_address"]!.AsObject().Remove("city");
        Assert.Empty(trial.Look(order.ToJsonString()));
    }

    [Fact]
    public void Address_field_that_is_gone_holds_and_says_what_came_beside_it()
    {
        var trial = ShapeSamples.Learned("shopify");
        var found = Assert.Single(trial.Look(Renamed(1).ToJsonString()));
        Assert.Equal(DriftChange.Missing, found.Change);
        Assert.Equal(CriticalMeaning.Address, found.Meaning);
        Assert.Equal("shipping_address.address1", found.Path);
        Assert.Contains("is missing, which was there in all of 120 documents until now", found.Sentence, StringComparison.Ordinal);
        Assert.Contains("New beside it: street_1.", found.Sentence, StringComparison.Ordinal);
        Assert.EndsWith($"(drift {found.Id}).", found.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_never_becomes_usual_and_is_told_in_the_same_words()
    {
        var trial = ShapeSamples.Learned("shopify");
        string first = Assert.Single(trial.Look(Renamed(1).ToJsonString())).Sentence;
        for (int number = 2; number < 400; number++)
        {
            Assert.Equal(first, Assert.Single(trial.Look(Renamed(number).ToJsonString())).Sentence);
        }

        Assert.Empty(trial.Look(ShapeSamples.Order("shopify", 400).ToJsonString()));
    }

    [Fact]
    public void Accepted_change_is_no_finding_and_is_learned()
    {
        var trial = ShapeSamples.Learned("shopify");
        var found = Assert.Single(trial.Look(Renamed(1).ToJsonString()));
        trial.Known[found.Id] = new KnownDrift(true, found.Sentence);
        Assert.Empty(trial.Look(Renamed(1).ToJsonString(), isAgain: true));
        for (int number = 2; number < 50; number++)
        {
            Assert.Empty(trial.Look(Renamed(number).ToJsonString()));
        }
    }

    [Fact]
    public void Address_of_an_order_that_is_not_shipped_does_not_matter()
    {
        var trial = ShapeSamples.Learned("shopify");
        var order = ShapeSamples.Order("shopify", 1);
        order["shipping_address"] = null;
        foreach (var line in order["line_items"]!.AsArray())
        {
            line!["requires_shipping"] = false;
        }

        Assert.Empty(trial.Look(order.ToJsonString()));
    }

    [Theory]
    [InlineData("""{"amount":"12.50","currency_code":"PLN"}""", "came as an object")]
    [InlineData("1250.5", "a number with decimals")]
    [InlineData("1250", "a whole number")]
    [InlineData("\"1.234,50\"", "\"1.234,50\"")]
    [InlineData("\"12.990\"", "three decimals")]
    [InlineData("null", "is null, and it was filled")]
    public void Amount_that_comes_otherwise_holds(string value, string says)
    {
        var trial = ShapeSamples.Learned("shopify");
        var order = ShapeSamples.Order("shopify", 1);
        order["total_price"] = JsonNode.Parse(value);
        // The other amount that says the same must not hide it.
        order.Remove("total_price_set");
        var all = trial.Look(order.ToJsonString());
        var found = Assert.Single(all, one => one.Path == "total_price");
        Assert.Equal(CriticalMeaning.Amount, found.Meaning);
        Assert.Contains(says, found.Sentence, StringComparison.Ordinal);
        order["id"] = 2;
        Assert.Contains(trial.Look(order.ToJsonString()), one => one.Id == found.Id);
    }

    [Fact]
    public void Amounts_as_numbers_instead_of_text_hold()
    {
        var trial = ShapeSamples.Learned("woocommerce");
        var order = ShapeSamples.Order("woocommerce", 1);
        order["total"] = 70.22;
        foreach (var line in order["line_items"]!.AsArray())
        {
            line!["total"] = 12.5;
        }

        var found = trial.Look(order.ToJsonString());
        Assert.Equal(["line_items[].total", "total"], found.Where(one => one.Change is DriftChange.Type).Select(one => one.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void New_currency_of_a_store_that_had_one_holds()
    {
        var trial = ShapeSamples.Learned("woocommerce");
        var order = ShapeSamples.Order("woocommerce", 1);
        order["currency"] = "USD";
        var found = Assert.Single(trial.Look(order.ToJsonString()));
        Assert.Equal((DriftChange.Value, CriticalMeaning.Currency, "USD"), (found.Change, found.Meaning, found.Came));
        Assert.Contains("EUR", found.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Currencies_of_a_store_that_sells_in_any_are_no_finding()
    {
        string[] currencies = ["EUR", "USD", "GBP", "CLP", "PLN", "SEK"];
        var trial = ShapeSamples.Learned("woocommerce", (order, number) => order["currency"] = currencies[number % currencies.Length]);
        var order = ShapeSamples.Order("woocommerce", 1);
        order["currency"] = "NOK";
        Assert.Empty(trial.Look(order.ToJsonString()));
    }

    [Fact]
    public void Lines_that_are_gone_hold()
    {
        var trial = ShapeSamples.Learned("woocommerce");
        var order = ShapeSamples.Order("woocommerce", 1);
        order["line_items"] = new JsonArray();
        var found = trial.Look(order.ToJsonString());
        Assert.Contains(found, one => one is { Path: "line_items", Meaning: CriticalMeaning.Lines } && one.Sentence.Contains("is an empty list", StringComparison.Ordinal));
    }

    [Fact]
    public void Lines_that_do_not_add_up_any_more_hold()
    {
        var trial = ShapeSamples.Learned("woocommerce");
        var order = ShapeSamples.Order("woocommerce", 1);
        order["line_items"]!.AsArray().RemoveAt(0);
        var found = trial.Look(order.ToJsonString());
        Assert.Contains(found, one => one.Change is DriftChange.Order && one.Path.StartsWith("=totals", StringComparison.Ordinal));
    }

    [Fact]
    public void Mapped_order_without_an_address_is_found_where_a_connector_declares_nothing()
    {
        var trial = ShapeSamples.Learned("shopify");
        var order = ShapeSamples.Order("shopify", 1);
        // Still an object with all its names, but nothing in it that can be read.
        var address = order["shipping_address"]!.AsObject();
        foreach (string name in new[] { "address1", "address2", "city", "country", "country_code" })
        {
            address[name] = " ";
        }

        Assert.Contains(trial.Look(order.ToJsonString()), one => one.Path == "=shipTo.line1" && one.Sentence.Contains("No street could be read", StringComparison.Ordinal));
    }

    [Fact]
    public void Document_that_is_no_order_of_the_usual_kind_is_parked_without_a_word_of_drift()
    {
        var trial = ShapeSamples.Learned("shopify");
        Assert.Empty(trial.Look("""{"hello":"world"}"""));
        Assert.Empty(trial.Look("not even JSON"));
        Assert.IsType<Unmappable>(trial.LastOutcome);
    }

    private static JsonObject Renamed(int number)
    {
        var order = ShapeSamples.Order("shopify", number);
        var address = order["shipping_address"]!.AsObject();
        address["street_1"] = address["address1"]!.DeepClone();
        address.Remove("address1");
        return order;
    }
}
