using Crossdock.Model.Orders;
using Xunit;

namespace Crossdock.Connectors.Tests.WooCommerce;

/// <summary>Fields of the order document that the whole documents beside this file do not show.</summary>
public sealed class WooCommerceFieldTests
{
    [Theory]
    [InlineData("cash-on-delivery")]
    [InlineData("chile-two-packages")]
    public void Parts_of_our_own_documents_add_up(string name)
    {
        var order = Woo.Order(Woo.Payload(name));
        var none = Money.Zero(order.Currency);
        var negative = order.Discounts.Where(discount => discount.Kind == "fee").Aggregate(none, (sum, discount) => sum + discount.Amount!.Value);
        Assert.Equal(order.Totals.Total, order.Totals.Subtotal!.Value + (order.Totals.Fees ?? none) - negative + order.Totals.Shipping!.Value + order.Totals.Tax!.Value);
        Assert.Equal(order.Totals.CurrentTotal, order.Totals.Total - (order.Totals.Refunded ?? none));
        Assert.Equal(order.Totals.Tax, order.Taxes.Aggregate(none, (sum, tax) => sum + tax.Amount));
        Assert.Equal(order.Totals.Discount, order.Discounts.Aggregate(none, (sum, discount) => sum + discount.Amount!.Value));
    }

    [Fact]
    public void Times_are_the_GMT_ones_and_the_local_ones_only_give_the_offset()
    {
        var order = Woo.Order(Woo.With("""{"date_created":"2026-10-14T13:20:41","date_created_gmt":"2026-10-14T16:20:41","date_modified":"2026-10-14T13:30:00","date_modified_gmt":"2026-10-14T16:30:00"}"""));
        Assert.Equal((new DateTimeOffset(2026, 10, 14, 16, 20, 41, TimeSpan.Zero), new DateTimeOffset(2026, 10, 14, 16, 30, 0, TimeSpan.Zero), -180), (order.PlacedAt!.Value, order.UpdatedAt!.Value, order.ShopOffsetMinutes!.Value));
    }

