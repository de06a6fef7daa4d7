using Crossdock.Model.Orders;
using Crossdock.Orders;

namespace Crossdock.Rules;

/// <summary>What a store's rules made of an order.</summary>
/// <param name="Order">The order with lines excluded, tags and fields set, packages made.</param>
/// <param name="Entries">One timeline entry per decision: which rule (name, version) decided what and why.</param>
/// <param name="ExcludedBecause">Why the whole order goes nowhere; null when it goes.</param>
/// <param name="Holds">Why a person has to look; empty when nobody has to.</param>
/// <param name="Destinations">Keys of the destinations it goes to.</param>
public sealed record RuleDecision(
    Order Order,
    IReadOnlyList<TimelineEntry> Entries,
    string? ExcludedBecause,
    IReadOnlyList<Concern> Holds,
    IReadOnlyList<string> Destinations)
{
    /// <summary>True when packages were made of an order that had none, and nothing else of it was changed.</summary>
    public bool IsOnlyPacked { get; init; }
}

/// <summary>A store's rules, compiled. Pure; safe for any number of threads.</summary>
public interface IStoreRules
{
    /// <summary>Rises with every change of the store's rules; 0 for a store that never had any.</summary>
    int Version { get; }

    /// <summary>Decides on one mapped order. Never throws for what an order contains.</summary>
    /// <param name="order">The order as mapped.</param>
    /// <param name="destinations">The store's destinations in order, used where no rule chooses others.</param>
    /// <param name="at">The time written into the entries.</param>
    RuleDecision Decide(Order order, IReadOnlyList<string> destinations, DateTimeOffset at);
}
