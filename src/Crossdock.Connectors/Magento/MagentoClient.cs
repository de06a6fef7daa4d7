using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crossdock.Connectors.Calls;
using Crossdock.Connectors.Http;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Magento;

/// <summary>What a call came to.</summary>
internal enum MagentoAnswer
{
    /// <summary>Answered with JSON.</summary>
    Fine,
    /// <summary>Magento itself says that there is no such thing.</summary>
    NotFound,
    /// <summary>Magento does not accept the request as it is (400).</summary>
    Invalid,
    /// <summary>A person has to act: key, permission, address.</summary>
    Refused,
    /// <summary>Asked too often.</summary>
    Throttled,
    /// <summary>Down, silent or talking nonsense.</summary>
    Later,
}

/// <summary>One answer of the REST API; the document is only there when it is <see cref="MagentoAnswer.Fine"/>.</summary>
internal sealed record MagentoReply(MagentoAnswer Kind, string Because, PlatformAnswer Answer, JsonDocument? Document = null) : IDisposable
{
    /// <summary>How long it asks to wait.</summary>
    internal TimeSpan? After { get; init; }

    /// <summary>The call as logged.</summary>
    internal Exchange? Exchange { get; init; }

    internal JsonElement Root => Document?.RootElement ?? default;

    public void Dispose() => Document?.Dispose();
}

/// <summary>Calls one shop's REST API: signs in, says what an answer means in Magento's own words, pauses everybody when it is too much.</summary>
internal sealed class MagentoClient
{
    private const string Administrator = "administrator";
    private static readonly TimeSpan UsualPause = TimeSpan.FromSeconds(30);

    private readonly ConnectionAccess access;
    private readonly MagentoSettings settings;
    private readonly PlatformCaller calls;
    private readonly MagentoOAuth? oauth;

    internal MagentoClient(ConnectionAccess access, MagentoSettings settings)
    {
        (this.access, this.settings) = (access, settings);
        calls = new PlatformCaller(access, new Masks(access.Settings.Secrets.Values));
        oauth = settings.SignIn == MagentoSignIn.OAuth
            ? new MagentoOAuth(Secret("consumerKey"), Secret("consumerSecret"), Secret("accessToken"), Secret("accessTokenSecret"))
            : null;
    }

    internal MagentoSettings Settings => settings;

    internal Task<MagentoReply> GetAsync(string path, IReadOnlyList<(string Name, string Value)> query, CancellationToken cancellationToken) =>
        CallAsync(HttpMethod.Get, path, query, null, cancellationToken);

    internal Task<MagentoReply> PostAsync(string path, byte[]? body, CancellationToken cancellationToken) => CallAsync(HttpMethod.Post, path, [], body, cancellationToken);

    internal Task<MagentoReply> PutAsync(string path, byte[] body, CancellationToken cancellationToken) => CallAsync(HttpMethod.Put, path, [], body, cancellationToken);

    private async Task<MagentoReply> CallAsync(HttpMethod method, string path, IReadOnlyList<(string Name, string Value)> query, byte[]? body, CancellationToken cancellationToken)
    {
        if (settings.SignIn != MagentoSignIn.Administrator)
        {
            return await OnceAsync(method, path, query, body, null, cancellationToken);
        }

        // An administrator's token is good for four hours, or until somebody signs in who sends all others home.
        for (int attempt = 1; ; attempt++)
        {
            StoredToken token;
            try
            {
                token = await access.Tokens.GetAsync(Administrator, SignInAsync, cancellationToken);
            }
            catch (SignInRefusedException refused)
            {
                return refused.Reply;
            }

            var reply = await OnceAsync(method, path, query, body, token.AccessToken, cancellationToken);
            if (reply.Answer.Status != 401 || attempt == 2)
            {
                return reply;
            }

            await access.Tokens.RefusedAsync(Administrator, token, cancellationToken);
            reply.Dispose();
        }
    }

    private async Task<MagentoReply> OnceAsync(HttpMethod method, string path, IReadOnlyList<(string Name, string Value)> query, byte[]? body, string? token, CancellationToken cancellationToken)
    {
        string address = $"{settings.BaseUrl}/rest/{settings.StoreCode}/V1/{path}";
        string search = string.Join('&', query.Select(pair => $"{MagentoOAuth.Encode(pair.Name)}={MagentoOAuth.Encode(pair.Value)}"));
        var request = new HttpRequestMessage(method, search.Length == 0 ? address : $"{address}?{search}");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (oauth is not null)
        {
            string nonce = RandomNumberGenerator.GetHexString(24, lowercase: true);
            request.Headers.TryAddWithoutValidation("Authorization", oauth.Header(method.Method, new Uri(address).GetLeftPart(UriPartial.Path), query, access.Clock.GetUtcNow(), nonce));
        }
        else if ((token ?? access.Settings.Secret("accessToken")) is { } bearer)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {bearer}");
        }

