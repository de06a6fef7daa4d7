using Microsoft.AspNetCore.Http;

namespace Crossdock.WebConsole.Shared;

/// <summary>A page that says "there is no such ..." and means it: with status 404.</summary>
internal static class NotFoundAnswer
{
    /// <summary>Sets the status when the answer starts. Set earlier, Blazor would take it for a page that does not exist, and send an empty answer.</summary>
    public static void AnswerNotFound(this HttpContext? context) => context?.Response.OnStarting(() =>
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    });
}
