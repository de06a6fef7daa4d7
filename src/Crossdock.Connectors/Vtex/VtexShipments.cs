using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Vtex;

/// <summary>One item of an invoice notification: VTEX's SKU id, the price of one in cents, and how many.</summary>
internal sealed record VtexInvoiced(string Id, decimal Price, decimal Quantity);

/// <summary>What one invoice notification is about.</summary>
/// <param name="Items">What is in the parcel.</param>
/// <param name="Cents">Its value: of the last one, whatever is left of the order's.</param>
/// <param name="Quantities">How many of each item, by its place in the order.</param>
internal sealed record VtexParcel(IReadOnlyList<VtexInvoiced> Items, decimal Cents, IReadOnlyDictionary<int, decimal> Quantities)
{
    internal bool IsEmpty => Items.Count == 0;
}

/// <summary>A package as VTEX has it.</summary>
internal sealed record VtexPackage(string InvoiceNumber, string? TrackingNumber, bool IsFinished, decimal Cents, IReadOnlyDictionary<int, decimal> Quantities);

/// <summary>What was invoiced of an order and what is left. All amounts are cents, as VTEX counts.</summary>
internal sealed class VtexShipments
{
    private readonly List<Item> items = [];
    private readonly List<VtexPackage> outputs = [];
    private decimal value;

    internal string? Status { get; private init; }

    /// <summary>Null when it is no order.</summary>
    internal static VtexShipments? Read(JsonElement root)
    {
        if (JsonFields.TryNumber(JsonFields.Get(root, "value")) is not { } value || JsonFields.Get(root, "items") is not { ValueKind: JsonValueKind.Array })
        {
            return null;
        }

        var order = new VtexShipments { Status = JsonFields.Text(root, "status"), value = value };
        foreach (var item in JsonFields.Items(root, "items"))
        {
            decimal quantity = Number(item, "quantity") ?? 0;
            decimal price = Number(item, "sellingPrice") ?? Number(item, "price") ?? 0;
            var definition = JsonFields.Block(item, "priceDefinition") is { ValueKind: JsonValueKind.Object } one ? one : JsonFields.Block(item, "priceDefinitions");
            decimal multiplier = Number(item, "unitMultiplier") is { } given && given > 0 ? given : 1m;
            order.items.Add(new(JsonFields.Text(item, "uniqueId"), JsonFields.Text(item, "id") ?? "", price, quantity, Number(definition, "total") ?? price * quantity, multiplier));
        }

        foreach (var package in JsonFields.Items(JsonFields.Block(root, "packageAttachment"), "packages"))
        {
            if (JsonFields.Text(package, "type") == "Input" || JsonFields.Text(package, "invoiceNumber") is not { } number)
            {
                continue;
            }

            Dictionary<int, decimal> quantities = [];
            foreach (var part in JsonFields.Items(package, "items"))
            {
                if (Number(part, "itemIndex") is { } index && index >= 0 && index < order.items.Count)
                {
                    quantities[(int)index] = quantities.GetValueOrDefault((int)index) + (Number(part, "quantity") ?? 0);
                }
            }

            order.outputs.Add(new(number, JsonFields.Text(package, "trackingNumber"), JsonFields.Flag(JsonFields.Block(package, "courierStatus"), "finished") == true, Number(package, "invoiceValue") ?? 0, quantities));
        }

        return order;
    }

    /// <summary>Our number of an invoice notification: the same for every attempt, so that a repeat is a receipt more and no second invoice.</summary>
    internal static string InvoiceNumber(StatusNotice notice) => notice.TrackingNumber is { } tracking ? $"{notice.Number}-{tracking}" : notice.Number;

    /// <summary>The package that the notice speaks of, when VTEX has it.</summary>
    internal VtexPackage? Find(StatusNotice notice) =>
        (notice.TrackingNumber is { } tracking ? outputs.Find(package => package.TrackingNumber == tracking) : null)
        ?? outputs.Find(package => package.InvoiceNumber == InvoiceNumber(notice))
        // Told before there was a tracking number.
        ?? outputs.Find(package => package.InvoiceNumber == notice.Number && package.TrackingNumber is null or "")
        ?? (notice.TrackingNumber is null && outputs.Count == 1 ? outputs[0] : null);

    /// <summary>An invoice of somebody else's, an ERP's mostly, that covers these items and waits for its tracking number.</summary>
    internal VtexPackage? InvoiceWithoutTracking(VtexParcel parcel)
    {
        var waiting = outputs.FindAll(package => package.TrackingNumber is null);
        return parcel.IsEmpty ? waiting.FirstOrDefault()
            : waiting.Find(package => package.Quantities.Count > 0 && parcel.Quantities.All(wanted => package.Quantities.GetValueOrDefault(wanted.Key) >= wanted.Value));
    }

    /// <summary>What of the order is in this delivery and was not invoiced yet.</summary>
    /// <param name="document">The canonical order as it went to the destination: only its lines.</param>
    internal VtexParcel ParcelOf(ReadOnlyMemory<byte> document)
    {
        var wanted = Lines(document);
        Dictionary<int, decimal> quantities = [];
        decimal goods = 0;
        bool isRest = true;
        for (int index = 0; index < items.Count; index++)
        {
            var item = items[index];
            decimal left = item.Quantity - outputs.Sum(package => package.Quantities.GetValueOrDefault(index));
            // A document that names no line of this order speaks of the whole.
            decimal of = wanted.Count == 0 ? left : Math.Min(left, item.UniqueId is { } id && wanted.TryGetValue(id, out decimal physical) ? Math.Ceiling(physical / item.Multiplier) : 0);
            if (of > 0)
            {
                quantities[index] = of;
                goods += of == item.Quantity ? item.Total : Math.Min(item.Price * of, item.Total);
            }

            isRest &= of >= left;
        }

        decimal before = outputs.Sum(package => package.Cents);
        // Shipping, taxes and the cents lost by rounding: with the first one what is not goods, with the last one all that is left.
        decimal beside = outputs.Count == 0 ? value - items.Sum(item => item.Total) : 0;
        decimal cents = isRest ? value - before : Math.Min(goods + beside, value - before);
        return new([.. quantities.Select(entry => new VtexInvoiced(items[entry.Key].Sku, items[entry.Key].Price, entry.Value))], Math.Max(0, cents), quantities);
    }

    /// <summary>Where the parcel went, in words.</summary>
    internal static (string City, string State) Destination(ReadOnlyMemory<byte> document)
    {
        var address = Order(document)?.ShipTo;
        return (address?.District ?? address?.City ?? "", address?.RegionName ?? address?.Region ?? "");
    }

    private Dictionary<string, decimal> Lines(ReadOnlyMemory<byte> document) => (Order(document)?.Lines ?? [])
        .Where(line => line.ExcludedBecause is null && items.Exists(item => item.UniqueId == line.Id))
        .GroupBy(line => line.Id, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Sum(line => line.CurrentQuantity), StringComparer.Ordinal);

    private static Order? Order(ReadOnlyMemory<byte> document)
    {
        try
        {
            return OrderJson.Read(document.Span);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static decimal? Number(JsonElement parent, string name) => JsonFields.TryNumber(JsonFields.Get(parent, name));

    private sealed record Item(string? UniqueId, string Sku, decimal Price, decimal Quantity, decimal Total, decimal Multiplier);
}
