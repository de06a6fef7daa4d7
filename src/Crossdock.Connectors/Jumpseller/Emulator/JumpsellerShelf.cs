using System.Globalization;
using System.Text.Json.Nodes;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>What the emulated store sells, and to whom. All invented.</summary>
internal static class JumpsellerShelf
{
    private static readonly (long Id, long? Variant, string Sku, string Name, string? Color, decimal Price, decimal Kilograms)[] Goods =
    [
        (20551001, 91200441, "TAZA-AZ", "Taza gres - Azul", "Azul", 9990m, 0.45m),
        (20551001, 91200442, "TAZA-VE", "Taza gres - Verde", "Verde", 9990m, 0.45m),
        (20551077, null, "PLATO-26", "Plato 26 cm", null, 19000m, 0.9m),
        (20551090, null, "JARRO-1L", "Jarro 1 l", null, 24990m, 1.2m),
    ];

    private static readonly Buyer[] Buyers =
    [
        new("Camila", "Fuentes Díaz", "12.345.678-5", "933334444", "56", "Pasaje El Alerce", 77, "Casa 3", "Ñuñoa", "Ñuñoa", "Metropolitana", "12", "Chile", "CL", "CLP", -33.4561, -70.5987),
        new("Rayén", "Huenchumán", "11.111.111-1", "922223333", "56", "Lautaro", 310, null, "Puerto Montt", "Puerto Montt", "Los Lagos", "14", "Chile", "CL", "CLP", -41.47, -72.94),
        new("Bernardo", "O'Higgins", "22.222.222-2", "911112222", "56", "Carretera del Cobre", null, "Parcela 4", "Machalí", "Machalí", "O'Higgins", "08", "Chile", "CL", "CLP", -34.18, -70.65),
        new("Matías", "Araya", "33.333.333-3", "944445555", "56", "Los Carrera", 1201, null, "Copiapó", "Copiapó", "Atacama", "05", "Chile", "CL", "CLP", -27.37, -70.33),
        new("Laura", "Gómez", "900123456", "3001234567", "57", "Carrera 43A", 18, "Apto 501", "Medellín", null, "Antioquia", "02", "Colombia", "CO", "COP", 6.2, -75.57),
        new("Renzo", "Quispe", "45678912", "912345678", "51", "Jirón de la Unión", 500, null, "Lima", "Lima", "Lima", "15", "Peru", "PE", "PEN", -12.05, -77.03),
    ];

