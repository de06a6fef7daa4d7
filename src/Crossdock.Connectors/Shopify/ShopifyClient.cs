using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Calls;
using Crossdock.Connectors.Http;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Shopify;

/// <summary>Calls one shop's Admin API, GraphQL and REST, and says what its answer means, in its own words.</summary>
internal sealed class ShopifyClient
{
    /// <summary>One request of REST in points of GraphQL: both are restored at the same share of their buckets.</summary>
    private const double RestCost = 50;

    private static readonly TimeSpan UsualPause = TimeSpan.FromSeconds(2);

    private readonly PlatformCaller caller;
    private readonly ShopifyTokens tokens;

    internal ShopifyClient(ConnectionAccess access)
    {
        Access = access;
        Settings = ShopifySettings.Of(access.Settings);
        caller = new PlatformCaller(access, new Masks(access.Settings.Secrets.Values));
        tokens = new ShopifyTokens(access, Settings, caller);
    }

    internal ConnectionAccess Access { get; }

    internal ShopifySettings Settings { get; }

    internal Exchange Log(ShopifyAnswer answer, string? body = null) => caller.Log(answer.Raw, body);

    /// <summary>Runs a query or mutation. What it answers has <c>data</c> as its root.</summary>
    internal async Task<ShopifyAnswer> QueryAsync(string query, JsonObject variables, double cost, CancellationToken cancellationToken)
    {
        string body = new JsonObject { ["query"] = query, ["variables"] = variables }.ToJsonString();
        return await SendAsync(() => new HttpRequestMessage(HttpMethod.Post, $"{Settings.ApiAddress}/admin/api/{Settings.ApiVersion}/graphql.json") { Content = new StringContent(body, Encoding.UTF8, "application/json") },
            cost, UnderstandGraphQl, cancellationToken);
    }

    /// <summary>Reads something by REST.</summary>
    internal Task<ShopifyAnswer> GetAsync(string resource, CancellationToken cancellationToken) =>
        SendAsync(() => new HttpRequestMessage(HttpMethod.Get, $"{Settings.ApiAddress}/admin/api/{Settings.ApiVersion}/{resource}"), RestCost, UnderstandRest, cancellationToken);

    private async Task<ShopifyAnswer> SendAsync(Func<HttpRequestMessage> request, double cost, Func<PlatformAnswer, ShopifyAnswer> understand, CancellationToken cancellationToken)
    {
        for (bool isSecond = false; ; isSecond = true)
        {
            string token;
            StoredToken? stored;
            try
            {
                (token, stored) = await tokens.GetAsync(cancellationToken);
            }
            catch (ShopifyTokenException failed)
            {
                return new(new PlatformAnswer { Method = "POST", Url = "/admin/oauth/access_token", Problem = failed.Message, WasSent = false }, default, failed.IsRefused ? ShopifyAnswerKind.Refused : ShopifyAnswerKind.Later, failed.Message);
            }

            var message = request();
            message.Headers.TryAddWithoutValidation("X-Shopify-Access-Token", token);
            message.Headers.TryAddWithoutValidation("Accept", "application/json");
            var raw = await caller.CallAsync(message, cost, cancellationToken);
            if (raw is { IsWhole: true, Status: 401 } && stored is not null && !isSecond)
            {
                await tokens.RefusedAsync(stored, cancellationToken);
                continue;
            }

            var answer = understand(raw);
            if (answer.Kind == ShopifyAnswerKind.Throttled)
            {
                Access.Budget.Pause(answer.After ?? UsualPause);
            }

            return answer;
        }
    }

    private ShopifyAnswer UnderstandRest(PlatformAnswer raw)
    {
        if (raw.Header("X-Shopify-Shop-Api-Call-Limit")?.Split('/') is [var used, var most] && double.TryParse(used, CultureInfo.InvariantCulture, out double taken) && double.TryParse(most, CultureInfo.InvariantCulture, out double all) && all > 0)
        {
            Access.Budget.Report(Math.Max(0, all - taken) * RestCost, all * RestCost, all / 20 * RestCost);
        }

        return Usual(raw, raw.Json()?.RootElement) is { } trouble ? trouble
            : raw.Json()?.RootElement is { ValueKind: JsonValueKind.Object } root ? new(raw, root, ShopifyAnswerKind.Ok, "") : NotJson(raw);
    }

