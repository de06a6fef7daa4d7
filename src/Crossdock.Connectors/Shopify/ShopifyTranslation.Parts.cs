using System.Text.Json;

namespace Crossdock.Connectors.Shopify;

/// <summary>The parts of an order whose shape differs: buyer, discounts, shipments, refunds.</summary>
internal static partial class ShopifyTranslation
{
    private static string? ShipmentWord(string? display) => display switch
    {
        "LABEL_PURCHASED" or "LABEL_PRINTED" or "CONFIRMED" or "IN_TRANSIT" or "OUT_FOR_DELIVERY" or "ATTEMPTED_DELIVERY" or "READY_FOR_PICKUP" or "DELIVERED" or "FAILURE" => display.ToLowerInvariant(),
        "NOT_DELIVERED" => "failure",
        "PICKED_UP" => "delivered",
        "CARRIER_PICKED_UP" or "DELAYED" => "in_transit",
        _ => null,
    };

    private readonly partial struct Writer
    {
        private void Customer(JsonElement customer)
        {
            if (customer.ValueKind != JsonValueKind.Object)
            {
                Plain("customer", customer);
                return;
            }

            json.WriteStartObject("customer");
            foreach (var field in customer.EnumerateObject())
            {
                switch (field.Name)
                {
                    case "defaultEmailAddress": Text("email", ShopifyJson.Text(field.Value, "emailAddress")); break;
                    case "defaultPhoneNumber": Text("phone", ShopifyJson.Text(field.Value, "phoneNumber")); break;
                    case "state": Word("state", field.Value); break;
                    case "tags": Tags("tags", field.Value); break;
                    default: Plain(field.Name, field.Value); break;
                }
            }

            json.WriteEndObject();
        }

        private void Applications(JsonElement order)
        {
            var applications = ShopifyJson.Items(order, "discount_applications").ToList();
            json.WriteStartArray("discount_applications");
            foreach (var one in applications)
            {
                json.WriteStartObject();
                Text("code", ShopifyJson.Text(one, "code"));
                Text("title", ShopifyJson.Text(one, "title"));
                Text("description", ShopifyJson.Text(one, "description"));
                Text("target_type", ShopifyJson.Text(one, "target_type")?.ToLowerInvariant());
                Text("type", Type(one));
                bool isShare = ShopifyJson.Get(one, "value", "percentage") is not null;
                json.WriteString("value_type", isShare ? "percentage" : "fixed_amount");
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("discount_codes");
            foreach (var one in applications.Where(one => Type(one) == "discount_code"))
            {
                json.WriteStartObject();
                Text("code", ShopifyJson.Text(one, "code"));
                json.WriteString("type", ShopifyJson.Text(one, "target_type") == "SHIPPING_LINE" ? "shipping" : ShopifyJson.Get(one, "value", "percentage") is not null ? "percentage" : "fixed_amount");
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        private static string? Type(JsonElement application) => ShopifyJson.Text(application, "__typename") switch
        {
            "DiscountCodeApplication" => "discount_code",
            "AutomaticDiscountApplication" => "automatic",
            "ManualDiscountApplication" => "manual",
            "ScriptDiscountApplication" => "script",
            _ => null,
        };

        private void Fulfilment(JsonElement sent)
        {
            if (sent.ValueKind != JsonValueKind.Object)
            {
                sent.WriteTo(json);
                return;
            }

            json.WriteStartObject();
            foreach (var field in sent.EnumerateObject())
            {
                switch (field.Name)
                {
                    case "status": Word("status", field.Value); break;
                    case "displayStatus": json.WriteString("shipment_status", ShipmentWord(ShopifyJson.Text(field.Value))); break;
                    case "trackingInfo": Tracking(sent); break;
                    case "fulfillmentLineItems":
                        json.WriteStartArray("line_items");
                        foreach (var line in ShopifyJson.Items(sent, "fulfillmentLineItems"))
                        {
                            json.WriteStartObject();
                            Text("id", LineOf(line));
                            Copy("quantity", line);
                            json.WriteEndObject();
                        }

                        json.WriteEndArray();
                        break;
                    default: Usual(field); break;
                }
            }

            json.WriteEndObject();
        }

        private void Tracking(JsonElement sent)
        {
            var all = ShopifyJson.Items(sent, "trackingInfo").ToList();
            Text("tracking_company", all.Select(one => ShopifyJson.Text(one, "company")).FirstOrDefault(text => text is not null));
            Texts("tracking_numbers", all.Select(one => ShopifyJson.Text(one, "number")));
            Texts("tracking_urls", all.Select(one => ShopifyJson.Text(one, "url")));
        }

        private void Refund(JsonElement refund)
        {
            if (refund.ValueKind != JsonValueKind.Object)
            {
                refund.WriteTo(json);
                return;
            }

            json.WriteStartObject();
            foreach (var field in refund.EnumerateObject().Where(field => field.Name is not ("refundLineItems" or "transactions" or "orderAdjustments")))
            {
                Usual(field);
            }

            json.WriteStartArray("refund_line_items");
            foreach (var line in ShopifyJson.Items(refund, "refundLineItems"))
            {
                json.WriteStartObject();
                Text("line_item_id", LineOf(line));
                Copy("quantity", line);
                Text("restock_type", ShopifyJson.Text(line, "restock_type")?.ToLowerInvariant());
                foreach (string name in (ReadOnlySpan<string>)["subtotal_set", "total_tax_set"])
                {
                    if (ShopifyJson.Get(line, name) is { } set)
                    {
                        Set(name, set);
                    }
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("transactions");
            foreach (var one in ShopifyJson.Items(refund, "transactions"))
            {
                // A transaction is in the money that the buyer paid in.
                var money = ShopifyJson.Get(one, "amount_set", "presentment_money");
                json.WriteStartObject();
                Text("id", ShopifyJson.Id(ShopifyJson.Text(one, "id")));
                Text("kind", ShopifyJson.Text(one, "kind")?.ToLowerInvariant());
                Text("status", ShopifyJson.Text(one, "status")?.ToLowerInvariant());
                Text("gateway", ShopifyJson.Text(one, "gateway"));
                Text("amount", money is { } paid ? Amount(ShopifyJson.Text(paid, "amount")) : null);
                Text("currency", money is { } inMoney ? ShopifyJson.Text(inMoney, "currency_code") : null);
                if (ShopifyJson.Get(one, "created_at") is { } at)
                {
                    Time("created_at", at);
                }

                if (ShopifyJson.Get(one, "processed_at") is { } processed)
                {
                    // A refund counts as made when its money moved.
                    Time("processed_at", processed);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("order_adjustments");
            foreach (var one in ShopifyJson.Items(refund, "orderAdjustments"))
            {
                json.WriteStartObject();
                Text("kind", ShopifyJson.Text(one, "reason")?.ToLowerInvariant());
                Text("amount", ShopifyJson.Get(one, "amount_set", "shop_money") is { } amount ? Amount(ShopifyJson.Text(amount, "amount")) : null);
                Text("tax_amount", ShopifyJson.Get(one, "tax_amount_set", "shop_money") is { } tax ? Amount(ShopifyJson.Text(tax, "amount")) : null);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        private static string? LineOf(JsonElement part) => ShopifyJson.Get(part, "lineItem") is { } line ? ShopifyJson.Id(ShopifyJson.Text(line, "id")) : null;
    }
}
