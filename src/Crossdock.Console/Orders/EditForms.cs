using System.Globalization;
using Crossdock.Accounts;
using Crossdock.Api;
using Crossdock.Edits;
using Crossdock.Model.Orders;
using Crossdock.WebConsole.Actions;
using Crossdock.WebConsole.Shared;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.WebConsole.Orders;

/// <summary>Where the form of an order goes: at its page's own address, so that the page can show it again, first with what would happen, then saved.</summary>
internal static class EditForms
{
    /// <summary>Where what was sent waits for the page that shows it.</summary>
    public const string State = "crossdock-order-edit";
    private const int LongestReason = 500;

    public static void Map(IEndpointRouteBuilder console) =>
        console.MapPost("/orders/{id:guid}/edit", RunAsync).Needs(Permission.Write).ExcludeFromDescription();

    private static async Task<IResult> RunAsync(HttpContext context, IAntiforgery antiforgery, EditActions edits, Guid id)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return ActionEndpoints.OutOfDate();
        }

        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        if (await edits.FormAsync(id, context.RequestAborted) is not { } form)
        {
            return Results.Text(T["There is no such order any more. Nothing was changed."], statusCode: StatusCodes.Status404NotFound);
        }

        var state = Read(sent);
        string step = sent["step"].ToString();
        if (step == "form")
        {
            return Shown(context, state with { Step = EditStep.Form });
        }

        state = Rebased(state, form, sent);
        if (state.Sides.Count > 0)
        {
            return Shown(context, state with { Step = EditStep.Sides });
        }

        var request = new EditRequest { Set = state.Changed, Choose = state.Choose, Undo = state.Undo, Version = state.Version, AcceptUnreached = sent["unreached"] == "known", Because = state.Because };
        string actor = "operator " + (context.User.Identity?.Name ?? "unknown");
        bool isSaving = step == "save";
        if (isSaving && state.Because is null or { Length: > LongestReason })
        {
            isSaving = false;
            state = state with { Notice = T[$"Nothing was saved: give a reason of 1 to {LongestReason} characters. It stands in the order's history."] };
        }

        var answer = isSaving ? await edits.SaveAsync(id, request, actor, context.RequestAborted) : await edits.PreviewAsync(id, request, actor, context.RequestAborted);
        if (answer.Result is EditResult.Moved && await edits.FormAsync(id, context.RequestAborted) is { } moved)
        {
            // Somebody was quicker, in the moment between reading and saving.
            state = Rebased(state, moved, sent);
            return state.Sides.Count > 0
                ? Shown(context, state with { Step = EditStep.Sides })
                : await ReviewAsync(context, edits, id, request with { Version = state.Version }, actor, state with { Notice = T["Nothing was saved yet: the order changed in this moment. Look once more."] });
        }

        if (answer.Result is EditResult.Done && isSaving)
        {
            FlashCookie.Put(context, isBad: false, Told(answer.Outcome!));
            return Results.LocalRedirect($"/orders/{id}");
        }

        return answer.Result switch
        {
            EditResult.Done => Shown(context, state with { Step = EditStep.Review, Outcome = answer.Outcome }),
            EditResult.Unreached => Shown(context, state with { Step = EditStep.Review, Outcome = answer.Outcome, Notice = T["Nothing was saved yet: somebody has the order by now and is not told of this."] }),
            EditResult.Invalid => Shown(context, state with { Step = EditStep.Form, Problems = answer.Problems }),
            EditResult.Refused or EditResult.NotFound or EditResult.Moved => Shown(context, state with { Step = EditStep.Form, Notice = answer.Refusal ?? T["There is no such order any more."] }),
        };
    }

    private static async Task<IResult> ReviewAsync(HttpContext context, EditActions edits, Guid id, EditRequest request, string actor, EditState state)
    {
        var answer = await edits.PreviewAsync(id, request, actor, context.RequestAborted);
        return Shown(context, answer.Outcome is { } outcome ? state with { Step = EditStep.Review, Outcome = outcome } : state with { Step = EditStep.Form, Problems = answer.Problems, Notice = answer.Refusal });
    }

    private static string Told(EditOutcome outcome) => outcome.StateAfter == outcome.StateBefore
        ? T["The change is saved."]
        : T[$"The change is saved. The order went from {Say.Name(outcome.StateBefore)} to {Say.Name(outcome.StateAfter)}."];

    /// <summary>Brings what was typed over the order as it stands by now: what only somebody else changed is taken, what both changed is asked for, unless it was decided.</summary>
    internal static EditState Rebased(EditState state, EditableOrder form, IFormCollection decisions)
    {
        if (form.Version == state.Version)
        {
            return state;
        }

        var (was, texts) = (new Dictionary<string, string>(state.Was, StringComparer.Ordinal), new Dictionary<string, string>(state.Texts, StringComparer.Ordinal));
        List<EditSides> sides = [];
        List<EditedField> others = [];
        foreach (var field in form.Fields)
        {
            string now = EditState.Plain(field.Value ?? "");
            if (!state.Was.TryGetValue(field.Path, out string? former) || now == EditState.Plain(former))
            {
                continue;
            }

            bool isMine = state.Changed.TryGetValue(field.Path, out string? mine) && EditState.Plain(mine!) != now;
            if (!isMine)
            {
                others.Add(new EditedField(field.Path, field.Label, former, field.Value, field.Shop));
            }
            else if (decisions[$"take.{field.Path}"].ToString() is not ("mine" or "now"))
            {
                sides.Add(new EditSides(field.Path, field.Label, mine, field.Value, field.Edit?.EditedBy));
                continue;
            }

            was[field.Path] = field.Value ?? "";
            if (!isMine || decisions[$"take.{field.Path}"] == "now")
            {
                texts[field.Path] = field.Value ?? "";
            }
        }

        // Until all is decided the form stays one of the version that was opened.
        return sides.Count > 0
            ? state with { Sides = sides, Others = others }
            : state with { Version = form.Version, Was = was, Texts = texts, Others = others };
    }

    private static EditState Read(IFormCollection sent) => new()
    {
        Step = EditStep.Form,
        Version = int.TryParse(sent["version"], NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? version : 0,
        Was = Under(sent, "was."),
        Texts = Under(sent, "set."),
        Choose = Under(sent, "choose.").Select(pair => (pair.Key, Choice: EnumNames<EditChoice>.Parse(pair.Value))).Where(pair => pair.Choice is not null).ToDictionary(pair => pair.Key, pair => pair.Choice!.Value, StringComparer.Ordinal),
        Undo = Guid.TryParse(sent["undo"], out var undo) ? undo : null,
        Because = sent["because"].ToString().Trim() is { Length: > 0 } because ? because : null,
    };

    private static Dictionary<string, string> Under(IFormCollection sent, string prefix) =>
        sent.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(pair => pair.Key[prefix.Length..], pair => pair.Value.ToString(), StringComparer.Ordinal);

    // Each step is a page of the same conversation, none an error.
    private static RazorComponentResult<App> Shown(HttpContext context, EditState state)
    {
        context.Items[State] = state;
        return new RazorComponentResult<App>();
    }
}
