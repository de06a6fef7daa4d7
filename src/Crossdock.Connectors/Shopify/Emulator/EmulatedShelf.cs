using System.Globalization;

namespace Crossdock.Connectors.Shopify.Emulator;

/// <summary>What the emulated shops sell and who buys there; a seeded generator gives the same orders every time. People and phone numbers are invented.</summary>
internal static class EmulatedShelf
{
    private static readonly (string Sku, string Title, string? Variant, decimal Price, int Grams, bool Ships)[] Goods =
    [
        ("BP30-MOS-M", "Trail Backpack 30L", "Moss / M", 79.00m, 950, true), ("SB07-STL", "Steel Bottle 0.7 l", null, 24.50m, 620, true), ("TNT-2P-GRN", "Two-person tent \"Patagón\"", "Verde", 189.90m, 2300, true),
        ("SOCK-MER-42", "Calcetines de lana merino", "42", 14.90m, 80, true), ("HL-400", "Frontal 400 lm", null, 39.95m, 95, true), ("MUG-ENAM", "Taza esmaltada «Ñandú»", "Azul", 12.00m, 210, true),
        ("POLE-CARB", "Carbon trekking poles", "Pair", 99.00m, 430, true), ("GIFT-25", "Gift card", "25", 25.00m, 0, false), ("JKT-RAIN-L", "Rain jacket", "Black / L", 129.00m, 540, true),
    ];

    private static readonly (string First, string Last)[] People =
    [
        ("Camila", "Rojas Muñoz"), ("Matías", "González"), ("Antonia", "Peña"), ("Benjamín", "Núñez Soto"), ("Kinga", "Wolska"), ("Łukasz", "Dąbrowski"), ("María José", "García"), ("Zoë", "O'Brien"), ("Jürgen", "Weiß"),
    ];

    private static readonly (string Street, string? Street2, string City, string? Province, string? Code, string Country, string CountryCode, string Zip, double Lat, double Lon, string Phone, string Locale, string Currency, decimal Rate, string Tax)[] Places =
    [
        ("Av. Providencia 1208", "Depto. 501", "Providencia", "Santiago Metropolitan", "RM", "Chile", "CL", "7500571", -33.4263, -70.6200, "+5691234", "es-CL", "CLP", 0.19m, "IVA"),
        ("Calle Blanco 1663", null, "Valparaíso", "Valparaíso", "VS", "Chile", "CL", "2340000", -33.0393, -71.6273, "+5699876", "es-CL", "CLP", 0.19m, "IVA"),
        ("Barros Arana 555", "Local 3", "Concepción", "Bío Bío", "BI", "Chile", "CL", "4070001", -36.8270, -73.0503, "+5696543", "es-CL", "CLP", 0.19m, "IVA"),
        ("Irarrázaval 2821", "Torre B, 1204", "Ñuñoa", "Santiago Metropolitan", "RM", "Chile", "CL", "7750000", -33.4543, -70.6050, "+5694321", "es-CL", "CLP", 0.19m, "IVA"),
        ("Calle de Alcalá 45", "3º B", "Madrid", "Madrid", "M", "Spain", "ES", "28014", 40.4189, -3.6946, "+346001", "es-ES", "EUR", 0.21m, "IVA"),
        ("ul. Prosta 51", null, "Warszawa", null, null, "Poland", "PL", "00-838", 52.2304, 20.9921, "+486007", "pl-PL", "EUR", 0.23m, "PL VAT"),
        ("1450 Broadway", "Suite 9", "New York", "New York", "NY", "United States", "US", "10018", 40.7547, -73.9870, "+121255", "en-US", "USD", 0.08m, "NY State Tax"),
    ];

    internal static EmulatedOrder Order(long id, int number, Random chance, DateTimeOffset at, int lines = 0, bool isTest = false, bool isAddressWithheld = false)
    {
        var place = Places[chance.Next(Places.Length)];
        var (first, last) = People[chance.Next(People.Length)];
        long buyer = 8_120_000_000_000 + chance.Next(1, 1_000_000);
        decimal factor = place.Currency == "CLP" ? 1000m : 1m;
        int count = lines > 0 ? lines : chance.Next(1, 5);
        var items = new EmulatedLine[count];
        for (int i = 0; i < count; i++)
        {
            var good = Goods[chance.Next(i == 0 ? 7 : Goods.Length)];   // the first line is always something to send
            long product = 8_410_220_000_000 + Array.IndexOf(Goods, good);
            items[i] = new EmulatedLine((id * 10_000) + i + 1, product, product + 36_710_000_000_000, good.Sku, good.Title, good.Variant, "Andina Outdoor",
                decimal.Round(good.Price * factor, place.Currency == "CLP" ? 0 : 2), chance.Next(1, 4), good.Grams, good.Ships);
        }
        string phone = place.Phone + chance.Next(100_000, 999_999).ToString(CultureInfo.InvariantCulture);
        return new EmulatedOrder
        {
            Id = id,
            Number = number,
            Buyer = new EmulatedBuyer(buyer, first, last, $"buyer{buyer}@example.com", phone, place.Street, place.Street2, place.City, place.Province, place.Code, place.Country, place.CountryCode, place.Zip, place.Lat, place.Lon, place.Locale),
            Lines = items,
            Currency = place.Currency,
            TaxRate = place.Rate,
            TaxTitle = place.Tax,
            Shipping = decimal.Round((chance.Next(3) == 0 ? 0m : 4.99m) * factor, place.Currency == "CLP" ? 0 : 2),
            DiscountShare = chance.Next(3) == 0 ? 0.10m : 0m,
            CreatedAt = at,
            UpdatedAt = at,
            Gateway = isTest ? "bogus" : chance.Next(6) == 0 ? "cash_on_delivery" : "shopify_payments",
            Note = chance.Next(4) == 0 ? "Por favor, tocar el timbre dos veces." : null,
            Tags = chance.Next(2) == 0 ? "b2c" : "b2c, newsletter",
            IsTest = isTest,
            IsAddressWithheld = isAddressWithheld,
        };
    }
}
