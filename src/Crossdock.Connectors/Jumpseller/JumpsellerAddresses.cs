using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Geography;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>Reads buyer and addresses of one order.</summary>
internal sealed class JumpsellerAddresses(JumpsellerSettings settings, JsonElement order)
{
    private readonly JsonElement customer = JsonFields.Block(order, "customer");

    internal Customer? Customer()
    {
        var read = new Customer
        {
            // A number in the API, a text in older webhooks.
            ExternalId = JsonFields.Text(customer, "id"),
            Name = JsonFields.Text(customer, "fullname") ?? Name(JsonFields.Block(order, "billing_address")) ?? Name(JsonFields.Block(order, "shipping_address")),
            Email = JsonFields.Text(customer, "email"),
            Phone = Phone(),
            TaxId = JsonFields.Text(JsonFields.Block(order, "billing_address"), "taxid") ?? Field(),
        };
        return (read.ExternalId ?? read.Name ?? read.Email ?? read.Phone ?? read.TaxId) is null ? null : read;
    }

    internal Address? ShipTo() => Read(JsonFields.Block(order, "shipping_address")) is { } address ? address with { Phone = Phone(), Email = JsonFields.Text(customer, "email") } : null;

    internal Address? BillTo() => Read(JsonFields.Block(order, "billing_address")) is { } address
        ? address with { Company = JsonFields.Text(JsonFields.Block(order, "billing_information"), "company_name"), Phone = Phone(), Email = JsonFields.Text(customer, "email") } : null;

    internal static Address? Read(JsonElement block)
    {
        string? street = JsonFields.Text(block, "address");
        string? city = JsonFields.Text(block, "city");
        string? municipality = JsonFields.Text(block, "municipality");
        string? postcode = JsonFields.Text(block, "postal");
        if ((street ?? city ?? municipality ?? postcode) is null)
        {
            return null;
        }

        string? number = JsonFields.Text(block, "street_number");
        var country = Countries.Find(JsonFields.Text(block, "country_code")) ?? Countries.Find(JsonFields.Text(block, "country"));
        decimal? latitude = JsonFields.TryNumber(JsonFields.Get(block, "latitude"));
        decimal? longitude = JsonFields.TryNumber(JsonFields.Get(block, "longitude"));
        bool isPlace = latitude is >= -90 and <= 90 && longitude is >= -180 and <= 180 && (latitude != 0 || longitude != 0);
        return AddressNormaliser.Normalise(new()
        {
            Name = Name(block),
            FirstName = JsonFields.Text(block, "name"),
            LastName = JsonFields.Text(block, "surname"),
            Line1 = street is null ? null : number is null || street.EndsWith(" " + number, StringComparison.Ordinal) ? street : $"{street} {number}",
            Line2 = JsonFields.Text(block, "complement"),
            HouseNumber = number,
            // In Chile the commune; where a theme has no field for it, the city.
            District = municipality ?? (country?.Alpha2 == "CL" ? city : JsonFields.Text(block, "neighbourhood")),
            City = city,
            Region = JumpsellerRegions.Of(country?.Alpha2, JsonFields.Text(block, "region_code")),
            RegionName = JsonFields.Text(block, "region"),
            Postcode = postcode,
            Country = country?.Alpha2,
            Latitude = isPlace ? (double)latitude! : null,
            Longitude = isPlace ? (double)longitude! : null,
        });
    }

    private string? Phone()
    {
        string? phone = JsonFields.Text(customer, "phone");
        string? prefix = JsonFields.Text(customer, "phone_prefix")?.TrimStart('+');
        return phone is null || prefix is null || phone.StartsWith('+') || (phone.StartsWith(prefix, StringComparison.Ordinal) && phone.Length > prefix.Length + 7) ? phone : $"+{prefix}{phone}";
    }

    private string? Field() => JsonFields.Items(order, "additional_fields")
        .Where(field => JsonFields.Text(field, "label") is { } label && settings.TaxIdLabels.Contains(PlaceNames.Fold(label))).Select(field => JsonFields.Text(field, "value")).FirstOrDefault(value => value is not null);

    private static string? Name(JsonElement block)
    {
        string? first = JsonFields.Text(block, "name");
        string? last = JsonFields.Text(block, "surname");
        return first is null ? last : last is null ? first : $"{first} {last}";
    }
}
