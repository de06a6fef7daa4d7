using Crossdock.Model.Orders;
using Crossdock.Orders;
using Crossdock.Rules;
using Npgsql;

namespace Crossdock.Edits;

/// <summary>An order as it stands while a person changes it.</summary>
/// <param name="Order">Locked, or only looked at.</param>
/// <param name="Document">Its document, after rules.</param>
/// <param name="Mapped">The order as its shop has it.</param>
/// <param name="Standing">What people changed of it already.</param>
/// <param name="Undone">The change to be taken back; null for none.</param>
/// <param name="Former">The change that stood before that one.</param>
internal sealed record EditSubject(StoredOrder Order, Order Document, Order Mapped, IReadOnlyList<OrderEdit> Standing, OrderEdit? Undone, OrderEdit? Former);

/// <summary>What a person's request does to the changes of an order. Pure: the statements are made, nothing is run.</summary>
internal sealed class EditPlan
{
    private readonly EditSubject subject;
    private readonly string actor;
    private readonly DateTimeOffset now;
    private readonly string? because;
    private readonly Guid save;

    private EditPlan(EditSubject subject, string actor, string? because, DateTimeOffset now)
    {
        (this.subject, this.actor, this.because, this.now, save) = (subject, actor, because, now, Guid.CreateVersion7(now));
        Standing = [.. subject.Standing];
    }

    public List<EditProblem> Problems { get; } = [];

    /// <summary>What stands afterwards.</summary>
    public List<OrderEdit> Standing { get; }

    /// <summary>In the order in which they have to run.</summary>
    public List<NpgsqlBatchCommand> Commands { get; } = [];

    public List<TimelineEntry> Entries { get; } = [];

    /// <summary>The fields concerned.</summary>
    public List<EditableField> Fields { get; } = [];

    /// <summary>In one stable word, for the audit log.</summary>
    public string Did { get; private set; } = "order_edited";

    public static EditPlan Make(EditRequest request, EditSubject subject, string actor, DateTimeOffset now)
    {
        var plan = new EditPlan(subject, actor, Clean(request.Because), now);
        if (request.Undo is not null)
        {
            plan.Undo();
        }

        foreach (var (path, choice) in request.Choose)
        {
            plan.Choose(path, choice);
        }

        plan.Set(request.Set);
        if (plan.Problems.Count == 0 && plan.Fields.Count == 0)
        {
            plan.Problems.Add(new("", "Nothing would change: every field has that value already."));
        }

        return plan;
    }

    private void Set(IReadOnlyDictionary<string, string?> values)
    {
        var probe = new EditLayer(Standing).Over(subject.Document);
        List<EditableField> changed = [];
        foreach (var (path, given) in values.OrderBy(pair => pair.Key.EndsWith(".country", StringComparison.Ordinal) ? 0 : 1))
        {
            if (EditableFields.Find(path) is not { } field)
            {
                Problems.Add(new(path, $"There is no such field, or nobody may change it here. {Suggestions.For(path, EditableFields.Names)}"));
                continue;
            }

            if (EditCheck.Problem(field, given, probe, out string? value) is { } problem)
            {
                Problems.Add(new(path, problem));
                continue;
            }

            string? before = field.Read(subject.Document);
            if (value == before && !Standing.Exists(edit => edit.Field == path && edit.ConflictAt is not null))
            {
                continue;
            }

            if (Refusal(field, value, before) is { } refusal)
            {
                Problems.Add(new(path, refusal));
                continue;
            }

            probe = field.Write(probe, value);
            var former = Standing.Find(edit => edit.Field == path);
            if (former is not null)
            {
                Commands.Add(EditStore.Ending(former.Id, "replaced", actor, now));
                Standing.Remove(former);
            }

            var edit = new OrderEdit
            {
                Id = Guid.CreateVersion7(now), OrderId = subject.Order.Id.Value, SaveId = save, Field = path, Label = EditableFields.Label(field, subject.Document), Before = before, Value = value,
                ShopValue = field.Read(subject.Mapped), Version = subject.Order.Version, Replaces = former?.Id, Because = because, EditedBy = actor, EditedAt = now,
            };
            Commands.Add(EditStore.Inserting(edit, subject.Order.ConnectionId.Value));
            Standing.Add(edit);
            changed.Add(field);
        }

        if (changed.Count > 0)
        {
            Fields.AddRange(changed);
            Tell($"Changed the {EditLayer.Words([.. changed.Select(field => EditableFields.Label(field, subject.Document))])}.");
        }
    }

    private string? Refusal(EditableField field, string? value, string? before)
    {
        if (field.Group == "lines" && field.Read(subject.Mapped) is null && EditableFields.Find(field.Path[..field.Path.LastIndexOf('.')] + ".quantity")!.Read(subject.Mapped) is null)
        {
            return "The order has no such line.";
        }

        return field.Kind is EditableKind.Reason && value is null && before is not null && !Standing.Exists(edit => edit.Field == field.Path)
            ? $"The store's rules leave this line out ({before}): change the rules to let it go." : null;
    }

    private void Choose(string path, EditChoice choice)
    {
        if (Standing.Find(one => one.Field == path) is not { ConflictAt: not null } edit || EditableFields.Find(path) is not { } field)
        {
            Problems.Add(new(path, "There is nothing to choose: the shop did not change it after somebody here."));
            return;
        }

        Did = "order_conflict_settled";
        Standing.Remove(edit);
        Fields.Add(field);
        if (choice is EditChoice.Theirs)
        {
            Commands.Add(EditStore.Ending(edit.Id, "theirs", actor, now));
            Tell($"Chose what the shop says for the {edit.Label}; the change by {edit.EditedBy} is over.");
            return;
        }

        string? theirs = field.Read(subject.Mapped);
        Commands.Add(EditStore.Settling(edit.Id, theirs, actor, now));
        Standing.Add(edit with { ShopValue = theirs, Theirs = null, ConflictAt = null, SettledBy = actor, SettledAt = now });
        Tell($"Chose what {edit.EditedBy} wrote for the {edit.Label}, not what the shop says by now.");
    }

    private void Undo()
    {
        if (subject.Undone is not { } edit || EditableFields.Find(edit.Field) is not { } field)
        {
            Problems.Add(new("", "The order has no such change."));
            return;
        }

        if (edit.EndedBecause is { } ended)
        {
            Problems.Add(new(edit.Field, ended switch
            {
                "undone" => $"{edit.EndedBy} has undone this change already.",
                "theirs" => $"{edit.EndedBy} chose the shop's value already: this change is over.",
                _ => $"{edit.EndedBy} changed the {edit.Label} again since: undo that first.",
            }));
            return;
        }

        Did = "order_edit_undone";
        Commands.Add(EditStore.Ending(edit.Id, "undone", actor, now));
        Standing.RemoveAll(one => one.Id == edit.Id);
        Fields.Add(field);
        if (subject.Former is { EndedBecause: "replaced" } former)
        {
            Commands.Add(EditStore.Reviving(former.Id));
            Standing.Add(former with { EndedAt = null, EndedBy = null, EndedBecause = null });
            Tell($"Undid the change of the {edit.Label} by {edit.EditedBy}: what {former.EditedBy} had written before counts again.");
            return;
        }

        Tell($"Undid the change of the {edit.Label} by {edit.EditedBy}: what the shop says counts again.");
    }

    private void Tell(string text) => Entries.Add(new(now, TimelineKind.Edited, actor, text, because, save));

    private static string? Clean(string? because) => string.IsNullOrWhiteSpace(because) ? null : because.Trim();
}
