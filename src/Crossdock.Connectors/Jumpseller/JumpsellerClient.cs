using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Calls;
using Crossdock.Connectors.Http;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>Calls of one store's API with the login key or, for an app, with tokens of one hour; and what its refusals mean.</summary>
internal sealed class JumpsellerClient
{
    private const string TokenName = "access";
    private const int LongestWords = 300;
    private static readonly TimeSpan NextSecond = TimeSpan.FromSeconds(1);

    private readonly ConnectionAccess access;
    private readonly PlatformCaller calls;
    private readonly string? basic;

    internal JumpsellerClient(ConnectionAccess access, JumpsellerSettings settings)
    {
        (this.access, Settings) = (access, settings);
        basic = settings.IsBasic ? Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.Login}:{settings.AuthToken}")) : null;
        calls = new PlatformCaller(access, new Masks(basic is null ? access.Settings.Secrets.Values : access.Settings.Secrets.Values.Append(basic)));
    }

    internal JumpsellerSettings Settings { get; }

    internal Task<PlatformAnswer> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    internal async Task<PlatformAnswer> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken)
    {
        var (answer, token) = await OnceAsync(method, path, body, cancellationToken);
        if (answer.Status == 401 && token is not null)
        {
            // Taken back before its hour was over: renewed once; a second 401 is a person's business.
            await access.Tokens.RefusedAsync(TokenName, token, cancellationToken);
            (answer, _) = await OnceAsync(method, path, body, cancellationToken);
        }

        return answer;
    }

    /// <summary>A call as logged.</summary>
    internal Exchange Log(PlatformAnswer answer, JsonNode? body) => calls.Log(answer, body?.ToJsonString());

    /// <summary>What is wrong with an answer; null for a success.</summary>
    internal JumpsellerTrouble? TroubleOf(PlatformAnswer answer, string scope)
    {
        if (answer.Problem is { } broken)
        {
            return new($"Jumpseller did not answer: {broken}", false, null);
        }

        return answer.Status switch
        {
            >= 200 and <= 299 => null,
            401 => new($"Jumpseller refuses the key (HTTP 401): {Words(answer)}", true, null),
            403 => new($"The key or app may not {scope} (HTTP 403): {Words(answer)}", true, null),
            404 => new($"Jumpseller knows no such thing (HTTP 404): {Words(answer)}", true, null),
            429 => new($"Jumpseller throttles the store (HTTP 429): {Words(answer)}", false, WaitOf(answer)),
            408 or 425 or >= 500 => new($"Jumpseller is in trouble (HTTP {Number(answer)}): {Words(answer)}", false, answer.RetryAfter(access.Clock)),
            _ => new($"Jumpseller refuses the call (HTTP {Number(answer)}): {Words(answer)}", true, null),
        };
    }

    /// <summary>The platform's own words, without our secrets.</summary>
    internal string Words(PlatformAnswer answer)
    {
        string? message = null;
        using (var document = answer.Json())
        {
            try
            {
                message = document is null ? null : JsonFields.Text(document.RootElement, "message") ?? JsonFields.Anything(JsonFields.Get(document.RootElement, "errors"))
                    ?? JsonFields.Text(document.RootElement, "error_description") ?? JsonFields.Anything(JsonFields.Get(document.RootElement, "error"));
            }
            catch (InvalidOperationException)
            {
                // Half a surrogate pair in the message: the bytes speak for themselves.
            }
        }

        string text = calls.Masks.Mask(JsonFields.WithoutNul(message ?? Encoding.UTF8.GetString(answer.Body.AsSpan(0, Math.Min(answer.Body.Length, 2000))))).Trim();
        return text.Length == 0 ? "without a word" : text.Length > LongestWords ? text[..LongestWords] + "…" : text;
    }

    private async Task<(PlatformAnswer Answer, StoredToken? Token)> OnceAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken)
    {
        StoredToken? token = null;
        var request = new HttpRequestMessage(method, new Uri(Settings.ApiUrl.AbsoluteUri.TrimEnd('/') + path, UriKind.Absolute));
        if (basic is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", basic);
        }
        else
        {
            try
            {
                token = await access.Tokens.GetAsync(TokenName, RenewAsync, cancellationToken);
                calls.Masks.SetToken(token.AccessToken);
                request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token.AccessToken);
            }
            catch (RenewalException failure)
            {
                request.Dispose();
                return (failure.Answer, null);
            }
        }

        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        if (body is not null)
        {
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body));
            request.Content.Headers.ContentType = new("application/json");
        }

        var answer = await calls.CallAsync(request, 1, cancellationToken);
        Heed(answer);
        return (answer, token);
    }

    // Whether the refresh token rotates is not said: the one that came back is kept.
    private async Task<StoredToken> RenewAsync(StoredToken? stored, CancellationToken cancellationToken)
    {
        string refresh = stored?.RefreshToken ?? Settings.RefreshToken!;
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Settings.AccountsUrl.AbsoluteUri.TrimEnd('/') + "/oauth/token", UriKind.Absolute))
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "refresh_token", ["client_id"] = Settings.ClientId!, ["client_secret"] = Settings.ClientSecret!, ["refresh_token"] = refresh }),
        };
        var answer = await calls.CallAsync(request, 0, cancellationToken);
        if (!answer.IsSuccess)
        {
            // 400 invalid_grant is the refused key of this server.
            throw new RenewalException(answer.Problem is null && answer.Status == 400 ? answer with { Status = 401 } : answer);
        }

        using var document = answer.Json();
        try
        {
            if (document is not null && JsonFields.Text(document.RootElement, "access_token") is { } token)
            {
                double seconds = (double)(JsonFields.TryNumber(JsonFields.Get(document.RootElement, "expires_in")) ?? 3600m);
                return new StoredToken(token, JsonFields.Text(document.RootElement, "refresh_token") ?? refresh, access.Clock.GetUtcNow().AddSeconds(Math.Clamp(seconds, 0, 86_400)));
            }
        }
        catch (InvalidOperationException)
        {
            // Text that is no Unicode is no token.
        }

        throw new RenewalException(answer with { Problem = "the accounts server answered with something that is no token" });
    }

    private void Heed(PlatformAnswer answer)
    {
        if (answer.Status == 429)
        {
            access.Budget.Pause(WaitOf(answer));
            return;
        }

        if (Header(answer, "Jumpseller-PerMinuteRateLimit-Remaining") is { } remaining && Header(answer, "Jumpseller-PerMinuteRateLimit-Limit") is { } limit and > 0)
        {
            access.Budget.Report(Math.Max(0, remaining), limit, limit / 60);
        }

        if (Header(answer, "Jumpseller-PerSecondRateLimit-Remaining") is <= 0)
        {
            access.Budget.Pause(NextSecond);
        }
    }

    // No Retry-After is sent: the next second, or the next minute when the minute's share is used up, or the end of the ban.
    private TimeSpan WaitOf(PlatformAnswer answer)
    {
        var now = access.Clock.GetUtcNow();
        if (JsonFields.Time(answer.Header("Jumpseller-BannedByRateLimit-Reset")) is { } until && until > now)
        {
            return TimeSpan.FromSeconds(Math.Min((until - now).TotalSeconds, 86_400));
        }

        if (answer.RetryAfter(access.Clock) is { } asked && asked > TimeSpan.Zero)
        {
            return asked;
        }

        return Header(answer, "Jumpseller-PerSecondRateLimit-Remaining") is <= 0 && Header(answer, "Jumpseller-PerMinuteRateLimit-Remaining") is not <= 0 ? NextSecond : TimeSpan.FromSeconds(60 - now.Second);
    }

    private static double? Header(PlatformAnswer answer, string name) => double.TryParse(answer.Header(name), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out double number) ? number : null;

    private static string Number(PlatformAnswer answer) => answer.Status.ToString(CultureInfo.InvariantCulture);

#pragma warning disable CA1032, CA1064 // Carries an answer out of the vault, and never further than this class.
    private sealed class RenewalException(PlatformAnswer answer) : Exception("the access token could not be renewed")
    {
        internal PlatformAnswer Answer => answer;
    }
#pragma warning restore CA1032, CA1064
}

/// <summary>Why a call came to nothing.</summary>
/// <param name="Because">One sentence with Jumpseller's own words.</param>
/// <param name="NeedsPerson">True when trying again later will not help.</param>
/// <param name="After">How long to wait.</param>
internal sealed record JumpsellerTrouble(string Because, bool NeedsPerson, TimeSpan? After);
