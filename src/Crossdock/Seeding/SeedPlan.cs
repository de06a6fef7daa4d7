using System.Globalization;
using System.Text;

namespace Crossdock.Seeding;

/// <summary>Which stores and destinations a made-up hub has.</summary>
/// <param name="Orders">How many orders in all.</param>
/// <param name="Seed">What chance begins from: the same gives the same orders.</param>
/// <param name="Days">Over how many days back they arrived.</param>
internal sealed record SeedPlan(int Orders, int Seed, int Days)
{
    // A few stores sell most of it, as it is.
    public static IReadOnlyList<SeedStore> Stores { get; } =
    [
        new("seed-andina", "Andina Outdoor", "shopify", "CLP", 30, "#AO-"), new("seed-boreal", "Boreal Trekking", "shopify", "CLP", 20, "#"), new("seed-polar", "Polar Wear", "woocommerce", "EUR", 14, ""),
        new("seed-cumbre", "Cumbre Montaña", "woocommerce", "CLP", 11, ""), new("seed-sur", "Sur Deportes", "custom", "CLP", 9, "SD-"), new("seed-lago", "Lago Equipos", "custom", "CLP", 7, "LE-"),
        new("seed-taller", "Taller del Sur", "shopify", "CLP", 5, "#T"), new("seed-wola", "Wola Sport", "woocommerce", "PLN", 2.5, ""), new("seed-bay", "Bay Hikers", "shopify", "USD", 1.3, "#BH"), new("seed-wholesale", "Wholesale Desk", "custom", "CLP", 0.2, "W-"),
    ];

    /// <summary>Keys of the destinations: two couriers and an invoicing office.</summary>
    public static IReadOnlyList<(string Key, string Name)> Destinations { get; } = [("seed-courier", "Andes Express"), ("seed-night", "Night Courier"), ("seed-invoices", "Invoicing")];

    /// <summary>The configuration of all of them. Its addresses end in <c>.invalid</c>, which no name server knows, and the destinations are switched off: nothing of it reaches anybody.</summary>
    public static string Configuration()
    {
        var yaml = new StringBuilder("connections:\n");
        foreach (var (key, name) in Destinations)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"  - {{ key: {key}, name: {name}, platform: http, enabled: false, settings: {{ create: {{ method: POST, url: \"https://{key}.seed.invalid/shipments\", remoteId: /id }} }} }}\n");
        }

        foreach (var store in Stores)
        {
            string settings = store.Platform switch
            {
                "shopify" => $"settings: {{ shop: {store.Key}.myshopify.com }}, ",
                "woocommerce" => $"settings: {{ siteUrl: \"https://{store.Key}.seed.invalid\" }}, ",
                _ => "",
            };
            string secret = store.Platform == "custom" ? "whsec_c2VlZGVkLXN0b3Jlcy1yZWNlaXZlLW5vdGhpbmc=" : "seededStoresReceiveNothing0123456789";
            yaml.Append(CultureInfo.InvariantCulture, $"  - {{ key: {store.Key}, name: {store.Name}, platform: {store.Platform}, polling: \"off\", {settings}secrets: {{ webhookSecret: {secret} }}, destinations: [seed-courier{(store.IsInvoiced ? ", seed-invoices" : "")}]{(store.Key == "seed-wholesale" ? ", approval: manual" : "")} }}\n");
        }

        return yaml.ToString();
    }
}

/// <summary>A made-up store.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Name">Its name.</param>
/// <param name="Platform">What it runs.</param>
/// <param name="Currency">Of its orders.</param>
/// <param name="Share">Of a hundred orders, so many are its.</param>
/// <param name="Prefix">What its numbers begin with.</param>
internal sealed record SeedStore(string Key, string Name, string Platform, string Currency, double Share, string Prefix)
{
    /// <summary>Its orders also go to the invoicing office.</summary>
    public bool IsInvoiced => Platform == "woocommerce";
}
