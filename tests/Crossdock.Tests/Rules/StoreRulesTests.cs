using Crossdock.Model.Orders;
using Crossdock.Rules;
using Xunit;
using static Crossdock.Tests.Rules.RuleText;

namespace Crossdock.Tests.Rules;

public sealed class StoreRulesTests
{
    private const string GiftCards = "[ { name: Gift cards, when: { field: line.sku, startsWith: GIFT- }, then: [ { exclude: lines, because: nothing to carry } ] } ]";

    [Fact]
    public void Order_without_rules_has_one_package_and_its_usual_destination()
    {
        var decision = Decide("[]", Order(Line("1", "A", 2), Line("2", "B")));
        Assert.Equal(["courier"], decision.Destinations);
        var package = Assert.Single(decision.Order.Packages);
        Assert.Equal((1, 300L, null), (package.Number, package.WeightGrams!.Value, package.Destination));
        Assert.Equal([new PackageLine("1", 2), new PackageLine("2", 1)], package.Lines);
    }

    [Fact]
    public void Excluded_lines_are_in_no_package_and_not_at_the_destination()
    {
        var decision = Decide(GiftCards, Order(Line("1", "GIFT-5"), Line("2", "TENT")));
        Assert.Null(decision.ExcludedBecause);
        Assert.Equal("nothing to carry", decision.Order.Lines[0].ExcludedBecause);
        Assert.Equal([new PackageLine("2", 1)], Assert.Single(decision.Order.Packages).Lines);
        Assert.Equal(["2"], DestinationOrder.For(decision.Order, "courier").Lines.Select(line => line.Id));
    }

    [Fact]
    public void Order_whose_lines_are_all_excluded_is_excluded_with_the_reason()
    {
        var decision = Decide(GiftCards, Order(Line("1", "GIFT-5"), Line("2", "GIFT-9")));
        Assert.Equal("nothing is left to send (nothing to carry)", decision.ExcludedBecause);
        Assert.Empty(decision.Destinations);
        Assert.Equal(2, decision.Entries.Count);
    }

    [Fact]
    public void Test_order_goes_nowhere() => Assert.NotNull(Decide("[]", Order() with { IsTest = true }).ExcludedBecause);

    [Fact]
    public void Line_that_needs_no_shipping_is_in_no_package_and_says_so()
    {
        var decision = Decide("[]", Order(Line("1", "WARRANTY", ships: false), Line("2", "TENT")));
        Assert.Equal([new PackageLine("2", 1)], Assert.Single(decision.Order.Packages).Lines);
        Assert.Equal("it needs no shipping", Assert.Single(decision.Entries).Because);
        Assert.Equal("nothing in it needs shipping", Decide("[]", Order(Line("1", "WARRANTY", ships: false))).ExcludedBecause);
    }

    [Fact]
    public void Refunded_line_is_not_packed()
    {
        var decision = Decide("[]", Order(Line("1", "A") with { CurrentQuantity = 0 }, Line("2", "B")));
        Assert.Equal(["2"], Assert.Single(decision.Order.Packages).Lines.Select(line => line.LineId));
    }

    [Fact]
    public void Actions_are_done_in_order()
    {
        var decision = Decide("""
            - name: All of it
              then:
                - tag: [vip, big]
                - set: { field: shipTo.district, value: Providencia }
                - set: { field: attributes.zone, value: north }
                - hold: look at it
                - destinations: [erp, courier]
            """, Order());
        Assert.Equal(["VIP", "big"], decision.Order.Tags);
        Assert.Equal("Providencia", decision.Order.ShipTo!.District);
        Assert.Equal("north", decision.Order.Attributes["zone"]);
        Assert.Equal([new Concern("rule", "look at it")], decision.Holds);
        Assert.Equal(["erp", "courier"], decision.Destinations);
        Assert.Equal(5, decision.Entries.Count);
    }

