using Crossdock.Model.Orders;

namespace Crossdock.Rules;

/// <summary>A node of the condition tree. With a line it speaks of that line; without one, a line field holds when it holds for any line that still goes.</summary>
internal abstract class Condition
{
    public abstract bool Holds(Order order, LineItem? line);

    /// <summary>Why it holds, told by the fields and their values. Only asked after it held.</summary>
    public abstract string Why(Order order, LineItem? line);
}

/// <summary>No condition at all.</summary>
internal sealed class Always : Condition
{
    public override bool Holds(Order order, LineItem? line) => true;

    public override string Why(Order order, LineItem? line) => "it holds for every order";
}

internal sealed class AllOf(Condition[] parts) : Condition
{
    public override bool Holds(Order order, LineItem? line)
    {
        foreach (var part in parts)
        {
            if (!part.Holds(order, line))
            {
                return false;
            }
        }

        return true;
    }

    public override string Why(Order order, LineItem? line) => string.Join(" and ", parts.Select(part => part.Why(order, line)));
}

internal sealed class AnyOf(Condition[] parts) : Condition
{
    public override bool Holds(Order order, LineItem? line)
    {
        foreach (var part in parts)
        {
            if (part.Holds(order, line))
            {
                return true;
            }
        }

        return false;
    }

    public override string Why(Order order, LineItem? line) => parts.First(part => part.Holds(order, line)).Why(order, line);
}

internal sealed class Not(Condition inner, string text) : Condition
{
    public override bool Holds(Order order, LineItem? line) => !inner.Holds(order, line);

    public override string Why(Order order, LineItem? line) => $"not {text}";
}

/// <summary>A field and everything that is asked of it; all must hold for the same value.</summary>
internal sealed class Test(Field field, Predicate<string?>? text, Predicate<decimal?>? number, Predicate<bool?>? flag, Predicate<IEnumerable<string?>>? texts, string words) : Condition
{
    public override bool Holds(Order order, LineItem? line)
    {
        if (!field.IsOfLine)
        {
            return field.Kind switch
            {
                FieldKind.Text or FieldKind.Place => text!(field.Text!(order)),
                FieldKind.Number or FieldKind.Time => number!(field.Number!(order)),
                FieldKind.Flag => flag!(field.Flag!(order)),
                FieldKind.Texts => texts!(field.Texts!(order)),
            };
        }

        return line is not null ? HoldsFor(line) : FirstLine(order) is not null;
    }

    public override string Why(Order order, LineItem? line) => $"{field.Name} is {Shown(order, line)}, {words}";

    private bool HoldsFor(LineItem line) => field switch
    {
        { LineText: { } read } => text!(read(line)),
        { LineNumber: { } read } => number!(read(line)),
        _ => flag!(field.LineFlag!(line)),
    };

    private LineItem? FirstLine(Order order)
    {
        for (int i = 0; i < order.Lines.Count; i++)
        {
            var line = order.Lines[i];
            if (line.ExcludedBecause is null && HoldsFor(line))
            {
                return line;
            }
        }

        return null;
    }

    private string Shown(Order order, LineItem? line)
    {
        line ??= field.IsOfLine ? FirstLine(order) : null;
        string? value = field switch
        {
            { Text: { } read } => Quoted(read(order)),
            { Texts: { } read } => string.Join(", ", read(order).Select(Quoted)) is { Length: > 0 } list ? list : null,
            { Kind: FieldKind.Time, Number: { } read } => read(order) is { } milliseconds
                ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds).ToString("u", System.Globalization.CultureInfo.InvariantCulture)
                : null,
            { Number: { } read } => read(order)?.ToString(System.Globalization.CultureInfo.InvariantCulture),
            { Flag: { } read } => read(order)?.ToString().ToLowerInvariant(),
            { LineText: { } read } when line is not null => Quoted(read(line)),
            { LineNumber: { } read } when line is not null => read(line)?.ToString(System.Globalization.CultureInfo.InvariantCulture),
            { LineFlag: { } read } when line is not null => read(line)?.ToString().ToLowerInvariant(),
            _ => null,
        };
        return value ?? "absent";
    }

    private static string? Quoted(string? text) => text is null ? null : text.Length <= 80 ? $"\"{text}\"" : $"\"{text.AsSpan(0, 79)}…\"";
}
