namespace Crossdock.Edits;

/// <summary>One field in a form.</summary>
/// <param name="Path">As rules name it.</param>
/// <param name="Label">As people read it.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Value">What the order says; null for nothing.</param>
/// <param name="Shop">What the shop says.</param>
/// <param name="Edit">The change that stands; null where nobody changed it.</param>
public sealed record EditFormField(string Path, string Label, EditableKind Kind, string? Value, string? Shop, OrderEdit? Edit);

/// <summary>What of an order can be changed.</summary>
/// <param name="Version">The version that the form is of.</param>
/// <param name="Refusal">Why nothing can be changed; null when it can.</param>
/// <param name="Fields">All fields that the order has.</param>
public sealed record EditableOrder(int Version, string? Refusal, IReadOnlyList<EditFormField> Fields);
