using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Calls;
using Crossdock.Connectors.Http;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Vtex;

/// <summary>Calls of one account's API, and what its refusals mean.</summary>
internal sealed class VtexClient(ConnectionAccess access, VtexSettings settings)
{
    private const int LongestWords = 300;
    // VTEX asks for it; whoever goes on meanwhile makes the merchant's Admin stop as well.
    private static readonly TimeSpan ThrottlePause = TimeSpan.FromMinutes(1);

    private readonly PlatformCaller calls = new(access, new Masks(access.Settings.Secrets.Values));

    internal VtexSettings Settings => settings;

    internal Task<PlatformAnswer> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    internal async Task<PlatformAnswer> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(method, new Uri(settings.BaseUrl.AbsoluteUri.TrimEnd('/') + path, UriKind.Absolute));
        request.Headers.TryAddWithoutValidation("X-VTEX-API-AppKey", settings.AppKey);
        request.Headers.TryAddWithoutValidation("X-VTEX-API-AppToken", settings.AppToken);
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        if (body is not null)
        {
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body));
            request.Content.Headers.ContentType = new("application/json");
        }

        var answer = await calls.CallAsync(request, 1, cancellationToken);
        var wait = answer.RetryAfter(access.Clock);
        if (answer.Status == 429)
        {
            access.Budget.Pause(Longer(wait, ThrottlePause));
        }
        else if (answer.Status == 503 && wait > TimeSpan.Zero)
        {
            access.Budget.Pause(wait.Value);
        }
        else if (Number(answer, "Ratelimit-Remaining") is { } remaining && Number(answer, "Ratelimit-Limit") is { } limit and > 0)
        {
            access.Budget.Report(Math.Max(0, remaining), limit, null);
        }

        return answer;
    }

    /// <summary>A call as logged.</summary>
    internal Exchange Log(PlatformAnswer answer, JsonNode? body) => calls.Log(answer, body?.ToJsonString());

    internal static string OrderPath(string id) => "/api/oms/pvt/orders/" + Uri.EscapeDataString(id);

    /// <summary>Where one order is read: in accounts with the personal-data architecture elsewhere, with a reason.</summary>
    internal string ReadingPath(string id) => settings.PersonalDataReason is { } reason
        ? $"/api/orders/pvt/document/{Uri.EscapeDataString(id)}?reason={Uri.EscapeDataString(reason)}" : OrderPath(id);

    /// <summary>What is wrong with an answer; null for a success.</summary>
    internal VtexTrouble? TroubleOf(PlatformAnswer answer, string resource)
    {
        if (answer.Problem is { } broken)
        {
            return new($"VTEX did not answer: {broken}", false, null);
        }

        return answer.Status switch
        {
            >= 200 and <= 299 => null,
            401 => new($"VTEX refuses the appKey or appToken (HTTP 401): {Words(answer)}", true, null),
            403 => new($"The appKey's role lacks the resource {resource} (HTTP 403): {Words(answer)}", true, null),
            404 => new($"VTEX knows no such thing (HTTP 404): {Words(answer)}; is the account name {settings.Account} right?", true, null),
            429 => new($"VTEX throttles the account (HTTP 429): {Words(answer)}", false, Longer(answer.RetryAfter(access.Clock), ThrottlePause)),
            408 or 423 or 425 or >= 500 => new($"VTEX is in trouble (HTTP {Number(answer)}): {Words(answer)}", false, answer.RetryAfter(access.Clock)),
            >= 300 and < 400 => new($"VTEX redirects (HTTP {Number(answer)}), which is not followed: is the account name {settings.Account} right?", true, null),
            _ => new($"VTEX refuses the call (HTTP {Number(answer)}): {Words(answer)}", true, null),
        };
    }

    /// <summary>The platform's own words, without our secrets: <c>OMS003: Order status should be ready-for-handling</c>.</summary>
    internal string Words(PlatformAnswer answer)
    {
        using var document = answer.Json();
        string text = (document is null ? null : Message(document.RootElement)) ?? System.Text.Encoding.UTF8.GetString(answer.Body.AsSpan(0, Math.Min(answer.Body.Length, 2000)));
        text = calls.Masks.Mask(JsonFields.WithoutNul(text)).Trim();
        return text.Length == 0 ? "without a word" : text.Length > LongestWords ? text[..LongestWords] + "…" : text;
    }

    internal static TimeSpan Longer(TimeSpan? asked, TimeSpan least) => asked > least ? asked.Value : least;

    private static string? Message(JsonElement root)
    {
        try
        {
            var error = JsonFields.Block(root, "error") is { ValueKind: JsonValueKind.Object } inner ? inner : root;
            string? code = JsonFields.Text(error, "code");
            string? message = JsonFields.Text(error, "message") ?? JsonFields.Text(error, "Message") ?? JsonFields.Text(root, "error");
            return message is null ? code : code is null ? message : $"{code}: {message}";
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair in the message.
            return null;
        }
    }

    private static string Number(PlatformAnswer answer) => answer.Status.ToString(CultureInfo.InvariantCulture);

    private static double? Number(PlatformAnswer answer, string header) => double.TryParse(answer.Header(header), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) ? number : null;
}

/// <summary>Why a call came to nothing.</summary>
/// <param name="Because">One sentence with VTEX's own words.</param>
/// <param name="NeedsPerson">True when trying again later will not help.</param>
/// <param name="After">How long VTEX asks to wait.</param>
internal sealed record VtexTrouble(string Because, bool NeedsPerson, TimeSpan? After);
