using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>From the module's or the webservice's document to what it means. Both have one shape; orders are read by <see cref="PrestaShopDocument"/>.</summary>
internal sealed class PrestaShopOrderMapping(PrestaShopSettings settings) : IOrderMapping
{
    internal const string Test = "module.test";

    public MappingOutcome Map(in ReceivedEvent received)
    {
        string topic = received.Topic;
        if (topic == Test)
        {
            return new Ignored("The module's test button: address and secret are right.");
        }

        if (topic.StartsWith("stock.", StringComparison.Ordinal) || topic.StartsWith("product.", StringComparison.Ordinal))
        {
            return new Ignored($"{topic} is no business of an order.");
        }

        if (!Utf8.IsValid(received.Payload.Span))
        {
            return new Unmappable("The body is not valid UTF-8: the shop's database keeps some text in another encoding.");
        }

        try
        {
            using var document = JsonDocument.Parse(received.Payload);
            return Map(document.RootElement, received);
        }
        catch (JsonException exception)
        {
            return new Unmappable(string.Create(CultureInfo.InvariantCulture, $"The body is not complete JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}): it was cut off, or PHP printed a warning into it."), null, Start(received.Payload.Span));
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

    private MappingOutcome Map(JsonElement root, in ReceivedEvent received)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return new Unmappable("A notification must be a JSON object.", "", PrestaShopPayloads.Shown(root));
        }

        if (PrestaShopPayloads.Get(root, "order") is not { ValueKind: JsonValueKind.Object } order)
        {
            return new Unmappable("The document has no 'order'.", "/order", root.TryGetProperty("order", out var found) ? PrestaShopPayloads.Shown(found) : null);
        }

        if (PrestaShopPayloads.Id(order, "id") is not { } id)
        {
            return new Unmappable("The order has no 'id', so nobody can say which order it is.", "/order/id", order.TryGetProperty("id", out var found) ? PrestaShopPayloads.Shown(found) : null);
        }

        if (PrestaShopPayloads.Raw(root, "schema") is { } schema && schema != "1")
        {
            return new Unmappable($"The module speaks version {schema} of its documents; this hub knows version 1. Update the hub, then replay the event.", "/schema", Cut(schema));
        }

        if (settings.ShopId is { } shop && PrestaShopPayloads.Id(order, "id_shop") is { } other && other != shop.ToString(CultureInfo.InvariantCulture))
        {
            return new Ignored($"Order {id} is of the installation's shop {other}; this connection is for shop {shop.ToString(CultureInfo.InvariantCulture)}.");
        }

        var payloads = new PrestaShopPayloads();
        var made = new PrestaShopDocument(settings, payloads, root, order, MadeAt(root) ?? received.OccurredAt ?? received.ReceivedAt).Read(id);
        return (MappingOutcome?)payloads.Fault ?? new MappedOrder(made);
    }

    /// <summary>When the document was made, UTC.</summary>
    internal static DateTimeOffset? MadeAt(JsonElement root) =>
        (PrestaShopPayloads.Raw(root, "built_at") ?? PrestaShopPayloads.Raw(root, "occurred_at")) is { } text
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;

    private static string Cut(string text) => text.Length <= 200 ? text : text[..200];

    private static string? Start(ReadOnlySpan<byte> body) => body.IsEmpty ? null : Encoding.UTF8.GetString(body[..Math.Min(body.Length, 150)]).Replace("\0", "", StringComparison.Ordinal);
}
