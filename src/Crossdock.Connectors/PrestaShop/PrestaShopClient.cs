using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Http;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>How a call of the webservice ended: <see cref="ShopRows"/>, <see cref="ShopNothing"/>, <see cref="ShopLater"/>, <see cref="ShopForbidden"/> or <see cref="ShopRefused"/>.</summary>
internal abstract record ShopAnswer
{
    /// <summary>What was said, for the log of attempts.</summary>
    internal Exchange? Exchange { get; init; }
    /// <summary>The shop's clock.</summary>
    internal DateTimeOffset? Date { get; init; }
    /// <summary>The answer's bytes, where somebody wants more than rows.</summary>
    internal byte[] Body { get; init; } = [];
}

internal sealed record ShopRows(List<JsonObject> Rows) : ShopAnswer;

/// <summary>It certainly has no such thing.</summary>
internal sealed record ShopNothing(string Because) : ShopAnswer;

/// <summary>Not now.</summary>
/// <param name="Because">One sentence.</param>
/// <param name="After">How long it asks to wait.</param>
/// <param name="WasSent">True when the shop may have done what it was told.</param>
/// <param name="IsThrottled">True when only the rate was wrong.</param>
internal sealed record ShopLater(string Because, TimeSpan? After = null, bool WasSent = false, bool IsThrottled = false) : ShopAnswer;

/// <summary>This key may not do this with this resource.</summary>
internal sealed record ShopForbidden(string Because) : ShopAnswer;

internal sealed record ShopRefused(string Because, int Status = 0) : ShopAnswer;

/// <summary>One shop's webservice: one call at a time, at the budget's pace.</summary>
internal sealed class PrestaShopClient : IDisposable
{
    private const int LongestBody = 32 * 1024 * 1024;

    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RestAfterTrouble = TimeSpan.FromMinutes(2);

    private readonly ConnectionAccess access;
    private readonly PrestaShopSettings settings;
    private readonly string key;
    private readonly Masks masks;
    private readonly SemaphoreSlim turn = new(1, 1);

    internal PrestaShopClient(ConnectionAccess access)
    {
        this.access = access;
        settings = PrestaShopSettings.Of(access.Settings);
        key = access.Settings.Secret("webserviceKey") ?? "";
        masks = new Masks([.. access.Settings.Secrets.Values, Convert.ToBase64String(Encoding.ASCII.GetBytes(key + ":"))]);
    }

    internal PrestaShopSettings Settings => settings;

    internal TimeProvider Clock => access.Clock;

    /// <summary>Rows of a resource (<c>orders</c>) or one of them (<c>orders/42</c>).</summary>
    internal async Task<ShopAnswer> GetAsync(string path, string query, CancellationToken cancellationToken)
    {
        string resource = path.Split('/')[0];
        string format = settings.IsXml ? "" : "output_format=JSON";
        return await SendAsync(HttpMethod.Get, path, Join(format, query), null, resource, cancellationToken);
    }

    /// <summary>Writes: bodies are always XML.</summary>
    internal Task<ShopAnswer> WriteAsync(HttpMethod method, string path, string query, string xml, CancellationToken cancellationToken) =>
        SendAsync(method, path, query, xml, path.Split('/')[0], cancellationToken);

    /// <summary>The list of resources with this key's rights, always XML.</summary>
    internal Task<ShopAnswer> RootAsync(bool keyInQuery, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, "", "", null, "api", cancellationToken, keyInQuery);

    /// <summary><c>filter[name]=[a|b]</c>.</summary>
    internal static string Filter(string name, string value) => $"filter%5B{name}%5D={Uri.EscapeDataString(value)}";

    internal static string Any(string name, IEnumerable<string> values) => Filter(name, $"[{string.Join('|', values)}]");

    internal static string Join(params IEnumerable<string> parts) => string.Join('&', parts.Where(part => part.Length > 0));

    public void Dispose() => turn.Dispose();

    private async Task<ShopAnswer> SendAsync(HttpMethod method, string path, string query, string? xml, string resource, CancellationToken cancellationToken, bool? keyInQuery = null)
    {
        // The merchant's PHP: never two at once, whoever asks.
        await turn.WaitAsync(cancellationToken);
        try
        {
            await access.Budget.WaitAsync(1, cancellationToken);
            return await CallAsync(method, path, query, xml, resource, keyInQuery ?? settings.KeyInQuery, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<ShopAnswer> CallAsync(HttpMethod method, string path, string query, string? xml, string resource, bool keyInQuery, CancellationToken cancellationToken)
    {
        string shop = settings.ShopId is { } id ? $"id_shop={id.ToString(CultureInfo.InvariantCulture)}" : "";
        query = Join(query, shop, keyInQuery ? $"ws_key={Uri.EscapeDataString(key)}" : "");
        var address = new Uri(settings.ShopUrl!, $"api/{path}{(query.Length > 0 ? "?" + query : "")}");
        using var limit = new CancellationTokenSource(CallLimit, access.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        long started = access.Clock.GetTimestamp();
        var exchange = new Exchange { Method = method.Method, Url = masks.Mask(address.AbsoluteUri), RequestHeaders = keyInQuery ? null : "Authorization: ***", RequestBody = xml };
        try
        {
            var response = await SendOnceAsync(method, address, xml, keyInQuery, both.Token);
            if (method == HttpMethod.Get && (int)response.StatusCode is >= 300 and < 400 && Redirected(address, response) is { } elsewhere)
            {
                response.Dispose();
                await access.Budget.WaitAsync(1, both.Token);
                response = await SendOnceAsync(method, elsewhere, null, keyInQuery, both.Token);
            }

            using (response)
            {
                byte[]? body = await ReadAsync(response, both.Token);
                exchange = exchange with { Status = (int)response.StatusCode, ResponseBody = body is null ? null : masks.Body(body), ElapsedMs = Elapsed() };
                var answer = body is null ? new ShopLater("the answer has more than 32 MB: set pageSize lower") : Understand(response, body, resource, method);
                return answer with { Exchange = exchange, Date = response.Headers.Date, Body = body ?? [] };
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            access.Budget.Pause(RestAfterTrouble);
            string what = $"no answer within {CallLimit.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s";
            return new ShopLater(what, RestAfterTrouble, WasSent: true) { Exchange = exchange with { Error = what, ElapsedMs = Elapsed() } };
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            bool wasSent = error is not HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError };
            string what = masks.Mask(error is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } known ? $"{known.HttpRequestError}: {error.Message}" : error.Message);
            return new ShopLater($"the shop could not be reached: {what}", WasSent: wasSent) { Exchange = exchange with { Error = what, ElapsedMs = Elapsed() } };
        }

        int Elapsed() => (int)access.Clock.GetElapsedTime(started).TotalMilliseconds;
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, Uri address, string? xml, bool keyInQuery, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, address);
        if (!keyInQuery)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes(key + ":")));
        }

