using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>From a store's document to what it means. Orders are read by <see cref="JumpsellerDocument"/>.</summary>
internal sealed class JumpsellerOrderMapping(JumpsellerSettings settings) : IOrderMapping
{
    /// <summary>The topic of orders that were read.</summary>
    internal const string ReadTopic = "orders/read";

    public MappingOutcome Map(in ReceivedEvent received)
    {
        string topic = received.Topic;
        if (topic is not (ReadTopic or "unknown") && !topic.StartsWith("order_", StringComparison.Ordinal))
        {
            return new Ignored($"The event {topic} is no business of an order.");
        }

        if (!Utf8.IsValid(received.Payload.Span))
        {
            return new Unmappable("The body is not valid UTF-8: it was damaged on the way.");
        }

        try
        {
            using var document = JsonDocument.Parse(received.Payload);
            return Map(document.RootElement, received);
        }
        catch (JsonException exception)
        {
            return new Unmappable($"The body is not complete JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}).", null, Start(received.Payload.Span));
        }
        catch (OverflowException)
        {
            return new Unmappable("The amounts and quantities of the order are too large to calculate with.");
        }
        catch (InvalidOperationException)
        {
            return new Unmappable("A text in the body holds half a surrogate pair and is no valid Unicode.", null, Start(received.Payload.Span));
        }
    }

    /// <summary>The order's id as text; null when it has none.</summary>
    internal static string? Id(JsonElement order) => JsonFields.Text(order, "id") is { Length: <= 20 } text && text.All(char.IsAsciiDigit) ? text : null;

    /// <summary>Why a document is no order yet; null when it is one.</summary>
    internal static string? WhyNoOrder(JsonElement order) => JumpsellerStates.IsAbandoned(JumpsellerStates.PaymentOf(order)) ? "an abandoned checkout" : null;

    private MappingOutcome Map(JsonElement root, in ReceivedEvent received)
    {
        if (JsonFields.Block(root, "order") is not { ValueKind: JsonValueKind.Object } order)
        {
            return new Unmappable("The document has no 'order'.", "/order", root.ValueKind == JsonValueKind.Undefined ? null : JsonFields.Shown(root));
        }

        if (Id(order) is not { } id)
        {
            return new Unmappable("The order has no 'id', so nobody can say which order it is.", "/order/id", JsonFields.Get(order, "id") is { } found ? JsonFields.Shown(found) : null);
        }

        if (WhyNoOrder(order) is { } because)
        {
            return new Ignored($"Order {id} is {because}; it comes again when it is paid.");
        }

        if (JumpsellerStates.PaymentOf(order) is not { } status)
        {
            return new Unmappable("The order has no 'status_enum' and no 'status'.", "/order/status_enum", null);
        }

        // A repeated delivery may carry an older state, and without the header nobody can tell: the order itself is asked.
        if (received.Topic != ReadTopic && received.OccurredAt is null && settings.HasKeys)
        {
            return new Announced(id, $"Event {received.Topic} without its time");
        }

        // A document that was read is as new as its reading; what the hub knows of its time is when it was placed.
        var changedAt = received.Topic == ReadTopic ? received.ReceivedAt : received.OccurredAt ?? received.ReceivedAt;
        var fields = new JsonFields();
        var mapped = new JumpsellerDocument(settings, fields, order).Read(id, status, changedAt);
        return (MappingOutcome?)fields.Fault ?? new MappedOrder(mapped);
    }

    private static string? Start(ReadOnlySpan<byte> body) => body.IsEmpty ? null : Encoding.UTF8.GetString(body[..Math.Min(body.Length, 150)]).Replace("\0", "", StringComparison.Ordinal);
}
