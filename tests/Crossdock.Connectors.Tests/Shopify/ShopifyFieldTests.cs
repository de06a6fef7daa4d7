using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Xunit;

namespace Crossdock.Connectors.Tests.Shopify;

/// <summary>Fields of the order document that the whole documents beside this file do not show.</summary>
public sealed class ShopifyFieldTests
{
    [Fact]
    public void Duties_before_and_after_edits_are_both_read_in_either_order()
    {
        const string Original = "\"original_total_duties_set\":{\"shop_money\":{\"amount\":\"9.00\",\"currency_code\":\"EUR\"}}";
        const string Current = "\"current_total_duties_set\":{\"shop_money\":{\"amount\":\"4.00\",\"currency_code\":\"EUR\"}}";
        foreach (string duties in new[] { $"{Original},{Current}", $"{Current},{Original}" })
        {
            var order = Order($$"""{"id":1,{{duties}},"currency":"EUR","total_price":"10.00","name":"#1"}""");
            Assert.Equal((new Money(9m, "EUR"), "4.00", "#1"), (order.Totals.Duties!.Value, order.Attributes["current_total_duties"], order.Number));
        }
        Assert.Equal(new Money(4m, "EUR"), Order($$"""{"id":1,{{Current}},"currency":"EUR","total_price":"10.00"}""").Totals.Duties);
    }