    internal static JsonObject Order(long id, DateTimeOffset at, Random chance, string store, string status)
    {
        var buyer = Buyers[chance.Next(Buyers.Length)];
        decimal factor = buyer.Currency switch { "PEN" => 0.004m, "COP" => 4m, _ => 1m };
        bool hasCoupon = chance.Next(4) == 0;
        bool isPickup = chance.Next(10) == 0;
        JsonArray products = [];
        decimal goods = 0, off = 0;
        int lines = chance.Next(1, 4);
        for (int index = 0; index < lines; index++)
        {
            var good = Goods[chance.Next(Goods.Length)];
            int quantity = chance.Next(1, 3);
            decimal price = decimal.Round(good.Price * factor, 2);
            decimal reduced = hasCoupon ? decimal.Round(price * quantity * 0.1m, 0) : 0;
            goods += price * quantity;
            off += reduced;
            products.Add((JsonNode)new JsonObject
            {
                ["id"] = good.Id, ["variant_id"] = good.Variant, ["sku"] = good.Sku, ["name"] = good.Name, ["qty"] = quantity, ["price"] = price, ["tax"] = 0.0m, ["discount"] = reduced, ["weight"] = good.Kilograms, ["type"] = "physical",
                ["image"] = $"https://cdn.example/{good.Sku}.jpg", ["taxes"] = new JsonArray(), ["options"] = good.Color is null ? new JsonArray() : new JsonArray(new JsonObject { ["name"] = "Color", ["value"] = good.Color }),
                ["stock_locations"] = new JsonArray(new JsonObject { ["location_id"] = 314455, ["stock"] = quantity }), ["files"] = new JsonArray(),
            });
        }

        decimal shipping = isPickup ? 0 : decimal.Round(3990m * factor, 2);
        string token = Guid.NewGuid().ToString("N");
        return new()
        {
            ["id"] = id, ["created_at"] = Time(at), ["completed_at"] = status == "abandoned" ? null : Time(at), ["currency"] = buyer.Currency, ["subtotal"] = goods, ["tax"] = 0.0m, ["shipping_tax"] = 0.0m, ["shipping"] = shipping, ["shipping_required"] = true,
            ["total"] = goods + shipping - off, ["discount"] = off, ["shipping_discount"] = 0.0m, ["gift_cards_discount"] = 0.0m, ["fulfillment_status"] = "unfulfilled", ["shipping_method_id"] = 771233, ["shipping_service_id"] = 9,
            ["shipping_method_name"] = isPickup ? "Retiro en taller" : "Bluexpress a domicilio", ["payment_method_name"] = "Webpay Plus", ["payment_method_type"] = "webpay", ["payment_notification_id"] = $"01ab{id.ToString(CultureInfo.InvariantCulture)}", ["payment_information"] = "",
            ["additional_information"] = chance.Next(4) == 0 ? "Timbre malo, llamar al llegar" : "", ["duplicate_url"] = $"https://{store}.jumpseller.com/cart/duplicate/{token}", ["recovery_url"] = null,
            ["checkout_url"] = $"https://{store}.jumpseller.com/v2/checkout/success/{token}", ["review_url"] = $"https://{store}.jumpseller.com/v2/checkout/success/{token}", ["coupons"] = hasCoupon ? "PRIMAVERA10" : null,
            ["promotions"] = hasCoupon ? new JsonArray(new JsonObject { ["id"] = 88121, ["name"] = "Primavera 10 %", ["code"] = "PRIMAVERA10" }) : new JsonArray(),
            ["customer"] = new JsonObject { ["id"] = 6120034, ["email"] = "cliente@example.com", ["phone"] = buyer.Phone, ["phone_prefix"] = buyer.Prefix, ["ip"] = "203.0.113.10", ["fullname"] = $"{buyer.First} {buyer.Last}" },
            ["shipping_branch"] = null, ["shipping_address"] = isPickup ? null : buyer.Address(withTaxId: false), ["billing_address"] = buyer.Address(withTaxId: true),
            ["pickup_address"] = isPickup ? new JsonObject { ["pickup_place_name"] = "Taller del Sur", ["address"] = "Irarrázaval", ["street_number"] = 2401, ["municipality"] = "Ñuñoa", ["region_code"] = "12", ["country_code"] = "CL" } : null,
            ["products"] = products, ["additional_fields"] = new JsonArray(new JsonObject { ["label"] = "Fecha de entrega", ["value"] = "2026-11-05", ["id"] = 28901, ["area"] = "other" }, new JsonObject { ["label"] = "accepts_marketing", ["value"] = "No", ["id"] = null, ["area"] = "contact" }),
            ["shipping_taxes"] = new JsonArray(), ["source"] = new JsonObject { ["created_from"] = "storefront", ["source_name"] = "google", ["medium"] = "cpc", ["campaign"] = "primavera", ["user_agent"] = "Mozilla/5.0" },
            ["status"] = Translated(status), ["status_name"] = Translated(status), ["status_enum"] = status, ["tracking_url"] = null, ["tracking_company"] = null, ["tracking_number"] = null, ["shipping_option"] = isPickup ? "store_pickup" : "delivery",
            ["same_day_delivery"] = false, ["shipment_status"] = "No Procesado", ["shipment_status_enum"] = "unfulfilled", ["recovered_from"] = null, ["external_shipping_rate_id"] = isPickup ? null : "bx-prime",
            ["external_shipping_rate_description"] = isPickup ? null : "Bluexpress Priority", ["billing_information"] = new JsonObject { ["business_activity"] = null, ["company_name"] = null, ["taxpayer_type"] = null },
        };
    }

    /// <summary>Not ISO 8601.</summary>
    internal static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    internal static string Translated(string status) => status switch { "paid" => "Pagado", "pending_payment" => "Pago Pendiente", "canceled" => "Cancelado", "abandoned" => "Abandonado", _ => status };

    private sealed record Buyer(string First, string Last, string TaxId, string Phone, string Prefix, string Street, int? Number, string? Complement, string City, string? Municipality, string Region, string RegionCode, string Country, string CountryCode, string Currency, double Latitude, double Longitude)
    {
        internal JsonObject Address(bool withTaxId)
        {
            var address = new JsonObject
            {
                ["name"] = First, ["surname"] = Last, ["address"] = Street, ["street_number"] = Number, ["complement"] = Complement, ["city"] = City, ["municipality"] = Municipality, ["neighbourhood"] = null, ["postal"] = null,
                ["region"] = Region, ["region_code"] = RegionCode, ["country"] = Country, ["country_code"] = CountryCode,
            };
            if (withTaxId)
            {
                address["taxid"] = TaxId;
            }
            else
            {
                (address["latitude"], address["longitude"]) = (Latitude, Longitude);
            }

            return address;
        }
    }
}
