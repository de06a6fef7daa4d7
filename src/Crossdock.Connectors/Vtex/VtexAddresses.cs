using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Geography;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Vtex;

/// <summary>Reads buyer and addresses of one order.</summary>
internal sealed class VtexAddresses(VtexSettings settings, JsonElement root, Dictionary<string, string> attributes)
{
    private static readonly string[] KeptOfProfile = ["documentType", "stateInscription", "tradeName", "corporatePhone", "customerClass", "customerCode"];

    private readonly JsonElement profile = JsonFields.Block(root, "clientProfileData");
    private readonly JsonElement shipping = JsonFields.Block(root, "shippingData");

    internal Customer? Customer()
    {
        foreach (string name in KeptOfProfile)
        {
            if (JsonFields.Text(profile, name) is { } value)
            {
                attributes[name] = value;
            }
        }

        bool isCorporate = JsonFields.Flag(profile, "isCorporate") == true;
        if (isCorporate)
        {
            attributes["isCorporate"] = "true";
        }

        // …@ct.vtex.com.br is a mask that VTEX forwards from; it changes and identifies nobody.
        string? email = JsonFields.Text(profile, "email");
        if (email?.Contains("@ct.vtex", StringComparison.OrdinalIgnoreCase) == true)
        {
            attributes["emailIsAlias"] = "true";
        }

        var customer = new Customer
        {
            ExternalId = JsonFields.Text(profile, "userProfileId"),
            Name = PersonName() ?? CompanyName(),
            Email = email,
            Phone = JsonFields.Text(profile, "phone"),
            TaxId = (isCorporate ? JsonFields.Text(profile, "corporateDocument") : null) ?? JsonFields.Text(profile, "document") ?? JsonFields.Text(profile, "corporateDocument"),
            Locale = JsonFields.Text(JsonFields.Block(root, "clientPreferencesData"), "locale"),
        };
        return (customer.ExternalId ?? customer.Name ?? customer.Email ?? customer.Phone ?? customer.TaxId) is null ? null : customer;
    }

    /// <summary>Where the parcels go: the address that the items name, otherwise the order's.</summary>
    internal Address? ShipTo(IReadOnlyList<string> addressIds)
    {
        var main = JsonFields.Block(shipping, "address");
        var chosen = addressIds.Count == 0 || JsonFields.Text(main, "addressId") == addressIds[0] ? main
            : JsonFields.Items(shipping, "selectedAddresses").FirstOrDefault(address => JsonFields.Text(address, "addressId") == addressIds[0]) is { ValueKind: JsonValueKind.Object } found ? found : main;
        if (Read(chosen) is not { } address)
        {
            return null;
        }

        foreach (string name in (ReadOnlySpan<string>)["addressType", "addressId"])
        {
            if (JsonFields.Text(chosen, name) is { } value)
            {
                attributes[name] = value;
            }
        }

        var contact = JsonFields.Text(chosen, "contactId") is { } id
            ? JsonFields.Items(shipping, "contactInformation").FirstOrDefault(entry => JsonFields.Text(entry, "id") == id) : default;
        return address with
        {
            Phone = JsonFields.Text(contact, "phone") ?? JsonFields.Text(profile, "phone"),
            Email = JsonFields.Text(profile, "email"),
        };
    }

    /// <summary>The addresses of the invoice: a payment's billing address, otherwise the invoice's own.</summary>
    internal Address? BillTo(IEnumerable<JsonElement> payments)
    {
        var address = payments.Select(payment => Read(JsonFields.Block(payment, "billingAddress"))).FirstOrDefault(found => found is not null) ?? Read(JsonFields.Block(JsonFields.Block(root, "invoiceData"), "address"));
        return address is null ? null : address with { Company = CompanyName(), Phone = JsonFields.Text(profile, "phone"), Email = JsonFields.Text(profile, "email") };
    }

    /// <summary>True when the account keeps personal data in its vault and this key may not see them: R** S****.</summary>
    internal static bool IsMasked(Address? address) => (address?.Name ?? address?.Line1) is { } text && (text.Contains("**", StringComparison.Ordinal) || address?.Line1?.Contains("**", StringComparison.Ordinal) == true);

    private Address? Read(JsonElement block)
    {
        string? street = JsonFields.Text(block, "street");
        string? city = JsonFields.Text(block, "city");
        string? postcode = JsonFields.Text(block, "postalCode");
        string? district = JsonFields.Text(block, "neighborhood");
        if ((street ?? city ?? postcode ?? district) is null)
        {
            return null;
        }

        string? number = JsonFields.Text(block, "number");
        string? name = JsonFields.Text(block, "receiverName") ?? PersonName() ?? CompanyName();
        string? state = JsonFields.Text(block, "state");
        var country = Countries.Find(JsonFields.Text(block, "country")) ?? Countries.Find(JsonFields.Text(JsonFields.Block(root, "storePreferencesData"), "countryCode"));
        var (latitude, longitude) = Coordinates(block);
        string? alias = state is null ? null : settings.RegionAliases.GetValueOrDefault(PlaceNames.Fold(state));
        return AddressNormaliser.Normalise(new()
        {
            Name = name,
            FirstName = name is not null && name == PersonName() ? JsonFields.Text(profile, "firstName") : null,
            LastName = name is not null && name == PersonName() ? JsonFields.Text(profile, "lastName") : null,
            Company = CompanyName(),
            Line1 = street is null ? null : number is null || street.EndsWith(" " + number, StringComparison.Ordinal) ? street : $"{street} {number}",
            Line2 = Joined(JsonFields.Text(block, "complement"), JsonFields.Text(block, "reference")),
            HouseNumber = number,
            District = district is null ? null : settings.CommuneAliases.GetValueOrDefault(PlaceNames.Fold(district), district),
            City = city,
            Region = alias is null ? null : VtexSettings.RegionOf(alias)?.Code,
            RegionName = state,
            Postcode = postcode,
            Country = country?.Alpha2,
            Latitude = latitude,
            Longitude = longitude,
        });
    }

    private string? PersonName() => Joined(JsonFields.Text(profile, "firstName"), JsonFields.Text(profile, "lastName"), " ");

    private string? CompanyName() => JsonFields.Flag(profile, "isCorporate") == true ? JsonFields.Text(profile, "corporateName") ?? JsonFields.Text(profile, "tradeName") : null;

    private static string? Joined(string? first, string? second, string between = ", ") => first is null ? second : second is null || second == first ? first : first + between + second;

    // Longitude comes first.
    private static (double? Latitude, double? Longitude) Coordinates(JsonElement block)
    {
        var pair = JsonFields.Items(block, "geoCoordinates").ToList();
        return pair.Count == 2 && pair[0].ValueKind == JsonValueKind.Number && pair[1].ValueKind == JsonValueKind.Number
            && pair[0].TryGetDouble(out double longitude) && pair[1].TryGetDouble(out double latitude)
            && Math.Abs(longitude) <= 180 && Math.Abs(latitude) <= 90 && (longitude, latitude) != (0, 0)
            ? (latitude, longitude) : (null, null);
    }
}
