using Crossdock.Model.Connections;

namespace Crossdock.Model.Connectors;

/// <summary>A platform that says which places of its documents decide whether an order is right. The hub watches them in the very moment an order is worked:
/// one that was always there and is gone, or comes in another form, holds the order. Where a connector does not say it, only what its mapping made of the document is watched.</summary>
public interface IDocumentShape
{
    /// <summary>What to watch in one connection's documents. Pure; called again when the configuration changes.</summary>
    DocumentShape ShapeOf(ConnectionSettings connection);
}

/// <summary>What to watch in a platform's documents, of whatever topic. Paths are written as <c>line_items[].price</c>: names joined by dots, <c>[]</c> for the items of a list.
/// A path that a topic's documents do not have is simply never seen there.</summary>
public sealed record DocumentShape
{
    /// <summary>Nothing declared.</summary>
    public static DocumentShape None { get; } = new();

    /// <summary>What would make an order wrong. The objects and lists that contain one are watched with it.</summary>
    public IReadOnlyList<CriticalField> Critical { get; init; } = [];

    /// <summary>Objects and lists that hold whatever a shop or its plug-ins put there (metadata, properties): nothing below them is looked at.</summary>
    public IReadOnlyList<string> Open { get; init; } = [];

    /// <summary>Objects and fields with personal data or secrets beyond those that their names give away: no value below them is ever shown or kept.</summary>
    public IReadOnlyList<string> Personal { get; init; } = [];
}

/// <summary>One place of a document that decides whether an order is right.</summary>
/// <param name="Path">Where, for example <c>line_items[].price</c>.</param>
/// <param name="Meaning">What it feeds.</param>
/// <param name="IsWhole">True for an amount in the currency's smallest unit: one with decimals would be wrong by a factor.</param>
public sealed record CriticalField(string Path, CriticalMeaning Meaning, bool IsWhole = false);

/// <summary>What a critical place feeds.</summary>
public enum CriticalMeaning
{
    /// <summary>An amount of money.</summary>
    Amount = 0,
    /// <summary>A currency's code.</summary>
    Currency = 1,
    /// <summary>Where the order goes. Only watched for orders that are shipped.</summary>
    Address = 2,
    /// <summary>What was bought: the list, quantities.</summary>
    Lines = 3,
}
