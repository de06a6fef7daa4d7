using Crossdock.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Crossdock.Api;

/// <summary>Signs in whoever has just proved who they are, in the console's own forms: the first administrator, and who changed the own password.</summary>
public sealed class SignedIn(UserAccounts accounts, Sessions sessions, IOptions<SignInOptions> options)
{
    /// <summary>Opens a new session for this account and gives its cookie; the former one is over.</summary>
    public async Task AgainAsync(HttpContext context, Guid user)
    {
        if (await accounts.AccountAsync(user) is { } account)
        {
            await SignInEndpoints.OpenAsync(context, sessions, options.Value, account, account.Stamp, context.RequestAborted);
        }
    }

    /// <summary>The id of the session that this request came with; null with the administrator's token as header.</summary>
    public async Task<Guid?> SessionAsync(HttpContext context) =>
        context.Request.Cookies[SessionCookie.Name] is { Length: > 0 } key && await sessions.FindAsync(key, context.RequestAborted) is { } session ? session.Id : null;
}
