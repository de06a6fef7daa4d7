using System.Net;
using System.Text.Json;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Http;

/// <summary>OAuth 2.0 client credentials: one token for all calls of a destination, fetched by one caller at a time, renewed a minute ahead of its end.</summary>
internal sealed class AccessTokens(HttpAuthentication.OAuth2 settings, HttpClient http, TimeProvider clock, Masks masks) : IDisposable
{
    private readonly SemaphoreSlim door = new(1, 1);
    private Token? current;

    /// <summary>The token, or why there is none.</summary>
    internal async ValueTask<(string? Token, Outcome? Trouble)> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref current) is { } token && clock.GetUtcNow() < token.RenewAt)
        {
            return (token.Value, null);
        }

        await door.WaitAsync(cancellationToken);
        try
        {
            return current is { } other && clock.GetUtcNow() < other.RenewAt ? (other.Value, null) : await FetchAsync(cancellationToken);
        }
        finally
        {
            door.Release();
        }
    }

    /// <summary>The destination did not take it: the next caller fetches a new one, unless somebody already did.</summary>
    internal void Forget(string token)
    {
        var seen = Volatile.Read(ref current);
        if (seen?.Value == token)
        {
            Interlocked.CompareExchange(ref current, null, seen);
        }
    }

    public void Dispose() => door.Dispose();

    private async Task<(string?, Outcome?)> FetchAsync(CancellationToken cancellationToken)
    {
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = settings.ClientId, ["client_secret"] = settings.ClientSecret };
        if (settings.Scope is { } scope)
        {
            form["scope"] = scope;
        }

        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, settings.TokenUrl) { Content = new FormUrlEncodedContent(form) };
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            using var body = await AnswerBody.ReadAsync(response, cancellationToken);
            if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError)
            {
                return (null, new RetryLater($"the token address answered HTTP {(int)response.StatusCode}", HttpAnswers.RetryAfter(response, clock), response.StatusCode == HttpStatusCode.TooManyRequests));
            }

            if (!response.IsSuccessStatusCode)
            {
                return (null, new Hold($"the token address refused the credentials with HTTP {(int)response.StatusCode}; check auth.oauth2"));
            }

            using var answer = JsonDocument.Parse(body.Memory);
            if (answer.RootElement.ValueKind != JsonValueKind.Object || !answer.RootElement.TryGetProperty("access_token", out var text) || text.ValueKind != JsonValueKind.String
                || text.GetString() is not { Length: > 0 } value || value.AsSpan().ContainsAny("\r\n"))
            {
                return (null, new RetryLater("the token address answered without an access_token"));
            }

            double lifetime = answer.RootElement.TryGetProperty("expires_in", out var seconds)
                && double.TryParse(seconds.ToString(), System.Globalization.CultureInfo.InvariantCulture, out double given) && given is > 0 and < 31_536_000 ? given : 3600;
            masks.SetToken(value);
            Volatile.Write(ref current, new Token(value, clock.GetUtcNow() + TimeSpan.FromSeconds(lifetime - Math.Min(60, lifetime / 5))));
            return (value, null);
        }
        catch (Exception error) when (error is HttpRequestException or JsonException or InvalidOperationException or IOException)
        {
            return (null, new RetryLater($"the token address could not be read: {error.GetType().Name}"));
        }
    }

    private sealed record Token(string Value, DateTimeOffset RenewAt);
}
