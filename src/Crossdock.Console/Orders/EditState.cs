using Crossdock.Edits;

namespace Crossdock.WebConsole.Orders;

/// <summary>Where a person is in changing an order.</summary>
public enum EditStep
{
    Form = 0,
    /// <summary>Somebody else changed the same fields meanwhile.</summary>
    Sides = 1,
    /// <summary>What would happen.</summary>
    Review = 2,
}

/// <summary>What was typed, and what is to be shown beside it.</summary>
public sealed record EditState
{
    public required EditStep Step { get; init; }
    /// <summary>The version that <see cref="Was"/> is of.</summary>
    public required int Version { get; init; }
    /// <summary>What stood in the form when it was opened, by field.</summary>
    public required IReadOnlyDictionary<string, string> Was { get; init; }
    /// <summary>What stands in it now.</summary>
    public required IReadOnlyDictionary<string, string> Texts { get; init; }
    /// <summary>Decisions between the shop's value and what was written here.</summary>
    public IReadOnlyDictionary<string, EditChoice> Choose { get; init; } = new Dictionary<string, EditChoice>();
    /// <summary>The change to be taken back.</summary>
    public Guid? Undo { get; init; }
    public string? Because { get; init; }
    public IReadOnlyList<EditProblem> Problems { get; init; } = [];
    public IReadOnlyList<EditSides> Sides { get; init; } = [];
    /// <summary>What somebody else changed meanwhile that is not in question.</summary>
    public IReadOnlyList<EditedField> Others { get; init; } = [];
    public EditOutcome? Outcome { get; init; }
    /// <summary>Something to be said above all.</summary>
    public string? Notice { get; init; }

    /// <summary>What the person has changed in the form.</summary>
    public IReadOnlyDictionary<string, string?> Changed => Texts.Where(pair => Plain(pair.Value) != Plain(Was.GetValueOrDefault(pair.Key, ""))).ToDictionary(pair => pair.Key, pair => (string?)pair.Value, StringComparer.Ordinal);

    /// <summary>A form sends its lines with CR and LF.</summary>
    public static string Plain(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).Trim();

    /// <summary>The form as the order stands.</summary>
    public static EditState Of(EditableOrder form)
    {
        var texts = form.Fields.ToDictionary(field => field.Path, field => field.Value ?? "", StringComparer.Ordinal);
        return new EditState { Step = EditStep.Form, Version = form.Version, Was = texts, Texts = texts };
    }
}
