using Crossdock.Api;
using Crossdock.WebConsole.Webhooks;
using Crossdock.WebConsole.Accounts;
using Crossdock.WebConsole.Actions;
using Crossdock.WebConsole.Alerts;
using Crossdock.WebConsole.Backfills;
using Crossdock.WebConsole.Bulk;
using Crossdock.WebConsole.Completeness;
using Crossdock.WebConsole.Connect;
using Crossdock.WebConsole.Connections;
using Crossdock.WebConsole.Files;
using Crossdock.WebConsole.Live;
using Crossdock.WebConsole.Privacy;
using Crossdock.WebConsole.Orders;
using Crossdock.WebConsole.Replays;
using Crossdock.WebConsole.Shapes;
using Crossdock.Delivery;
using Crossdock.Holds;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Crossdock.WebConsole;

/// <summary>Registers and maps the console.</summary>
public static class ConsoleRegistration
{
    private static readonly (string File, string Type)[] Assets =
        [("console.css", "text/css; charset=utf-8"), ("console.js", "text/javascript; charset=utf-8"), ("icon.svg", "image/svg+xml")];

    /// <summary>Adds the console's pages. Needs the hub's <c>*Queries</c> and authentication; registers neither.</summary>
    public static IServiceCollection AddCrossdockConsole(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddAntiforgery(options => options.Cookie.Name = "crossdock-form");
        services.AddSingleton<LiveFigures>();

        // A node without the role that delivers can still be looked at; then the forms are left out.
        if (services.Any(service => service.ServiceType == typeof(HoldStore)) && services.Any(service => service.ServiceType == typeof(DeliveryActions)))
        {
            services.TryAddSingleton<IOperatorActions, OperatorActions>();
        }

        return services;
    }

    /// <summary>Tells people in words when a page cannot be made. Before authentication, which asks the database too.</summary>
    public static WebApplication UseCrossdockConsoleErrors(this WebApplication app)
    {
        app.UseConsoleErrors();
        return app;
    }

    /// <summary>Maps the pages at <c>/</c>, their style and script under <c>/console</c>, and the forms' addresses. Call after authentication and authorisation.</summary>
    public static WebApplication MapCrossdockConsole(this WebApplication app)
    {
        app.UseLanguages();
        app.UseAntiforgery();
        foreach (var (file, type) in Assets)
        {
            byte[] bytes = Read(file);
            app.MapGet("/console/" + file, (HttpContext context) =>
            {
                context.Response.Headers.CacheControl = "no-cache";
                return Results.Bytes(bytes, type, entityTag: Tag(bytes));
            }).AllowAnonymous().ExcludeFromDescription();
        }

        var forms = app.MapGroup("").NeedsAtLeastRead();
        ActionEndpoints.Map(forms);
        EditForms.Map(forms);
        BulkForms.Map(forms);
        AlertForms.Map(forms);
        RouteForms.Map(forms);
        WebhookForms.Map(forms);
        ConnectionForms.Map(forms);
        BackfillForms.Map(forms);
        ReplayForms.Map(forms);
        SubscriptionForms.Map(forms);
        DriftForms.Map(forms);
        FileForms.Map(forms);
        CompletenessForms.Map(forms);
        AccountForms.Map(forms);
        PrivacyForms.Map(forms);

        // Pages are only read; forms have addresses of their own. Without this they would also claim POST /sign-in.
        app.MapRazorComponents<App>().RequireAuthorization().WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));

        // What nobody else answers. A browser is told in words; where events are captured, only posting means anything.
        app.MapFallback("{**path}", (HttpContext context) =>
        {
            if (context.Request.Path.StartsWithSegments("/in", StringComparison.Ordinal) && !HttpMethods.IsPost(context.Request.Method))
            {
                context.Response.Headers.Allow = HttpMethods.Post;
                return Results.StatusCode(StatusCodes.Status405MethodNotAllowed);
            }

            return context.User.Identity?.IsAuthenticated == true && HttpMethods.IsGet(context.Request.Method) ? new RazorComponentResult<App>() : Results.Text("There is no such address.", statusCode: StatusCodes.Status404NotFound);
        }).AllowAnonymous().ExcludeFromDescription();
        return app;
    }

    private static Microsoft.Net.Http.Headers.EntityTagHeaderValue Tag(byte[] bytes) =>
        new('"' + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes).AsSpan(0, 12)) + '"');

    private static byte[] Read(string file)
    {
        using var stream = typeof(ConsoleRegistration).Assembly.GetManifestResourceStream("assets/" + file)
            ?? throw new InvalidOperationException($"The console was built without {file}.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