        return await SendAsync(request, body, body is null ? null : Encoding.UTF8.GetString(body), cancellationToken);
    }

    private async Task<StoredToken> SignInAsync(StoredToken? stored, CancellationToken cancellationToken)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["username"] = settings.AdminUser ?? "", ["password"] = Secret("adminPassword") });
        var request = new HttpRequestMessage(HttpMethod.Post, $"{settings.BaseUrl}/rest/{settings.StoreCode}/V1/integration/admin/token");
        var reply = await SendAsync(request, body, null, cancellationToken);
        if (reply.Kind == MagentoAnswer.Fine && reply.Root.ValueKind == JsonValueKind.String && reply.Root.GetString() is { Length: > 0 } token)
        {
            reply.Dispose();
            return new StoredToken(token, null, access.Clock.GetUtcNow() + TimeSpan.FromHours(4) - TimeSpan.FromMinutes(5));
        }

        throw new SignInRefusedException(reply.Kind is MagentoAnswer.Fine or MagentoAnswer.NotFound or MagentoAnswer.Invalid ? reply with { Kind = MagentoAnswer.Refused, Because = $"Signing in as administrator gave no token: {reply.Because}" } : reply);
    }

    private async Task<MagentoReply> SendAsync(HttpRequestMessage request, byte[]? body, string? logged, CancellationToken cancellationToken)
    {
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        var answer = await calls.CallAsync(request, 1, cancellationToken);
        return Judge(answer) with { After = answer.RetryAfter(access.Clock), Exchange = calls.Log(answer, logged) };
    }

    private MagentoReply Judge(PlatformAnswer answer)
    {
        if (answer.Problem is { } broken)
        {
            return new(MagentoAnswer.Later, $"The shop did not answer: {broken}.", answer);
        }

        var document = Parse(answer);
        string? words = document is null ? null : Words(document.RootElement);
        if (answer.Status is >= 200 and <= 299)
        {
            return document is null
                ? new(MagentoAnswer.Later, $"The shop answered {answer.Status} with something that is no JSON: {Start(answer)}.", answer)
                : new(MagentoAnswer.Fine, "", answer, document);
        }

        document?.Dispose();
        switch (answer.Status)
        {
            case 401:
                return new(MagentoAnswer.Refused, $"The shop refused the key (401): {words ?? Start(answer)}.{Advice()}", answer);
            case 403 when words is not null:
                return new(MagentoAnswer.Refused, $"The shop forbids it (403): {words}. Give the integration the permission, or ask who runs the shop's firewall.", answer);
            case 404 when words is not null && !words.Contains("route", StringComparison.OrdinalIgnoreCase):
                return new(MagentoAnswer.NotFound, $"The shop says: {words}", answer);
            case 404:
                return new(MagentoAnswer.Refused, $"Nobody answers for REST at this address (404): {words ?? Start(answer)}. Check the shop's address and the store view's code; without URL rewriting the address ends in /index.php.", answer);
            case 400 or 405 or 406 or 409 or 415 or 422:
                return new(MagentoAnswer.Invalid, $"The shop does not accept the request ({answer.Status}): {words ?? Start(answer)}", answer);
            case >= 300 and <= 399:
                return new(MagentoAnswer.Refused, $"The shop's address redirects ({answer.Status}) to {calls.Masks.Mask(answer.Headers?.Location?.ToString() ?? "somewhere")}: enter the address that the browser shows in the end.", answer);
            case 429:
                access.Budget.Pause(answer.RetryAfter(access.Clock) ?? UsualPause);
                return new(MagentoAnswer.Throttled, $"The shop was asked too often (429){(words is null ? "" : ": " + words)}.", answer);
            default:
                if (answer.Status == 503)
                {
                    access.Budget.Pause(answer.RetryAfter(access.Clock) ?? UsualPause);
                }

                return new(MagentoAnswer.Later, $"The shop answered {answer.Status}: {words ?? Start(answer)}.", answer);
        }
    }

    private string Advice() => settings.SignIn switch
    {
        MagentoSignIn.Bearer => " Either the access token is wrong or was revoked, or the integration lacks the permission, or, since 2.4.4, the shop does not take an integration's token on its own: set Stores → Configuration → Services → OAuth → Allow OAuth Access Tokens to be used as standalone Bearer tokens to Yes, or give all four values of the integration.",
        MagentoSignIn.OAuth => " Check the integration's four values, that it is active, that it has the permission, and that the clocks agree.",
        MagentoSignIn.Administrator => " Check the administrator's name, password and role; with two-factor sign-in use an integration instead (System → Integrations).",
        MagentoSignIn.None => "",
    };

    private string? Words(JsonElement root)
    {
        try
        {
            return MagentoText.Message(root) is { } words ? calls.Masks.Mask(MagentoOrderMapping.Cut(words, 400)).TrimEnd('.') : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair in the message.
            return null;
        }
    }

    private string Start(PlatformAnswer answer)
    {
        string text = Encoding.UTF8.GetString(answer.Body.AsSpan(0, Math.Min(answer.Body.Length, 2000)));
        text = calls.Masks.Mask(text);
        text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length == 0 ? "nothing" : MagentoOrderMapping.Cut(text, 160);
    }

    // Shops in developer mode print PHP's notices before the document.
    private static JsonDocument? Parse(PlatformAnswer answer)
    {
        if (answer.Json() is { } document)
        {
            return document;
        }

        var body = answer.Body.AsMemory();
        int notice = body.Span.IndexOf("Notice"u8) is >= 0 and var first ? first : body.Span.IndexOf("Deprecated"u8) is >= 0 and var second ? second : body.Span.IndexOf("Warning"u8);
        for (int at = notice, tries = 0; at >= 0 && tries < 20; tries++)
        {
            int brace = body.Span[at..].IndexOf((byte)'{');
            if (brace < 0)
            {
                break;
            }

            at += brace;
            try
            {
                return JsonDocument.Parse(body[at..]);
            }
            catch (JsonException)
            {
                at++;
            }
        }

        return null;
    }

    private string Secret(string name) => access.Settings.Secret(name) ?? "";

    private sealed class SignInRefusedException(MagentoReply reply) : Exception(reply.Because)
    {
        internal MagentoReply Reply => reply;
    }
}
