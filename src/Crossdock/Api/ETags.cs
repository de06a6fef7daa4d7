using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Crossdock.Api;

/// <summary>An address whose answers carry an ETag (GET), or whose change obeys If-Match. For the description of the API.</summary>
internal sealed record HasETag;

/// <summary>ETags of things that are edited: made of their version, which rises with every change. RFC 9110, sections 8.8.3 and 13.1.
/// A read answers with <see cref="Answer"/>. A change asks <see cref="Refusal"/> with the version it just read, and then saves on the condition that the version still is that one: a lost race is <see cref="Missed"/> as well.</summary>
internal static class ETags
{
    /// <summary>The ETag of a version: <c>"v12"</c>.</summary>
    public static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"\"v{version}\"");

    /// <summary>Says in the description of the API that this address knows ETags.</summary>
    public static RouteHandlerBuilder WithETag(this RouteHandlerBuilder builder) => builder.WithMetadata(new HasETag());

    /// <summary>200 with the thing and its ETag; 304 without it when the caller has this version already (If-None-Match).</summary>
    public static IResult Answer(HttpContext context, long version, object thing)
    {
        context.Response.Headers.ETag = Of(version);
        var known = context.Request.GetTypedHeaders().IfNoneMatch;
        var own = new EntityTagHeaderValue(Of(version));
        // Reading compares weakly: a proxy that compressed the answer has marked the tag as weak.
        return (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)) && known.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(own, useStrongComparison: false))
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Ok(thing);
    }

    /// <summary>The thing, with its ETag set; for answers whose other figures change without a new version, so that 304 would hide them.</summary>
    public static T Tagged<T>(HttpContext context, long version, T thing)
    {
        context.Response.Headers.ETag = Of(version);
        return thing;
    }

    /// <summary>412 when the caller looked at another version (If-Match), otherwise null; null also without the header.</summary>
    /// <param name="context">The request.</param>
    /// <param name="version">As it is now; null where the thing does not exist.</param>
    public static IResult? Refusal(HttpContext context, long? version)
    {
        if (!IsAsked(context))
        {
            return null;
        }

        var wanted = context.Request.GetTypedHeaders().IfMatch;
        bool fits = version is { } now && wanted.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(new EntityTagHeaderValue(Of(now)), useStrongComparison: true));
        return fits ? null : Missed(context, version);
    }

    /// <summary>True when the caller sent If-Match.</summary>
    public static bool IsAsked(HttpContext context) => context.Request.Headers.IfMatch.Count > 0;

    /// <summary>412: somebody changed it meanwhile. Carries the ETag of what it is now.</summary>
    public static IResult Missed(HttpContext context, long? version)
    {
        if (version is { } now)
        {
            context.Response.Headers.ETag = Of(now);
        }

        return Results.Problem("Nothing was changed: it is not what you looked at any more. Read it again, and send your change with the ETag of that answer in If-Match.",
            statusCode: StatusCodes.Status412PreconditionFailed, title: "Somebody changed it meanwhile");
    }
}
