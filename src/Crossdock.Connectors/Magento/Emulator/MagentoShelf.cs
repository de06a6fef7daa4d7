using System.Globalization;
using System.Text.Json.Nodes;

namespace Crossdock.Connectors.Magento;

/// <summary>Makes the emulated shop's orders: configurable products in two rows, bundles, downloads, in buyers' currencies with the shop's accounting in dollars.</summary>
internal static class MagentoShelf
{
    private static readonly Buyer[] Buyers =
    [
        new("Rosa", "Quispe", ["Av. Larco 1150", "Dpto. 4B"], "Lima", "Lima", "LIM", "15074", "PE", "+51 912 345 678", "PEN", 3.75m, 18),
        new("Lucía", "Méndez", ["Calle Reforma 88", "Col. Centro"], "Guadalajara", "Jalisco", "JAL", "44130", "MX", "+52 33 1234 5678", "MXN", 17.25m, 16),
        new("Tomás", "Fuentealba", ["Los Carrera 455"], "Concepción", "Biobío", "CL-BI", "4030000", "CL", "+56 9 8765 4321", "CLP", 940m, 19),
        new("Inés", "Ferreira", ["Rua Augusta 1500", "Ap 72", "Consolação"], "São Paulo", "São Paulo", "SP", "01304-001", "BR", "+55 11 91234-5678", "BRL", 5.4m, 0),
        new("Marta", "Ibáñez", ["Calle de Alcalá 210", "4º B"], "Madrid", "Madrid", "Madrid", "28028", "ES", "+34 600 11 22 33", "EUR", 0.92m, 21),
        new("Emily", "O'Connor", ["1450 Broadway", "Suite 9"], "New York", "New York", "NY", "10018", "US", "+1 212 555 0100", "USD", 1m, 0),
    ];

#pragma warning disable CA5394 // Dice, not keys.
    internal static JsonObject Order(long id, Random chance, string now, bool isAddressBad)
    {
        var buyer = Buyers[chance.Next(Buyers.Length)];
        if (isAddressBad)
        {
            buyer = buyer with { Street = [""] };
        }

        bool isGuest = chance.Next(2) == 0;
        bool isCash = chance.Next(3) == 0;
        bool isReduced = chance.Next(4) == 0;
        var rows = Rows(id, chance, buyer, isReduced ? 0.10m : 0m, now);
        decimal shipping = buyer.Price(5m);
        return Document(id, buyer, rows, shipping, isGuest, isCash, isReduced, now, chance.Next(1, 9000));
    }

    private static List<JsonObject> Rows(long order, Random chance, Buyer buyer, decimal off, string now)
    {
        List<JsonObject> rows = [];
        long id = order * 10;
        var jacket = Row(order, ++id, null, "configurable", "JKT-AUR-M-GRN", "Hiking Jacket Aurora", 640, 0.85m, chance.Next(1, 3), buyer.Price(45m), off, buyer, now);
        rows.Add(jacket);
        var child = Row(order, ++id, id - 1, "simple", "JKT-AUR-M-GRN", "Hiking Jacket Aurora-M-Green", 655, 0.85m, jacket["qty_ordered"]!.GetValue<int>(), 0m, 0m, buyer, now);
        child["parent_item"] = jacket.DeepClone();
        rows.Add(child);
        if (chance.Next(2) == 0)
        {
            rows.Add(Row(order, ++id, null, "simple", "HL-400", "Headlamp 400 lm", 512, 0.25m, chance.Next(1, 4), buyer.Price(30m), off, buyer, now));
        }

        if (chance.Next(4) == 0)
        {
            rows.Add(Row(order, ++id, null, "bundle", "CAMP-SET", "Camping set", 700, 6.1m, 1, buyer.Price(240m), 0m, buyer, now));
            long set = id;
            rows.Add(Row(order, ++id, set, "simple", "TENT-2", "Tent for two", 701, 4.1m, 1, buyer.Price(160m), 0m, buyer, now));
            rows.Add(Row(order, ++id, set, "simple", "BAG-1", "Sleeping bag", 702, 1m, 2, buyer.Price(40m), 0m, buyer, now));
        }

        return rows;
    }
#pragma warning restore CA5394

    private static JsonObject Row(long order, long id, long? parent, string type, string sku, string name, int product, decimal weight, int quantity, decimal price, decimal off, Buyer buyer, string now)
    {
        decimal total = price * quantity;
        decimal discount = buyer.Round(total * off);
        var row = new JsonObject
        {
            ["item_id"] = id, ["order_id"] = order, ["product_id"] = product, ["product_type"] = type, ["sku"] = sku, ["name"] = name, ["qty_ordered"] = quantity, ["qty_invoiced"] = 0, ["qty_shipped"] = 0,
            ["qty_canceled"] = 0, ["qty_refunded"] = 0, ["price"] = price, ["base_price"] = buyer.InDollars(price), ["original_price"] = price, ["row_total"] = total, ["base_row_total"] = buyer.InDollars(total),
            ["discount_amount"] = discount, ["base_discount_amount"] = buyer.InDollars(discount), ["discount_percent"] = discount == 0 ? 0 : 10, ["tax_amount"] = buyer.Tax(total - discount), ["tax_percent"] = buyer.Percent,
            ["weight"] = weight, ["row_weight"] = weight * quantity, ["is_virtual"] = 0, ["is_qty_decimal"] = 0, ["free_shipping"] = 0, ["store_id"] = 1, ["created_at"] = now, ["updated_at"] = now, ["weee_tax_applied"] = "[]",
        };
        if (parent is { } above)
        {
            row["parent_item_id"] = above;
        }

        return row;
    }

