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

    public static IResult TooManyRequests(int limit) => Of(StatusCodes.Status429TooManyRequests, "Too many requests",
        $"Nothing was done. This token may send {limit} requests a minute to this node (Crossdock__Api__RequestsPerMinute). Wait as many seconds as Retry-After says; RateLimit-Remaining tells with every answer how many are left.");

    public static IResult OtherRequest(string header) => Of(StatusCodes.Status422UnprocessableEntity, "This key was used for another request",
        $"Nothing was done: this {header} came before with another method, address or body. Make a new key for every change, and send the same request with it when you repeat it.");

    public static IResult UnderWay(string header) => Of(StatusCodes.Status409Conflict, "It is being done",
        $"A request with this {header} is under way. Send it again after as many seconds as Retry-After says: you then get its answer.");

    public static IResult NotKnown(string header) => Of(StatusCodes.Status409Conflict, "It is not known whether it was done",
        $"A request with this {header} broke off in the middle, so it is not done again by itself. Look whether the change is there; if it is not, send it with a new key.");

    public static IResult Unavailable() => Of(StatusCodes.Status503ServiceUnavailable, "The database does not answer", "Nothing was changed. Try again in a few seconds; /health/ready says when the hub is well.");

    public static IResult Invalid(IReadOnlyList<string> errors) => Results.Problem(
        "Nothing was changed. Correct what errors lists and send it again.",
        statusCode: StatusCodes.Status422UnprocessableEntity,
        title: "The configuration has errors",
        extensions: new Dictionary<string, object?> { ["errors"] = errors });

    private static IResult Of(int status, string title, string detail) => Results.Problem(detail, statusCode: status, title: title);
}
