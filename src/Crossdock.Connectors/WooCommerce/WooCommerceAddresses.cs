using System.Text.Json;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>Reads buyer and addresses of one order; what plugins keep in metadata comes by the store's key lists.</summary>
internal sealed class WooCommerceAddresses(WooCommerceSettings settings, JsonElement root, Dictionary<string, string> metadata)
{
    internal Customer? Customer()
    {
        var billing = Block("billing");
        string? id = WooCommercePayloads.Id(root, "customer_id");
        string? email = WooCommercePayloads.Text(billing, "email");
        string? phone = WooCommercePayloads.Text(billing, "phone");
        string? name = Name(billing);
        string? taxId = settings.TaxIdKeys.Select(metadata.GetValueOrDefault).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value))
            ?? WooCommercePayloads.Text(billing, "cpf") ?? WooCommercePayloads.Text(billing, "cnpj");
        return (id ?? email ?? phone ?? name ?? taxId) is null ? null : new() { ExternalId = id, Name = name, Email = email, Phone = phone, TaxId = taxId };
    }

    internal Address? BillTo() => Read("billing", Block("billing"));

    internal Address? Shipping() => Read("shipping", Block("shipping"));

    /// <summary>A theme without an address of its own for shipping leaves that empty; so does an order with nothing to ship, which has no shipping line either.</summary>
    internal Address? ShipTo(bool hasShippingLine)
    {
        var billing = Block("billing");
        var address = Shipping() ?? (hasShippingLine ? BillTo() : null);
        return address is null ? null : address with
        {
            Phone = WooCommercePayloads.Text(Block("shipping"), "phone") ?? metadata.GetValueOrDefault("_shipping_phone") ?? WooCommercePayloads.Text(billing, "phone"),
            Email = WooCommercePayloads.Text(billing, "email"),
        };
    }

    private Address? Read(string which, JsonElement block)
    {
        string? company = WooCommercePayloads.Text(block, "company");
        string? name = Name(block);
        string? line1 = WooCommercePayloads.Text(block, "address_1");
        string? line2 = WooCommercePayloads.Text(block, "address_2");
        string? city = WooCommercePayloads.Text(block, "city");
        string? postcode = WooCommercePayloads.Text(block, "postcode");
        // The block checkout fills in the shop's country and state where the buyer gave nothing.
        if ((company ?? name ?? line1 ?? line2 ?? city ?? postcode) is null)
        {
            return null;
        }

        string? country = WooCommercePayloads.Raw(block, "country") is { Length: 2 } code && code.All(char.IsAsciiLetter) ? code.ToUpperInvariant() : null;
        var (region, regionName) = WooCommerceRegions.Of(country, WooCommercePayloads.Text(block, "state"));
        return new()
        {
            Name = name ?? company,
            FirstName = WooCommercePayloads.Text(block, "first_name"),
            LastName = WooCommercePayloads.Text(block, "last_name"),
            Company = company,
            Line1 = line1,
            Line2 = line2,
            HouseNumber = Plugin(settings.HouseNumberKeys, which, block),
            District = Plugin(settings.DistrictKeys, which, block),
            City = city,
            Region = region,
            RegionName = regionName,
            Postcode = postcode,
            Country = country,
            Phone = WooCommercePayloads.Text(block, "phone"),
            Email = WooCommercePayloads.Text(block, "email"),
        };
    }

    // A field inside the block wins; a metadata key that names the other address is not this one's.
    private string? Plugin(IReadOnlyList<string> keys, string which, JsonElement block)
    {
        string other = which == "billing" ? "shipping" : "billing";
        return keys.Select(key => WooCommercePayloads.Text(block, key)).FirstOrDefault(value => value is not null)
            ?? keys.Where(key => !key.Contains(other, StringComparison.OrdinalIgnoreCase)).Select(metadata.GetValueOrDefault).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));
    }

    private static string? Name(JsonElement block)
    {
        string? first = WooCommercePayloads.Text(block, "first_name");
        string? last = WooCommercePayloads.Text(block, "last_name");
        return first is null ? last : last is null ? first : $"{first} {last}";
    }

    private JsonElement Block(string name) => WooCommercePayloads.Get(root, name) is { ValueKind: JsonValueKind.Object } block ? block : default;
}
