using System.Globalization;
using System.Text.Json.Nodes;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>What the emulated shop sells and who buys there. People write addresses as people do; names and numbers are invented.</summary>
internal static class WooCommerceShelf
{
    private static readonly Good[] Goods =
    [
        new(12, 0, "Polera técnica", null, "POL-1", 14_990, "polera.jpg"), new(30, 31, "Polar Andino - Azul, M", "Polar Andino", "POL-AZ-M", 39_990, "polar-azul.jpg"), new(30, 32, "Polar Andino - Rojo, L", "Polar Andino", "POL-RO-L", 39_990, ""),
        new(44, 0, "Gorro «Ñandú»", null, "GOR-1", 8_990, ""), new(51, 0, "Bastones de trekking (par)", null, "", 24_990, ""), new(60, 61, "Botella 750 ml - Acero", "Botella 750 ml", "BOT-750", 12_490, "botella.jpg"),
    ];

    private static readonly Buyer[] Buyers =
    [
        new("Camila", "Rojas", "", "Avenida Irarrázaval 2401", "Depto 51", "Ñuñoa", "CL-RM", "7750000", "CL", "+56 9 6123 4567"),
        new("MATIAS", "GONZALEZ SOTO", "", "av. irarrazaval 3100 casa", "", "nunoa", "Metropolitana", "", "CL", "961234568"),
        new("javiera", "muñoz", "", "Esmeralda 940", "of. 22", " Valparaiso", "CL-VS", "2340000", "CL", "56-9-71234567"),
        new("Benjamín", "Peña", "", "Barros Arana 1150", "", "CONCEPCION", "CL-BI", "4030000", "CL", "+56912340000"),
        new("Antonia", "O&#8217;Higgins", "", "Manuel Montt 780", "", "Temuco.", "CL-AR", "4780000", "CL", "(45) 2 123456"),
        new("José Tomás", "Vicuña", "Vicuña &amp; Hijos", "Camino El Alba 9500", "", "Las condes", "RM", "", "CL", "+56 2 2345 6789"),
        new("Francisca", "Díaz", "", "Pasaje 4 #1234", "Villa \"Los Héroes\"", "Maipu", "CL-RM", "9250000", "CL", "9 8765 4321"),
        new("Ignacia", "Silva", "", "5 Oriente 455", "", "Viña del Mar / Reñaca", "CL-VS", "2520000", "CL", "+56 9 5555 1234"),
        new("Rayén", "Huenchumán", "", "Lautaro 310", "", "Pto. Montt", "CL-LL", "5480000", "CL", ""),
        new("Sebastián", "Araya", "", "Balmaceda 2355", "", "ANTOFAGASTA ", "Región de Antofagasta", "1240000", "CL", "+56 9 4444 9876"),
        new("Florencia", "Reyes", "", "21 de Mayo 1200", "", "Pta Arenas", "CL-MA", "6200000", "CL", "+56 61 2 222222"),
        new("Marta", "Ibáñez", "Taller Ibáñez", "Calle de Alcalá 210", "4º B", "Madrid", "M", "28028", "ES", "+34 600 11 22 33"),
        new("Jordi", "Puig i Ferrer", "", "Carrer de l'Església 12", "", "L'Hospitalet de Llobregat", "B", "08901", "ES", "+34 611 22 33 44"),
        new("Lucía", "Hernández", "", "Av. Álvaro Obregón 151", "Int. 8", "Ciudad de México", "DF", "06700", "MX", "+52 55 1234 5678"),
        new("Renzo", "Quispe", "", "Jr. de la Unión 500", "", "Lima", "LIM", "15001", "PE", "+51 912 345 678"),
        new("Emily", "O'Connor", "", "1450 Broadway", "Suite 9", "New York", "NY", "10018", "US", "+1 212 555 0100"),
    ];

