using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Magento;

/// <summary>From a shop's document to what it means. Orders are read by <see cref="MagentoOrderDocument"/>, whatever way they came.</summary>
internal sealed class MagentoOrderMapping(MagentoSettings settings) : IOrderMapping
{
    public MappingOutcome Map(in ReceivedEvent received)
    {
        if (!Utf8.IsValid(received.Payload.Span))
        {
            return new Unmappable("The body is not valid UTF-8: it was damaged on the way.");
        }

        try
        {
            using var document = JsonDocument.Parse(received.Payload);
            return Map(document.RootElement, received.Topic);
        }
        catch (JsonException exception)
        {
            return new Unmappable($"The body is not complete JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}): it was cut off, or PHP printed a notice into it.", null, Start(received.Payload.Span));
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
            return new Unmappable("An order must be a JSON object.", "", JsonFields.Shown(root));
        }

        if (JsonFields.Text(root, "event") is { } own)
        {
            return FromModule(root, own);
        }

        if (MagentoAdobeEvents.NameOf(root) is { } adobe)
        {
            return FromAdobe(adobe, MagentoAdobeEvents.ValueOf(root));
        }

        // A document that the hub read: the order alone, or with its shipments and credit memos.
        if (JsonFields.Get(root, "order") is { ValueKind: JsonValueKind.Object } order)
        {
            return Order(order, root, "/order");
        }

        var data = MagentoTopics.DataOf(root, out bool isWrapped);
        string place = isWrapped ? "/data" : "";
        switch (MagentoTopics.ShapeOf(data))
        {
            case "sales.order":
                return Order(data, default, place);
            case "sales.shipment":
                return MagentoChanges.Shipment(data, place);
            case "sales.creditmemo":
                return MagentoChanges.CreditMemo(data, place);
            case "sales.invoice":
                return MagentoText.Id(data, "order_id") is { } invoiced
                    ? Only(invoiced, $"Invoice {JsonFields.Text(data, "increment_id") ?? JsonFields.Text(data, "entity_id")}", "The order's own event tells what an invoice changes.")
                    : new Unmappable("The invoice does not say which order it is for.", $"{place}/order_id");
        }

        if (MagentoText.Message(root) is { } error && !root.TryGetProperty("entity_id", out _))
        {
            return new Unmappable($"The shop sent an error instead of an order: {Cut(error, 300)}", "/message");
        }

        return topic.StartsWith("sales.", StringComparison.Ordinal) || topic is MagentoTopics.Read or "unknown"
            ? new Unmappable("The document is no order, shipment, credit memo or invoice that Magento writes.", place.Length == 0 ? null : place, Cut(JsonFields.Shown(data), 200))
            : new Ignored($"{Cut(topic, 64)} concerns no order.");
    }

    private MappingOutcome FromModule(JsonElement root, string name)
    {
        if (name == "test")
        {
            return new Ignored("A test of the Crossdock module in the shop: address and secret are right.");
        }

        if (!name.StartsWith("order.", StringComparison.Ordinal))
        {
            return new Ignored($"{Cut(name, 64)} concerns no order.");
        }

        if (JsonFields.Get(root, "order") is { ValueKind: JsonValueKind.Object } order)
        {
            return Order(order, root, "/order");
        }

        return MagentoText.Id(root, "order_id") is { } id
            ? Only(id, $"{Cut(name, 64)} {JsonFields.Text(root, "increment_id")}".TrimEnd(), null)
            : new Unmappable("The module's message does not say which order it is about.", "/order_id", JsonFields.Get(root, "order_id") is { } found ? JsonFields.Shown(found) : null);
    }

    // Only a hint where the order can be read: the event may lack fields, and the order may have changed since.
    private MappingOutcome FromAdobe(string name, JsonElement value)
    {
        if (!name.Contains("sales_order", StringComparison.Ordinal) && !name.EndsWith("order_management.place", StringComparison.Ordinal) && !name.Contains("rma", StringComparison.Ordinal))
        {
            return new Ignored($"{Cut(name, 64)} concerns no order.");
        }

        if (MagentoAdobeEvents.OrderIdOf(name, value) is not { } id)
        {
            return new Unmappable("The event does not say which order it is about: subscribe to it with the fields entity_id, increment_id, updated_at and items.order_id.", "/data/value");
        }

        if (settings.SignIn != MagentoSignIn.None)
        {
            return new Announced(id, Cut(name, 64));
        }

        return MagentoTopics.ShapeOf(value) == "sales.order" || value.TryGetProperty("grand_total", out _) && value.TryGetProperty("items", out _) && !value.TryGetProperty("order_id", out _)
            ? Order(value, default, "/data/value", id)
            : Only(id, name, "The order's own event tells the same.");
    }

    private MappingOutcome Only(string id, string what, string? otherwise)
    {
        if (settings.SignIn != MagentoSignIn.None)
        {
            return new Announced(id, what);
        }

        return otherwise is not null ? new Ignored($"{Cut(what, 64)}: {otherwise}")
            : new Unmappable("Only the order's number came, and this connection has no key to read the order: switch “Send the whole order” on in the shop's module, or give this connection an access token.", "/order");
    }

    private MappingOutcome Order(JsonElement order, JsonElement companions, string place, string? knownId = null)
    {
        if (MagentoText.Id(order, "entity_id") is not { } id)
        {
            if (knownId is null)
            {
                return new Unmappable("The order has no 'entity_id', so nobody can say which order it is.", $"{place}/entity_id", JsonFields.Get(order, "entity_id") is { } found ? JsonFields.Shown(found) : null);
            }

            id = knownId;
        }

        if (JsonFields.Text(order, "state") is null && JsonFields.Text(order, "status") is null)
        {
            return new Unmappable("The order has neither 'state' nor 'status'.", $"{place}/state");
        }

        if (settings.StoreIds.Count > 0 && JsonFields.Text(order, "store_id") is { } store && !settings.StoreIds.Contains(store))
        {
            return new Ignored($"Order {id} was placed in store view {Cut(store, 20)}, which this connection leaves out (storeIds).");
        }

        var fields = new JsonFields();
        var mapped = new MagentoOrderDocument(settings, fields, order, companions, place).Read(id);
        return (MappingOutcome?)fields.Fault ?? new MappedOrder(mapped);
    }

    internal static string Cut(string text, int length) => text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    private static string? Start(ReadOnlySpan<byte> body) => body.IsEmpty ? null : Encoding.UTF8.GetString(body[..Math.Min(body.Length, 150)]).Replace("\0", "", StringComparison.Ordinal);
}
