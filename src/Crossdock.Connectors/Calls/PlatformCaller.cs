using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Crossdock.Connectors.Http;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Calls;

/// <summary>Calls one connection's platform: waits for its turn, gives up in time, bounds the answer, and never throws for what the other side does.</summary>
internal sealed class PlatformCaller(ConnectionAccess access, Masks masks, TimeSpan? patience = null)
{
    /// <summary>A page of orders may be large; more than this is no page.</summary>
    private const int LongestBody = 32 * 1024 * 1024;

    private readonly TimeSpan patience = patience ?? TimeSpan.FromSeconds(15);

    internal Masks Masks => masks;

    /// <summary>Makes one call. The request is disposed.</summary>
    /// <param name="request">What to send.</param>
    /// <param name="cost">What it costs in the platform's unit; 0 where the call is not limited (a server of tokens).</param>
    /// <param name="cancellationToken">The hub stops.</param>
    internal async Task<PlatformAnswer> CallAsync(HttpRequestMessage request, double cost, CancellationToken cancellationToken)
    {
        using (request)
        {
            var answer = new PlatformAnswer { Method = request.Method.Method, Url = masks.Mask(request.RequestUri!.AbsoluteUri) };
            if (cost > 0)
            {
                await access.Budget.WaitAsync(cost, cancellationToken);
            }

            long started = access.Clock.GetTimestamp();
            using var limit = new CancellationTokenSource(patience, access.Clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            try
            {
                using var response = await access.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
                answer = answer with
                {
                    Status = (int)response.StatusCode,
                    Headers = response.Headers,
                    ContentType = response.Content.Headers.ContentType?.MediaType,
                    Date = response.Headers.Date,
                };
                answer = answer with { Body = await ReadAsync(response, both.Token) };
                return answer with { ElapsedMs = (int)access.Clock.GetElapsedTime(started).TotalMilliseconds };
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return Broken(string.Create(CultureInfo.InvariantCulture, $"no answer within {patience.TotalSeconds} s"), wasSent: true);
            }
            catch (Exception error) when (error is HttpRequestException or IOException or InvalidDataException or FormatException)
            {
                // Nothing of the request left while there was no connection: it can be repeated without asking.
                bool wasSent = error is not HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError };
                return Broken(masks.Mask(error.Message), wasSent);
            }

            PlatformAnswer Broken(string what, bool wasSent) => answer with { Problem = what, WasSent = wasSent, Body = [], ElapsedMs = (int)access.Clock.GetElapsedTime(started).TotalMilliseconds };
        }
    }

    /// <summary>The call and its answer as logged.</summary>
    internal Exchange Log(PlatformAnswer answer, string? requestBody = null) => new()
    {
        Method = answer.Method,
        Url = answer.Url,
        RequestBody = requestBody is null ? null : masks.Mask(requestBody),
        Status = answer.Status == 0 ? null : answer.Status,
        ResponseBody = masks.Body(answer.Body),
        Error = answer.Problem,
        ElapsedMs = answer.ElapsedMs,
    };

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > LongestBody)
        {
            throw new InvalidDataException("the answer is larger than 32 MB");
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream((int)(response.Content.Headers.ContentLength ?? 4096));
        byte[] piece = new byte[64 * 1024];
        for (int read = await stream.ReadAsync(piece, cancellationToken); read > 0; read = await stream.ReadAsync(piece, cancellationToken))
        {
            if (body.Length + read > LongestBody)
            {
                throw new InvalidDataException("the answer is larger than 32 MB");
            }

            body.Write(piece, 0, read);
        }

        return body.ToArray();
    }
}

/// <summary>What came back.</summary>
internal sealed record PlatformAnswer
{
    internal required string Method { get; init; }

    /// <summary>Where it was sent, secrets masked.</summary>
    internal required string Url { get; init; }

    /// <summary>HTTP status; 0 when there was no answer.</summary>
    internal int Status { get; init; }

    internal HttpResponseHeaders? Headers { get; init; }

    internal string? ContentType { get; init; }

    /// <summary>The platform's own clock.</summary>
    internal DateTimeOffset? Date { get; init; }

    internal byte[] Body { get; init; } = [];

    /// <summary>What broke, in words; null when a whole answer came.</summary>
    internal string? Problem { get; init; }

    /// <summary>False when the request certainly never left.</summary>
    internal bool WasSent { get; init; } = true;

    internal int ElapsedMs { get; init; }

    internal bool IsWhole => Problem is null;

    internal bool IsSuccess => IsWhole && Status is >= 200 and < 300;

    /// <summary>A header's only or first value; null when it is absent.</summary>
    internal string? Header(string name) => Headers is not null && Headers.NonValidated.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>How long it asks to wait; null when it does not ask.</summary>
    internal TimeSpan? RetryAfter(TimeProvider clock)
    {
        if (Header("Retry-After") is not { } asked)
        {
            return null;
        }

        // Shopify writes "2.0".
        double? seconds = double.TryParse(asked, NumberStyles.Float, CultureInfo.InvariantCulture, out double said) ? said
            : DateTimeOffset.TryParse(asked, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? (at - clock.GetUtcNow()).TotalSeconds : null;
        return seconds is { } wait ? TimeSpan.FromSeconds(double.IsNaN(wait) ? 0 : Math.Clamp(wait, 0, 86_400)) : null;
    }

    /// <summary>The body as JSON; null when it is none. To be disposed.</summary>
    internal JsonDocument? Json()
    {
        var body = Body.AsMemory();
        if (body.Span.StartsWith("\uFEFF"u8))
        {
            body = body[3..];
        }

        try
        {
            return body.IsEmpty ? null : JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
