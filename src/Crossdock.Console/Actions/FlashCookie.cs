using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Crossdock.WebConsole.Actions;

/// <summary>What an action has to say to the next page, kept in a cookie for one minute and shown once.</summary>
internal static class FlashCookie
{
    private const string Name = "crossdock-said";

    /// <summary>Says it on the next page, in the reader's language where the text is known.</summary>
    public static void Put(HttpContext context, bool isBad, string text) => context.Response.Cookies.Append(
        Name,
        (isBad ? "1" : "0") + WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(T[text] is { Length: > 600 } longer ? longer[..600] : T[text])),
        new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", MaxAge = TimeSpan.FromMinutes(1), Secure = context.Request.IsHttps });

    public static (bool IsBad, string Text)? Take(HttpContext context)
    {
        // A live refresh must not swallow what the person has not read yet.
        if (context.Request.Headers.ContainsKey("X-Live") || context.Request.Cookies[Name] is not { Length: > 1 } value)
        {
            return null;
        }

        context.Response.Cookies.Delete(Name, new CookieOptions { Path = "/" });
        try
        {
            return (value[0] == '1', Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(value, 1, value.Length - 1)));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
