using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Calls;
using Crossdock.Connectors.Http;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>Calls one shop and says what its answer means, in its own words.</summary>
internal sealed class WooCommerceClient(ConnectionAccess access)
{
    private const int LongestWords = 300;

    private static readonly TimeSpan UsualPause = TimeSpan.FromSeconds(30);

    private readonly WooCommerceAccess shop = WooCommerceAccess.Of(access.Settings) ?? throw new ArgumentException("opened without a key or an address", nameof(access));
    private readonly PlatformCaller caller = new(access, new Masks(access.Settings.Secrets.Values));
    private volatile bool isHeaderStripped;

    internal ConnectionAccess Access => access;

    internal Uri Site => shop.Site;

    internal Exchange Log(WooCommerceAnswer answer, string? body = null) => caller.Log(answer.Raw, body);

    internal Task<WooCommerceAnswer> GetAsync(string route, CancellationToken cancellationToken, params (string Name, string Value)[] query) => CallAsync(HttpMethod.Get, route, query, null, cancellationToken);

    internal async Task<WooCommerceAnswer> CallAsync(HttpMethod method, string route, (string Name, string Value)[] query, JsonObject? body, CancellationToken cancellationToken)
    {
        var signIn = shop.SignIn == WooCommerceSignIn.Header && isHeaderStripped ? WooCommerceSignIn.Query : shop.SignIn;
        var answer = await CallAsync(method, route, query, body, signIn, cancellationToken);

        // Some servers take the Authorization header away: the shop then sees nobody. Over https the key may stand in the query.
        if (signIn == WooCommerceSignIn.Header && answer.IsUnseen && shop.Site.Scheme == Uri.UriSchemeHttps)
        {
            answer = await CallAsync(method, route, query, body, WooCommerceSignIn.Query, cancellationToken);
            isHeaderStripped = answer.IsOk;
        }

        return answer;
    }

    private async Task<WooCommerceAnswer> CallAsync(HttpMethod method, string route, (string Name, string Value)[] query, JsonObject? body, WooCommerceSignIn signIn, CancellationToken cancellationToken)
    {
        var request = shop.Request(method, route.StartsWith('/') ? route : "/wc/v3/" + route, query, signIn, access.Clock.GetUtcNow());
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        var raw = await caller.CallAsync(request, 1, cancellationToken);
        var answer = Understand(raw);
        if (answer.Kind == WooCommerceAnswerKind.Throttled || raw.Status == 503)
        {
            access.Budget.Pause(answer.After ?? UsualPause);
        }

        return answer;
    }

    private WooCommerceAnswer Understand(PlatformAnswer raw)
    {
        if (!raw.IsWhole)
        {
            return new(raw, default, WooCommerceAnswerKind.Later, $"The shop gave no answer: {raw.Problem}");
        }

        var json = Root(raw);
        if (raw.IsSuccess)
        {
            return json is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } root ? new(raw, root, WooCommerceAnswerKind.Ok, "")
                : new(raw, default, WooCommerceAnswerKind.Later, $"The shop answered HTTP {Text(raw.Status)} with something that is not JSON: {Words(raw, null)}");
        }

        string? code = json is { } error ? WooCommercePayloads.Raw(error, "code") : null;
        string words = $"HTTP {Text(raw.Status)}: {Words(raw, json)}{(code is null ? "" : $" ({caller.Masks.Mask(code)[..Math.Min(code.Length, 80)]})")}";
        var after = raw.RetryAfter(access.Clock);
        return raw.Status switch
        {
            429 or 430 => new(raw, default, WooCommerceAnswerKind.Throttled, $"The shop's server asks for fewer calls. {words}") { After = after },
            408 or 425 or >= 500 => new(raw, default, WooCommerceAnswerKind.Later, words) { After = after },
            >= 300 and < 400 => new(raw, default, WooCommerceAnswerKind.Refused, $"HTTP {Text(raw.Status)}: the shop sends on to another address; put the final one into the connection's shop address."),
            404 or 410 when code is not null && code != "rest_no_route" => new(raw, default, WooCommerceAnswerKind.Nothing, words) { Code = code },
            404 => new(raw, default, WooCommerceAnswerKind.Refused, $"{words}. The shop's REST API is not there: check the shop address, and whether its permalinks are plain.") { Code = code },

            // Without WordPress's own code it was a firewall or a security plugin, which may let the next call through.
            403 or 406 when code is null => new(raw, default, WooCommerceAnswerKind.Later, $"A firewall or security plugin of the shop stood in the way. {words}") { After = after },
            _ => new(raw, default, WooCommerceAnswerKind.Refused, words) { Code = code },
        };
    }

    // PHP prints its warnings before the JSON where a shop's server is set up to show them.
    private static JsonElement? Root(PlatformAnswer raw)
    {
        if (raw.Json() is { } whole)
        {
            return whole.RootElement;
        }

        int start = raw.ContentType is { } type && type.Contains("json", StringComparison.OrdinalIgnoreCase) ? raw.Body.AsSpan().IndexOfAny((byte)'{', (byte)'[') : -1;
        return start > 0 ? (raw with { Body = raw.Body[start..] }).Json()?.RootElement : null;
    }

    private string Words(PlatformAnswer raw, JsonElement? json)
    {
        string? said = null;
        try
        {
            said = json is { } error ? WooCommercePayloads.Text(error, "message") : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: no words.
        }

        said ??= raw.Body.Length == 0 ? "the answer has no body" : Encoding.UTF8.GetString(raw.Body.AsSpan(0, Math.Min(raw.Body.Length, 2000)));
        said = caller.Masks.Mask(said).Replace('\0', ' ').Trim();
        return said.Length > LongestWords ? said[..LongestWords] + "…" : said;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What an answer means.</summary>
internal enum WooCommerceAnswerKind
{
    Ok = 0,
    Throttled = 1,
    Later = 2,
    /// <summary>There is no such thing.</summary>
    Nothing = 3,
    /// <summary>A person has to act.</summary>
    Refused = 4,
}

/// <summary>An answer, understood.</summary>
/// <param name="Raw">As it came.</param>
/// <param name="Root">Its JSON when it is <see cref="WooCommerceAnswerKind.Ok"/>.</param>
/// <param name="Kind">What it means.</param>
/// <param name="Because">One sentence with the shop's words, secrets masked; empty when all is well.</param>
internal sealed record WooCommerceAnswer(PlatformAnswer Raw, JsonElement Root, WooCommerceAnswerKind Kind, string Because)
{
    /// <summary>WordPress's code of an error.</summary>
    internal string? Code { get; init; }

    /// <summary>How long it asks to wait.</summary>
    internal TimeSpan? After { get; init; }

    internal bool IsOk => Kind == WooCommerceAnswerKind.Ok;

    /// <summary>The shop saw no key at all.</summary>
    internal bool IsUnseen => Raw.Status == 401 && Code is not null && Code.StartsWith("woocommerce_rest_cannot_", StringComparison.Ordinal);
}
