using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Crossdock.Connectors.Shopify.Emulator;

/// <summary>Documents as Shopify writes them (API version 2026-07 and later: the full key set of a webhook), with invented content.</summary>
public static class ShopifyDocuments
{
    private static readonly JsonWriterOptions AsShopify = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static readonly string[] NullsOfAnOrder =
    [
        "cart_token", "device_id", "landing_site_ref", "location_id", "merchant_of_record_app_id", "reference", "source_identifier", "source_url", "user_id", "po_number",
        "current_total_additional_fees_set", "current_total_duties_set", "original_total_additional_fees_set", "original_total_duties_set", "payment_terms",
    ];

    /// <summary>One order, about 8 KB; the same for the same id, generator state and time.</summary>
    /// <param name="id">The order's id.</param>
    /// <param name="chance">A seeded generator: what is bought, by whom, where to.</param>
    /// <param name="at">When it was placed and last changed.</param>
    /// <param name="lines">How many lines; each adds about 1.4 KB.</param>
    public static byte[] Order(long id, Random chance, DateTimeOffset at, int lines = 2) => Write(EmulatedShelf.Order(id, 1000 + (int)(id % 1_000_000), chance, at, lines));

    internal static byte[] Write(EmulatedOrder order) => Bytes(json => WriteOrder(json, order));

    internal static byte[] Refund(EmulatedOrder order) => Bytes(json => WriteRefund(json, order, order.Refund!));

    internal static byte[] Fulfilment(EmulatedOrder order) => Bytes(json => WriteFulfilment(json, order, order.Fulfilment!));