    [Fact]
    public void Several_destinations_each_get_what_concerns_them()
    {
        var decision = Decide("[ { name: Chairs, when: { field: line.vendor, is: Acme }, then: [ { route: lines, to: factory } ] } ]",
            Order(Line("1", "CHAIR", vendor: "Acme"), Line("2", "TENT", vendor: "Other"), Line("3", "HELP", ships: false)), "courier");
        Assert.Equal(["courier", "factory"], decision.Destinations);
        Assert.Equal(["2", "3"], DestinationOrder.For(decision.Order, "courier").Lines.Select(line => line.Id));
        Assert.Equal(["1", "3"], DestinationOrder.For(decision.Order, "factory").Lines.Select(line => line.Id));
        Assert.Equal("factory", Assert.Single(DestinationOrder.For(decision.Order, "factory").Packages).Destination);
    }

    [Fact]
    public void Destination_with_nothing_left_for_it_is_not_chosen() =>
        Assert.Equal(["factory"], Decide("[ { name: R, then: [ { route: lines, to: factory } ] } ]", Order(), "courier").Destinations);

    [Theory]
    [InlineData("{ by: sku }", "A*2 | B*5")]
    [InlineData("{ by: line }", "A*2 | B*5")]
    [InlineData("{ by: vendor }", "A*2,B*5")]
    [InlineData("{ by: quantity, max: 3 }", "A*2,B*1 | B*3 | B*1")]
    [InlineData("{ by: weight, maxGrams: 250 }", "A*2 | B*2 | B*2 | B*1")]
    [InlineData("{ by: weight, maxGrams: 50 }", "A*1 | A*1 | B*1 | B*1 | B*1 | B*1 | B*1")]
    public void Packages_are_made_as_asked(string plan, string expected)
    {
        var packages = Decide($"[ {{ name: R, then: [ {{ packages: {plan} }} ] }} ]", Order(Line("A", "A", 2), Line("B", "B", 5))).Order.Packages;
        Assert.Equal(expected, string.Join(" | ", packages.Select(package => string.Join(",", package.Lines.Select(line => $"{line.LineId}*{line.Quantity}")))));
        Assert.Equal(Enumerable.Range(1, packages.Count), packages.Select(package => package.Number));
    }

    [Fact]
    public void Nonsense_quantity_is_held_not_packed_for_ever()
    {
        var decision = Decide("[ { name: R, then: [ { packages: { by: quantity, max: 1 } } ] } ]", Order(Line("1", "A", 1_000_000_000_000m)));
        Assert.Equal("too_many_packages", Assert.Single(decision.Holds).Code);
        Assert.Single(decision.Order.Packages);
    }

    [Theory]
    [InlineData("[ { when: { field: number, is: 1 }, then: [ { tag: x } ] } ]", "rules[0].name")]
    [InlineData("[ { name: R } ]", "rules[0].then")]
    [InlineData("[ { name: R, then: [ { explode: order } ] } ]", "rules[0].then[0]")]
    [InlineData("[ { name: R, then: [ { exclude: all } ] } ]", "rules[0].then[0].exclude")]
    [InlineData("[ { name: R, then: [ { tag: x, because: y } ] } ]", "rules[0].then[0].because")]
    [InlineData("[ { name: R, then: [ { set: { field: totals.total, value: 1 } } ] } ]", "rules[0].then[0].set.field")]
    [InlineData("[ { name: R, then: [ { packages: { by: colour } } ] } ]", "rules[0].then[0].packages.by")]
    [InlineData("[ { name: R, then: [ { packages: { by: quantity } } ] } ]", "rules[0].then[0].packages.max")]
    [InlineData("[ { name: R, then: [ { route: lines } ] } ]", "rules[0].then[0].to")]
    [InlineData("[ { name: R, if: x, then: [ { tag: x } ] } ]", "rules[0].if")]
    [InlineData("{ a: b }", "rules")]
    public void Mistake_is_told_with_its_place(string yaml, string path) => Assert.Equal(path, Assert.Single(Read(yaml).Problems).Path);
}
