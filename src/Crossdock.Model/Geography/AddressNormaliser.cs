using Crossdock.Model.Orders;

namespace Crossdock.Model.Geography;

/// <summary>Brings country, region and commune of an address to one spelling, so that a rule such as <c>shipTo.region in [RM]</c> holds whatever the shop wrote.</summary>
public static class AddressNormaliser
{
    /// <summary>The address with ISO codes for country and region and, in Chile, the commune's official name in <see cref="Address.District"/>. Pure.
    /// What is not recognised stays as it was; nothing is ever removed. The same object when nothing is to be changed; otherwise that one new object is all it allocates.</summary>
    public static Address Normalise(Address address)
    {
        var country = Countries.Find(address.Country) ?? (string.IsNullOrWhiteSpace(address.Country) ? CountryOf(address.Region) : null);
        if (country is null)
        {
            return address;
        }

        // A bare number may be of the shop's own counting (Jumpseller's 12 is Chile's thirteenth region): the name decides where there is one.
        var region = IsNumber(address.Region)
            ? Regions.Find(country.Alpha2, address.RegionName) ?? Regions.Find(country.Alpha2, address.Region)
            : Regions.Find(country.Alpha2, address.Region) ?? Regions.Find(country.Alpha2, address.RegionName);
        string? district = address.District;
        string? city = address.City;
        if (country.Alpha2 == "CL")
        {
            var commune = ChileanCommunes.Find(district);
            var ofCity = ChileanCommunes.Find(city);
            region ??= (commune ?? ofCity) is { } known ? Regions.Find("CL", known.Region) : null;

            // A city of the same name in another region says nothing about the commune.
            if (commune is null && string.IsNullOrWhiteSpace(district) && ofCity is not null && ofCity.Region == region?.Code)
            {
                commune = ofCity;
            }

            district = commune?.Name ?? district;
            city = string.IsNullOrWhiteSpace(city) ? commune?.Name ?? city : city;
        }

        string? code = region?.Code ?? address.Region;
        string? name = string.IsNullOrWhiteSpace(address.RegionName) ? region?.Name ?? address.RegionName : address.RegionName;
        return country.Alpha2 == address.Country && code == address.Region && name == address.RegionName && district == address.District && city == address.City
            ? address
            : address with { Country = country.Alpha2, Region = code, RegionName = name, District = district, City = city };
    }

    /// <summary>The country in front of a region's code (<c>CL-RM</c>).</summary>
    private static Country? CountryOf(string? region) => region is { Length: > 3 } && region[2] == '-'
        ? Countries.Find(region[..2]) is { } country && Regions.Find(country.Alpha2, region) is not null ? country : null
        : null;

    private static bool IsNumber(string? text)
    {
        foreach (char c in text.AsSpan())
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }
        }

        return !string.IsNullOrEmpty(text);
    }
}
