using Xunit;
using static Crossdock.Tests.Rules.RuleText;

namespace Crossdock.Tests.Rules;

public sealed class ConditionTests
{
    [Theory]
    [InlineData("{ field: shipTo.region, in: [RM, VS] }", true)]
    [InlineData("{ field: shipTo.region, is: rm }", true)]
    [InlineData("{ field: shipTo.region, notIn: [RM] }", false)]
    [InlineData("{ field: shipTo.city, is: vina DEL mar }", true)]
    [InlineData("{ field: shipTo.district, in: [Nunoa] }", true)]
    [InlineData("{ field: shipTo.city, startsWith: [Santi, Viña] }", true)]
    [InlineData("{ field: totals.total.amount, atLeast: 15000, lessThan: 15001 }", true)]
    [InlineData("{ field: totals.total.amount, greaterThan: 15000 }", false)]
    [InlineData("{ field: totals.total.amount, between: [1, 20000] }", true)]
    [InlineData("{ field: tags, contains: vip }", true)]
    [InlineData("{ field: tags, isNot: vip }", false)]
    [InlineData("{ field: billTo, exists: false }", true)]
    [InlineData("{ field: note, exists: true }", false)]
    [InlineData("{ field: isTest, isTrue: true }", false)]
    [InlineData("{ field: placedAt, exists: false }", true)]
    [InlineData("{ field: line.sku, matches: '^te.t$' }", true)]
    [InlineData("{ field: line.sku, endsWith: X }", false)]
    [InlineData("{ field: attributes.gift, exists: false }", true)]
    [InlineData("{ all: [ { field: currency, is: CLP }, { not: { field: channel, exists: true } } ] }", true)]
    [InlineData("{ any: [ { field: currency, is: EUR }, { field: currency, is: CLP } ] }", true)]
    [InlineData("{ any: [ { field: currency, is: EUR }, { field: currency, is: PEN } ] }", false)]
    public void Condition_means_what_it_says(string when, bool holds)
    {
        var decision = Decide($"[ {{ name: R, when: {when}, then: [ {{ exclude: order, because: no }} ] }} ]", Order());
        Assert.Equal(holds ? "no" : null, decision.ExcludedBecause);
    }

    [Fact]
    public void Reason_names_field_value_rule_and_version()
    {
        var entry = Assert.Single(Decide("[ { name: The capital, when: { field: shipTo.region, in: [RM] }, then: [ { exclude: order } ] } ]", Order()).Entries);
        Assert.Equal("rule \"The capital\"", entry.Actor);
        Assert.Equal("The capital: shipTo.region is \"RM\", one of RM (rules version 3)", entry.Because);
    }

    [Theory]
    [InlineData("{ field: shipTo.regoin, is: RM }", "rules[0].when.field", "shipTo.region")]
    [InlineData("{ field: shipTo.region, iz: RM }", "rules[0].when.iz", "is")]
    [InlineData("{ field: shipTo.region, atLeast: 3 }", "rules[0].when.atLeast", "does not fit")]
    [InlineData("{ field: totals.total.amount, atLeast: many }", "rules[0].when.atLeast", "takes a number")]
    [InlineData("{ field: totals.total.amount, between: [3] }", "rules[0].when.between", "list of two")]
    [InlineData("{ field: line.sku, matches: '(' }", "rules[0].when.matches", "regular expression")]
    [InlineData("{ any: [ { field: number, is: 1 }, { field: nummer, is: 1 } ] }", "rules[0].when.any[1].field", "number")]
    [InlineData("{ field: number }", "rules[0].when", "Nothing is asked")]
    [InlineData("{ both: [] }", "rules[0].when", "all, any, not")]
    [InlineData("{ all: [] }", "rules[0].when.all", "at least one")]
    [InlineData("{ field: tags, exists: maybe }", "rules[0].when.exists", "true or false")]
    public void Mistake_is_told_with_its_place_and_what_is_possible(string when, string path, string says)
    {
        var problem = Assert.Single(Read($"[ {{ name: R, when: {when}, then: [ {{ tag: x }} ] }} ]").Problems);
        Assert.Equal(path, problem.Path);
        Assert.Contains(says, problem.Problem, StringComparison.Ordinal);
    }
}
