using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Crossdock.Connections;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crossdock.Capture;

/// <summary><c>POST /in/{connection}</c>: steps 1 to 7 of the main path.</summary>
internal sealed partial class CaptureEndpoint(
    IConnectionDirectory connections,
    InboxWriter inbox,
    BodyBudget budget,
    ConnectionStatistics statistics,
    IOptions<CaptureOptions> options,
    TimeProvider clock,
    ILogger<CaptureEndpoint> logger)
{
    /// <summary>How the source of an event begins that came to the connection's address, before the caller's own.</summary>
    internal const string WebhookSource = "webhook ";

    /// <summary>The same of one that came over Pub/Sub, before the message's id.</summary>
    internal const string PubSubSource = "pubsub ";

    // Unknown address and wrong signature say the same, so that nobody can find out which stores exist.
    private const string Refusal = "Not accepted. Check the address and the signing secret of this webhook.\n";
    private static readonly byte[] NobodysKey = RandomNumberGenerator.GetBytes(32);
    private static readonly KeyValuePair<string, object?>[] Reasons =
        [.. new[] { "unknown", "signature", "too_large", "type", "busy", "database", "broken" }.Select(reason => KeyValuePair.Create<string, object?>("reason", reason))];

    public async Task HandleAsync(HttpContext context)
    {
        connections.Current.ByKey.TryGetValue((string?)context.Request.RouteValues["connection"] ?? "", out var connection);
        bool isKnown = connection is { IsEnabled: true } && (connection.Endpoint is not null || connection.BrokenBecause is not null);

        // :: Step 1: read the body once, bounded, as bytes
        var read = await ReadBodyAsync(context, isKnown);
        if (read is not { Fate: BodyFate.Whole, Body: var body })
        {
            return;
        }

        try
        {
            // :: Step 2: find the connection by the address's key, in memory
            await (isKnown ? TakeAsync(context, connection!, body) : RefuseAsync(context, StatusCodes.Status404NotFound, 0, Refusal));
        }
        finally
        {
            budget.GiveBack(read.Value.Taken);
        }
    }

    private async Task TakeAsync(HttpContext context, Connection connection, byte[] body)
    {
        var settings = options.Value;
        var request = context.Request;
        if (connection.Endpoint is not { } endpoint)
        {
            await BusyAsync(context, 6, "This connection's settings are not complete: nothing can be accepted for it until they are mended.\n");
            return;
        }

        var headers = new WebhookHeaders(request.Headers);
        var received = new WebhookRequest(body, headers, request.QueryString.Value ?? "", clock.GetUtcNow());
        if (endpoint.Probe(received) is { } probe)
        {
            statistics.Count(connection.Id, Statistic.Probed);
            context.Response.StatusCode = probe.Status;
            context.Response.ContentType = probe.ContentType;
            await context.Response.Body.WriteAsync(probe.Body, context.RequestAborted);
            return;
        }

        // :: Step 3: check the signature over those bytes
        var signature = endpoint.CheckSignature(received);
        if (!signature.IsValid)
        {
            statistics.Count(connection.Id, Statistic.Refused);
            Log.Refused(logger, connection.Key, signature.RefusedBecause!);
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, 1, Refusal);
            return;
        }

        // After the signature: to a stranger every address looks the same.
        if (!endpoint.Accepts(request.ContentType))
        {
            await RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, 3, "This platform never sends that content type.\n");
            return;
        }

        // :: Step 4: read the envelope (topic, dedupe key, occurred-at)
        var envelope = endpoint.ReadEnvelope(received);

        // :: Step 5: hand it to the inbox writer
        var pending = Pend(context, connection, headers, envelope, received, body);
        if (!inbox.TryAdd(pending))
        {
            HubTrace.End(pending.Span, StatusCodes.Status503ServiceUnavailable);
            await BusyAsync(context, 4, "Too much is waiting to be stored. Please send it again.\n");
            return;
        }

        var patience = TimeSpan.FromMilliseconds(Math.Min(settings.AnswerMilliseconds, endpoint.AnswerWithin.TotalMilliseconds * 0.8));
        CaptureResult result;
        try
        {
            result = await pending.Fate.Task.WaitAsync(patience, clock);
        }
        catch (TimeoutException)
        {
            // It may still be committed a moment later; the platform's repeat is then recognised.
            result = CaptureResult.Failed;
        }

        if (result is CaptureResult.Failed)
        {
            HubTrace.End(pending.Span, StatusCodes.Status503ServiceUnavailable);
            await BusyAsync(context, 5, "The event could not be stored just now. Please send it again.\n");
            return;
        }

        // :: Step 7: answer 200; the writer has woken a worker after its commit
        statistics.Count(connection.Id, result is CaptureResult.Stored ? Statistic.Received : Statistic.Repeated);
        HubMeter.CaptureDuration.Record((clock.GetUtcNow() - received.ReceivedAt).TotalSeconds);
        HubTrace.End(pending.Span, StatusCodes.Status200OK);
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentLength = 0;
    }

    private static PendingEvent Pend(HttpContext context, Connection connection, WebhookHeaders headers, in Envelope envelope, in WebhookRequest received, byte[] body)
    {
        var id = Model.EventId.New(received.ReceivedAt);
        return Pend(context, connection, headers, envelope, received, body, id, HubTrace.Capture(id.Value, connection.Key, received.ReceivedAt, HubTrace.IsOn ? headers["traceparent"] : null));
    }

    private static PendingEvent Pend(HttpContext context, Connection connection, WebhookHeaders headers, in Envelope envelope, in WebhookRequest received, byte[] body, Model.EventId id, System.Diagnostics.Activity? span) => new()
    {
        Id = id,
        Span = span,
        Connection = connection,
        Topic = Storable(envelope.Topic),
        DedupeKey = Storable(envelope.DedupeKey),
        KeyHash = KeyHash(envelope.DedupeKey),
        OrderKey = envelope.OrderKey is null ? null : Storable(envelope.OrderKey),
        OccurredAt = envelope.OccurredAt,
        ReceivedAt = received.ReceivedAt,
        Source = $"{WebhookSource}{context.Connection.RemoteIpAddress}",
        Headers = Storable(headers.Text(connection), 65_536),
        Body = body,
    };

    /// <summary>Text that PostgreSQL takes whatever a caller sent: no NUL, no half surrogates, bounded.</summary>
    internal static string Storable(string text, int limit = 400)
    {
        bool isClean = text.Length <= limit;
        for (int i = 0; isClean && i < text.Length; i++)
        {
            isClean = text[i] is not '\0' and not (>= '\uD800' and <= '\uDFFF');
        }

        return isClean ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text[..Math.Min(text.Length, limit)])).Replace("\0", "", StringComparison.Ordinal);
    }

    /// <summary>First half of SHA-256 of a dedupe key.</summary>
    internal static Guid KeyHash(string dedupeKey)
    {
        Span<byte> text = stackalloc byte[1024];
        int length = Encoding.UTF8.GetByteCount(dedupeKey) <= text.Length ? Encoding.UTF8.GetBytes(dedupeKey, text) : -1;
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(length < 0 ? Encoding.UTF8.GetBytes(dedupeKey) : text[..length], hash);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>The body; of an address that nobody has, nothing is kept. Null when the answer has been given already, or nobody waits for one.</summary>
    private async Task<BodyRead?> ReadBodyAsync(HttpContext context, bool isKept)
    {
        int limit = options.Value.MaxBodyBytes;
        try
        {
            var read = isKept
                ? await BodyReader.ReadAsync(context.Request, limit, budget, context.RequestAborted)
                : new BodyRead(await BodyReader.PassAsync(context.Request, limit, NobodysKey, context.RequestAborted), [], 0);
            switch (read.Fate)
            {
                case BodyFate.TooLarge:
                    await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, 2, $"The body is larger than {limit} bytes.\n");
                    break;
                case BodyFate.NoRoom:
                    await BusyAsync(context, 4, "Too much is arriving at once. Please send it again.\n");
                    break;
            }

            return read;
        }
        catch (BadHttpRequestException exception)
        {
            await RefuseAsync(context, exception.StatusCode, 2, "The body could not be read to its end.\n");
            return null;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The caller broke off in the middle: nothing was acknowledged, it will send again.
            context.Abort();
            return null;
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, int reason, string text)
    {
        HubMeter.Refused.Add(1, Reasons[reason]);
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text);
    }

    private Task BusyAsync(HttpContext context, int reason, string text)
    {
        context.Response.Headers.RetryAfter = options.Value.RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, reason, text);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.CaptureRefused, LogLevel.Information, "refused {Connection}: signature {Reason}")]
        public static partial void Refused(ILogger logger, string connection, string reason);
    }
}
