using Crossdock.Accounts;
using Crossdock.Model.Orders;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Api;

/// <summary>Errors as the API says them: RFC 9457, with one sentence that says what to do.</summary>
internal static class Problems
{
    public static IResult BadRequest(string detail) => Of(StatusCodes.Status400BadRequest, "The request cannot be understood", detail);

    public static IResult NotFound(string detail) => Of(StatusCodes.Status404NotFound, "Not found", detail);

    public static IResult Conflict(string detail) => Of(StatusCodes.Status409Conflict, "It stands otherwise", detail);

    public static IResult Unauthorised() => Of(StatusCodes.Status401Unauthorized, "Who are you?",
        "Send a token in the header Authorization: Bearer TOKEN: one that an administrator made under Tokens, or the administrator's own, which was shown at the first start and stands in the token file of the data folder.");

    /// <summary>What it would need is said: the address is no secret.</summary>
    public static IResult Forbidden(HttpContext context) => Of(StatusCodes.Status403Forbidden, "Not allowed", context.GetEndpoint()?.Metadata.GetMetadata<Needed>() is { } needed
        ? $"Nothing was changed. This needs the permission {EnumNames<Permission>.Of(needed.Permission)} ({Roles.Words(needed.Permission)}). An administrator can give it to you."
        : "Nothing was changed. An administrator can let you do this.");

    public static IResult TooManyFailures() => Of(StatusCodes.Status429TooManyRequests, "Too many wrong tokens or passwords",
        "This address sent too many wrong tokens or passwords. Wait a minute, then send the right one.");

    public static IResult Unavailable() => Of(StatusCodes.Status503ServiceUnavailable, "The database does not answer", "Nothing was changed. Try again in a few seconds; /health/ready says when the hub is well.");

    public static IResult Invalid(IReadOnlyList<string> errors) => Results.Problem(
        "Nothing was changed. Correct what errors lists and send it again.",
        statusCode: StatusCodes.Status422UnprocessableEntity,
        title: "The configuration has errors",
        extensions: new Dictionary<string, object?> { ["errors"] = errors });

    private static IResult Of(int status, string title, string detail) => Results.Problem(detail, statusCode: status, title: title);
}
