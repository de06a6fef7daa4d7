using System.Diagnostics;

namespace Crossdock.Telemetry;

/// <summary>The way of an event from webhook to courier as an OpenTelemetry trace. The event's id is the trace's id, so that nothing has to be stored for it:
/// any node knows the trace of any event or order at any time, also after a crash (docs/decisions/0024).</summary>
public static class HubTrace
{
    /// <summary>The name that listeners choose it by.</summary>
    public const string Name = "Crossdock";

    public static ActivitySource Source { get; } = new(Name);

    /// <summary>True when somebody listens. Without, nothing below costs more than this look.</summary>
    public static bool IsOn => Source.HasListeners();

    /// <summary>The trace of an event: the id's 32 hexadecimal digits.</summary>
    public static ActivityTraceId TraceOf(Guid eventId)
    {
        Span<byte> bytes = stackalloc byte[16];
        eventId.TryWriteBytes(bytes, bigEndian: true, out _);
        return ActivityTraceId.CreateFromBytes(bytes);
    }

    /// <summary>The event is taken: the first span of its trace. Null when nobody listens or it is not traced.</summary>
    /// <param name="eventId">The event.</param>
    /// <param name="connection">The store's key.</param>
    /// <param name="receivedAt">When its body was read.</param>
    /// <param name="callers">The caller's own <c>traceparent</c>: its trace stays its own, the two are linked. Null for none.</param>
    public static Activity? Capture(Guid eventId, string connection, DateTimeOffset receivedAt, string? callers = null)
    {
        if (!IsOn)
        {
            return null;
        }

        _ = ActivityContext.TryParse(callers, null, isRemote: true, out var caller);
        return Start("capture", ActivityKind.Server, eventId, default, receivedAt, "receive", connection, caller);
    }

    /// <summary>Ends a span of <see cref="Capture"/>.</summary>
    public static void End(Activity? span, int status)
    {
        if (span is null)
        {
            return;
        }

        span.SetTag("http.response.status_code", status);
        if (status >= 500)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }

        span.Stop();
    }

    /// <summary>The event was worked, in a batch with others.</summary>
    /// <param name="eventId">The event.</param>
    /// <param name="captured">Its capture's span; default where it was not taken by this node.</param>
    /// <param name="connection">The store's number.</param>
    /// <param name="from">When the batch began.</param>
    /// <param name="to">When it was committed.</param>
    /// <param name="events">How many were in it.</param>
    public static void Processed(Guid eventId, ActivitySpanId captured, int connection, DateTimeOffset from, DateTimeOffset to, int events)
    {
        if (Start("process", ActivityKind.Consumer, eventId, captured, from, "process", null, default) is not { } span)
        {
            return;
        }

        span.SetTag("crossdock.connection.id", connection).SetTag("messaging.batch.message_count", events).SetEndTime(to.UtcDateTime);
        span.Stop();
    }

    /// <summary>One attempt to deliver: the span is the present one until it is disposed, so that calls to the destination carry its ids (<c>traceparent</c>).</summary>
    public static DeliverySpan Deliver(Guid eventId, ActivitySpanId captured, string destination, Guid order, Guid delivery, string kind, int attempt, DateTimeOffset now)
    {
        if (!IsOn || eventId == Guid.Empty)
        {
            return default;
        }

        var span = Start("deliver", ActivityKind.Producer, eventId, captured, now, "send", destination, default);
        if (span is null)
        {
            return default;
        }

        span.SetTag("crossdock.order.id", order.ToString()).SetTag("crossdock.delivery.id", delivery.ToString()).SetTag("crossdock.delivery.kind", kind).SetTag("crossdock.delivery.attempt", attempt);
        Activity.Current = span;
        return new DeliverySpan(span);
    }

    private static Activity? Start(string name, ActivityKind kind, Guid eventId, ActivitySpanId parent, DateTimeOffset at, string operation, string? connection, ActivityContext linked)
    {
        var context = new ActivityContext(TraceOf(eventId), parent, ActivityTraceFlags.None, isRemote: true);
        var span = Source.CreateActivity(name, kind, context, links: linked == default ? null : [new ActivityLink(linked)], idFormat: ActivityIdFormat.W3C);
        if (span is null)
        {
            return null;
        }

        span.SetTag("messaging.system", "crossdock").SetTag("messaging.operation.type", operation).SetTag("messaging.message.id", eventId.ToString());
        if (connection is not null)
        {
            span.SetTag("messaging.destination.name", connection);
        }

        span.SetStartTime(at.UtcDateTime);
        // The request's own span, or none, stays the present one: these begin and end where they are told to.
        var present = Activity.Current;
        Activity.Current = null;
        span.Start();
        Activity.Current = present;
        return span;
    }
}

/// <summary>A span of <see cref="HubTrace.Deliver"/>; the default is none.</summary>
public readonly struct DeliverySpan : IDisposable, IEquatable<DeliverySpan>
{
    private readonly Activity? span;

    internal DeliverySpan(Activity span) => this.span = span;

    /// <summary>Tells how it ended.</summary>
    /// <param name="outcome">The outcome's name; never what the destination said, which may name a customer.</param>
    /// <param name="isFailure">True when it is not delivered.</param>
    public void Tell(string outcome, bool isFailure)
    {
        span?.SetTag("crossdock.outcome", outcome);
        if (isFailure)
        {
            span?.SetStatus(ActivityStatusCode.Error, outcome);
        }
    }

    public void Dispose()
    {
        if (span is null)
        {
            return;
        }

        span.Stop();
        Activity.Current = null;
    }

    public bool Equals(DeliverySpan other) => ReferenceEquals(span, other.span);

    public override bool Equals(object? obj) => obj is DeliverySpan other && Equals(other);

    public override int GetHashCode() => span?.GetHashCode() ?? 0;

    public static bool operator ==(DeliverySpan left, DeliverySpan right) => left.Equals(right);

    public static bool operator !=(DeliverySpan left, DeliverySpan right) => !left.Equals(right);
}