        request.Headers.TryAddWithoutValidation("User-Agent", "Crossdock");
        if (xml is not null)
        {
            request.Content = new StringContent(xml, Encoding.UTF8, "text/xml");
        }

        return await access.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    // One step, on the same host only: the key goes with it.
    private static Uri? Redirected(Uri from, HttpResponseMessage response) =>
        response.Headers.Location is { } location && new Uri(from, location) is { } to && to.Host == from.Host && (to.Scheme == Uri.UriSchemeHttps || to.Scheme == from.Scheme) && to.AbsolutePath.Contains("/api", StringComparison.Ordinal) ? to : null;

    private ShopAnswer Understand(HttpResponseMessage response, byte[] body, string resource, HttpMethod method)
    {
        int status = (int)response.StatusCode;
        var error = PrestaShopAnswers.Error(body);
        string said = error is { } known && known.Message.Length > 0 ? $"{known.Message}{(known.Code is { } code ? string.Create(CultureInfo.InvariantCulture, $" (error {code})") : "")}" : "";
        said = masks.Mask(said);
        switch (status)
        {
            case >= 200 and < 300 when error is null:
                if (resource == "api")
                {
                    return PrestaShopAnswers.Xml(body)?.Element("api") is not null ? new ShopRows([]) : new ShopRefused("there is no webservice at this address: the answer is not its list of resources");
                }

                if (PrestaShopAnswers.Rows(body, resource) is { } rows)
                {
                    return new ShopRows(rows);
                }

                return new ShopLater($"the shop answered HTTP {status} with something that is neither XML nor JSON of its webservice", WasSent: true);
            case >= 200 and < 300:
                return new ShopRefused($"the shop says: {said}", status);
            case 401:
                return said.Length > 0 && error?.Code is 25 or 26
                    ? new ShopForbidden($"the webservice key may not {method.Method} {resource}: {said}")
                    : new ShopRefused($"the shop does not accept the webservice key{(said.Length > 0 ? $": {said}" : "")}. If the key is right, the web server takes the Authorization header away: add CGIPassAuth On to the shop's .htaccess", status);
            case 403 or 405:
                return new ShopForbidden($"the webservice key may not {method.Method} {resource}{(said.Length > 0 ? $": {said}" : $" (HTTP {status})")}");
            case 404:
                return IsPage(response, body)
                    ? new ShopRefused("there is no webservice at this address (HTTP 404 with a page): check shopUrl, and that friendly URLs and the webservice are switched on", status)
                    : new ShopNothing(said.Length > 0 ? said : "the shop has no such record (HTTP 404)");
            case 400 or 409 or 422:
                return new ShopRefused(said.Length > 0 ? $"the shop says: {said}" : $"HTTP {status}", status);
            case 503 when said.Contains("disabled", StringComparison.OrdinalIgnoreCase):
                return new ShopRefused($"the shop says: {said}", status);
            case >= 300 and < 400:
                return new ShopRefused($"the shop redirects to {masks.Mask(response.Headers.Location?.ToString() ?? "nowhere")}: put its final address into shopUrl", status);
        }

        var wait = HttpAnswers.RetryAfter(response, access.Clock) ?? RestAfterTrouble;
        access.Budget.Pause(wait);
        return new ShopLater(status == 503 && IsPage(response, body) ? "the shop is in maintenance (HTTP 503 with a page)" : $"HTTP {status}{(said.Length > 0 ? $": {said}" : "")}", wait, WasSent: status != 429, IsThrottled: status == 429);
    }

    private static bool IsPage(HttpResponseMessage response, byte[] body) =>
        body.Length > 0 && (response.Content.Headers.ContentType?.MediaType == "text/html" || body.AsSpan().IndexOf("<html"u8) >= 0);

    private static async Task<byte[]?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > LongestBody)
        {
            return null;
        }

        using var body = new MemoryStream();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        byte[] piece = new byte[81_920];
        while (await stream.ReadAsync(piece, cancellationToken) is > 0 and var read)
        {
            body.Write(piece, 0, read);
            if (body.Length > LongestBody)
            {
                return null;
            }
        }

        return body.ToArray();
    }
}
