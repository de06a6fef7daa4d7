using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Emulators;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>The emulated shop's webservice under <c>/api</c>: sign-in, rights, formats, lists and errors as PrestaShop gives them.</summary>
internal sealed class PrestaShopWebservice(PrestaShopEmulatorOptions options, PrestaShopEmulator emulator, PrestaShopShop shop, PrestaShopModule module, ShopTroubles troubles, TimeProvider clock)
{
    private readonly PrestaShopControl control = new(emulator, shop, module, troubles);

    /// <summary>What was written: order and what.</summary>
    internal IReadOnlyCollection<(long Order, string What)> Told => [.. control.Told];

    internal async Task AnswerAsync(HttpContext call)
    {
        string path = call.Request.Path.Value ?? "";
        if (path.StartsWith("/_emulator", StringComparison.Ordinal))
        {
            await control.AnswerAsync(call, path);
            return;
        }

        control.Count();
        var slowness = control.Slowness > TimeSpan.Zero ? control.Slowness : options.Slowness;
        if (slowness > TimeSpan.Zero)
        {
            await Task.Delay(slowness, clock, call.RequestAborted);
        }

        call.Response.Headers.Date = clock.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        if (troubles.TakeFailure() is { } failure)
        {
            await PageAsync(call, failure, failure == 503 ? "<h1>Volvemos enseguida</h1><p>La tienda está en mantenimiento.</p>" : "<h1>Internal Server Error</h1>");
        }
        else if (!path.StartsWith("/api", StringComparison.Ordinal))
        {
            await PageAsync(call, 404, "<h1>La página que busca no existe</h1>");
        }
        else if (Refusal(call) is { } refusal)
        {
            call.Response.Headers.WWWAuthenticate = "Basic realm=\"Welcome to PrestaShop Webservice, please enter the authentication key as the login. No password required.\"";
            await ErrorAsync(call, 401, refusal.Code, refusal.Message);
        }
        else
        {
            call.Response.Headers["PSWS-Version"] = "8.1.7";
            await RouteAsync(call, path[4..].Trim('/').Split('/', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    internal static async Task JsonAsync(HttpContext call, int status, JsonNode body)
    {
        call.Response.StatusCode = status;
        await WriteAsync(call, "application/json; charset=utf-8", body.ToJsonString());
    }

    private async Task RouteAsync(HttpContext call, string[] route)
    {
        string verb = call.Request.Query["ps_method"].ToString() is { Length: > 0 } other ? other : call.Request.Method;
        if (route.Length == 0)
        {
            await XmlAsync(call, 200, PrestaShopXml.Rights(PrestaShopShop.Resources.Where(resource => May(resource, "get")), May));
            return;
        }

        string resource = route[0];
        if (!PrestaShopShop.Resources.Contains(resource, StringComparer.Ordinal))
        {
            await ErrorAsync(call, 400, 23, $"Resource of type \"{resource}\" does not exists. Did you mean: \"orders\"?");
        }
        else if (!May(resource, verb.ToLowerInvariant()))
        {
            await ErrorAsync(call, 405, 26, $"Method {verb} is not allowed for the resource {resource} with this authentication key");
        }
        else if (verb == "GET" && route.Length == 1)
        {
            await ListAsync(call, resource);
        }
        else if (verb == "GET")
        {
            await (shop.Row(resource, Number(route[1])) is { } row ? OneAsync(call, 200, resource, row) : NothingAsync(call));
        }
        else
        {
            using var reader = new StreamReader(call.Request.Body);
            await WriteAsync(call, verb, resource, route.Length > 1 ? Number(route[1]) : 0, await reader.ReadToEndAsync(call.RequestAborted));
        }
    }

    private async Task ListAsync(HttpContext call, string resource)
    {
        var (rows, wrong) = shop.Ask(resource, call.Request.Query);
        if (wrong is not null)
        {
            await ErrorAsync(call, 400, 32, wrong);
            return;
        }

        bool onlyIds = call.Request.Query["display"].Count == 0;
        if (!IsJson(call))
        {
            await XmlAsync(call, 200, PrestaShopXml.List(resource, rows, onlyIds));
        }
        else if (rows.Count == 0)
        {
            await JsonAsync(call, "[]");
        }
        else
        {
            await JsonAsync(call, new JsonObject { [resource] = new JsonArray([.. rows.Select(row => (JsonNode)(onlyIds ? new JsonObject { ["id"] = row["id"]!.DeepClone() } : row))]) }.ToJsonString());
        }
    }

    private Task OneAsync(HttpContext call, int status, string resource, JsonObject row)
    {
        call.Response.StatusCode = status;
        return IsJson(call) ? JsonAsync(call, new JsonObject { [PrestaShopXml.Singular(resource)] = row }.ToJsonString(), status) : XmlAsync(call, status, PrestaShopXml.One(resource, row));
    }

    private async Task WriteAsync(HttpContext call, string verb, string resource, long id, string body)
    {
        if (PrestaShopXml.Read(body) is not { } fields)
        {
            await ErrorAsync(call, 400, 127, "XML error : String could not be parsed as XML");
        }
        else if (verb == "POST" && resource == "order_histories")
        {
            if (!shop.ChangeState(Number(fields.GetValueOrDefault("id_order", "")), Number(fields.GetValueOrDefault("id_order_state", ""))))
            {
                await ErrorAsync(call, 400, 85, "Validation error: \"Property OrderHistory->id_order_state is not valid\"");
                return;
            }

            var row = shop.Rows("order_histories")[^1];
            control.Told.Enqueue((Number(fields["id_order"]), $"state {fields["id_order_state"]}"));
            module.Announce("order.state_changed", Number(fields["id_order"]));
            if (control.TakeBrokenAnswer())
            {
                // The state is written, then the mail fails and PHP with it.
                await PageAsync(call, 500, "<b>Fatal error</b>: Uncaught Swift_TransportException");
                return;
            }

            await OneAsync(call, 201, resource, row);
        }
        else if (verb == "PUT" && resource == "order_carriers" && shop.Row(resource, id == 0 ? Number(fields.GetValueOrDefault("id", "")) : id) is { } row)
        {
            string[] missing = [.. row.Select(pair => pair.Key).Where(name => !fields.ContainsKey(name) && name is "id" or "id_order" or "id_carrier")];
            if (missing.Length > 0 || fields.Keys.Any(name => !row.ContainsKey(name)))
            {
                await ErrorAsync(call, 400, 41, $"parameter \"{missing.FirstOrDefault() ?? "unknown"}\" required");
                return;
            }

            if (fields.GetValueOrDefault("tracking_number") is { Length: > 0 } number && number != (string?)row["tracking_number"])
            {
                control.Told.Enqueue((Number((string)row["id_order"]!), $"tracking {number}"));
            }

            foreach (var (name, value) in fields.Where(pair => pair.Key != "id"))
            {
                row[name] = value;
            }

            shop.Replace(resource, (long)row["id"]!, row);
            control.Mails += call.Request.Query["sendemail"] == "1" ? 1 : 0;
            await OneAsync(call, 200, resource, row);
        }
        else
        {
            await NothingAsync(call);
        }
    }

    private (int Code, string Message)? Refusal(HttpContext call)
    {
        string? key = call.Request.Query["ws_key"];
        if (!options.StripsAuthorization && call.Request.Headers.Authorization.ToString() is { Length: > 6 } header && header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            byte[] decoded = new byte[header.Length];
            string[] pair = Convert.TryFromBase64String(header[6..], decoded, out int length) ? Encoding.UTF8.GetString(decoded, 0, length).Split(':', 2) : [];
            key = pair is [var user, ""] ? user : "";
        }

        return string.IsNullOrEmpty(key) ? (17, "Authentication key is empty") : key.Length != 32 ? (18, "Invalid authentication key format") : key != options.Key ? (19, "Authentication key does not exist") : null;
    }

    private bool May(string resource, string verb) => verb is "get" or "head" ? !options.Unreadable.Contains(resource) : options.KeyMayWrite && resource is "order_carriers" or "order_histories" && verb is "put" or "post" && options.KeyMayWrite;

    private bool IsJson(HttpContext call) => options.SpeaksJson && (call.Request.Query["output_format"] == "JSON" || call.Request.Query["io_format"] == "JSON" || call.Request.Headers["Output-Format"] == "JSON");

    private Task ErrorAsync(HttpContext call, int status, int code, string message)
    {
        call.Response.StatusCode = status;
        return IsJson(call)
            ? JsonAsync(call, new JsonObject { ["errors"] = new JsonArray((JsonNode)new JsonObject { ["code"] = code, ["message"] = message }) }.ToJsonString(), status)
            : XmlAsync(call, status, PrestaShopXml.Error(code, message));
    }

    // An id that does not exist is answered with nothing at all.
    private static Task NothingAsync(HttpContext call)
    {
        call.Response.StatusCode = 404;
        return Task.CompletedTask;
    }

    private static Task PageAsync(HttpContext call, int status, string content)
    {
        call.Response.StatusCode = status;
        return WriteAsync(call, "text/html; charset=utf-8", $"<!DOCTYPE html><html><head><script>window.tienda={{}};</script></head><body>{content}</body></html>");
    }

    private Task JsonAsync(HttpContext call, string body, int status = 200)
    {
        call.Response.StatusCode = status;
        return WriteAsync(call, "application/vnd.api+json; charset=utf-8", control.Notices + body);
    }

    private Task XmlAsync(HttpContext call, int status, string body)
    {
        call.Response.StatusCode = status;
        return WriteAsync(call, "text/xml; charset=utf-8", control.Notices + body);
    }

    private static async Task WriteAsync(HttpContext call, string type, string body)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        call.Response.ContentType = type;
        call.Response.ContentLength = bytes.Length;
        await call.Response.Body.WriteAsync(bytes, call.RequestAborted);
    }

    private static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
