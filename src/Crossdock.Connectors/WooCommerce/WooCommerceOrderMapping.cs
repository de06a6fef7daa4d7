using System.Text.Json;
using System.Text.Unicode;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>From a shop's document to what it means. Orders are read by <see cref="WooCommerceOrderReader"/>.</summary>
internal sealed class WooCommerceOrderMapping(WooCommerceSettings settings) : IOrderMapping
{
    public MappingOutcome Map(in ReceivedEvent received)
    {
        string topic = received.Topic;
        int dot = topic.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && topic[..dot] is var resource and ("product" or "customer" or "coupon" or "action"))
        {
            return new Ignored($"A {resource} is no order; nothing is done with {topic}.");
        }

        if (received.Payload.Span.StartsWith("webhook_id="u8))
        {
            return new Ignored("A ping of the shop, not an order.");
        }

        if (!Utf8.IsValid(received.Payload.Span))
        {
            return new Unmappable("The body is not valid UTF-8: it was damaged on the way, or a plugin writes another encoding.");
        }

        try
        {
            using var document = JsonDocument.Parse(received.Payload);
            return Map(document.RootElement, topic);
        }
        catch (JsonException exception)
        {
            return new Unmappable($"The body is not complete JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}): it was cut off, or PHP printed a warning into it.", null, Start(received.Payload.Span));
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

    private MappingOutcome Map(JsonElement root, string topic)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return new Unmappable("An order must be a JSON object.", "", WooCommercePayloads.Shown(root));
        }

        if (WooCommercePayloads.Id(root, "id") is not { } id)
        {
            return root.TryGetProperty("code", out var code) && root.TryGetProperty("message", out _)
                ? new Unmappable($"The shop sent its error {WooCommercePayloads.Shown(code)} instead of the order: the WordPress user who owns the webhook was deleted or lost the right to read orders. Save the webhook in WooCommerce → Settings → Advanced → Webhooks as an administrator; orders announced meanwhile must be read from the shop.",
                    "/code", WooCommercePayloads.Shown(root))
                : new Unmappable("The order has no 'id', so nobody can say which order it is.", "/id", root.TryGetProperty("id", out var found) ? WooCommercePayloads.Shown(found) : null);
        }

        if (topic == "order.deleted")
        {
            return Deleted(id, null);
        }

        if (WooCommercePayloads.Raw(root, "status") is not { } status)
        {
            return new Unmappable("The order has no 'status'.", "/status", root.TryGetProperty("status", out var found) ? WooCommercePayloads.Shown(found) : null);
        }

        string word = WooCommerceStates.WithoutPrefix(status);
        if (WooCommerceStates.IsDraft(word))
        {
            return new Ignored($"Order {id} is an unfinished draft ({status}).");
        }

        if (word == "trash")
        {
            return Deleted(id, WooCommercePayloads.Time(WooCommercePayloads.Raw(root, "date_modified_gmt")));
        }

        var payloads = new WooCommercePayloads();
        var order = new WooCommerceOrderReader(settings, payloads, root).Read(id, word, status);
        return (MappingOutcome?)payloads.Fault ?? new MappedOrder(order);
    }

    private static MappedChange Deleted(string id, DateTimeOffset? at) =>
        new(id, new() { What = "Deleted in the shop", At = at, State = OrderState.Cancelled, Reason = "deleted in the shop" });

    private static string? Start(ReadOnlySpan<byte> body) => body.IsEmpty ? null : System.Text.Encoding.UTF8.GetString(body[..Math.Min(body.Length, 150)]).Replace("\0", "", StringComparison.Ordinal);
}
