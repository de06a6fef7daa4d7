using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>Who may call the emulated store, and how often: the login key, tokens of one hour, a limit by minute and second, a ban for those who do not heed it.</summary>
internal sealed class JumpsellerAccess(JumpsellerEmulatorOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Ban = TimeSpan.FromMinutes(10);

    private readonly Lock door = new();
    private DateTimeOffset minute;
    private DateTimeOffset second;
    private DateTimeOffset bannedUntil;
    private int inMinute;
    private int inSecond;
    private int hits;
    private int renewals;
    private string refresh = options.RefreshToken;
    private (string Token, DateTimeOffset Until) current = ("", default);

    /// <summary>Counts a call and says what is left; true when it was one too many.</summary>
    internal bool IsTooFast(HttpContext call)
    {
        lock (door)
        {
            var now = clock.GetUtcNow();
            var headers = call.Response.Headers;
            if (now < bannedUntil)
            {
                headers["Jumpseller-BannedByRateLimit-Reset"] = bannedUntil.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
                return true;
            }

            (minute, inMinute) = now - minute >= TimeSpan.FromMinutes(1) ? (new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMinute), now.Offset), 0) : (minute, inMinute);
            (second, inSecond) = now - second >= TimeSpan.FromSeconds(1) ? (new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), now.Offset), 0) : (second, inSecond);
            (inMinute, inSecond) = (inMinute + 1, inSecond + 1);
            headers["Jumpseller-PerMinuteRateLimit-Limit"] = options.PerMinute.ToString(CultureInfo.InvariantCulture);
            headers["Jumpseller-PerMinuteRateLimit-Remaining"] = Math.Max(0, options.PerMinute - inMinute).ToString(CultureInfo.InvariantCulture);
            headers["Jumpseller-PerSecondRateLimit-Limit"] = options.PerSecond.ToString(CultureInfo.InvariantCulture);
            headers["Jumpseller-PerSecondRateLimit-Remaining"] = Math.Max(0, options.PerSecond - inSecond).ToString(CultureInfo.InvariantCulture);
            if (inMinute <= options.PerMinute && inSecond <= options.PerSecond)
            {
                return false;
            }

            if (++hits >= options.HitsUntilBan)
            {
                (hits, bannedUntil) = (0, now + Ban);
            }

            return true;
        }
    }

    internal bool IsKnown(HttpContext call)
    {
        string header = call.Request.Headers.Authorization.ToString();
        if (header.StartsWith("Basic ", StringComparison.Ordinal))
        {
            byte[] decoded = new byte[header.Length];
            return Convert.TryFromBase64String(header[6..], decoded, out int length) && Encoding.UTF8.GetString(decoded, 0, length) == $"{options.Login}:{options.AuthToken}";
        }

        lock (door)
        {
            return header.Length > 7 && header == "Bearer " + current.Token && clock.GetUtcNow() < current.Until;
        }
    }

    /// <summary>Takes the access token back before its time.</summary>
    internal void Revoke()
    {
        lock (door)
        {
            current = ("", default);
        }
    }

    /// <summary>A refresh token is good for one renewal, which gives the next.</summary>
    internal async Task RenewAsync(HttpContext call)
    {
        var form = await call.Request.ReadFormAsync(call.RequestAborted);
        JsonObject answer;
        lock (door)
        {
            if (form["grant_type"] != "refresh_token" || form["client_id"] != options.ClientId || form["client_secret"] != options.ClientSecret || form["refresh_token"] != refresh)
            {
                answer = new() { ["error"] = "invalid_grant", ["error_description"] = "The provided authorization grant is invalid, expired or revoked" };
            }
            else
            {
                renewals++;
                current = (string.Create(CultureInfo.InvariantCulture, $"emulated-access-token-{renewals}"), clock.GetUtcNow().AddHours(1));
                refresh = string.Create(CultureInfo.InvariantCulture, $"emulated-refresh-{renewals + 1}");
                answer = new() { ["access_token"] = current.Token, ["token_type"] = "bearer", ["expires_in"] = 3600, ["refresh_token"] = refresh, ["created_at"] = clock.GetUtcNow().ToUnixTimeSeconds() };
            }
        }

        await JumpsellerApi.WriteAsync(call, answer.ContainsKey("error") ? 400 : 200, answer);
    }
}