    [Theory]
    [InlineData("[]", "cod", PaymentStatus.CashOnDelivery, "70.22")]
    [InlineData("""[{"id":9,"total":"-10.00"}]""", "cod", PaymentStatus.CashOnDelivery, "60.22")]
    [InlineData("""[{"id":9,"total":"-10.00"}]""", "stripe", PaymentStatus.PartiallyRefunded, "60.22")]
    [InlineData("""[{"id":9,"total":"-10.00"},{"id":10,"total":"-60.22"}]""", "stripe", PaymentStatus.Refunded, "0.00")]
    public void Refunds_lower_what_is_left(string refunds, string method, PaymentStatus status, string left)
    {
        var order = Woo.Order(Woo.With($$"""{"refunds":{{refunds}},"payment_method":"{{method}}"}"""));
        Assert.Equal((status, left), (order.PaymentStatus, order.Totals.CurrentTotal!.Value.Amount.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("CL", "CL-RM", "RM", null)]
    [InlineData("JP", "JP13", "13", null)]
    [InlineData("MX", "DF", "CMX", null)]
    [InlineData("ES", "M", "M", null)]
    [InlineData("CL", "Región Metropolitana", null, "Región Metropolitana")]
    [InlineData("GB", "Kent", null, "Kent")]
    public void State_is_a_code_or_a_name(string country, string state, string? region, string? name)
    {
        var address = Woo.Order(Woo.With($$"""{"shipping":{"first_name":"A","address_1":"B 1","country":"{{country}}","state":"{{state}}"} }""")).ShipTo!;
        Assert.Equal((region, name), (address.Region, address.RegionName));
    }

    [Fact]
    public void Phone_of_old_shops_stands_in_the_metadata()
    {
        const string Shipping = """{"first_name":"A","address_1":"B 1","country":"ES"}""";
        Assert.Equal("+34 1", Woo.Order(Woo.With($$"""{"shipping":{{Shipping}},"meta_data":[{"id":1,"key":"_shipping_phone","value":"+34 1"}]}""")).ShipTo!.Phone);
        Assert.Equal("+34 600 11 22 33", Woo.Order(Woo.With($$"""{"shipping":{{Shipping}} }""")).ShipTo!.Phone);
    }

    [Fact]
    public void House_number_and_district_come_from_the_fields_of_plugins()
    {
        var address = Woo.Order(Woo.With("""{"meta_data":[{"id":1,"key":"_shipping_number","value":"742"},{"id":2,"key":"_shipping_comuna","value":"nunoa"},{"id":3,"key":"_billing_number","value":"9"}]}""")).ShipTo!;
        Assert.Equal(("742", "nunoa"), (address.HouseNumber, address.District));
    }

    [Fact]
    public void Line_without_SKU_or_product_and_a_bundle_are_read()
    {
        var order = Woo.Order(Woo.With("""{"line_items":[{"id":1,"name":"Gone","sku":null,"product_id":0,"quantity":1,"total":"5.00","subtotal":"5.00","image":{"id":""}},{"id":2,"name":"Part","quantity":2,"total":"0.00","subtotal":"0.00","bundled_by":"","composite_parent":1}]}"""));
        Assert.Equal((null, null, "1"), (order.Lines[0].Sku, order.Lines[0].ProductId, order.Lines[1].ParentId));
        Assert.Null(order.Lines[0].ParentId);
    }

    [Fact]
    public void Metadata_of_any_type_and_repeated_keys_are_kept()
    {
        var order = Woo.Order(Woo.With("""{"meta_data":[{"id":1,"key":"engraving","value":"<b>Ñ</b>"},{"id":2,"key":"engraving","value":7},{"id":3,"key":"o","value":{"a":[1]}},{"id":4,"key":"list","value":["x"]}]}"""));
        Assert.Equal(("<b>Ñ</b>", "7", """{"a":[1]}""", """["x"]"""), (order.Attributes["engraving"], order.Attributes["engraving#2"], order.Attributes["o"], order.Attributes["list"]));
    }

    [Fact]
    public void Virtual_order_and_test_payment_are_recognised()
    {
        var order = Woo.Order(Woo.With("""{"needs_processing":false,"shipping_lines":[],"meta_data":[{"id":1,"key":"_wcpay_mode","value":"test"}]}"""));
        Assert.Equal((true, false, false), (order.IsTest, order.RequiresShipping, order.Lines[0].RequiresShipping));
        Assert.Null(order.ShipTo);
    }

    [Theory]
    [InlineData("""{"first_name":"Sin","last_name":"Calle","city":"Santiago","country":"CL"}""", "processing", true, "address_missing")]
    [InlineData("""{"first_name":"Sin","last_name":"Calle","city":"Santiago","country":"CL"}""", "completed", true, null)]
    [InlineData("""{"first_name":"Con","address_1":"Calle 1","country":"CL"}""", "processing", true, null)]
    public void Parcel_without_a_street_is_a_concern_while_it_has_not_left(string address, string status, bool requiresShipping, string? concern)
    {
        var order = Woo.Order(Woo.With($$"""{"status":"{{status}}","shipping":{{address}},"billing":{{address}} }"""));
        Assert.Equal((requiresShipping, concern), (order.RequiresShipping, order.Concerns.SingleOrDefault()?.Code));
    }

    [Fact]
    public void Service_without_shipping_line_and_address_needs_no_parcel()
    {
        var order = Woo.Order(Woo.With("""{"shipping_lines":[],"shipping":{"first_name":"","address_1":"","country":"ES"}}"""));
        Assert.False(order.RequiresShipping);
        Assert.Empty(order.Concerns);
        Assert.True(Woo.Order(Woo.With("""{"shipping_lines":[]}""")).RequiresShipping);
    }

    [Fact]
    public void Gift_card_pays_a_part_and_its_code_is_not_passed_on()
    {
        var order = Woo.Order(Woo.With("""{"gift_cards":[{"id":"12","code":"SECRET-CODE","amount":15}]}"""));
        Assert.Equal(("gift_card", "12", new Money(15m, "EUR")), (order.Payments[1].Method, order.Payments[1].TransactionId, order.Payments[1].Amount!.Value));
        Assert.DoesNotContain("SECRET-CODE", System.Text.Encoding.UTF8.GetString(OrderJson.Write(order)), StringComparison.Ordinal);
    }
}
