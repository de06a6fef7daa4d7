using System.Text.Json;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>Reads buyer and addresses of one order. Facts that have no place of their own go among the order's attributes.</summary>
internal sealed class PrestaShopParties(PrestaShopSettings settings, JsonElement root, Dictionary<string, string> attributes)
{
    private readonly JsonElement buyer = PrestaShopPayloads.Child(root, "customer");
    private readonly JsonElement delivery = PrestaShopPayloads.Child(PrestaShopPayloads.Child(root, "addresses"), "delivery");
    private readonly JsonElement invoice = PrestaShopPayloads.Child(PrestaShopPayloads.Child(root, "addresses"), "invoice");

    internal Customer? Customer()
    {
        string? id = PrestaShopPayloads.Id(buyer, "id");
        string? name = Name(buyer) ?? Name(delivery);
        string? email = PrestaShopPayloads.Raw(buyer, "email");
        string? phone = Phone(delivery) ?? Phone(invoice);
        string? taxId = Tax(invoice) ?? Tax(delivery) ?? PrestaShopPayloads.Raw(buyer, "siret");
        foreach (string field in (ReadOnlySpan<string>)["company", "siret", "ape", "id_default_group", "website"])
        {
            Keep($"customer_{field}", PrestaShopPayloads.Raw(buyer, field));
        }

        Keep("delivery_", delivery);
        Keep("invoice_", invoice);
        return (id ?? name ?? email ?? phone ?? taxId) is null ? null : new()
        {
            ExternalId = PrestaShopPayloads.IsSet(buyer, "is_guest") ? null : id,
            Name = name,
            Email = email,
            Phone = phone,
            TaxId = taxId,
            Locale = PrestaShopPayloads.Raw(PrestaShopPayloads.Child(root, "language"), "locale") ?? PrestaShopPayloads.Raw(PrestaShopPayloads.Child(root, "language"), "iso_code"),
            Note = PrestaShopPayloads.Raw(buyer, "note"),
        };
    }

    internal Address? ShipTo() => Read(delivery);

    /// <summary>Null in the document means the same as the delivery's.</summary>
    internal Address? BillTo() => Read(invoice) ?? Read(delivery);

    private Address? Read(JsonElement block)
    {
        string? company = PrestaShopPayloads.Raw(block, "company");
        string? name = Name(block);
        string? line1 = PrestaShopPayloads.Raw(block, "address1");
        string? city = PrestaShopPayloads.Raw(block, "city");
        string? postcode = PrestaShopPayloads.Raw(block, "postcode");
        if ((company ?? name ?? line1 ?? city ?? postcode) is null)
        {
            return null;
        }

        string? country = PrestaShopPayloads.Raw(block, "country_iso") is { Length: 2 } code && code.All(char.IsAsciiLetter) ? code.ToUpperInvariant() : null;
        string? regionName = PrestaShopPayloads.Raw(block, "state_name") ?? Chosen(block, settings.RegionFrom);
        return new()
        {
            Name = name ?? company,
            FirstName = PrestaShopPayloads.Raw(block, "firstname"),
            LastName = PrestaShopPayloads.Raw(block, "lastname"),
            Company = company,
            Line1 = line1,
            Line2 = PrestaShopPayloads.Raw(block, "address2"),
            District = Chosen(block, settings.DistrictFrom),
            City = city,
            Region = Region(country, PrestaShopPayloads.Raw(block, "state_iso")),
            RegionName = regionName,
            Postcode = postcode,
            Country = country,
            Phone = Phone(block),
            Email = PrestaShopPayloads.Raw(buyer, "email"),
        };
    }

    // Whatever the localisation pack or the merchant entered; some put the country in front (ES-M, CL-RM).
    private static string? Region(string? country, string? iso)
    {
        if (iso is null)
        {
            return null;
        }

        string code = iso.ToUpperInvariant();
        if (country is not null && code.Length > 3 && code.StartsWith(country, StringComparison.Ordinal) && code[2] == '-')
        {
            code = code[3..];
        }

        return code.Length <= 3 && code.All(char.IsAsciiLetterOrDigit) ? code : null;
    }

    private static string? Chosen(JsonElement block, string field) => field == "none" ? null : PrestaShopPayloads.Raw(block, field);

    private static string? Phone(JsonElement block) => PrestaShopPayloads.Raw(block, "phone_mobile") ?? PrestaShopPayloads.Raw(block, "phone");

    private static string? Tax(JsonElement block) => PrestaShopPayloads.Raw(block, "dni") ?? PrestaShopPayloads.Raw(block, "vat_number");

    private static string? Name(JsonElement block)
    {
        string? first = PrestaShopPayloads.Raw(block, "firstname");
        string? last = PrestaShopPayloads.Raw(block, "lastname");
        return first is null ? last : last is null ? first : $"{first} {last}";
    }

    private void Keep(string prefix, JsonElement block)
    {
        foreach (string field in (ReadOnlySpan<string>)["alias", "other", "dni", "vat_number"])
        {
            Keep(prefix + field, PrestaShopPayloads.Raw(block, field));
        }

        // Only one number has a place of its own.
        if (PrestaShopPayloads.Raw(block, "phone_mobile") is not null)
        {
            Keep(prefix + "phone", PrestaShopPayloads.Raw(block, "phone"));
        }
    }

    private void Keep(string name, string? value)
    {
        if (value is not null)
        {
            attributes[name] = value;
        }
    }
}
