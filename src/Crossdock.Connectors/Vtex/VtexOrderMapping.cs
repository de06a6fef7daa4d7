using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Vtex;

/// <summary>From what was received to what it means: an announcement, or an order that was read.</summary>
internal sealed class VtexOrderMapping(VtexSettings settings) : IOrderMapping
{
    /// <summary>The topic of whole orders, as <see cref="VtexReader"/> reads them.</summary>
    internal const string ReadTopic = "orders/read";

    public MappingOutcome Map(in ReceivedEvent received)
    {
        if (!Utf8.IsValid(received.Payload.Span))
        {
            return new Unmappable("The body is not valid UTF-8: it was damaged on the way.");
        }

        try
        {
            using var document = JsonDocument.Parse(received.Payload);
            var root = document.RootElement;
            return root.ValueKind != JsonValueKind.Object ? new Unmappable("A JSON object was expected.", "", JsonFields.Shown(root))
                : received.Topic == ReadTopic ? Order(root) : Announcement(root);
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

    private static MappingOutcome Announcement(JsonElement root)
    {
        var notice = VtexNotice.Read(root);
        return notice.OrderId is { } id ? new Announced(id, notice.What)
            : JsonFields.Text(root, "hookConfig") == "ping" ? new Ignored("VTEX's test call when the hook was saved, not an order.")
            : new Unmappable("The announcement names no order.", "/OrderId", JsonFields.Get(root, "OrderId") is { } found ? JsonFields.Shown(found) : null);
    }

    private MappingOutcome Order(JsonElement root)
    {
        if ((JsonFields.Text(root, "orderId") ?? JsonFields.Text(root, "id")) is not { } id)
        {
            return new Unmappable("The order has no 'orderId', so nobody can say which order it is.", "/orderId", JsonFields.Get(root, "orderId") is { } found ? JsonFields.Shown(found) : null);
        }

        if (WhyNoOrder(root) is { } because)
        {
            return new Ignored($"Order {id} is {because}: it is fetched again when VTEX tells of it.");
        }

        var fields = new JsonFields();
        var order = new VtexDocument(settings, fields, root).Read(id, JsonFields.Text(root, "status")!);
        return (MappingOutcome?)fields.Fault ?? new MappedOrder(order);
    }

    /// <summary>Why a document is no order yet; null when it is one.</summary>
    internal static string? WhyNoOrder(JsonElement root) =>
        JsonFields.Flag(root, "isCompleted") == false ? "not complete yet (no payment was chosen)"
        : JsonFields.Text(root, "status") is null ? "without a status yet"
        : null;

    private static string? Start(ReadOnlySpan<byte> body) => body.IsEmpty ? null : Encoding.UTF8.GetString(body[..Math.Min(body.Length, 150)]).Replace("\0", "", StringComparison.Ordinal);
}
