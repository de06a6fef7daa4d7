using System.Security.Cryptography;
using Crossdock.Capture;
using Crossdock.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using EventId = Crossdock.Model.EventId;

namespace Crossdock.Relay;

/// <summary><c>POST /in/{connection}/pubsub</c>: what a platform publishes to a Google Pub/Sub topic, pushed here by a subscription. The same events as over HTTP, with the same dedupe keys,
/// so that both ways at once have one effect. An authentic message that nobody understands is stored and acknowledged: refused, it would come for ever and block its ordering key.</summary>
internal sealed partial class PubSubEndpoint(
    IConnectionDirectory connections,
    PubSubTokens tokens,
    InboxWriter inbox,
    ConnectionStatistics statistics,
    IOptions<RelayOptions> relay,
    IOptions<CaptureOptions> capture,
    BodyBudget budget,
    TimeProvider clock,
    ILogger<PubSubEndpoint> logger)
{
    private const string Refusal = "Not accepted. Check the address, the service account and the audience of this push subscription.\n";

    public async Task HandleAsync(HttpContext context)
    {
        var read = await ReadAsync(context, relay.Value.MaxBodyBytes);
        if (read is not { Fate: BodyFate.Whole })
        {
            return;
        }

        try
        {
            await TakeAsync(context, read.Value.Body);
        }
        finally
        {
            budget.GiveBack(read.Value.Taken);
        }
    }

    private async Task TakeAsync(HttpContext context, byte[] body)
    {
        var key = (string?)context.Request.RouteValues["connection"] ?? "";
        if (!connections.Current.ByKey.TryGetValue(key, out var connection) || !connection.IsEnabled || connection.Endpoint is not IPubSubEndpoint { PubSub: { } trust } endpoint)
        {
            await AnswerAsync(context, StatusCodes.Status404NotFound, Refusal);
            return;
        }

        try
        {
            if (await tokens.RefusalAsync(context.Request, trust, context.RequestAborted) is { } because)
            {
                statistics.Count(connection.Id, Statistic.Refused);
                Log.Refused(logger, connection.Key, because);
                await AnswerAsync(context, StatusCodes.Status401Unauthorized, Refusal);
                return;
            }
        }
        catch (HttpRequestException)
        {
            // Nobody can tell whether it is authentic: it stays with Pub/Sub and comes again.
            await BusyAsync(context, "Google's signing keys cannot be read just now. Please send it again.\n");
            return;
        }

        await StoreAsync(context, Pend(connection, endpoint, trust, context, body));
    }

    private PendingEvent Pend(Connection connection, IPubSubEndpoint endpoint, PubSubTrust trust, HttpContext context, byte[] body)
    {
        var now = clock.GetUtcNow();
        if (PubSubMessage.Read(body, context.Request.Headers) is not { } message)
        {
            return Pending(connection, new Envelope(RelayTopics.Unreadable, "relay:" + Convert.ToHexStringLower(SHA256.HashData(body)), null, null), now, "pubsub", "", body);
        }

        var request = new WebhookRequest(message.Data, message.Attributes, "", now);
        if (!endpoint.IsOurs(request))
        {
            // One topic may carry many shops. Only a connection that trusts the same subscription is handed it.
            var other = connections.Current.All.FirstOrDefault(one => one.IsEnabled && one.Platform == connection.Platform && one.Endpoint is IPubSubEndpoint there && there.PubSub == trust && there.IsOurs(request));
            if (other is null)
            {
                return Pending(connection, new Envelope(RelayTopics.OtherShop, "relay:" + message.Id, null, null), now, $"{CaptureEndpoint.PubSubSource}{message.Id}", message.Attributes.Text(), body);
            }

            (connection, endpoint) = (other, (IPubSubEndpoint)other.Endpoint!);
        }

        return Pending(connection, endpoint.ReadEnvelope(request), now, $"{CaptureEndpoint.PubSubSource}{message.Id}", message.Attributes.Text(), message.Data);
    }

    private static PendingEvent Pending(Connection connection, in Envelope envelope, DateTimeOffset receivedAt, string source, string attributes, byte[] body) => new()
    {
        Id = EventId.New(receivedAt),
        Connection = connection,
        Topic = CaptureEndpoint.Storable(envelope.Topic),
        DedupeKey = CaptureEndpoint.Storable(envelope.DedupeKey),
        KeyHash = CaptureEndpoint.KeyHash(envelope.DedupeKey),
        OrderKey = envelope.OrderKey is null ? null : CaptureEndpoint.Storable(envelope.OrderKey),
        OccurredAt = envelope.OccurredAt,
        ReceivedAt = receivedAt,
        Source = CaptureEndpoint.Storable(source),
        Headers = CaptureEndpoint.Storable(attributes, 65_536),
        Body = body,
    };

    private async Task StoreAsync(HttpContext context, PendingEvent pending)
    {
        if (!inbox.TryAdd(pending))
        {
            await BusyAsync(context, "Too much is waiting to be stored. Please send it again.\n");
            return;
        }

        CaptureResult result;
        try
        {
            result = await pending.Fate.Task.WaitAsync(TimeSpan.FromMilliseconds(capture.Value.AnswerMilliseconds), clock);
        }
        catch (TimeoutException)
        {
            result = CaptureResult.Failed;
        }

        if (result is CaptureResult.Failed)
        {
            await BusyAsync(context, "The message could not be stored just now. Please send it again.\n");
            return;
        }

        statistics.Count(pending.Connection.Id, result is CaptureResult.Stored ? Statistic.Received : Statistic.Repeated);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task<BodyRead?> ReadAsync(HttpContext context, int limit)
    {
        try
        {
            var read = await BodyReader.ReadAsync(context.Request, limit, budget, context.RequestAborted);
            switch (read.Fate)
            {
                case BodyFate.TooLarge:
                    await AnswerAsync(context, StatusCodes.Status413PayloadTooLarge, $"The push is larger than {limit} bytes.\n");
                    break;
                case BodyFate.NoRoom:
                    await BusyAsync(context, "Too much is arriving at once. Please send it again.\n");
                    break;
            }

            return read;
        }
        catch (BadHttpRequestException exception)
        {
            await AnswerAsync(context, exception.StatusCode, "The push could not be read to its end.\n");
            return null;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            context.Abort();
            return null;
        }
    }

    private static Task AnswerAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text);
    }

    private Task BusyAsync(HttpContext context, string text)
    {
        context.Response.Headers.RetryAfter = capture.Value.RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, text);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.RelayRefused, LogLevel.Warning, "refused a Pub/Sub push for {Connection}: token {Reason}")]
        public static partial void Refused(ILogger logger, string connection, string reason);
    }
}
