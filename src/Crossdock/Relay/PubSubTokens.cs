using Crossdock.Model.Connectors;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Crossdock.Relay;

/// <summary>Checks the bearer token of a push subscription. Source: Google Cloud documentation, "Authentication for push subscriptions".</summary>
internal sealed class PubSubTokens(GoogleKeys keys, TimeProvider clock)
{
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);
    private static readonly string[] Issuers = ["https://accounts.google.com", "accounts.google.com"];
    private readonly JsonWebTokenHandler handler = new() { MaximumTokenSizeInBytes = 16 * 1024 };

    /// <summary>Why the request is not trusted, for the operator's log; null when it is. Throws <see cref="HttpRequestException"/> when Google's keys cannot be had.</summary>
    public async ValueTask<string?> RefusalAsync(HttpRequest request, PubSubTrust trust, CancellationToken cancellationToken)
    {
        if (request.Headers.Authorization is not [{ Length: > 7 and < 16_384 } header] || !header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return "missing";
        }

        string text = header[7..].Trim();
        if (!handler.CanReadToken(text))
        {
            return "malformed";
        }

        JsonWebToken token;
        try
        {
            token = handler.ReadJsonWebToken(text);
        }
        catch (ArgumentException)
        {
            return "malformed";
        }

        if (await keys.FindAsync(token.Kid, cancellationToken) is not { } key)
        {
            return "unknown_key";
        }

        var now = clock.GetUtcNow();
        var checks = new TokenValidationParameters
        {
            IssuerSigningKey = key,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            ValidIssuers = Issuers,
            ValidAudience = trust.Audience,
            IgnoreTrailingSlashWhenValidatingAudience = false,
            RequireExpirationTime = true,
            // The clock is ours to choose; tokens are kept by Google for up to an hour, so the time of issue says nothing about this delivery.
            LifetimeValidator = (_, expires, _, _) => expires is { } at && new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)) > now - Skew,
        };
        var result = await handler.ValidateTokenAsync(token, checks);
        if (!result.IsValid)
        {
            return result.Exception switch
            {
                SecurityTokenInvalidAudienceException => "audience",
                SecurityTokenInvalidIssuerException => "issuer",
                SecurityTokenInvalidLifetimeException or SecurityTokenNoExpirationException => "too_old",
                _ => "wrong",
            };
        }

        if (!token.TryGetPayloadValue("iat", out long issued) || DateTimeOffset.FromUnixTimeSeconds(issued) > now + Skew)
        {
            return "too_early";
        }

        // Without this anybody with a Google account could have a token made for our audience.
        bool isAccount = token.TryGetPayloadValue("email", out string? email) && string.Equals(email, trust.ServiceAccount, StringComparison.OrdinalIgnoreCase);
        return isAccount && token.TryGetPayloadValue("email_verified", out bool verified) && verified ? null : "account";
    }
}
