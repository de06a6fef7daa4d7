using Crossdock.Model.Orders;

namespace Crossdock.Rules;

/// <summary>One rule: when it holds, its actions are done in order.</summary>
internal sealed record Rule(string Name, Condition When, IReadOnlyList<RuleAction> Actions)
{
    /// <summary>Destinations that its actions name.</summary>
    public IEnumerable<string> Named => Actions.SelectMany(action => action switch
    {
        ChooseDestinations chosen => chosen.Keys,
        RouteLines routed => routed.To,
        _ => [],
    });

    public void Apply(Evaluation evaluation)
    {
        var order = evaluation.Order;
        bool holds = When.Holds(order, null);
        foreach (var action in Actions)
        {
            if (evaluation.IsExcluded)
            {
                return;
            }

            if (action is LineAction ofLines)
            {
                List<LineItem> lines = [.. order.Lines.Where(line => evaluation.Goes(line) && When.Holds(order, line))];
                if (lines.Count > 0)
                {
                    ofLines.Apply(evaluation, this, lines);
                }
            }
            else if (holds && action is OrderAction ofOrder)
            {
                ofOrder.Apply(evaluation, this, order);
            }
        }
    }
}

internal abstract record RuleAction;

internal abstract record OrderAction : RuleAction
{
    public abstract void Apply(Evaluation evaluation, Rule rule, Order order);
}

/// <summary>Concerns the lines that the condition holds for, each looked at by itself.</summary>
internal abstract record LineAction : RuleAction
{
    public abstract void Apply(Evaluation evaluation, Rule rule, IReadOnlyList<LineItem> lines);
}

internal sealed record ExcludeOrder(string? Because) : OrderAction
{
    public override void Apply(Evaluation evaluation, Rule rule, Order order) =>
        evaluation.Exclude(Evaluation.Actor(rule), "Excluded the order: it goes to no destination.", Because ?? rule.Name, evaluation.Why(rule, order, null));
}

internal sealed record HoldOrder(string Reason) : OrderAction
{
    public override void Apply(Evaluation evaluation, Rule rule, Order order)
    {
        evaluation.Holds.Add(new Concern("rule", Reason));
        evaluation.Tell(rule, $"Held the order: {Reason}", order, null);
    }
}

internal sealed record TagOrder(IReadOnlyList<string> Tags) : OrderAction
{
    public override void Apply(Evaluation evaluation, Rule rule, Order order)
    {
        string[] added = [.. Tags.Except(evaluation.Order.Tags, StringComparer.OrdinalIgnoreCase)];
        if (added.Length > 0)
        {
            evaluation.Tell(rule, $"Tagged the order {string.Join(", ", added)}.", order, null);
            evaluation.Order = evaluation.Order with { Tags = [.. evaluation.Order.Tags, .. added] };
        }
    }
}

internal sealed record SetField(string Field, string? Value, Func<Order, string?, Order> Write) : OrderAction
{
    public override void Apply(Evaluation evaluation, Rule rule, Order order)
    {
        evaluation.Tell(rule, Value is null ? $"Cleared {Field}." : $"Set {Field} to \"{Value}\".", order, null);
        evaluation.Order = Write(evaluation.Order, Value);
    }
}

internal sealed record ChooseDestinations(IReadOnlyList<string> Keys) : OrderAction
{
    public override void Apply(Evaluation evaluation, Rule rule, Order order)
    {
        evaluation.Destinations = Keys;
        evaluation.Tell(rule, Keys.Count == 0 ? "Chose no destination." : $"Chose the destinations {string.Join(", ", Keys)}.", order, null);
    }
}

internal sealed record ExcludeLines(string? Because) : LineAction
{
    public override void Apply(Evaluation evaluation, Rule rule, IReadOnlyList<LineItem> lines)
    {
        evaluation.Tell(rule, $"Excluded {Evaluation.Named(lines)}.", evaluation.Order, lines[0]);
        evaluation.ExcludeLines(lines, Because ?? rule.Name);
    }
}

internal sealed record RouteLines(IReadOnlyList<string> To) : LineAction
{
    public override void Apply(Evaluation evaluation, Rule rule, IReadOnlyList<LineItem> lines)
    {
        evaluation.Tell(rule, $"Routed {Evaluation.Named(lines)} to {string.Join(", ", To)}.", evaluation.Order, lines[0]);
        foreach (var line in lines)
        {
            evaluation.Routes[line.Id] = To;
        }
    }
}

internal sealed record MakePackages(PackagePlan Plan) : LineAction
{
    public override void Apply(Evaluation evaluation, Rule rule, IReadOnlyList<LineItem> lines)
    {
        evaluation.Tell(rule, $"Packed {Evaluation.Named(lines)} {Plan.InWords}.", evaluation.Order, lines[0]);
        foreach (var line in lines)
        {
            evaluation.Plans[line.Id] = Plan;
        }
    }
}