    [Theory]
    [InlineData(true, "80.00")]        // 90 given back for the line, 10 of it kept as a discrepancy
    [InlineData(false, "95.00")]       // the same with 15 of tax on top
    public void Refund_in_the_buyers_currency_counts_in_the_shops(bool taxesIncluded, string expected)
    {
        var order = Order($$"""
            {"id":1,"currency":"EUR","presentment_currency":"PLN","total_price":"100.00","refunds":[{"id":5,
              "refund_line_items":[{"line_item_id":2,"quantity":1,"subtotal":90.0,"total_tax":15.0,
                "subtotal_set":{"shop_money":{"amount":"90.00","currency_code":"EUR"},"presentment_money":{"amount":"387.00","currency_code":"PLN"} },
                "total_tax_set":{"shop_money":{"amount":"15.00","currency_code":"EUR"} },"restock_type":"return"}],
              "order_adjustments":[{"kind":"refund_discrepancy","amount":"6.00"},{"kind":"refund_discrepancy","amount":"4.00"}],
              "transactions":[{"kind":"refund","status":"success","amount":"344.00","currency":"PLN"}]}],"taxes_included":{{(taxesIncluded ? "true" : "false")}} }
            """);
        Assert.Equal(new Money(344m, "PLN"), Assert.Single(order.Refunds).Amount);
        Assert.Equal(expected, order.Totals.Refunded!.Value.Amount.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(("10.00", "15.00"), (order.Attributes["refund.5.refund_discrepancy"], order.Attributes["refund.5.line.2.total_tax"]));
    }

    [Theory]
    [InlineData("JP", "JP-13", "13")]
    [InlineData("pt", "PT-11", "11")]
    [InlineData("CL", "RM", "RM")]
    [InlineData("US", "NY", "NY")]
    public void Region_is_the_code_without_its_country(string country, string code, string expected) =>
        Assert.Equal(expected, Order($$"""{"id":1,"currency":"EUR","total_price":"1.00","shipping_address":{"name":"A","province_code":"{{code}}","country_code":"{{country}}"} }""").ShipTo!.Region);

    [Fact]
    public void Name_that_comes_twice_in_the_cart_keeps_both_values()
    {
        var order = Order("""{"id":1,"currency":"EUR","total_price":"1.00","note_attributes":[{"name":"gift","value":"a"},{"name":"gift","value":"b"},{"name":"gift","value":"c"}]}""");
        Assert.Equal(("a", "b", "c"), (order.Attributes["note.gift"], order.Attributes["note.gift#2"], order.Attributes["note.gift#3"]));
    }

    [Fact]
    public void Tax_that_the_marketplace_pays_is_marked() =>
        Assert.Equal("2.50", Order("""{"id":1,"currency":"USD","total_price":"1.00","tax_lines":[{"title":"State","price":"2.50","rate":0.05,"channel_liable":true},{"title":"City","price":"1.00","rate":0.02,"channel_liable":false}]}""").Attributes["channel_liable_tax"]);

    [Fact]
    public void Edited_order_keeps_the_removed_line_with_nothing_to_send()
    {
        var order = Order("""
            {"id":1,"currency":"EUR","financial_status":"paid","total_price":"30.00","current_total_price":"20.00","total_tip_received":"1.50",
             "line_items":[{"id":2,"title":"Removed","quantity":1,"current_quantity":0,"price":"10.00","grams":500,"requires_shipping":true},
                           {"id":3,"title":"Added","quantity":2,"current_quantity":2,"price":"10.00","grams":100,"requires_shipping":true,"sku":""}]}
            """);
        Assert.Equal((0m, 2m), (order.Lines[0].CurrentQuantity, order.Lines[1].CurrentQuantity));
        Assert.Null(order.Lines[1].Sku);
        Assert.Equal((new Money(20m, "EUR"), new Money(1.5m, "EUR"), 200L), (order.Totals.CurrentTotal!.Value, order.Totals.Tip!.Value, order.WeightGrams!.Value));
    }

    [Fact]
    public void Sale_at_the_counter_has_neither_customer_nor_address_and_no_concern()
    {
        var order = Order("""{"id":1,"currency":"EUR","financial_status":"paid","fulfillment_status":"fulfilled","source_name":"pos","location_id":77,"customer":null,"shipping_address":null,"total_price":"10.00","line_items":[{"id":2,"title":"Mug","quantity":1,"price":"10.00"}]}""");
        Assert.Null(order.Customer);
        Assert.Null(order.ShipTo);
        Assert.Empty(order.Concerns);
        Assert.Equal(("pos", "77"), (order.Channel, order.Attributes["location_id"]));
    }

    [Fact]
    public void Company_and_terms_of_a_business_order_are_kept()
    {
        var order = Order("""{"id":1,"currency":"EUR","financial_status":"pending","total_price":"10.00","po_number":"PO-9","company":{"id":4,"location_id":5},"payment_terms":{"payment_terms_type":"net","due_in_days":30}}""");
        Assert.Equal(OrderState.AwaitingPayment, order.State);
        Assert.Equal("PO-9", order.Attributes["po_number"]);
        Assert.Equal(4, JsonNode.Parse(order.Attributes["company"])!["id"]!.GetValue<int>());
        Assert.Equal(30, JsonNode.Parse(order.Attributes["payment_terms"])!["due_in_days"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("shipping_address", "1")]
    [InlineData("order", "2")]
    [InlineData("billing_address", "3")]
    [InlineData("customer", "4")]
    [InlineData("default", "5")]
    public void Phone_is_taken_from_the_nearest_place_that_has_one(string first, string expected)
    {
        string[] places = ["shipping_address", "order", "billing_address", "customer", "default"];
        string Phone(string place) => Array.IndexOf(places, place) >= Array.IndexOf(places, first) ? $"\"+56{Array.IndexOf(places, place) + 1}\"" : "null";
        var order = Order($$"""
            {"id":1,"currency":"CLP","total_price":"1","phone":{{Phone("order")}},"billing_address":{"name":"B","country_code":"CL","phone":{{Phone("billing_address")}} },
             "customer":{"id":9,"phone":{{Phone("customer")}},"default_address":{"name":"D","phone":{{Phone("default")}} } },"shipping_address":{"name":"S","country_code":"CL","phone":{{Phone("shipping_address")}} } }
            """);
        Assert.Equal("+56" + expected, order.ShipTo!.Phone);
    }

    [Theory]
    [InlineData("order-pickup-point-pln")]
    [InlineData("order-delivered-refunded")]
    public void Parts_of_our_own_documents_add_up(string name)
    {
        var order = Assert.IsType<MappedOrder>(ShopifySamples.Map(ShopifySamples.Payload($"{name}.json"))).Order;
        Assert.Equal(order.Totals.Subtotal, order.Lines.Aggregate(Money.Zero(order.Currency), (sum, line) => sum + line.Total!.Value));
        Assert.Equal(order.Totals.Total, order.Totals.Subtotal!.Value + order.Totals.Shipping!.Value);
        Assert.Equal(order.Totals.CurrentTotal, order.Totals.Total - (order.Totals.Refunded ?? Money.Zero(order.Currency)));
    }

    private static Order Order(string json) => Assert.IsType<MappedOrder>(ShopifySamples.Map(json)).Order;
}
