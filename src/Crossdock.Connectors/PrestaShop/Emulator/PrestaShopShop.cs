using System.Globalization;
using System.Text.Json.Nodes;
using NodaTime;
using static Crossdock.Connectors.PrestaShop.PrestaShopShelf;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>The emulated shop's tables, and what happens in them. Everything under one lock.</summary>
internal sealed class PrestaShopShop
{
    private const decimal TaxRate = 1.19m;

    private readonly Lock door = new();
    private readonly Dictionary<string, SortedDictionary<long, JsonObject>> tables = new(StringComparer.Ordinal);
    private readonly PrestaShopEmulatorOptions options;
    private readonly TimeProvider clock;
    private readonly DateTimeZone zone;
    private readonly Random chance;

    internal PrestaShopShop(PrestaShopEmulatorOptions options, TimeProvider clock)
    {
        (this.options, this.clock) = (options, clock);
        zone = DateTimeZoneProviders.Tzdb[options.Zone];
#pragma warning disable CA5394 // Dice, not keys: a seed must give the same orders again.
        chance = new Random(options.Seed);
#pragma warning restore CA5394
        foreach (var (resource, row) in Installed(options.Zone))
        {
            Table(resource)[(long)row["id"]!] = row;
        }
    }

    internal static readonly string[] Resources =
    [
        "addresses", "carriers", "configurations", "countries", "currencies", "customer_messages", "customer_threads", "customers", "languages", "messages", "order_carriers", "order_cart_rules", "order_details",
        "order_histories", "order_payments", "order_slip", "order_states", "orders", "states",
    ];

    /// <summary>The shop's address without a slash at the end.</summary>
    internal string Url { get; set; } = "http://127.0.0.1";

    internal string Zone => options.Zone;

    internal int Count
    {
        get
        {
            lock (door)
            {
                return Table("orders").Count;
            }
        }
    }

    internal bool Happens(double rate)
    {
        lock (door)
        {
#pragma warning disable CA5394 // Dice, not keys.
            return rate > 0 && chance.NextDouble() < rate;
#pragma warning restore CA5394
        }
    }

    internal List<JsonObject> Rows(string resource, Func<JsonObject, bool>? where = null)
    {
        lock (door)
        {
            return [.. Table(resource).Values.Where(row => where?.Invoke(row) ?? true).Select(row => (JsonObject)row.DeepClone())];
        }
    }

    /// <summary>Answers a list's question over the rows themselves: what comes out is a copy.</summary>
    internal (List<JsonObject> Rows, string? Wrong) Ask(string resource, Microsoft.AspNetCore.Http.IQueryCollection query)
    {
        lock (door)
        {
            return PrestaShopQuery.Run([.. Table(resource).Values], query);
        }
    }

    internal JsonObject? Row(string resource, long id)
    {
        lock (door)
        {
            return Table(resource).TryGetValue(id, out var row) ? (JsonObject)row.DeepClone() : null;
        }
    }

    /// <summary>Writes a whole row, as PUT does.</summary>
    internal void Replace(string resource, long id, JsonObject row)
    {
        lock (door)
        {
            Table(resource)[id] = row;
        }
    }

