using System.Globalization;
using Crossdock.Accounts;
using Crossdock.Api;
using Crossdock.Connections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;

namespace Crossdock.WebConsole.Languages;

/// <summary>The language of the page being written, and how it is chosen: by the person's own choice, else by the browser.</summary>
public static class Language
{
    private const string Cookie = "crossdock-reading";

    /// <summary>The texts in the language of the present page.</summary>
    public static Texts T { get; } = new();

    /// <summary>What can be chosen: each gives the language, and how numbers and dates are written.</summary>
    public static IReadOnlyList<CultureInfo> Offered { get; } =
        [.. new[] { "en", "en-GB", "en-US", "es", "es-AR", "es-CL", "es-CO", "es-ES", "es-MX", "es-PE" }.Select(CultureInfo.GetCultureInfo)];

    /// <summary>How numbers are written on the present page.</summary>
    public static CultureInfo Formats => CultureInfo.CurrentUICulture;

    /// <summary>A known locale by its name; null for anything else.</summary>
    public static CultureInfo? Known(string? locale) => Offered.FirstOrDefault(culture => string.Equals(culture.Name, locale, StringComparison.OrdinalIgnoreCase));

    /// <summary>What this person chose: with the account, or on this browser where there is none.</summary>
    public static Preferences ChosenBy(HttpContext context)
    {
        var own = context.User.Preferences();
        if (context.User.AccountId() is not null || context.Request.Cookies[Cookie]?.Split('|') is not [var locale, var zone])
        {
            return own;
        }

        return new(Known(locale)?.Name, TimeZones.IsKnown(zone) ? zone : null);
    }

    /// <summary>Has this browser remember a choice, for pages that are seen without an account.</summary>
    public static void Remember(HttpContext context, Preferences wanted) => context.Response.Cookies.Append(
        Cookie, $"{wanted.Locale}|{wanted.TimeZone}", new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = "/", MaxAge = TimeSpan.FromDays(365) });

    // Only texts follow the reader. What the hub stores, sends and computes is written the same for everybody: the other culture stays invariant.
    internal static void UseLanguages(this WebApplication app) => app.UseWhen(
        context => !context.Request.Path.StartsWithSegments("/in", StringComparison.Ordinal) && !context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase),
        pages => pages.UseRequestLocalization(new RequestLocalizationOptions
        {
            DefaultRequestCulture = new RequestCulture(CultureInfo.InvariantCulture, CultureInfo.GetCultureInfo("en")),
            SupportedCultures = [CultureInfo.InvariantCulture],
            SupportedUICultures = [.. Offered],
            RequestCultureProviders =
            [
                new CustomRequestCultureProvider(context => Task.FromResult(ChosenBy(context).Locale is { } chosen ? new ProviderCultureResult(chosen) : null)),
                new AcceptLanguageHeaderRequestCultureProvider(),
            ],
        }));
}
