using System.Globalization;
using System.Threading.RateLimiting;
using Crossdock.Database;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Crossdock.Api;

/// <summary>How often one token may ask one node: a bucket that holds a minute's requests and fills again evenly. One program in a loop delays nobody else's work.</summary>
internal sealed class RequestLimits(IOptions<ApiOptions> options) : IDisposable
{
    // A person's pages ask for several things at once.
    private const int TimesForPeople = 10;

    private readonly PartitionedRateLimiter<Caller> limiter = PartitionedRateLimiter.Create<Caller, string>(caller => RateLimitPartition.GetTokenBucketLimiter(WhoseKey.Of(caller), _ =>
    {
        int limit = LimitOf(options.Value, caller);
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = limit,
            TokensPerPeriod = Math.Max(1, limit / 60),
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) / Math.Min(limit, 60),
            AutoReplenishment = true,
            QueueLimit = 0,
        };
    }));

    /// <summary>Counts the request and says in its answer how many are left; answers 429 when none is.</summary>
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        if (options.Value.RequestsPerMinute == 0 || !context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) || context.User.Identity?.IsAuthenticated != true || Caller.Current is not { } caller)
        {
            await next(context);
            return;
        }

        using var lease = limiter.AttemptAcquire(caller);
        int limit = LimitOf(options.Value, caller);
        long left = limiter.GetStatistics(caller)?.CurrentAvailablePermits ?? 0;
        var headers = context.Response.Headers;
        headers["RateLimit-Limit"] = Text(limit);
        headers["RateLimit-Remaining"] = Text(left);
        headers["RateLimit-Reset"] = Text((long)Math.Ceiling((limit - left) * 60.0 / limit));
        if (lease.IsAcquired)
        {
            await next(context);
            return;
        }

        headers.RetryAfter = Text((long)Math.Ceiling(Math.Max(1, 60.0 / limit)));
        await Problems.TooManyRequests(limit).ExecuteAsync(context);
    }

    public void Dispose() => limiter.Dispose();

    private static int LimitOf(ApiOptions options, Caller caller) => caller.Kind is CallerKind.User ? options.RequestsPerMinute * TimesForPeople : options.RequestsPerMinute;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Whose limit or key it is.</summary>
internal static class WhoseKey
{
    /// <summary><c>token:ID</c>, <c>user:ID</c> or <c>administrator_token</c>.</summary>
    public static string Of(Caller caller) => caller.Id is { } id ? $"{Model.Orders.EnumNames<CallerKind>.Of(caller.Kind)}:{id}" : Model.Orders.EnumNames<CallerKind>.Of(caller.Kind);
}

/// <summary>What the API's requests go through on their way to an address.</summary>
public static class ApiPipeline
{
    /// <summary>Limits how often a token may ask. After UseCrossdockCaller, before UseAuthorization: what is refused counts as well.</summary>
    public static IApplicationBuilder UseCrossdockRequestLimits(this IApplicationBuilder app)
    {
        var limits = app.ApplicationServices.GetRequiredService<RequestLimits>();
        return app.Use((context, next) => limits.RunAsync(context, next));
    }

    /// <summary>Lets a repeated change with the same Idempotency-Key have the first one's answer. After UseAuthorization.</summary>
    public static IApplicationBuilder UseCrossdockIdempotency(this IApplicationBuilder app)
    {
        var requests = app.ApplicationServices.GetRequiredService<IdempotentRequests>();
        return app.Use((context, next) => requests.RunAsync(context, next));
    }
}
