using Crossdock.Model.Geography;
using Crossdock.Model.Orders;
using Columns = Crossdock.Connectors.Spreadsheet.SpreadsheetColumns;

namespace Crossdock.Connectors.Spreadsheet;

/// <summary>Recipient and address of an order, checked so far that a courier can go there.</summary>
internal sealed class SpreadsheetAddress(SpreadsheetOrderReader order, SpreadsheetSettings settings)
{
    internal Address Read()
    {
        string? name = order.Text(Columns.Recipient), company = order.Text(Columns.Company), street = order.Text(Columns.Street);
        if (name is null && company is null)
        {
            order.Tell(Columns.Recipient, "is missing: say who receives it");
        }

        if (street is null)
        {
            order.Tell(Columns.Street, "is missing");
        }

        string country = CountryCode();
        CheckReach();
        var address = AddressNormaliser.Normalise(new Address
        {
            Name = name ?? company,
            Company = company,
            Line1 = street,
            HouseNumber = order.Text(Columns.HouseNumber),
            Line2 = order.Text(Columns.Complement),
            District = order.Text(Columns.Commune),
            City = order.Text(Columns.City),
            Region = order.Text(Columns.Region),
            Postcode = order.Text(Columns.Postcode),
            Country = country,
            Phone = order.Text(Columns.Phone),
            Email = order.Text(Columns.Email),
        });
        if (country == "CL")
        {
            return Chilean(address);
        }

        if (order.Text(Columns.Commune) is null && order.Text(Columns.City) is null)
        {
            order.Tell(Columns.City, "is missing");
        }

        return Known(address);
    }

    private string CountryCode()
    {
        if (order.Text(Columns.Country) is not { } text)
        {
            return settings.Country;
        }

        if (Countries.Find(text) is { } country)
        {
            return country.Alpha2;
        }

        order.Tell(Columns.Country, "is no country. Give its ISO code such as CL, or its name");
        return settings.Country;
    }

    /// <summary>Couriers in Chile route by the commune.</summary>
    private Address Chilean(Address address)
    {
        string column = order.Text(Columns.Commune) is not null ? Columns.Commune : Columns.City;
        var commune = ChileanCommunes.Find(order.Text(column));
        if (order.Text(column) is null)
        {
            order.Tell(Columns.Commune, "is missing");
        }
        else if (commune is null)
        {
            order.Tell(column, "is none of Chile's communes");
        }
        else if (order.Text(Columns.Region) is { } region && Regions.Find("CL", region) is { } told && told.Code != commune.Region)
        {
            order.Tell(Columns.Region, $"does not fit: {commune.Name} lies in {Regions.Find("CL", commune.Region)?.Name ?? commune.Region}");
        }

        return commune is null ? Known(address) : Known(address) with { District = commune.Name, Region = commune.Region };
    }

    // A name that is no code belongs in the field for names.
    private static Address Known(Address address) => address.Region is { } region && (address.Country is null || Regions.Find(address.Country, region) is null)
        ? address with { Region = null, RegionName = address.RegionName ?? region }
        : address;

    private void CheckReach()
    {
        if (order.Text(Columns.Phone) is { } phone && (phone.Count(char.IsAsciiDigit) is < 6 or > 25 || phone.Any(c => char.IsLetter(c) && c is not ('e' or 'x' or 't' or 'E' or 'X' or 'T'))))
        {
            order.Tell(Columns.Phone, "is no telephone number");
        }

        if (order.Text(Columns.Email) is { } email && !IsAddress(email))
        {
            order.Tell(Columns.Email, "is no e-mail address");
        }
    }

    private static bool IsAddress(string email)
    {
        int at = email.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && at == email.LastIndexOf('@') && email.IndexOf('.', at) > at + 1 && !email.EndsWith('.') && !email.Any(char.IsWhiteSpace);
    }
}
