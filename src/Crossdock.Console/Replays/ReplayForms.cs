using System.Globalization;
using Crossdock.Accounts;
using Crossdock.Api;
using Crossdock.Model.Orders;
using Crossdock.Replays;
using Crossdock.WebConsole.Actions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.WebConsole.Replays;

/// <summary>Where the forms about replays go.</summary>
internal static class ReplayForms
{
    public static void Map(IEndpointRouteBuilder console)
    {
        Post("start", Permission.Analyse, StartAsync, "The trial is under way; nothing is sent or changed by it.");
        Post("apply", Permission.Write, ApplyAsync, "What you chose is put back to be worked.");
        Post("stop", Permission.Analyse, (actions, sent, _, stop) => WithId(sent, id => actions.StopAsync(id, stop)), "Stopped. It goes on where it is when you say so.");
        Post("resume", Permission.Write, (actions, sent, _, stop) => WithId(sent, id => actions.ResumeAsync(id, stop)), "It goes on where it was.");

        void Post(string path, Permission permission, Func<ReplayActions, IFormCollection, string, CancellationToken, Task<ReplayAnswer>> act, string done) =>
            console.MapPost("/console/replays/" + path, (HttpContext context, IAntiforgery antiforgery, ReplayActions actions) => RunAsync(context, antiforgery, actions, act, done)).Needs(permission).ExcludeFromDescription();
    }

    private static async Task<IResult> RunAsync(
        HttpContext context, IAntiforgery antiforgery, ReplayActions actions, Func<ReplayActions, IFormCollection, string, CancellationToken, Task<ReplayAnswer>> act, string done)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return ActionEndpoints.OutOfDate();
        }

        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        var answer = await act(actions, sent, "operator " + (context.User.Identity?.Name ?? "unknown"), context.RequestAborted);
        FlashCookie.Put(context, isBad: answer.Id is null, answer.Id is not null ? done : answer.Refusal ?? T["There is no such thing any more."]);
        string back = sent["back"].ToString();
        return Results.LocalRedirect(ActionEndpoints.Local(back.Length > 0 ? back : answer.Id is { } id ? $"/replays/{id}" : "/replays"));
    }

    private static Task<ReplayAnswer> StartAsync(ReplayActions actions, IFormCollection sent, string actor, CancellationToken cancellationToken)
    {
        var from = Day(sent["from"]);
        bool hasTo = sent["to"].ToString().Length > 0;
        var to = hasTo ? Day(sent["to"]) : DateTimeOffset.MaxValue;
        if (from is null || to is null)
        {
            return Task.FromResult(new ReplayAnswer(null, T["Nothing was started: give days such as 2026-03-01."]));
        }

        string store = sent["connection"].ToString(), rules = sent["rules"].ToString();
        var request = new ReplayRequest { From = from.Value, To = to.Value, Connections = store.Length == 0 ? [] : [store], Rules = string.IsNullOrWhiteSpace(rules) ? null : rules, Because = sent["because"] };
        return actions.StartAsync(request, actor, cancellationToken);
    }

    private static Task<ReplayAnswer> ApplyAsync(ReplayActions actions, IFormCollection sent, string actor, CancellationToken cancellationToken)
    {
        bool isAll = sent["all"] == "true";
        List<ReplayKind> kinds = [.. sent["kind"].Select(EnumNames<ReplayKind>.Parse).OfType<ReplayKind>()];
        List<Guid> orders = [.. sent["order"].Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty)];
        if (!isAll && kinds.Count == 0 && orders.Count == 0)
        {
            return Task.FromResult(new ReplayAnswer(null, T["Nothing was chosen."]));
        }

        var choice = new ReplayChoice { Kinds = isAll ? [] : kinds, Orders = isAll || orders.Count == 0 ? null : orders, IncludeShipped = sent["shipped"] == "true", Because = sent["because"] };
        return WithId(sent, id => actions.ApplyAsync(id, choice, actor, cancellationToken));
    }

    private static Task<ReplayAnswer> WithId(IFormCollection sent, Func<Guid, Task<ReplayAnswer>> act) => Guid.TryParse(sent["id"], out var id) ? act(id) : Task.FromResult(new ReplayAnswer(null));

    private static DateTimeOffset? Day(string? text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var day) ? day : null;
}