    private static JsonObject Document(long id, Buyer buyer, List<JsonObject> rows, decimal shipping, bool isGuest, bool isCash, bool isReduced, string now, int customer)
    {
        var tops = rows.Where(row => row["parent_item_id"] is null).ToList();
        decimal Sum(string name) => tops.Sum(row => row[name]!.GetValue<decimal>());
        (decimal subtotal, decimal discount, decimal tax) = (Sum("row_total"), Sum("discount_amount"), Sum("tax_amount"));
        decimal total = subtotal - discount + tax + shipping;
        string email = $"{new string([.. buyer.First.Where(char.IsAsciiLetter)]).ToLowerInvariant()}@example.com";
        var order = new JsonObject
        {
            ["entity_id"] = id, ["increment_id"] = id.ToString("D9", CultureInfo.InvariantCulture), ["state"] = "new", ["status"] = "pending", ["created_at"] = now, ["updated_at"] = now,
            ["store_id"] = 1, ["store_name"] = "Main Website\nTienda\nDefault", ["order_currency_code"] = buyer.Currency, ["base_currency_code"] = "USD", ["store_currency_code"] = buyer.Currency, ["global_currency_code"] = "USD",
            ["base_to_order_rate"] = buyer.Rate, ["grand_total"] = total, ["base_grand_total"] = buyer.InDollars(total), ["subtotal"] = subtotal, ["base_subtotal"] = buyer.InDollars(subtotal),
            ["discount_amount"] = -discount, ["base_discount_amount"] = -buyer.InDollars(discount), ["tax_amount"] = tax, ["base_tax_amount"] = buyer.InDollars(tax), ["shipping_amount"] = shipping, ["base_shipping_amount"] = buyer.InDollars(shipping),
            ["shipping_tax_amount"] = 0, ["shipping_discount_amount"] = 0, ["discount_tax_compensation_amount"] = 0, ["total_due"] = total, ["shipping_description"] = "Flat Rate - Fixed", ["customer_email"] = email,
            ["customer_is_guest"] = isGuest ? 1 : 0, ["is_virtual"] = 0, ["protect_code"] = "6d2f0c51a9e84b17", ["quote_id"] = id + 7000, ["remote_ip"] = "203.0.113.54", ["total_item_count"] = tops.Count, ["weight"] = Sum("row_weight"),
            ["items"] = new JsonArray([.. rows]), ["billing_address"] = buyer.Address("billing", id, email),
            ["payment"] = new JsonObject { ["method"] = isCash ? "cashondelivery" : "niubiz", ["amount_ordered"] = total, ["additional_information"] = new JsonArray(isCash ? "Cash On Delivery" : "tok_emulated", ""), ["cc_last4"] = isCash ? null : "1111", ["account_status"] = null },
            ["status_histories"] = new JsonArray(),
            ["extension_attributes"] = new JsonObject
            {
                ["shipping_assignments"] = new JsonArray(new JsonObject { ["shipping"] = new JsonObject { ["address"] = buyer.Address("shipping", id, email), ["method"] = "flatrate_flatrate" }, ["items"] = new JsonArray() }),
                ["payment_additional_info"] = new JsonArray(new JsonObject { ["key"] = "method_title", ["value"] = isCash ? "Cash On Delivery" : "Niubiz" }),
            },
        };
        if (isReduced)
        {
            order["coupon_code"] = "OTONO10";
        }

        // A guest's order has no name of its own.
        if (!isGuest)
        {
            (order["customer_id"], order["customer_firstname"], order["customer_lastname"]) = (customer, buyer.First, buyer.Last);
        }

        return order;
    }

    private sealed record Buyer(string First, string Last, string[] Street, string City, string Region, string RegionCode, string Postcode, string Country, string Phone, string Currency, decimal Rate, int Percent)
    {
        private int Decimals => Currency == "CLP" ? 0 : 2;

        internal decimal Round(decimal amount) => decimal.Round(amount, Decimals, MidpointRounding.AwayFromZero);

        internal decimal Price(decimal dollars) => Round(dollars * Rate);

        internal decimal Tax(decimal net) => Round(net * Percent / 100m);

        internal decimal InDollars(decimal amount) => decimal.Round(amount / Rate, 4);

        internal JsonObject Address(string type, long order, string email) => new()
        {
            ["address_type"] = type, ["parent_id"] = order, ["firstname"] = First, ["lastname"] = Last, ["street"] = new JsonArray([.. Street.Select(line => JsonValue.Create(line))]), ["city"] = City, ["region"] = Region,
            ["region_code"] = RegionCode, ["postcode"] = Postcode, ["country_id"] = Country, ["telephone"] = Phone, ["email"] = email,
        };
    }
}
