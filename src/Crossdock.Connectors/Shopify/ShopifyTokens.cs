using System.Text.Json;
using Crossdock.Connectors.Calls;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Shopify;

/// <summary>The access token of one connection: a permanent one, one for 24 hours by client credentials, or one for an hour whose refresh token changes with each renewal.
/// Source: Shopify developer documentation, "Client credentials grant" and "Offline access tokens".</summary>
internal sealed class ShopifyTokens(ConnectionAccess access, ShopifySettings settings, PlatformCaller caller)
{
    private const string Name = "access";

    private readonly string? permanent = access.Settings.Secret("accessToken");
    private readonly string? clientId = access.Settings.Text("clientId");

    internal bool IsPermanent => clientId is null && access.Settings.Secret("refreshToken") is null;

    internal async Task<(string Token, StoredToken? Stored)> GetAsync(CancellationToken cancellationToken)
    {
        if (IsPermanent)
        {
            return (permanent ?? throw new ShopifyTokenException("There is no access token.", isRefused: true), null);
        }

        var stored = await access.Tokens.GetAsync(Name, RenewAsync, cancellationToken);
        caller.Masks.SetToken(stored.AccessToken);
        return (stored.AccessToken, stored);
    }

    internal Task RefusedAsync(StoredToken token, CancellationToken cancellationToken) => access.Tokens.RefusedAsync(Name, token, cancellationToken);

    private async Task<StoredToken> RenewAsync(StoredToken? stored, CancellationToken cancellationToken)
    {
        string? given = access.Settings.Secret("refreshToken");
        if (given is null)
        {
            return await AskAsync(("grant_type", "client_credentials"), null, cancellationToken);
        }

        string refresh = stored?.RefreshToken ?? given;
        try
        {
            return await AskAsync(("grant_type", "refresh_token"), refresh, cancellationToken);
        }
        catch (ShopifyTokenException refused) when (refused.IsRefused && refresh != given)
        {
            // The app was authorised anew, and somebody entered what it got.
            return await AskAsync(("grant_type", "refresh_token"), given, cancellationToken);
        }
    }

    private async Task<StoredToken> AskAsync((string, string) grant, string? refresh, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string>> form = [new("client_id", clientId ?? ""), new("client_secret", ShopifySettings.Secret(access.Settings) ?? ""), new(grant.Item1, grant.Item2)];
        if (refresh is not null)
        {
            form.Add(new("refresh_token", refresh));
        }

        var request = new HttpRequestMessage(HttpMethod.Post, settings.ApiAddress + "/admin/oauth/access_token") { Content = new FormUrlEncodedContent(form) };
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        var answer = await caller.CallAsync(request, 0, cancellationToken);
        using var json = answer.Json();
        string? token = json is null ? null : ShopifyJson.Text(json.RootElement, "access_token");
        if (answer.IsSuccess && token is { Length: > 0 })
        {
            double lives = ShopifyJson.Number(json!.RootElement, "expires_in") ?? 86_400;
            return new StoredToken(token, ShopifyJson.Text(json.RootElement, "refresh_token") ?? refresh, access.Clock.GetUtcNow().AddSeconds(Math.Clamp(lives, 0, 31_536_000)));
        }

        if (answer.Status == 429)
        {
            access.Budget.Pause(answer.RetryAfter(access.Clock) ?? TimeSpan.FromSeconds(2));
        }

        string words = answer.Problem ?? ShopifyWords.Of(json?.RootElement, answer, caller.Masks);
        throw new ShopifyTokenException($"Shopify gave no access token: {words}", isRefused: answer.IsWhole && answer.Status is >= 300 and < 500 and not (408 or 429));
    }
}

/// <summary>No token could be had.</summary>
internal sealed class ShopifyTokenException(string because, bool isRefused) : Exception(because)
{
    /// <summary>True when asking again will not help.</summary>
    internal bool IsRefused => isRefused;
}
