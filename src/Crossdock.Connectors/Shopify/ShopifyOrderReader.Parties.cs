using Crossdock.Model.Geography;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Shopify;

internal ref partial struct ShopifyOrderReader
{
    private Address? ReadAddress(out string? contactPhone)
    {
        contactPhone = null;
        if (!cursor.EnterObject())
        {
            return null;
        }
        (string? full, string? first, string? last, string? company, string? line1, string? line2) = (null, null, null, null, null, null);
        (string? city, string? region, string? regionName, string? postcode, string? country, string? countryName) = (null, null, null, null, null, null);
        (double? latitude, double? longitude) = (null, null);
        while (cursor.Next(out Field field))
        {
            switch (field)
            {
                case Field.Name: full = cursor.Text(); break;
                case Field.FirstName: first = cursor.Text(); break;
                case Field.LastName: last = cursor.Text(); break;
                case Field.Company: company = cursor.Text(); break;
                case Field.Address1: line1 = cursor.Text(); break;
                case Field.Address2: line2 = cursor.Text(); break;
                case Field.City: city = cursor.Word(); break;
                case Field.ProvinceCode: region = cursor.Word(); break;
                case Field.Province: regionName = cursor.Word(); break;
                case Field.Zip: postcode = cursor.Word(); break;
                case Field.CountryCode: country = cursor.Word(); break;
                case Field.Country: countryName = cursor.Word(); break;
                case Field.Phone: contactPhone = cursor.Text(); break;
                case Field.Latitude: latitude = cursor.Degrees(); break;
                case Field.Longitude: longitude = cursor.Degrees(); break;
                default: cursor.Skip(); break;
            }
        }
        // Without permission Shopify sends an address of nulls: nothing to keep.
        if (full is null && first is null && last is null && company is null && line1 is null && line2 is null && city is null && postcode is null && country is null && countryName is null && contactPhone is null && region is null)
        {
            return null;
        }
        return new Address
        {
            Name = full ?? Join(first, last),
            FirstName = first,
            LastName = last,
            Company = company,
            Line1 = line1,
            Line2 = line2,
            City = city,
            Region = RegionCode(region, country),
            RegionName = regionName,
            Postcode = postcode,
            Country = CountryCode(country) ?? Countries.Find(countryName)?.Alpha2,
            Phone = contactPhone,
            Latitude = latitude,
            Longitude = longitude,
        };
    }

    private void ReadCustomer()
    {
        customer = null;
        if (!cursor.EnterObject())
        {
            return;
        }
        (string? customerId, string? first, string? last, string? mail, string? telephone, string? remark) = (null, null, null, null, null, null);
        while (cursor.Next(out Field field))
        {
            switch (field)
            {
                case Field.Id: customerId = cursor.Text(); break;
                case Field.FirstName: first = cursor.Text(); break;
                case Field.LastName: last = cursor.Text(); break;
                case Field.Email: mail = cursor.Text(); break;
                case Field.Phone: telephone = cursor.Text(); break;
                case Field.Note: remark = cursor.Text(); break;
                case Field.DefaultAddress: defaultName = ReadAddress(out defaultPhone)?.Name; break;
                case Field.State: Keep("customer.state", cursor.Word()); break;
                case Field.Tags: Keep("customer.tags", cursor.Text()); break;
                case Field.Currency: Keep("customer.currency", cursor.Word()); break;
                case Field.VerifiedEmail: KeepIf("customer.verified_email", false); break;
                case Field.TaxExempt: KeepIf("customer.tax_exempt", true); break;
                default: cursor.Skip(); break;
            }
        }
        customer = new Customer { ExternalId = customerId, Name = Join(first, last), Email = mail, Phone = telephone, Note = remark };
    }

    /// <summary>The customer with what the order says beside it; null when nobody is known.</summary>
    private readonly Customer? Buyer(string? contactPhone)
    {
        string? mail = customer?.Email ?? email ?? contactEmail;
        string? who = customer?.Name ?? defaultName ?? billTo?.Name ?? shipTo?.Name;
        string? telephone = customer?.Phone ?? contactPhone;
        return customer is null && mail is null && who is null && telephone is null ? null : new Customer
        {
            ExternalId = customer?.ExternalId,
            Name = who,
            Email = mail,
            Phone = telephone,
            TaxId = TaxId(),
            Locale = locale,
            Note = customer?.Note,
        };
    }

    /// <summary>Cart fields are the only place where a tax number can stand; these are the names that shops give it.</summary>
    private readonly string? TaxId()
    {
        if (attributes is null)
        {
            return null;
        }
        foreach ((string attribute, string value) in attributes)
        {
            if (value.Length > 0 && attribute.StartsWith("note.", StringComparison.Ordinal)
                && attribute[5..].ToUpperInvariant() is "RUT" or "NIF" or "NIE" or "CIF" or "DNI" or "CUIT" or "CPF" or "CNPJ" or "NIP" or "INVOICE_NIP" or "VAT" or "VAT_NUMBER" or "TAX_ID" or "RFC")
            {
                return value;
            }
        }
        return null;
    }

    private static string? CountryCode(string? text) => text is { Length: 2 } && char.IsAsciiLetter(text[0]) && char.IsAsciiLetter(text[1]) ? text.ToUpperInvariant() : null;

    /// <summary>For some countries (Japan, Portugal, Peru, Korea) Shopify writes ISO 3166-2 with the country before it.</summary>
    private static string? RegionCode(string? code, string? country) =>
        code is { Length: > 3 } && country is { Length: 2 } && code[2] == '-' && code.StartsWith(country, StringComparison.OrdinalIgnoreCase) ? code[3..] : code;

    private static string? Join(string? first, string? last) => first is null ? last : last is null ? first : $"{first} {last}";
}
