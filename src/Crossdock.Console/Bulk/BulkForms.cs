using Crossdock.Accounts;
using Crossdock.Api;
using Crossdock.Bulk;
using Crossdock.Model.Orders;
using Crossdock.Orders;
using Crossdock.Views;
using Crossdock.WebConsole.Actions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.WebConsole.Bulk;

/// <summary>Where the forms of the list of orders go: work on many orders, saved views, chosen columns. And the list as CSV.</summary>
internal static class BulkForms
{
    public static void Map(IEndpointRouteBuilder console)
    {
        Post("orders/bulk", Permission.Write, StartAsync);
        Post("orders/bulk/stop", Permission.Write, async (context, sent, services) =>
        {
            bool isStopped = Guid.TryParse(sent["id"], out var id) && await services.Actions.StopAsync(id, context.RequestAborted);
            return (isStopped ? null : T["It does not run any more."], isStopped ? T["Stopped. What was done stays done."] : null, null);
        });
        Post("orders/columns", Permission.Read, async (context, sent, services) =>
        {
            await services.Views.ChooseAsync(sent["column"].OfType<string>(), context.RequestAborted);
            return (null, T["These columns are shown to you from now on."], null);
        });
        Post("views/save", Permission.Read, SaveAsync);
        Post("views/remove", Permission.Read, async (context, sent, services) =>
        {
            bool isGone = Guid.TryParse(sent["id"], out var id) && await services.Views.RemoveAsync(id, context.User.May(Permission.Administer), context.RequestAborted);
            return (isGone ? null : T["There is no such view of yours any more."], isGone ? T["The view is removed."] : null, "/orders");
        });

        console.MapGet("/orders/export", (HttpContext context, OrderCsv csv) =>
        {
            List<string> problems = [];
            var (search, sorting) = OrderSearchText.Read(name => context.Request.Query[name], isByDay: true, problems);
            return problems.Count > 0
                ? Results.Text(string.Join(' ', problems), statusCode: StatusCodes.Status400BadRequest)
                : Results.Stream(stream => csv.WriteAsync(search, sorting, stream, context.RequestAborted), "text/csv; charset=utf-8", "orders.csv");
        }).ExcludeFromDescription();

        void Post(string path, Permission permission, Func<HttpContext, IFormCollection, Parts, Task<(string? Bad, string? Good, string? To)>> act) =>
            console.MapPost("/console/" + path, (HttpContext context, IAntiforgery antiforgery, BulkActions actions, OrderViews views) => RunAsync(context, antiforgery, new Parts(actions, views), act)).Needs(permission).ExcludeFromDescription();
    }

    private sealed record Parts(BulkActions Actions, OrderViews Views);

    private static async Task<IResult> RunAsync(HttpContext context, IAntiforgery antiforgery, Parts services, Func<HttpContext, IFormCollection, Parts, Task<(string? Bad, string? Good, string? To)>> act)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return ActionEndpoints.OutOfDate();
        }

        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        var (bad, good, to) = await act(context, sent, services);
        if ((bad ?? good) is { } said)
        {
            FlashCookie.Put(context, isBad: bad is not null, said);
        }

        return Results.LocalRedirect(ActionEndpoints.Local(to ?? sent["back"].ToString()));
    }

    private static async Task<(string? Bad, string? Good, string? To)> StartAsync(HttpContext context, IFormCollection sent, Parts services)
    {
        if (EnumNames<BulkKind>.Parse(sent["action"]) is not { } kind)
        {
            return (T["Nothing was changed: say what is to be done."], null, null);
        }

        List<Guid> ids = [.. sent["id"].Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty)];
        var answer = await services.Actions.StartAsync(new BulkRequest(kind, ids, sent.ContainsKey("filter") ? sent["filter"].ToString() : null, sent["because"]), "operator " + (context.User.Identity?.Name ?? "unknown"), context.RequestAborted);
        return answer.Row is { } row ? (null, null, $"/orders/bulk/{row.Id}") : (T[$"Nothing was changed: {answer.Refusal}"], null, null);
    }

    private static async Task<(string? Bad, string? Good, string? To)> SaveAsync(HttpContext context, IFormCollection sent, Parts services)
    {
        string filter = sent["filter"].ToString();
        var columns = sent["columns"] == "true" ? await services.Views.ColumnsAsync(context.RequestAborted) : null;
        var (id, refusal) = await services.Views.SaveAsync(new OrderViewDraft(sent["name"], filter, sent["shared"] == "true", columns), context.RequestAborted);
        return id is { } kept ? (null, T["The view is kept."], $"/orders?{filter}{(filter.Length == 0 ? "" : "&")}view={kept}") : (refusal, null, null);
    }
}