    /// <summary>Somebody buys: one order, or two when the shop splits the cart; gives their ids.</summary>
    internal List<long> Place(bool isSplit)
    {
        bool isUnpaid = Happens(options.UnpaidRate), isCash = !isUnpaid && Happens(options.CashRate), isBad = Happens(options.BadAddressRate);
        lock (door)
        {
#pragma warning disable CA5394 // Dice, not keys.
            var buyer = Buyers[chance.Next(Buyers.Length)];
            bool isGift = chance.Next(6) == 0;
            long cart = 5000 + Table("orders").Count;
            string reference = new([.. Enumerable.Range(0, 9).Select(_ => (char)('A' + chance.Next(26)))]);
#pragma warning restore CA5394
            long customer = Add("customers", id => PrestaShopShelf.Row(("id", id), ("id_default_group", "3"), ("id_lang", "1"), ("secure_key", "5f0c3d9e1a2b4c6d8e7f9a0b1c2d3e4f"), ("passwd", "$2y$10$emulated.hash.never.to.be.kept"), ("lastname", buyer.Last), ("firstname", buyer.First),
                ("email", $"{new string([.. buyer.First.Where(char.IsAsciiLetter)]).ToLowerInvariant()}@example.com"), ("birthday", "1985-04-12"), ("company", buyer.Company), ("siret", ""), ("ape", ""), ("note", ""), ("is_guest", "0"), ("date_add", Now()), ("date_upd", Now())));
            long address = Add("addresses", id => PrestaShopShelf.Row(("id", id), ("id_customer", Text(customer)), ("id_country", Text(buyer.Country)), ("id_state", Text(buyer.State)), ("alias", "Casa"), ("company", buyer.Company), ("lastname", buyer.Last), ("firstname", buyer.First),
                ("vat_number", ""), ("address1", isBad ? "" : buyer.Address1), ("address2", isBad ? "" : buyer.Address2), ("postcode", buyer.Postcode), ("city", buyer.City), ("other", buyer.Other), ("phone", buyer.Phone), ("phone_mobile", buyer.Mobile), ("dni", buyer.Dni), ("deleted", "0"), ("date_add", Now()), ("date_upd", Now())));
            List<long> ids = [];
            for (int part = 0; part < (isSplit ? 2 : 1); part++)
            {
                ids.Add(AddOrder(new(customer, address, cart, reference, isUnpaid, isCash, isGift && part == 0)));
            }

            // The payment module moves the last one only.
            Move(ids[^1], isUnpaid ? 10 : isCash ? 13 : 2);
            foreach (long sibling in ids[..^1])
            {
                Move(sibling, 10);
            }

            return ids;
        }
    }

    /// <summary>The order gets a state, with everything that hangs on it; false when there is no such order.</summary>
    internal bool ChangeState(long order, long state)
    {
        lock (door)
        {
            if (!Table("orders").ContainsKey(order) || !Table("order_states").ContainsKey(state))
            {
                return false;
            }

            Move(order, state);
            return true;
        }
    }

    /// <summary>A tracking number is typed in: the order's own time of change stays as it was.</summary>
    internal void Track(long order, string number)
    {
        lock (door)
        {
            Table("order_carriers").Values.First(row => (string)row["id_order"]! == Text(order))["tracking_number"] = number;
        }
    }

    internal void Refund(long order)
    {
        lock (door)
        {
            var detail = Table("order_details").Values.First(row => (string)row["id_order"]! == Text(order));
            detail["product_quantity_refunded"] = "1";
            string each = (string)detail["unit_price_tax_incl"]!, net = (string)detail["unit_price_tax_excl"]!;
            Add("order_slip", id =>
            {
                var slip = PrestaShopShelf.Row(("id", id), ("id_customer", (string)Table("orders")[order]["id_customer"]!), ("id_order", Text(order)), ("conversion_rate", "1.000000"), ("total_products_tax_excl", net), ("total_products_tax_incl", each),
                    ("total_shipping_tax_excl", "0.000000"), ("total_shipping_tax_incl", "0.000000"), ("amount", net), ("shipping_cost", "0"), ("shipping_cost_amount", "0.000000"), ("partial", "1"), ("order_slip_type", "0"), ("date_add", Now()), ("date_upd", Now()));
                slip["associations"] = new JsonObject { ["order_slip_details"] = new JsonArray((JsonNode)PrestaShopShelf.Row(("id", id), ("id_order_detail", (string)detail["id"]!.ToString()), ("product_quantity", "1"), ("amount_tax_excl", net), ("amount_tax_incl", each))) };
                return slip;
            });
            Touch(order);
        }
    }

    internal void MoveHouse(long order, string street)
    {
        lock (door)
        {
            var row = Table("orders")[order];
            var address = (JsonObject)Table("addresses")[long.Parse((string)row["id_address_delivery"]!, CultureInfo.InvariantCulture)].DeepClone();
            long id = Add("addresses", fresh =>
            {
                address["id"] = fresh;
                address["address1"] = street;
                return address;
            });
            row["id_address_delivery"] = Text(id);
            Touch(order);
        }
    }

    /// <summary>Changes an order's own fields and its time of change.</summary>
    internal void Edit(long order, Action<JsonObject> change)
    {
        lock (door)
        {
            change(Table("orders")[order]);
            Touch(order);
        }
    }

    /// <summary>Several orders at one time of change, as a mass action leaves them.</summary>
    internal void TouchAll(IEnumerable<long> orders)
    {
        lock (door)
        {
            foreach (long order in orders)
            {
                Touch(order);
            }
        }
    }

