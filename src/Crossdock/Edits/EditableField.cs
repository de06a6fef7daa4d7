using Crossdock.Model.Orders;

namespace Crossdock.Edits;

/// <summary>What a field holds, and so what may be written into it.</summary>
public enum EditableKind
{
    Text,
    /// <summary>Several lines.</summary>
    Paragraph,
    /// <summary>ISO 3166-1 alpha-2; names are understood.</summary>
    Country,
    /// <summary>ISO 3166-2 without the country; names are understood.</summary>
    Region,
    Email,
    Phone,
    /// <summary>What is to be sent of a line; decimal, not negative.</summary>
    Quantity,
    /// <summary>Texts, parted by commas.</summary>
    Tags,
    /// <summary>Why a line is left out; nothing for one that goes.</summary>
    Reason,
}

/// <summary>One field of an order that a person may change.</summary>
/// <param name="Path">As rules name it: <c>shipTo.city</c>, <c>lines.7781.quantity</c>, <c>attributes.gift</c>.</param>
/// <param name="Label">As people read it in a sentence: <c>delivery city</c>.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Matters">True when destinations act on it: a conflict about it stops the order.</param>
/// <param name="Read">Its value as text; null for nothing.</param>
/// <param name="Write">The order with another value; the same order where there is no such place any more.</param>
public sealed record EditableField(string Path, string Label, EditableKind Kind, bool Matters, Func<Order, string?> Read, Func<Order, string?, Order> Write)
{
    /// <summary>True for what has to have a value.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The form's group: <c>shipTo</c>, <c>lines</c> ...</summary>
    public string Group => Path.Contains('.', StringComparison.Ordinal) ? Path[..Path.IndexOf('.', StringComparison.Ordinal)] : "order";
}
