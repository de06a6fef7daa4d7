using Crossdock.Accounts;
using Crossdock.Api;
using Crossdock.Files;
using Crossdock.WebConsole.Actions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.WebConsole.Files;

/// <summary>Where the forms about files go.</summary>
internal static class FileForms
{
    public static void Map(IEndpointRouteBuilder console)
    {
        console.MapPost("/console/imports/upload", UploadAsync).Needs(Permission.Write).ExcludeFromDescription();
        Post("start", (actions, id, sent, actor, stop) => actions.StartAsync(id, sent["choice"] == "good", actor, stop), "The import has begun.");
        Post("stop", (actions, id, _, _, stop) => actions.StopAsync(id, stop), "Stopped. What is imported stays; it goes on where it is when you start it again.");
        Post("check", (actions, id, _, _, stop) => actions.CheckAsync(id, stop), "The file is being checked again.");
        Post("discard", (actions, id, _, _, stop) => actions.DiscardAsync(id, stop), "Given up; the file is gone.");

        void Post(string path, Func<ImportActions, Guid, IFormCollection, string, CancellationToken, Task<ImportOutcome>> act, string done) =>
            console.MapPost("/console/imports/" + path, (HttpContext context, IAntiforgery antiforgery, ImportActions actions) => RunAsync(context, antiforgery, actions, act, done)).Needs(Permission.Write).ExcludeFromDescription();
    }

    private static async Task<IResult> UploadAsync(HttpContext context, IAntiforgery antiforgery, ImportActions actions)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = actions.MaxBytes + 1024 * 1024;
        }

        context.Features.Set<IFormFeature>(new FormFeature(context.Request, new FormOptions { MultipartBodyLengthLimit = actions.MaxBytes + 1024 * 1024 }));
        IFormCollection sent;
        try
        {
            if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
            {
                return ActionEndpoints.OutOfDate();
            }

            sent = await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (Exception exception) when (exception is InvalidDataException or BadHttpRequestException)
        {
            return Results.Text(T[$"The file is larger than {actions.MaxBytes / 1_048_576} MB, or the upload broke off. Go back and try it again; nothing was kept."], statusCode: StatusCodes.Status413PayloadTooLarge);
        }

        string back = ActionEndpoints.Local(sent["back"]);
        if (sent.Files.Count == 0)
        {
            FlashCookie.Put(context, isBad: true, T["Nothing was uploaded: choose a file first."]);
            return Results.LocalRedirect(back);
        }

        await using var content = sent.Files[0].OpenReadStream();
        var outcome = await actions.UploadAsync(sent["connection"].ToString(), sent.Files[0].FileName, content, Actor(context), context.RequestAborted);
        if (outcome.Id is { } id)
        {
            return Results.LocalRedirect($"/imports/{id}");
        }

        FlashCookie.Put(context, isBad: true, outcome.Refusal ?? T["There is no such connection any more."]);
        return Results.LocalRedirect(back);
    }

    private static async Task<IResult> RunAsync(
        HttpContext context, IAntiforgery antiforgery, ImportActions actions, Func<ImportActions, Guid, IFormCollection, string, CancellationToken, Task<ImportOutcome>> act, string done)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return ActionEndpoints.OutOfDate();
        }

        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        var outcome = Guid.TryParse(sent["id"], out var id) ? await act(actions, id, sent, Actor(context), context.RequestAborted) : new ImportOutcome(null);
        FlashCookie.Put(context, isBad: outcome.Id is null, outcome.Id is not null ? done : outcome.Refusal ?? T["There is no such import any more."]);
        return Results.LocalRedirect(ActionEndpoints.Local(sent["back"]));
    }

    private static string Actor(HttpContext context) => "operator " + (context.User.Identity?.Name ?? "unknown");
}