    private ShopifyAnswer UnderstandGraphQl(PlatformAnswer raw)
    {
        var root = raw.Json()?.RootElement;
        var cost = root is { } whole ? ShopifyJson.Get(whole, "extensions", "cost") : null;
        var status = cost is { } said ? ShopifyJson.Get(said, "throttleStatus") : null;
        var (left, most, restored) = status is { } bucket ? (ShopifyJson.Number(bucket, "currentlyAvailable"), ShopifyJson.Number(bucket, "maximumAvailable"), ShopifyJson.Number(bucket, "restoreRate")) : (null, null, null);
        double? requested = cost is { } asked ? ShopifyJson.Number(asked, "requestedQueryCost") : null;
        if (left is { } available && most is > 0 and { } limit)
        {
            Access.Budget.Report(Math.Max(0, available), limit, restored is > 0 ? restored : null);
        }

        // Reports disagree on the status of a throttled query: the code in the body counts first.
        string? code = root is { } answer ? ShopifyJson.Items(answer, "errors").Select(error => ShopifyJson.Get(error, "extensions") is { } more ? ShopifyJson.Text(more, "code") : null).FirstOrDefault(one => one is not null) : null;
        string words = ShopifyWords.Of(root, raw, caller.Masks);
        if (code == "THROTTLED")
        {
            double wait = requested is { } need && left is { } now && restored is > 0 and { } rate ? Math.Clamp(Math.Ceiling((need - now) / rate * 10) / 10, 0.1, 600) + 0.1 : UsualPause.TotalSeconds;
            return new(raw, default, ShopifyAnswerKind.Throttled, $"Shopify says: {words}") { After = TimeSpan.FromSeconds(wait), Cost = requested };
        }

        if (Usual(raw, root) is { } trouble)
        {
            return trouble;
        }

        if (root is not { ValueKind: JsonValueKind.Object } document)
        {
            return NotJson(raw);
        }

        // Fields of other scopes (product, location) may be denied while the rest is there.
        if (ShopifyJson.Get(document, "data") is { ValueKind: JsonValueKind.Object } data && data.EnumerateObject().Any(field => field.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array))
        {
            return new(raw, data, ShopifyAnswerKind.Ok, code is null ? "" : words) { Cost = requested };
        }

        return code switch
        {
            "ACCESS_DENIED" or "SHOP_INACTIVE" => new(raw, default, ShopifyAnswerKind.Refused, $"Shopify says: {words} ({code})"),
            "MAX_COST_EXCEEDED" => new(raw, default, ShopifyAnswerKind.TooDear, $"Shopify says: {words}"),
            "INTERNAL_SERVER_ERROR" => new(raw, default, ShopifyAnswerKind.Later, $"Shopify says: {words}"),
            _ when ShopifyJson.Get(document, "errors") is { ValueKind: JsonValueKind.Array or JsonValueKind.String } => new(raw, default, ShopifyAnswerKind.Refused, $"Shopify says: {words}"),
            _ when ShopifyJson.Get(document, "data") is { ValueKind: JsonValueKind.Object } => new(raw, document.GetProperty("data"), ShopifyAnswerKind.Ok, "") { Cost = requested },
            _ => new(raw, default, ShopifyAnswerKind.Later, "Shopify's answer has no data."),
        };
    }

    /// <summary>What the status alone says; null when the body has to be looked at.</summary>
    private ShopifyAnswer? Usual(PlatformAnswer raw, JsonElement? root)
    {
        if (!raw.IsWhole)
        {
            return new(raw, default, ShopifyAnswerKind.Later, $"Shopify gave no answer: {raw.Problem}");
        }

        if (raw.IsSuccess)
        {
            return null;
        }

        string words = string.Create(CultureInfo.InvariantCulture, $"HTTP {raw.Status}: {ShopifyWords.Of(root, raw, caller.Masks)}");
        var after = raw.RetryAfter(Access.Clock);
        return raw.Status switch
        {
            429 => new(raw, default, ShopifyAnswerKind.Throttled, words) { After = after },
            408 or 430 or >= 500 => new(raw, default, ShopifyAnswerKind.Later, words) { After = after },
            404 => new(raw, default, ShopifyAnswerKind.Nothing, words),
            402 => new(raw, default, ShopifyAnswerKind.Refused, $"{words}. The shop is frozen because its bill is not paid."),
            >= 300 and < 400 => new(raw, default, ShopifyAnswerKind.Refused, $"{words}. Shopify sends on to another address: enter the shop's permanent domain."),
            _ => new(raw, default, ShopifyAnswerKind.Refused, words),
        };
    }

    private ShopifyAnswer NotJson(PlatformAnswer raw) => new(raw, default, ShopifyAnswerKind.Later, $"Shopify answered with something that is not JSON: {ShopifyWords.Of(null, raw, caller.Masks)}");
}

/// <summary>What an answer means.</summary>
internal enum ShopifyAnswerKind
{
    Ok = 0,
    Throttled = 1,
    Later = 2,
    /// <summary>There is no such thing.</summary>
    Nothing = 3,
    /// <summary>A person has to act.</summary>
    Refused = 4,
    /// <summary>The query asks for more than one query may.</summary>
    TooDear = 5,
}

/// <summary>An answer, understood.</summary>
/// <param name="Raw">As it came.</param>
/// <param name="Root">GraphQL's <c>data</c> or REST's document when it is <see cref="ShopifyAnswerKind.Ok"/>.</param>
/// <param name="Kind">What it means.</param>
/// <param name="Because">One sentence with Shopify's words, secrets masked; empty when all is well.</param>
internal sealed record ShopifyAnswer(PlatformAnswer Raw, JsonElement Root, ShopifyAnswerKind Kind, string Because)
{
    /// <summary>How long it asks to wait.</summary>
    internal TimeSpan? After { get; init; }

    /// <summary>What the query costs by Shopify's word.</summary>
    internal double? Cost { get; init; }

    internal bool IsOk => Kind == ShopifyAnswerKind.Ok;
}