    internal static JsonObject Order(long id, Random chance, DateTimeOffset at, string version, string site, bool isAddressBad)
    {
        var buyer = Buyers[chance.Next(Buyers.Length)];
        buyer = isAddressBad ? buyer with { Street = "", Street2 = "" } : buyer;
        var money = Currency.Of(buyer.Country);
        var sums = new Sums();
        var lines = new JsonArray();
        decimal off = chance.Next(4) == 0 ? 0.10m : 0m;
        for (int line = chance.Next(1, 4); line > 0; line--)
        {
            lines.Add((JsonNode)Line((id * 100) + lines.Count + 1, Goods[chance.Next(Goods.Length)], chance.Next(1, 3), off, money, site, sums));
        }

        bool isCash = chance.Next(3) == 0 && buyer.Country is "CL" or "ES";
        var fees = new JsonArray();
        if (isCash)
        {
            fees.Add((JsonNode)Fee((id * 100) + 50, "Recargo contra entrega", money.Price(1_990), money, sums));
        }

        var shipping = new JsonArray((JsonNode)ShippingLine((id * 100) + 60, "Despacho a domicilio", "1", money.Price(2_990), money, sums));
        if (chance.Next(8) == 0)
        {
            shipping.Add((JsonNode)ShippingLine((id * 100) + 61, "Retiro de bulto grande", "2", money.Price(1_490), money, sums));
        }

        var order = new JsonObject
        {
            ["id"] = id, ["parent_id"] = 0, ["status"] = "processing", ["currency"] = money.Code, ["version"] = version, ["prices_include_tax"] = money.Code == "CLP",
            ["discount_total"] = money.Text(sums.Discount), ["discount_tax"] = money.Text(sums.DiscountTax), ["shipping_total"] = money.Text(sums.Shipping), ["shipping_tax"] = money.Text(sums.ShippingTax),
            ["cart_tax"] = money.Text(sums.CartTax), ["total"] = money.Text(sums.Total), ["total_tax"] = money.Text(sums.CartTax + sums.ShippingTax),
            ["customer_id"] = chance.Next(3) == 0 ? 0 : chance.Next(1, 5000), ["order_key"] = $"wc_order_{chance.Next(100_000_000, 999_999_999).ToString(CultureInfo.InvariantCulture)}",
            ["billing"] = buyer.Address(withEmail: true), ["shipping"] = buyer.Address(withEmail: false),
            ["payment_method"] = isCash ? "cod" : "webpay", ["payment_method_title"] = isCash ? "Contra entrega" : "Webpay Plus", ["transaction_id"] = isCash ? "" : $"TBK-{id.ToString(CultureInfo.InvariantCulture)}",
            ["customer_ip_address"] = "203.0.113.54", ["customer_user_agent"] = "Mozilla/5.0", ["created_via"] = chance.Next(2) == 0 ? "checkout" : "store-api",
            ["customer_note"] = chance.Next(5) == 0 ? "Dejar en conserjería &amp; avisar" : "", ["cart_hash"] = "4b5f0f0c9d1e2a3b6c7d8e9fa0b1c2d3", ["number"] = id.ToString(CultureInfo.InvariantCulture),
            ["meta_data"] = Metadata(id, buyer), ["line_items"] = lines, ["shipping_lines"] = shipping, ["fee_lines"] = fees,
            ["coupon_lines"] = off == 0m ? new JsonArray() : new JsonArray((JsonNode)new JsonObject
            {
                ["id"] = (id * 100) + 70, ["code"] = "otono10", ["discount"] = money.Text(sums.Discount), ["discount_tax"] = money.Text(sums.DiscountTax), ["meta_data"] = new JsonArray(),
                ["discount_type"] = "percent", ["nominal_amount"] = 10, ["free_shipping"] = false,
            }),
            ["tax_lines"] = money.Rate == 0m ? new JsonArray() : new JsonArray((JsonNode)new JsonObject
            {
                ["id"] = (id * 100) + 80, ["rate_code"] = $"{buyer.Country}-{money.Tax}-1", ["rate_id"] = 1, ["label"] = money.Tax, ["compound"] = false, ["tax_total"] = money.Text(sums.CartTax),
                ["shipping_tax_total"] = money.Text(sums.ShippingTax), ["rate_percent"] = money.Rate * 100m, ["meta_data"] = new JsonArray(),
            }),
            ["refunds"] = new JsonArray(), ["payment_url"] = $"{site}checkout/order-pay/{id.ToString(CultureInfo.InvariantCulture)}/?pay_for_order=true", ["is_editable"] = false, ["needs_payment"] = false, ["needs_processing"] = true,
            ["currency_symbol"] = money.Symbol,
        };
        WooCommerceShop.Stamp(order, "date_created", at);
        WooCommerceShop.Stamp(order, "date_modified", at);
        WooCommerceShop.Stamp(order, "date_paid", isCash ? null : at);
        WooCommerceShop.Stamp(order, "date_completed", null);
        return order;
    }

