using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Crossdock.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Crossdock.Api;

/// <summary>Counts wrong tokens and passwords per remote address. An address with too many is not listened to for the rest of the minute; nobody else notices.</summary>
internal sealed class FailedSignIns(IOptions<SignInOptions> options) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<HttpContext> _limiter = PartitionedRateLimiter.Create<HttpContext, IPAddress>(context => options.Value.FailuresPerMinute == 0
        ? RateLimitPartition.GetNoLimiter(IPAddress.None)
        : RateLimitPartition.GetFixedWindowLimiter(Group(context.Connection.RemoteIpAddress), _ => new FixedWindowRateLimiterOptions { PermitLimit = options.Value.FailuresPerMinute, Window = Window }));

    /// <summary>True when this address has used up its failures: what it sends is not even looked at, otherwise guessing would go on.</summary>
    public bool IsExhausted(HttpContext context)
    {
        // Asking for nothing takes nothing, and fails when nothing is left.
        using var lease = _limiter.AttemptAcquire(context, 0);
        return !lease.IsAcquired;
    }

    /// <summary>Counts one wrong token.</summary>
    public void Count(HttpContext context) => _limiter.AttemptAcquire(context).Dispose();

    /// <summary>The answer to an address that has used up its failures.</summary>
    public static IResult Refuse(HttpContext context)
    {
        context.Response.Headers.RetryAfter = Window.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return Problems.TooManyFailures();
    }

    public void Dispose() => _limiter.Dispose();

    // Whoever has one IPv6 address has its whole /64.
    private static IPAddress Group(IPAddress? address)
    {
        if (address is null)
        {
            return IPAddress.None;
        }

        if (address.IsIPv4MappedToIPv6 || address.GetAddressBytes() is not { Length: 16 } bytes)
        {
            return address.MapToIPv4();
        }

        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
