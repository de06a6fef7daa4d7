using System.Text.Json;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Orders;

namespace Crossdock.Rules;

/// <summary>A store's rules, ready to decide. What holds for every store comes before them (test orders go nowhere) and after them
/// (what needs no shipping is in no package, an order that goes somewhere has at least one).</summary>
internal sealed class StoreRules(IReadOnlyList<Rule> rules, int version) : IStoreRules
{
    /// <summary>No rules at all.</summary>
    public static StoreRules Default { get; } = new([], 0);

    public int Version => version;

    public IReadOnlyList<Rule> Rules => rules;

    /// <summary>Reads the stored or configured list; what is wrong is added to <paramref name="problems"/> with its place, and that rule is left out.</summary>
    public static StoreRules Read(JsonElement json, int version, string path, ICollection<SettingProblem> problems) =>
        new(RuleReader.ReadAll(json, path, problems), version);

    public RuleDecision Decide(Order order, IReadOnlyList<string> destinations, DateTimeOffset at)
    {
        var evaluation = new Evaluation(order, destinations, version, at);
        if (order.IsTest)
        {
            evaluation.Exclude("crossdock", "Test order: goes to no destination.", "test orders are never delivered");
        }

        foreach (var rule in rules)
        {
            if (evaluation.IsExcluded)
            {
                break;
            }

            rule.Apply(evaluation);
        }

        return evaluation.Conclude();
    }
}
