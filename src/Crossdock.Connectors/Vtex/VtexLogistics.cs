using System.Globalization;
using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Vtex;

/// <summary>How the items of one order are shipped. VTEX has an entry per item; those with one method, address, warehouse and delivery window are one consignment.</summary>
internal sealed class VtexLogistics
{
    private static readonly string[] KeptTexts = ["addressId", "shippingEstimate", "shippingEstimateDate", "lockTTL", "polygonName", "transitTime", "pickupPointId"];

    private readonly JsonFields fields;
    private readonly List<Entry> entries = [];

    internal VtexLogistics(JsonFields fields, JsonElement root)
    {
        this.fields = fields;
        int index = 0;
        foreach (var entry in JsonFields.Items(JsonFields.Block(root, "shippingData"), "logisticsInfo"))
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"/shippingData/logisticsInfo/{index}");
            int item = fields.Number(entry, "itemIndex", place) is { } number && number is >= 0 and < 100_000 ? (int)number : index;
            string channel = JsonFields.Text(entry, "selectedDeliveryChannel") ?? JsonFields.Text(entry, "deliveryChannel") ?? "delivery";
            entries.Add(new(entry, place, item, channel == "pickup-in-point", JsonFields.Text(entry, "addressId")));
            index++;
        }
    }

    /// <summary>Places of the items that the buyer collects.</summary>
    internal IReadOnlySet<int> Collected => entries.Where(entry => entry.IsPickup).Select(entry => entry.Item).ToHashSet();

    /// <summary>True when there is something and all of it is collected.</summary>
    internal bool IsAllCollected => entries.Count > 0 && entries.TrueForAll(entry => entry.IsPickup);

    /// <summary>Ids of the addresses that parcels go to, first named first.</summary>
    internal IReadOnlyList<string> AddressIds => [.. entries.Where(entry => !entry.IsPickup).Select(entry => entry.AddressId).OfType<string>().Distinct(StringComparer.Ordinal)];

    internal List<ShippingLine> Read(VtexMoney money, IReadOnlyList<LineItem> lines) =>
        [.. entries.GroupBy(entry => (JsonFields.Text(entry.Element, "selectedSla"), entry.AddressId, Warehouses(entry), JsonFields.Anything(JsonFields.Get(entry.Element, "deliveryWindow"))))
            .Select(group => Line([.. group], money, lines))];

    private ShippingLine Line(List<Entry> group, VtexMoney money, IReadOnlyList<LineItem> lines)
    {
        var first = group[0].Element;
        var sources = group.SelectMany(entry => JsonFields.Items(entry.Element, "deliveryIds")).ToList();
        Dictionary<string, string> attributes = new(StringComparer.Ordinal);
        foreach (string name in KeptTexts)
        {
            Keep(attributes, name, JsonFields.Text(first, name));
        }

        foreach (string name in (ReadOnlySpan<string>)["warehouseId", "dockId", "courierName", "accountCarrierName"])
        {
            Keep(attributes, name, string.Join(", ", sources.Select(source => JsonFields.Text(source, name)).OfType<string>().Distinct(StringComparer.Ordinal)) is { Length: > 0 } names ? names : null);
        }

        Keep(attributes, "deliveryWindow", JsonFields.Anything(JsonFields.Get(first, "deliveryWindow")));
        Keep(attributes, "lines", string.Join(", ", group.Where(entry => entry.Item < lines.Count).Select(entry => lines[entry.Item].Id)) is { Length: > 0 } ids ? ids : null);
        // One item may come from two warehouses: who picks it needs the quantities.
        Keep(attributes, "deliveryIds", group.Exists(entry => JsonFields.Items(entry.Element, "deliveryIds").Count() > 1) ? string.Join(", ", sources.Select(source =>
            $"{JsonFields.Text(source, "warehouseId")}: {JsonFields.Text(source, "quantity")}")) : null);
        var store = JsonFields.Block(first, "pickupStoreInfo");
        if (group[0].IsPickup)
        {
            Keep(attributes, "pickupStore", JsonFields.Text(store, "friendlyName"));
            Keep(attributes, "pickupAddress", JsonFields.Anything(JsonFields.Get(store, "address")));
            Keep(attributes, "pickupInfo", JsonFields.Text(store, "additionalInfo"));
            Keep(attributes, "pickupDockId", JsonFields.Text(store, "dockId"));
        }

        var price = Sum(group, money, "price");
        return new()
        {
            Title = JsonFields.Text(first, "selectedSla") ?? JsonFields.Text(first, "deliveryCompany") ?? "Shipping",
            Code = sources.Select(source => JsonFields.Text(source, "courierId")).FirstOrDefault(id => id is not null),
            Carrier = JsonFields.Text(first, "deliveryCompany"),
            Price = Sum(group, money, "listPrice") ?? price,
            Total = Sum(group, money, "sellingPrice") ?? price,
            IsPickup = group[0].IsPickup,
            Attributes = attributes.Count == 0 ? Order.EmptyAttributes : attributes,
        };
    }

    private Money? Sum(List<Entry> group, VtexMoney money, string name)
    {
        var amounts = group.Select(entry => fields.Number(entry.Element, name, entry.Place)).OfType<decimal>().ToList();
        return amounts.Count == 0 ? null : money.Of(amounts.Sum());
    }

    private static string Warehouses(Entry entry) => string.Join(',', JsonFields.Items(entry.Element, "deliveryIds").Select(source => JsonFields.Text(source, "warehouseId")));

    private static void Keep(Dictionary<string, string> attributes, string name, string? value)
    {
        if (value is not null)
        {
            attributes[name] = value;
        }
    }

    private readonly record struct Entry(JsonElement Element, string Place, int Item, bool IsPickup, string? AddressId);
}