    private static JsonObject Line(long id, Good good, int quantity, decimal off, Currency money, string site, Sums sums)
    {
        decimal before = money.Price(good.Price) * quantity;
        decimal total = money.Round(before * (1 - off));
        (decimal taxBefore, decimal tax) = (money.Round(before * money.Rate), money.Round(total * money.Rate));
        sums.Goods += total;
        sums.CartTax += tax;
        sums.Discount += before - total;
        sums.DiscountTax += taxBefore - tax;
        return new()
        {
            ["id"] = id, ["name"] = good.Name, ["product_id"] = good.Product, ["variation_id"] = good.Variation, ["quantity"] = quantity, ["tax_class"] = "",
            ["subtotal"] = money.Text(before), ["subtotal_tax"] = money.Text(taxBefore), ["total"] = money.Text(total), ["total_tax"] = money.Text(tax),
            ["taxes"] = money.Rate == 0m ? new JsonArray() : new JsonArray((JsonNode)new JsonObject { ["id"] = 1, ["total"] = money.Text(tax), ["subtotal"] = money.Text(taxBefore) }),
            ["meta_data"] = good.Variation == 0 ? new JsonArray() : new JsonArray((JsonNode)new JsonObject { ["id"] = id * 10, ["key"] = "pa_variante", ["value"] = good.Name[(good.Name.LastIndexOf('-') + 2)..], ["display_key"] = "Variante", ["display_value"] = good.Name[(good.Name.LastIndexOf('-') + 2)..] }),
            ["sku"] = good.Sku, ["price"] = (double)(total / quantity), ["image"] = new JsonObject { ["id"] = good.Image.Length == 0 ? "" : "2291", ["src"] = good.Image.Length == 0 ? "" : site + "wp-content/uploads/" + good.Image },
            ["parent_name"] = good.Parent,
        };
    }

    private static JsonObject Fee(long id, string name, decimal total, Currency money, Sums sums)
    {
        sums.Goods += total;
        sums.CartTax += money.Round(total * money.Rate);
        return new()
        {
            ["id"] = id, ["name"] = name, ["tax_class"] = "", ["tax_status"] = "taxable", ["amount"] = money.Text(total), ["total"] = money.Text(total), ["total_tax"] = money.Text(money.Round(total * money.Rate)),
            ["taxes"] = new JsonArray(), ["meta_data"] = new JsonArray(),
        };
    }

    private static JsonObject ShippingLine(long id, string title, string instance, decimal total, Currency money, Sums sums)
    {
        sums.Shipping += total;
        sums.ShippingTax += money.Round(total * money.Rate);
        return new()
        {
            ["id"] = id, ["method_title"] = title, ["method_id"] = "flat_rate", ["instance_id"] = instance, ["total"] = money.Text(total), ["total_tax"] = money.Text(money.Round(total * money.Rate)),
            ["taxes"] = new JsonArray(), ["tax_status"] = "taxable", ["meta_data"] = new JsonArray(),
        };
    }

    private static JsonArray Metadata(long id, Buyer buyer) => buyer.Country == "CL"
        ? [new JsonObject { ["id"] = (id * 10) + 1, ["key"] = "billing_rut", ["value"] = $"{12 + (id % 9)}.345.678-{id % 10}" }, new JsonObject { ["id"] = (id * 10) + 2, ["key"] = "_shipping_comuna", ["value"] = buyer.City }]
        : [new JsonObject { ["id"] = (id * 10) + 1, ["key"] = "_wc_order_attribution_utm_source", ["value"] = "google" }];

    private sealed class Sums
    {
        internal decimal Goods, CartTax, Discount, DiscountTax, Shipping, ShippingTax;

        internal decimal Total => Goods + CartTax + Shipping + ShippingTax;
    }

    private sealed record Good(long Product, long Variation, string Name, string? Parent, string Sku, decimal Price, string Image);

    private sealed record Buyer(string First, string Last, string Company, string Street, string Street2, string City, string State, string Postcode, string Country, string Phone)
    {
        internal JsonObject Address(bool withEmail)
        {
            var address = new JsonObject
            {
                ["first_name"] = First, ["last_name"] = Last, ["company"] = Company, ["address_1"] = Street, ["address_2"] = Street2, ["city"] = City, ["state"] = State, ["postcode"] = Postcode, ["country"] = Country,
            };
            if (withEmail)
            {
                address["email"] = $"{new string([.. First.Where(char.IsAsciiLetter)]).ToLowerInvariant()}@example.com";
            }

            address["phone"] = Phone;
            return address;
        }
    }

    /// <summary>Prices are thought of in pesos; other countries pay about as much in their own money.</summary>
    private sealed record Currency(string Code, string Symbol, int Decimals, decimal Rate, string Tax, decimal Factor)
    {
        internal static Currency Of(string country) => country switch
        {
            "ES" => new("EUR", "€", 2, 0.21m, "IVA", 0.001m),
            "MX" => new("MXN", "&#36;", 2, 0.16m, "IVA", 0.02m),
            "PE" => new("PEN", "S/", 2, 0.18m, "IGV", 0.004m),
            "US" => new("USD", "&#36;", 2, 0m, "", 0.00105m),
            _ => new("CLP", "&#36;", 0, 0.19m, "IVA", 1m),
        };

        internal decimal Price(decimal pesos) => Round(pesos * Factor);

        internal decimal Round(decimal amount) => decimal.Round(amount, Decimals, MidpointRounding.AwayFromZero);

        internal string Text(decimal amount) => amount.ToString(Decimals == 0 ? "F0" : "F2", CultureInfo.InvariantCulture);
    }
}
