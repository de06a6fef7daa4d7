using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Crossdock.Connections;
using Microsoft.Extensions.Options;

namespace Crossdock.Webhooks;

/// <summary>Where and with what a call is made.</summary>
internal sealed record WebhookTarget(Guid Id, string Url, IReadOnlyList<string> Secrets);

/// <summary>One call and its answer.</summary>
internal sealed record WebhookCall(Guid Id, int? Status, int ElapsedMs, string RequestHeaders, string? ResponseHeaders, string? ResponseBody, string? Error, TimeSpan? RetryAfter)
{
    /// <summary>True when it was taken.</summary>
    public bool IsTaken => Status is >= 200 and < 300;

    /// <summary>True when the other side says that it wants to be told nothing any more.</summary>
    public bool IsGone => Status == (int)HttpStatusCode.Gone;

    /// <summary>For people, why it was not taken.</summary>
    public string? Because => IsTaken ? null : Error ?? string.Create(CultureInfo.InvariantCulture, $"It answered {Status}.");
}

/// <summary>Calls webhooks. Source: Standard Webhooks specification 1.0.0: headers <c>webhook-id</c>, <c>webhook-timestamp</c>, <c>webhook-signature</c>; any 2xx is success, everything else, redirects too, is not.</summary>
internal sealed class WebhookCalls(OutgoingHttp http, IOptions<WebhookOptions> options, TimeProvider clock)
{
    private const int Longest = 4000;

    /// <summary>Sends one event.</summary>
    public async Task<WebhookCall> SendAsync(WebhookTarget target, string id, string body, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        long timestamp = now.ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, target.Url) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json", "utf-8")) };
        request.Headers.UserAgent.ParseAdd("Crossdock-Webhooks/1");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        string headers = Lines(request.Headers) + Lines(request.Content.Headers);
        request.Headers.TryAddWithoutValidation("webhook-signature", WebhookSecret.Sign(target.Secrets, id, timestamp, body));
        long begun = Stopwatch.GetTimestamp();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(options.Value.TimeoutSeconds));
        var call = new WebhookCall(Guid.CreateVersion7(now), null, 0, headers, null, null, null, null);
        try
        {
            using var answer = await http.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            string said = await BeginningAsync(answer, patience.Token);
            return call with
            {
                Status = (int)answer.StatusCode, ElapsedMs = Elapsed(begun), ResponseHeaders = Lines(answer.Headers) + Lines(answer.Content.Headers), ResponseBody = said,
                RetryAfter = answer.Headers.RetryAfter is { } wait ? wait.Delta ?? wait.Date - now : null,
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return call with { ElapsedMs = Elapsed(begun), Error = string.Create(CultureInfo.InvariantCulture, $"It did not answer within {options.Value.TimeoutSeconds} seconds.") };
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return call with { ElapsedMs = Elapsed(begun), Error = exception.InnerException is { Message: var inner } ? $"{exception.Message} {inner}" : exception.Message };
        }
    }

    private static async Task<string> BeginningAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        byte[] bytes = new byte[Longest];
        int read = await stream.ReadAtLeastAsync(bytes, Longest, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(bytes, 0, read);
    }

    private static string Lines(HttpHeaders headers) => string.Concat(headers.Select(header => $"{header.Key}: {string.Join(", ", header.Value)}\n"));

    private static int Elapsed(long begun) => (int)Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
}