    internal static byte[] Deletion(long id) => Bytes(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteEndObject();
    });

    internal static void WriteOrder(Utf8JsonWriter json, EmulatedOrder order)
    {
        var buyer = order.Buyer;
        json.WriteStartObject();
        json.WriteNumber("id", order.Id);
        json.WriteString("admin_graphql_api_id", Gid("Order", order.Id));
        json.WriteNumber("app_id", 580111);
        json.WriteString("browser_ip", "203.0.113.77");
        json.WriteBoolean("buyer_accepts_marketing", false);
        json.WriteString("cancel_reason", order.CancelledAt is null ? null : "customer");
        Time(json, "cancelled_at", order.CancelledAt);
        json.WriteNumber("checkout_id", order.Id + 32_056_785_000_000);
        json.WriteString("checkout_token", Token(order.Id));
        json.WriteStartObject("client_details");
        json.WriteString("accept_language", buyer.Locale);
        json.WriteNull("browser_height");
        json.WriteString("browser_ip", "203.0.113.77");
        json.WriteNull("browser_width");
        json.WriteNull("session_hash");
        json.WriteString("user_agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36");
        json.WriteEndObject();
        Time(json, "closed_at", null);
        json.WriteString("confirmation_number", ConfirmationNumber(order.Id));
        json.WriteBoolean("confirmed", true);
        json.WriteString("contact_email", buyer.Email);
        Time(json, "created_at", order.CreatedAt);
        json.WriteString("currency", order.Currency);
        Set(json, order, "current_shipping_price", order.Shipping);
        Both(json, order, "current_subtotal_price", order.Subtotal - (order.Refund?.Amount ?? 0m));
        Both(json, order, "current_total_discounts", order.Discount);
        Both(json, order, "current_total_price", order.CurrentTotal);
        Both(json, order, "current_total_tax", order.TaxOf(order.CurrentTotal));
        json.WriteString("customer_locale", buyer.Locale);
        json.WriteStartArray("discount_codes");
        if (order.Discount != 0m)
        {
            json.WriteStartObject();
            json.WriteString("code", "AUTUMN10");
            json.WriteString("amount", Amount(order.Discount));
            json.WriteString("type", "percentage");
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteBoolean("duties_included", false);
        json.WriteString("email", buyer.Email);
        json.WriteBoolean("estimated_taxes", false);
        json.WriteString("financial_status", order.FinancialStatus);
        json.WriteString("fulfillment_status", order.FulfillmentStatus);
        json.WriteString("landing_site", "/products/trail-backpack?utm_source=newsletter");
        json.WriteString("merchant_business_entity_id", "MTU0ODM4MDAwOQ");
        json.WriteString("name", Name(order));
        json.WriteString("note", order.Note);
        json.WriteStartArray("note_attributes");
        json.WriteStartObject();
        json.WriteString("name", "delivery_window");
        json.WriteString("value", "09:00-18:00");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteNumber("number", order.Number - 1000);
        json.WriteNumber("order_number", order.Number);
        json.WriteString("order_status_url", $"https://andina-outdoor.example/67679813924/orders/{Token(order.Id)}/authenticate?key=7f2c");
        json.WriteStartArray("payment_gateway_names");
        json.WriteStringValue(order.Gateway);
        json.WriteEndArray();
        json.WriteString("phone", buyer.Phone);
        json.WriteString("presentment_currency", order.Currency);
        Time(json, "processed_at", order.CreatedAt);
        json.WriteString("referring_site", "https://search.example/");
        json.WriteString("source_name", "web");
        Both(json, order, "subtotal_price", order.Subtotal);
        json.WriteString("tags", order.Tags);
        json.WriteBoolean("tax_exempt", false);
        Taxes(json, order, order.Total);
        json.WriteBoolean("taxes_included", true);
        json.WriteBoolean("test", order.IsTest);
        json.WriteString("token", Token(order.Id));
        Set(json, order, "total_cash_rounding_payment_adjustment", 0m);
        Set(json, order, "total_cash_rounding_refund_adjustment", 0m);
        Both(json, order, "total_discounts", order.Discount);
        Both(json, order, "total_line_items_price", order.LinesTotal);
        json.WriteString("total_outstanding", Amount(order.FinancialStatus == "pending" ? order.Total : 0m));
        Both(json, order, "total_price", order.Total);
        Set(json, order, "total_shipping_price", order.Shipping);
        Both(json, order, "total_tax", order.TaxOf(order.Total));
        json.WriteString("total_tip_received", "0.00");
        json.WriteNumber("total_weight", order.Lines.Sum(line => line.Grams * line.Quantity));
        Time(json, "updated_at", order.UpdatedAt);
        foreach (string name in NullsOfAnOrder)
        {
            json.WriteNull(name);
        }
        json.WritePropertyName("billing_address");
        ShopifyDocumentParts.Address(json, order, isDefault: false);
        ShopifyDocumentParts.Customer(json, order);
        ShopifyDocumentParts.Applications(json, order);
        json.WriteStartArray("fulfillments");
        if (order.Fulfilment is { } sent)
        {
            WriteFulfilment(json, order, sent);
        }
        json.WriteEndArray();
        json.WriteStartArray("line_items");
        foreach (var line in order.Lines)
        {
            ShopifyDocumentParts.Line(json, order, line);
        }
        json.WriteEndArray();
        json.WriteStartArray("refunds");
        if (order.Refund is { } refund)
        {
            WriteRefund(json, order, refund);
        }
        json.WriteEndArray();
        json.WritePropertyName("shipping_address");
        ShopifyDocumentParts.Address(json, order, isDefault: false);
        ShopifyDocumentParts.ShippingLines(json, order);
        json.WriteStartArray("returns");
        json.WriteEndArray();
        json.WriteStartArray("line_item_groups");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    internal static string ConfirmationNumber(long id) => Token(id)[..9].ToUpperInvariant();

    internal static string Name(EmulatedOrder order) => $"#AO-{order.Number.ToString(CultureInfo.InvariantCulture)}";

    internal static string Gid(string type, long id) => $"gid://shopify/{type}/{id.ToString(CultureInfo.InvariantCulture)}";

    internal static string Amount(decimal amount) => amount.ToString("0.00", CultureInfo.InvariantCulture);

    internal static void Time(Utf8JsonWriter json, string name, DateTimeOffset? time) => json.WriteString(name, time?.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture));

    internal static void Both(Utf8JsonWriter json, EmulatedOrder order, string name, decimal amount)
    {
        json.WriteString(name, Amount(amount));
        Set(json, order, name, amount);
    }

    internal static void Set(Utf8JsonWriter json, EmulatedOrder order, string name, decimal amount)
    {
        string text = Amount(amount);
        json.WriteStartObject(name + "_set");
        foreach (string side in (ReadOnlySpan<string>)["shop_money", "presentment_money"])
        {
            json.WriteStartObject(side);
            json.WriteString("amount", text);
            json.WriteString("currency_code", order.Currency);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    internal static void Taxes(Utf8JsonWriter json, EmulatedOrder order, decimal of)
    {
        json.WriteStartArray("tax_lines");
        json.WriteStartObject();
        Both(json, order, "price", order.TaxOf(of));
        json.WriteNumber("rate", order.TaxRate);
        json.WriteString("title", order.TaxTitle);
        json.WriteBoolean("channel_liable", false);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteRefund(Utf8JsonWriter json, EmulatedOrder order, EmulatedRefund refund) => ShopifyDocumentParts.Refund(json, order, refund);

    private static void WriteFulfilment(Utf8JsonWriter json, EmulatedOrder order, EmulatedFulfilment fulfilment) => ShopifyDocumentParts.Fulfilment(json, order, fulfilment);

    private static string Token(long id) => ((ulong)id * 0x9E37_79B9_7F4A_7C15UL).ToString("x16", CultureInfo.InvariantCulture) + ((ulong)id * 0xC2B2_AE3D_27D4_EB4FUL).ToString("x16", CultureInfo.InvariantCulture);

    private static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        using (var json = new Utf8JsonWriter(buffer, AsShopify))
        {
            write(json);
        }
        return buffer.WrittenSpan.ToArray();
    }
}
