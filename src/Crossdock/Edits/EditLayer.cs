using System.Globalization;
using Crossdock.Model.Orders;

namespace Crossdock.Edits;

/// <summary>What the shop's present document means for one change of a person.</summary>
/// <param name="Id">The change.</param>
/// <param name="ShopValue">What counts as the shop's value, beside which the person's stands.</param>
/// <param name="Theirs">The shop's other value; null without a conflict, or where the shop has nothing there.</param>
/// <param name="ConflictAt">Since when; null without a conflict.</param>
internal sealed record EditMark(Guid Id, string? ShopValue, string? Theirs, DateTimeOffset? ConflictAt);

/// <summary>What people changed on one order, to be laid over the document that the shop's newest version was mapped to. Pure.</summary>
internal sealed class EditLayer
{
    /// <summary>The code of the hold while a person has to choose.</summary>
    public const string HoldCode = "edit_conflict";

    private readonly List<(OrderEdit Edit, EditableField Field)> edits;

    /// <param name="standing">The changes that stand; of each field at most one.</param>
    public EditLayer(IEnumerable<OrderEdit> standing) =>
        edits = [.. standing.Select(edit => (edit, EditableFields.Find(edit.Field)!)).Where(one => one.Item2 is not null).OrderBy(one => Rank(one.Item2))];

    /// <summary>What changed about the conflicts, to be stored.</summary>
    public List<EditMark> Marks { get; } = [];

    /// <summary>New conflicts in sentences, for the timeline.</summary>
    public List<string> Told { get; } = [];

    /// <summary>Why a person has to look; null when nobody has to.</summary>
    public Concern? Concern { get; private set; }

    /// <summary>Looks where the shop has changed the same fields since. Once for a document.</summary>
    public void Meet(Order mapped, DateTimeOffset now)
    {
        // As the database keeps it: the hold's reason is told from it, and has to be the same each time, and another one for another change.
        now = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), now.Offset);
        List<(OrderEdit Edit, EditableField Field, DateTimeOffset At)> open = [];
        foreach (var (edit, field) in edits)
        {
            string? theirs = field.Read(mapped);
            if (theirs == edit.ShopValue || theirs == edit.Value)
            {
                if (edit.ConflictAt is not null || theirs != edit.ShopValue)
                {
                    Marks.Add(new(edit.Id, theirs, null, null));
                }

                continue;
            }

            var at = edit.ConflictAt is { } since && edit.Theirs == theirs ? since : now;
            if (at == now)
            {
                Marks.Add(new(edit.Id, edit.ShopValue, theirs, now));
                Told.Add($"The shop changed the {EditableFields.Label(field, mapped)}, which {edit.EditedBy} had changed here. What {edit.EditedBy} wrote counts until somebody chooses.");
            }

            if (field.Matters)
            {
                open.Add((edit, field, at));
            }
        }

        Concern = open.Count == 0 ? null : new(HoldCode, string.Create(CultureInfo.InvariantCulture,
            $"The shop changed the {Words([.. open.Select(one => EditableFields.Label(one.Field, mapped))])} at {open.Max(one => one.At):yyyy-MM-dd HH:mm:ss.fff} UTC, after {Words([.. open.Select(one => one.Edit.EditedBy).Distinct()])} had changed it here. Choose on the order's page which value counts."));
    }

    /// <summary>The order with what people changed.</summary>
    public Order Over(Order order) => Lay(order, edits);

    /// <summary>The same once more over what the rules made of it: what a person wrote counts more than what a rule would set. Tags and lines were theirs to work with.</summary>
    public Order OverDecided(Order order) => Lay(order, edits.Where(one => one.Field.Kind is not EditableKind.Tags && one.Field.Group != "lines"));

    /// <summary>"a", "a and b", "a, b and c".</summary>
    public static string Words(IReadOnlyList<string> parts) => parts.Count < 2 ? parts.Count == 0 ? "" : parts[0] : $"{string.Join(", ", parts.Take(parts.Count - 1))} and {parts[^1]}";

    private static Order Lay(Order order, IEnumerable<(OrderEdit Edit, EditableField Field)> edits)
    {
        var laid = order;
        foreach (var (edit, field) in edits)
        {
            if (field.Read(laid) != edit.Value)
            {
                laid = field.Write(laid, edit.Value);
            }
        }

        return ReferenceEquals(laid.Lines, order.Lines) || order.WeightGrams is null || Weight(order) != order.WeightGrams ? laid : laid with { WeightGrams = Weight(laid) };
    }

    // Only where the shop's figure is the sum of its lines is it known how it changes with them.
    private static long? Weight(Order order)
    {
        decimal sum = 0;
        foreach (var line in order.Lines.Where(line => line.RequiresShipping))
        {
            if (line.WeightGrams is not { } grams)
            {
                return null;
            }

            sum += grams * line.CurrentQuantity;
        }

        return (long)Math.Round(sum);
    }

    // A region is read with its country, and its name follows its code.
    private static int Rank(EditableField field) => field.Kind switch
    {
        EditableKind.Country => 0,
        EditableKind.Region => 1,
        EditableKind.Text or EditableKind.Paragraph or EditableKind.Email or EditableKind.Phone or EditableKind.Quantity or EditableKind.Tags or EditableKind.Reason => 2,
    };
}