    internal string Now() => PrestaShopZone.Text(clock.GetUtcNow(), zone);

    private SortedDictionary<long, JsonObject> Table(string resource) => tables.TryGetValue(resource, out var table) ? table : tables[resource] = [];

    private long Add(string resource, Func<long, JsonObject> make)
    {
        var table = Table(resource);
        long id = table.Count == 0 ? resource == "orders" ? options.FirstId : 1 : table.Keys.Last() + 1;
        table[id] = make(id);
        return id;
    }

    private void Touch(long order) => Table("orders")[order]["date_upd"] = Now();

    private long AddOrder(Basket basket)
    {
#pragma warning disable CA5394 // Dice, not keys.
        Good[] goods = [.. Enumerable.Range(0, chance.Next(1, 4)).Select(_ => Goods[chance.Next(Goods.Length)]).DistinctBy(good => (good.Product, good.Combination))];
        int[] quantities = [.. goods.Select(_ => chance.Next(1, 3))];
        bool hasVoucher = chance.Next(5) == 0, isPickup = chance.Next(12) == 0;
        bool hasNote = chance.Next(3) == 0;
#pragma warning restore CA5394
        decimal products = goods.Zip(quantities, (good, quantity) => good.Price * quantity).Sum();
        decimal shipping = isPickup ? 0 : 4990, wrapping = basket.IsGift ? 2490 : 0, discount = hasVoucher ? 2000 : 0;
        decimal total = products + shipping + wrapping - discount;
        long order = Add("orders", id => PrestaShopShelf.Row(("id", id), ("id_address_delivery", basket.Address), ("id_address_invoice", basket.Address), ("id_cart", basket.Cart), ("id_currency", "2"), ("id_lang", "1"), ("id_customer", basket.Customer),
            ("id_carrier", isPickup ? "59" : "58"), ("current_state", "0"), ("module", basket.IsCash ? "ps_cashondelivery" : basket.IsUnpaid ? "ps_wirepayment" : "webpay"), ("invoice_number", "0"), ("invoice_date", "0000-00-00 00:00:00"), ("delivery_number", "0"),
            ("delivery_date", "0000-00-00 00:00:00"), ("valid", "0"), ("date_add", Now()), ("date_upd", Now()), ("shipping_number", ""), ("note", ""), ("id_shop_group", "1"), ("id_shop", "1"), ("secure_key", "5f0c3d9e1a2b4c6d8e7f9a0b1c2d3e4f"),
            ("payment", basket.IsCash ? "Contra reembolso" : basket.IsUnpaid ? "Transferencia bancaria" : "Webpay Plus"), ("recyclable", "0"), ("gift", basket.IsGift ? "1" : "0"), ("gift_message", basket.IsGift ? "Feliz cumpleaños" : ""), ("mobile_theme", "0"),
            ("total_discounts", Amount(discount)), ("total_discounts_tax_incl", Amount(discount)), ("total_discounts_tax_excl", Amount(discount / TaxRate)), ("total_paid", Amount(total)), ("total_paid_tax_incl", Amount(total)), ("total_paid_tax_excl", Amount(total / TaxRate)),
            ("total_paid_real", "0.000000"), ("total_products", Amount(products / TaxRate)), ("total_products_wt", Amount(products)), ("total_shipping", Amount(shipping)), ("total_shipping_tax_incl", Amount(shipping)), ("total_shipping_tax_excl", Amount(shipping / TaxRate)),
            ("carrier_tax_rate", "19.000"), ("total_wrapping", Amount(wrapping)), ("total_wrapping_tax_incl", Amount(wrapping)), ("total_wrapping_tax_excl", Amount(wrapping / TaxRate)), ("round_mode", "2"), ("round_type", "2"), ("conversion_rate", "1.000000"), ("reference", basket.Reference)));
        var rows = new JsonArray();
        for (int line = 0; line < goods.Length; line++)
        {
            var (good, quantity) = (goods[line], quantities[line]);
            decimal net = good.Price / TaxRate;
            (string Name, object Value)[] shared =
            [
                ("product_id", good.Product), ("product_attribute_id", good.Combination), ("product_quantity", quantity), ("product_name", good.Name), ("product_reference", good.Reference), ("product_ean13", good.Ean), ("product_isbn", ""), ("product_upc", ""),
                ("product_price", Amount(net)), ("id_customization", "0"), ("unit_price_tax_incl", Amount(good.Price)), ("unit_price_tax_excl", Amount(net)),
            ];
            long detail = Add("order_details", id => PrestaShopShelf.Row([("id", id), ("id_order", order), ("product_quantity_return", "0"), ("product_quantity_refunded", "0"), ("product_quantity_reinjected", "0"), ("product_supplier_reference", ""), ("product_mpn", ""),
                ("product_weight", Amount(good.Weight)), ("download_hash", ""), ("total_price_tax_incl", Amount(good.Price * quantity)), ("total_price_tax_excl", Amount(net * quantity)), .. shared]));
            rows.Add((JsonNode)PrestaShopShelf.Row([("id", Text(detail)), .. shared]));
        }

        Table("orders")[order]["associations"] = new JsonObject { ["order_rows"] = rows };
        Add("order_carriers", id => PrestaShopShelf.Row(("id", id), ("id_order", order), ("id_carrier", isPickup ? "59" : "58"), ("id_order_invoice", "0"), ("weight", Amount(goods.Zip(quantities, (good, quantity) => good.Weight * quantity).Sum())),
            ("shipping_cost_tax_excl", Amount(shipping / TaxRate)), ("shipping_cost_tax_incl", Amount(shipping)), ("tracking_number", ""), ("date_add", Now())));
        if (hasVoucher)
        {
            Add("order_cart_rules", id => PrestaShopShelf.Row(("id", id), ("id_order", order), ("id_cart_rule", "3"), ("id_order_invoice", "0"), ("name", "BIENVENIDO"), ("value", Amount(discount)), ("value_tax_excl", Amount(discount / TaxRate)), ("free_shipping", "0"), ("deleted", "0")));
        }

        if (hasNote)
        {
            Add("messages", id => PrestaShopShelf.Row(("id", id), ("id_cart", basket.Cart), ("id_order", order), ("id_customer", basket.Customer), ("id_employee", "0"), ("message", "Llamar antes de llegar"), ("private", "0"), ("date_add", Now())));
            long thread = Add("customer_threads", id => PrestaShopShelf.Row(("id", id), ("id_lang", "1"), ("id_shop", "1"), ("id_customer", basket.Customer), ("id_order", order), ("id_product", "0"), ("status", "open"), ("email", "buyer@example.com"), ("token", "Xk3jf82Lq0Pz"), ("date_add", Now()), ("date_upd", Now())));
            Add("customer_messages", id => PrestaShopShelf.Row(("id", id), ("id_customer_thread", thread), ("id_employee", "0"), ("message", "Llamar antes de llegar"), ("private", "0"), ("date_add", Now())));
        }

        return order;
    }

