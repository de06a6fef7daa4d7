using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Magento;

/// <summary>Buyer and addresses of one order. REST has the shipping address only inside <c>shipping_assignments</c>; events have a list of addresses.</summary>
internal sealed class MagentoParties
{
    private readonly MagentoSettings settings;
    private readonly JsonElement root;
    private readonly JsonElement billing;
    private readonly JsonElement shipping;

    internal MagentoParties(MagentoSettings settings, JsonElement root, JsonElement extensions)
    {
        (this.settings, this.root) = (settings, root);
        var assignment = JsonFields.Items(extensions, "shipping_assignments").Select(one => JsonFields.Block(one, "shipping")).FirstOrDefault(one => one.ValueKind == JsonValueKind.Object);
        billing = JsonFields.Block(root, "billing_address") is { ValueKind: JsonValueKind.Object } bill ? bill : Listed("billing");
        shipping = JsonFields.Block(assignment, "address") is { ValueKind: JsonValueKind.Object } ship ? ship
            : JsonFields.Block(root, "shipping_address") is { ValueKind: JsonValueKind.Object } plain ? plain : Listed("shipping");
        ShippingMethod = JsonFields.Text(assignment, "method") ?? JsonFields.Text(root, "shipping_method");
        IsPickup = ShippingMethod == "instore_pickup" || JsonFields.Text(extensions, "pickup_location_code") is not null;
    }

    /// <summary>Carrier and method in one code: <c>flatrate_flatrate</c>.</summary>
    internal string? ShippingMethod { get; }

    /// <summary>True when the buyer collects it.</summary>
    internal bool IsPickup { get; }

    internal Customer? Customer()
    {
        string? id = MagentoText.Id(root, "customer_id");
        string? email = JsonFields.Text(root, "customer_email") ?? JsonFields.Text(billing, "email");
        // Guests have no name at the order itself.
        string? name = Name(JsonFields.Text(root, "customer_firstname"), JsonFields.Text(root, "customer_middlename"), JsonFields.Text(root, "customer_lastname")) ?? NameIn(billing);
        string? phone = JsonFields.Text(billing, "telephone");
        string? taxId = JsonFields.Text(root, "customer_taxvat") ?? JsonFields.Text(billing, "vat_id");
        return (id ?? email ?? name ?? phone ?? taxId) is null ? null : new() { ExternalId = id, Name = name, Email = email, Phone = phone, TaxId = taxId };
    }

    internal Address? BillTo() => Read(billing);

    internal Address? ShipTo() => Read(shipping);

    private Address? Read(JsonElement block)
    {
        if (block.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        string? country = JsonFields.Text(block, "country_id") is { Length: 2 } code && code.All(char.IsAsciiLetter) ? code.ToUpperInvariant() : null;
        var street = Street(block);
        var (region, regionName) = Region(block, country);
        string? company = JsonFields.Text(block, "company");
        var address = new Address
        {
            Name = NameIn(block) ?? company,
            FirstName = JsonFields.Text(block, "firstname"),
            LastName = JsonFields.Text(block, "lastname"),
            Company = company,
            Line1 = Part(street, "street"),
            Line2 = Part(street, "extra"),
            HouseNumber = Part(street, "houseNumber"),
            District = Part(street, "district"),
            City = JsonFields.Text(block, "city"),
            Region = region,
            RegionName = regionName,
            Postcode = JsonFields.Text(block, "postcode"),
            Country = country,
            Phone = JsonFields.Text(block, "telephone"),
            Email = JsonFields.Text(block, "email"),
        };
        return (address.Name ?? address.Line1 ?? address.City ?? address.Postcode) is null ? null : address;
    }

    // A list of one to four lines, or one text with line breaks. Which line is what, the shop's settings say.
    private static List<string> Street(JsonElement block) => JsonFields.Get(block, "street") is { ValueKind: JsonValueKind.String } text
        ? [.. (JsonFields.Text(text) ?? "").Split('\n').Select(line => line.Trim())]
        : [.. JsonFields.Items(block, "street").Select(line => JsonFields.Text(line) ?? "")];

    private string? Part(List<string> lines, string part)
    {
        List<string> found = [];
        for (int line = 0; line < lines.Count; line++)
        {
            string meaning = line < settings.StreetLines.Count ? settings.StreetLines[line] : line == 0 ? "street" : "extra";
            if (meaning == part && lines[line].Length > 0)
            {
                found.Add(lines[line]);
            }
        }

        return found.Count == 0 ? null : string.Join(", ", found);
    }

    // A code may carry the country, or be the region's name once more.
    private static (string? Code, string? Name) Region(JsonElement block, string? country)
    {
        string? name = JsonFields.Text(block, "region") ?? JsonFields.Text(JsonFields.Block(block, "region"), "region");
        string? code = (JsonFields.Text(block, "region_code") ?? JsonFields.Text(JsonFields.Block(block, "region"), "region_code"))?.ToUpperInvariant();
        if (code is not null && country is not null && code.StartsWith(country + "-", StringComparison.Ordinal))
        {
            code = code[3..];
        }

        return code is { Length: <= 3 } && code.All(char.IsAsciiLetterOrDigit) ? (code, name) : (null, name ?? code);
    }

    private JsonElement Listed(string type) => JsonFields.Items(root, "addresses").FirstOrDefault(address => JsonFields.Text(address, "address_type") == type);

    private static string? NameIn(JsonElement block) => Name(JsonFields.Text(block, "firstname"), JsonFields.Text(block, "middlename"), JsonFields.Text(block, "lastname"));

    private static string? Name(params ReadOnlySpan<string?> parts)
    {
        List<string> given = [];
        foreach (string? part in parts)
        {
            if (part is not null)
            {
                given.Add(part);
            }
        }

        return given.Count == 0 ? null : string.Join(' ', given);
    }
}
