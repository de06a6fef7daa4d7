using System.Text.Json;
using Crossdock.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Rules;

namespace Crossdock.Tests.Rules;

/// <summary>Rules as people write them, and orders to try them on.</summary>
internal static class RuleText
{
    internal static readonly DateTimeOffset At = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    internal static (StoreRules Rules, List<SettingProblem> Problems) Read(string yaml)
    {
        List<SettingProblem> problems = [];
        var node = ConfigurationYaml.Read(yaml, _ => null, problems);
        return (StoreRules.Read(JsonElement.Parse(node?.ToJsonString() ?? "[]"), 3, "rules", problems), problems);
    }

    internal static RuleDecision Decide(string yaml, Order order, params string[] destinations)
    {
        var (rules, problems) = Read(yaml);
        Xunit.Assert.Empty(problems);
        return rules.Decide(order, destinations.Length == 0 ? ["courier"] : destinations, At);
    }

    internal static Order Order(params LineItem[] lines) => new()
    {
        ExternalId = "1",
        Number = "#1",
        Currency = "CLP",
        Totals = new OrderTotals { Total = new Money(15000, "CLP") },
        ShipTo = new Address { Name = "Eva", City = "Viña del Mar", District = "Ñuñoa", Region = "RM", Country = "CL" },
        Tags = ["VIP"],
        Lines = lines.Length == 0 ? [Line("1", "TENT")] : lines,
    };

    internal static LineItem Line(string id, string? sku, decimal quantity = 1, string? vendor = null, long? grams = 100, bool ships = true) => new()
    {
        Id = id, Sku = sku, Name = sku ?? id, Quantity = quantity, CurrentQuantity = quantity, Vendor = vendor, WeightGrams = grams, RequiresShipping = ships,
    };
}
