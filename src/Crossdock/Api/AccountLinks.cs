using Crossdock.Connections;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Api;

/// <summary>Links that people get.</summary>
public static class AccountLinks
{
    /// <summary>The address at which somebody chooses a password: by the hub's public address, or as the hub was called just now.</summary>
    public static string Password(HttpContext context, HubAddress hub, Guid user, string ticket) =>
        $"{hub.Public?.AbsoluteUri.TrimEnd('/') ?? $"{context.Request.Scheme}://{context.Request.Host}"}/sign-in/password?user={user}&ticket={ticket}";
}
