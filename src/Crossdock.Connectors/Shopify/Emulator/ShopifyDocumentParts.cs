using System.Text.Json;
using static Crossdock.Connectors.Shopify.Emulator.ShopifyDocuments;

namespace Crossdock.Connectors.Shopify.Emulator;

/// <summary>The parts of an order's document.</summary>
internal static class ShopifyDocumentParts
{
    internal static void Address(Utf8JsonWriter json, EmulatedOrder order, bool isDefault)
    {
        var buyer = order.Buyer;
        bool isHidden = order.IsAddressWithheld;
        json.WriteStartObject();
        if (isDefault)
        {
            json.WriteNumber("id", buyer.Id + 1_257_166_176_256);
            json.WriteNumber("customer_id", buyer.Id);
        }
        json.WriteString("first_name", isHidden ? null : buyer.FirstName);
        json.WriteString("address1", isHidden ? null : buyer.Street);
        json.WriteString("phone", isHidden ? null : buyer.Phone);
        json.WriteString("city", isHidden ? null : buyer.City);
        json.WriteString("zip", isHidden ? null : buyer.Zip);
        json.WriteString("province", buyer.Province);
        json.WriteString("country", buyer.Country);
        json.WriteString("last_name", isHidden ? null : buyer.LastName);
        json.WriteString("address2", isHidden ? null : buyer.Street2);
        json.WriteNull("company");
        if (!isDefault)
        {
            json.WriteNumber("latitude", buyer.Latitude);
            json.WriteNumber("longitude", buyer.Longitude);
        }
        json.WriteString("name", isHidden ? "" : $"{buyer.FirstName} {buyer.LastName}");
        json.WriteString("country_code", buyer.CountryCode);
        json.WriteString("province_code", buyer.ProvinceCode);
        if (isDefault)
        {
            json.WriteString("country_name", buyer.Country);
            json.WriteBoolean("default", true);
        }
        json.WriteEndObject();
    }

    internal static void Customer(Utf8JsonWriter json, EmulatedOrder order)
    {
        var buyer = order.Buyer;
        json.WriteStartObject("customer");
        json.WriteNumber("id", buyer.Id);
        Time(json, "created_at", order.CreatedAt.AddDays(-200));
        Time(json, "updated_at", order.CreatedAt);
        json.WriteString("first_name", buyer.FirstName);
        json.WriteString("last_name", buyer.LastName);
        json.WriteString("state", "disabled");
        json.WriteNull("note");
        json.WriteBoolean("verified_email", true);
        json.WriteNull("multipass_identifier");
        json.WriteBoolean("tax_exempt", false);
        json.WriteString("email", buyer.Email);
        json.WriteNull("phone");
        json.WriteString("currency", order.Currency);
        json.WriteStartArray("tax_exemptions");
        json.WriteEndArray();
        json.WriteString("admin_graphql_api_id", Gid("Customer", buyer.Id));
        json.WritePropertyName("default_address");
        Address(json, order, isDefault: true);
        json.WriteEndObject();
    }

