using Crossdock.Model.Orders;

namespace Crossdock.Rules;

/// <summary>What a field holds, and so which operators fit it.</summary>
internal enum FieldKind
{
    Text,
    /// <summary>A name of a place: compared without accents too.</summary>
    Place,
    Number,
    Flag,
    Time,
    Texts,
}

/// <summary>One field of the canonical order as conditions see it. Exactly the readers that fit its kind are set.</summary>
internal sealed record Field(string Name, FieldKind Kind)
{
    public Func<Order, string?>? Text { get; init; }
    public Func<Order, decimal?>? Number { get; init; }
    public Func<Order, bool?>? Flag { get; init; }
    public Func<Order, IEnumerable<string?>>? Texts { get; init; }
    public Func<LineItem, string?>? LineText { get; init; }
    public Func<LineItem, decimal?>? LineNumber { get; init; }
    public Func<LineItem, bool?>? LineFlag { get; init; }

    public bool IsOfLine => LineText is not null || LineNumber is not null || LineFlag is not null;
}
