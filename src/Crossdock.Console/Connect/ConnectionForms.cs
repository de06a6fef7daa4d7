using System.Text.Json.Nodes;
using Crossdock.Accounts;
using Crossdock.Api;
using Crossdock.Connections;
using Crossdock.Model.Connectors;
using Crossdock.WebConsole.Actions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.WebConsole.Connect;

/// <summary>Where the form of a connection goes: at its page's own address, so that the page can be shown again with what was typed and what is wrong.</summary>
internal static class ConnectionForms
{
    /// <summary>Where a refused form waits for the page that shows it again.</summary>
    public const string State = "crossdock-connection-form";

    public static void Map(IEndpointRouteBuilder console)
    {
        console.MapPost("/connect/{platform}", (HttpContext context, IAntiforgery antiforgery, ConnectionEditor editor, PlatformCatalog catalog, string platform) => SaveAsync(context, antiforgery, editor, catalog, platform, null))
            .Needs(Permission.Configure).ExcludeFromDescription();
        console.MapPost("/connections/{key}/settings", (HttpContext context, IAntiforgery antiforgery, ConnectionEditor editor, PlatformCatalog catalog, string key) => SaveAsync(context, antiforgery, editor, catalog, null, key))
            .Needs(Permission.Configure).ExcludeFromDescription();
    }

    private static async Task<IResult> SaveAsync(HttpContext context, IAntiforgery antiforgery, ConnectionEditor editor, PlatformCatalog catalog, string? platform, string? key)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return ActionEndpoints.OutOfDate();
        }

        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        var former = key is null ? null : await editor.FindAsync(key, context.RequestAborted);
        if ((former?.Draft.Platform ?? platform) is not { } name || catalog.ManifestOf(name) is not { } manifest)
        {
            return Results.Text(T["There is no such connection or platform any more. Nothing was changed."], statusCode: StatusCodes.Status404NotFound);
        }

        List<SettingProblem> problems = [];
        var settings = former?.Draft.Settings?.DeepClone().AsObject() ?? [];
        SettingText.Read([.. manifest.Settings.Where(field => !IsSecret(manifest, field.Name))], settings, path => Sent(sent, "settings." + path), problems);
        string wanted = key ?? sent["key"].ToString().Trim();
        var draft = new ConnectionDraft
        {
            Key = wanted,
            Name = sent["name"].ToString().Trim(),
            Platform = name,
            Enabled = former is null || sent["enabled"] != "false",
            Approval = sent["approval"] == "four_eyes" && sent["approvalAbove"].ToString().Trim() is { Length: > 0 } above ? $"four_eyes above {above}" : sent["approval"] == "manual" || sent["approval"] == "four_eyes" ? sent["approval"].ToString() : "automatic",
            Polling = Sent(sent, "polling") is { Length: > 0 } polling ? polling.Trim() : former?.Draft.Polling,
            TimeZone = Sent(sent, "timeZone")?.Trim(),
            Destinations = [.. sent["destination"].OfType<string>().Where(one => one.Length > 0)],
            Settings = settings,
            Secrets = Secrets(sent, manifest),
            Version = former is null ? 0 : long.TryParse(sent["version"], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long version) ? version : -1,
        };
        if (problems.Count == 0)
        {
            problems.AddRange(await editor.SaveAsync(draft, "operator " + (context.User.Identity?.Name ?? "unknown"), context.RequestAborted));
        }

        if (problems.Count == 0)
        {
            FlashCookie.Put(context, isBad: false, former is null ? T[$"{(draft.Name.Length > 0 ? draft.Name : wanted)} is connected."] : T["The new settings are in force."]);
            return Results.LocalRedirect($"/connections/{wanted}/start");
        }

        context.Items[State] = new ConnectionFormState(
            sent.Where(pair => !pair.Key.StartsWith("secrets.", StringComparison.Ordinal)).ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal),
            [.. draft.Destinations], former?.StoredSecrets ?? [], problems, draft.Version);
        context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return new RazorComponentResult<App> { StatusCode = StatusCodes.Status422UnprocessableEntity };
    }

    /// <summary>Whether a setting is only the other place of a secret, which has its own field.</summary>
    public static bool IsSecret(ConnectorManifest manifest, string path) => manifest.Secrets.Any(secret => secret.InSettings == path);

    // What is left empty is kept; what is ticked is taken away.
    private static Dictionary<string, string> Secrets(IFormCollection sent, ConnectorManifest manifest)
    {
        var secrets = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in manifest.Secrets)
        {
            string text = sent["secrets." + field.Name].ToString().Trim();
            if (text.Length > 0 || sent["forget." + field.Name] == "true")
            {
                secrets[field.Name] = text;
            }
        }

        return secrets;
    }

    private static string? Sent(IFormCollection sent, string name) => sent.TryGetValue(name, out var value) ? value.ToString() : null;
}
