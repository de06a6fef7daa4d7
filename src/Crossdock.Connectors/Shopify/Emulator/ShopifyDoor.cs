using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.Shopify.Emulator;

/// <summary>Access tokens of the emulated shop: the permanent one, and those of <c>POST /admin/oauth/access_token</c>, for a day by client credentials or for an hour by a refresh token that works once.</summary>
internal sealed class ShopifyDoor(ShopifyEmulatorOptions options, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, DateTimeOffset> given = [];
    private string? refresh = options.RefreshToken;

    internal bool IsOpenTo(string token)
    {
        lock (gate)
        {
            return (options.AccessToken.Length > 0 && token == options.AccessToken) || (given.TryGetValue(token, out var until) && clock.GetUtcNow() < until);
        }
    }

    /// <summary>Takes every token back that was given out, as when the app is installed anew.</summary>
    internal void Forget()
    {
        lock (gate)
        {
            given.Clear();
        }
    }

    internal async Task GiveAsync(HttpContext call)
    {
        var form = call.Request.HasFormContentType ? await call.Request.ReadFormAsync(call.RequestAborted) : FormCollection.Empty;
        var (status, answer) = Answer(form["grant_type"].ToString(), form["client_id"].ToString(), form["client_secret"].ToString(), form["refresh_token"].ToString());
        await ShopifyAdminApi.WriteAsync(call, status, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(answer));
    }

    private (int Status, JsonObject Answer) Answer(string grant, string client, string secret, string sent)
    {
        if (options.ClientId is null || client != options.ClientId || secret != (options.ClientSecret ?? options.Secret))
        {
            return (400, new JsonObject { ["error"] = "invalid_client", ["error_description"] = "The client credentials are invalid" });
        }

        lock (gate)
        {
            if (grant == "refresh_token" && refresh is not null && sent == refresh)
            {
                refresh = "shprt_" + Random();
                return (200, Token(TimeSpan.FromHours(1), refresh));
            }

            return grant switch
            {
                "refresh_token" => (400, new JsonObject { ["error"] = "invalid_grant", ["error_description"] = "The refresh token is invalid or has been used" }),
                "client_credentials" => (200, Token(TimeSpan.FromHours(24), null)),
                _ => (400, new JsonObject { ["error"] = "unsupported_grant_type", ["error_description"] = "This grant type is not supported" }),
            };
        }
    }

    private JsonObject Token(TimeSpan lives, string? next)
    {
        string token = "shpat_" + Random();
        given[token] = clock.GetUtcNow() + lives;
        var answer = new JsonObject { ["access_token"] = token, ["scope"] = string.Join(',', options.Scopes), ["expires_in"] = (int)lives.TotalSeconds };
        if (next is not null)
        {
            (answer["refresh_token"], answer["refresh_token_expires_in"]) = (next, 7_776_000);
        }

        return answer;
    }

    private static string Random() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)).ToString(CultureInfo.InvariantCulture);
}