    // As the core does it, with its trap: a state that counts as paid makes up a payment for whatever is open.
    private void Move(long order, long state)
    {
        var row = Table("orders")[order];
        var target = Table("order_states")[state];
        Add("order_histories", id => PrestaShopShelf.Row(("id", id), ("id_employee", "0"), ("id_order_state", state), ("id_order", order), ("date_add", Now())));
        row["current_state"] = Text(state);
        row["valid"] = (string)target["logable"]!;
        if ((string)target["invoice"]! == "1" && (string)row["invoice_number"]! == "0")
        {
            row["invoice_number"] = Text(order);
            row["invoice_date"] = Now();
        }

        if ((string)target["paid"]! == "1" && (string)row["total_paid_real"]! != (string)row["total_paid_tax_incl"]!)
        {
            row["total_paid_real"] = (string)row["total_paid_tax_incl"]!;
            Add("order_payments", id => PrestaShopShelf.Row(("id", id), ("order_reference", (string)row["reference"]!), ("id_currency", "2"), ("amount", (string)row["total_paid_tax_incl"]!), ("payment_method", (string)row["payment"]!), ("conversion_rate", "1.000000"),
                ("transaction_id", ""), ("card_number", "4242XXXXXXXX4242"), ("card_brand", "VISA"), ("card_expiration", "12/29"), ("card_holder", "EMULATED"), ("date_add", Now())));
        }

        Touch(order);
    }

    private sealed record Basket(long Customer, long Address, long Cart, string Reference, bool IsUnpaid, bool IsCash, bool IsGift);
}