    internal static void Applications(Utf8JsonWriter json, EmulatedOrder order)
    {
        json.WriteStartArray("discount_applications");
        if (order.Discount != 0m)
        {
            json.WriteStartObject();
            json.WriteString("target_type", "line_item");
            json.WriteString("type", "discount_code");
            json.WriteString("value", "10.0");
            json.WriteString("value_type", "percentage");
            json.WriteString("allocation_method", "across");
            json.WriteString("target_selection", "all");
            json.WriteString("code", "AUTUMN10");
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    internal static void Line(Utf8JsonWriter json, EmulatedOrder order, EmulatedLine line)
    {
        int left = order.CancelledAt is not null ? 0 : line.Quantity - (order.Refund?.LineId == line.Id ? order.Refund.Quantity : 0);
        decimal discount = order.DiscountOf(line);
        json.WriteStartObject();
        json.WriteNumber("id", line.Id);
        json.WriteString("admin_graphql_api_id", Gid("LineItem", line.Id));
        json.WriteStartArray("attributed_staffs");
        json.WriteEndArray();
        json.WriteNumber("current_quantity", left);
        json.WriteNumber("fulfillable_quantity", order.FulfillmentStatus == "fulfilled" ? 0 : left);
        json.WriteString("fulfillment_service", "manual");
        json.WriteString("fulfillment_status", order.FulfillmentStatus);
        json.WriteBoolean("gift_card", !line.RequiresShipping);
        json.WriteNumber("grams", line.Grams);
        json.WriteString("name", line.Variant is null ? line.Title : $"{line.Title} - {line.Variant}");
        Both(json, order, "price", line.Price);
        json.WriteBoolean("product_exists", true);
        json.WriteNumber("product_id", line.ProductId);
        json.WriteStartArray("properties");
        json.WriteEndArray();
        json.WriteNumber("quantity", line.Quantity);
        json.WriteBoolean("requires_shipping", line.RequiresShipping);
        json.WriteNull("sales_line_item_group_id");
        json.WriteString("sku", line.Sku);
        json.WriteBoolean("taxable", true);
        json.WriteString("title", line.Title);
        Both(json, order, "total_discount", 0m);
        json.WriteNumber("variant_id", line.VariantId);
        json.WriteString("variant_inventory_management", "shopify");
        json.WriteString("variant_title", line.Variant);
        json.WriteString("vendor", line.Vendor);
        Taxes(json, order, (line.Price * line.Quantity) - discount);
        json.WriteStartArray("duties");
        json.WriteEndArray();
        json.WriteStartArray("discount_allocations");
        if (discount != 0m)
        {
            json.WriteStartObject();
            Both(json, order, "amount", discount);
            json.WriteNumber("discount_application_index", 0);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    internal static void ShippingLines(Utf8JsonWriter json, EmulatedOrder order)
    {
        json.WriteStartArray("shipping_lines");
        json.WriteStartObject();
        json.WriteNumber("id", order.Id - 1_073_304_469_376);
        json.WriteNull("carrier_identifier");
        json.WriteString("code", order.Shipping == 0m ? "free" : "standard");
        Set(json, order, "current_discounted_price", order.Shipping);
        Both(json, order, "discounted_price", order.Shipping);
        json.WriteBoolean("is_removed", false);
        json.WriteNull("phone");
        Both(json, order, "price", order.Shipping);
        json.WriteNull("requested_fulfillment_service_id");
        json.WriteString("source", "shopify");
        json.WriteString("title", order.Shipping == 0m ? "Free delivery" : "Standard delivery");
        Taxes(json, order, order.Shipping);
        json.WriteStartArray("discount_allocations");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    internal static void Refund(Utf8JsonWriter json, EmulatedOrder order, EmulatedRefund refund)
    {
        json.WriteStartObject();
        json.WriteNumber("id", refund.Id);
        json.WriteNumber("order_id", order.Id);
        json.WriteString("admin_graphql_api_id", Gid("Refund", refund.Id));
        Time(json, "created_at", refund.At);
        Time(json, "processed_at", refund.At);
        json.WriteString("note", "changed their mind");
        json.WriteBoolean("restock", true);
        json.WriteStartArray("refund_line_items");
        json.WriteStartObject();
        json.WriteNumber("id", refund.Id + 1);
        json.WriteNumber("line_item_id", refund.LineId);
        json.WriteNull("location_id");
        json.WriteNumber("quantity", refund.Quantity);
        json.WriteString("restock_type", "cancel");
        json.WriteNumber("subtotal", refund.Amount);
        Set(json, order, "subtotal", refund.Amount);
        json.WriteNumber("total_tax", order.TaxOf(refund.Amount));
        Set(json, order, "total_tax", order.TaxOf(refund.Amount));
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("transactions");
        json.WriteStartObject();
        json.WriteNumber("id", refund.TransactionId);
        json.WriteNumber("order_id", order.Id);
        json.WriteString("kind", "refund");
        json.WriteString("gateway", order.Gateway);
        json.WriteString("status", "success");
        json.WriteString("amount", Amount(refund.Amount));
        json.WriteString("currency", order.Currency);
        Time(json, "created_at", refund.At);
        Time(json, "processed_at", refund.At);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("order_adjustments");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    internal static void Fulfilment(Utf8JsonWriter json, EmulatedOrder order, EmulatedFulfilment fulfilment)
    {
        json.WriteStartObject();
        json.WriteNumber("id", fulfilment.Id);
        json.WriteString("admin_graphql_api_id", Gid("Fulfillment", fulfilment.Id));
        Time(json, "created_at", fulfilment.At);
        json.WriteNumber("location_id", 73153839245);
        json.WriteString("name", Name(order) + ".1");
        json.WriteNumber("order_id", order.Id);
        json.WriteString("service", "manual");
        json.WriteString("shipment_status", fulfilment.ShipmentStatus);
        json.WriteString("status", "success");
        json.WriteString("tracking_company", fulfilment.Company);
        json.WriteString("tracking_number", fulfilment.Number);
        json.WriteStartArray("tracking_numbers");
        json.WriteStringValue(fulfilment.Number);
        json.WriteEndArray();
        json.WriteString("tracking_url", fulfilment.Url ?? $"https://tracking.example/{fulfilment.Number}");
        json.WriteStartArray("tracking_urls");
        json.WriteStringValue(fulfilment.Url ?? $"https://tracking.example/{fulfilment.Number}");
        json.WriteEndArray();
        Time(json, "updated_at", order.UpdatedAt);
        json.WriteStartArray("line_items");
        foreach (var line in order.Lines.Where(line => line.RequiresShipping))
        {
            Line(json, order, line);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
