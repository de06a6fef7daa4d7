using System.Text;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Xunit;

namespace Crossdock.Connectors.Tests.WooCommerce;

public sealed class WooCommerceOrderMappingTests
{
    [Theory]
    [InlineData("cash-on-delivery")]
    [InlineData("chile-two-packages")]
    public void Document_maps_as_expected(string name)
    {
        string expected = File.ReadAllText(Path.Combine(Woo.Folder, name + ".expected.json"));
        string actual = Encoding.UTF8.GetString(OrderJson.Write(Woo.Order(Woo.Payload(name))));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), actual);
    }

    [Theory]
    [InlineData("pending", "bacs", OrderState.AwaitingPayment, PaymentStatus.Pending, null)]
    [InlineData("failed", "stripe", OrderState.AwaitingPayment, PaymentStatus.Failed, null)]
    [InlineData("on-hold", "bacs", OrderState.AwaitingPayment, PaymentStatus.Pending, null)]
    [InlineData("on-hold", "cheque", OrderState.AwaitingPayment, PaymentStatus.Pending, null)]
    [InlineData("on-hold", "stripe", OrderState.New, PaymentStatus.Pending, "shop_on_hold")]
    [InlineData("processing", "cod", OrderState.New, PaymentStatus.CashOnDelivery, null)]
    [InlineData("processing", "stripe", OrderState.New, PaymentStatus.Paid, null)]
    [InlineData("completed", "stripe", OrderState.InShipment, PaymentStatus.Paid, null)]
    [InlineData("cancelled", "stripe", OrderState.Cancelled, PaymentStatus.Voided, null)]
    [InlineData("refunded", "stripe", OrderState.Cancelled, PaymentStatus.Refunded, null)]
    [InlineData("wc-awaiting-pickup", "stripe", OrderState.New, PaymentStatus.Unknown, "unknown_status")]
    public void Status_means_a_state(string status, string method, OrderState state, PaymentStatus payment, string? concern)
    {
        var order = Woo.Order(Woo.With($$"""{"status":"{{status}}","payment_method":"{{method}}"}"""));
        Assert.Equal(state, order.State);
        Assert.Equal(payment, order.PaymentStatus);
        Assert.Equal(status, order.PlatformStatus);
        Assert.Equal(concern, order.Concerns.SingleOrDefault()?.Code);
    }

    [Fact]
    public void Refunded_after_it_was_completed_is_closed() =>
        Assert.Equal(OrderState.Closed, Woo.Order(Woo.With("""{"status":"refunded","date_completed_gmt":"2026-10-20T10:00:00"}""")).State);

    [Fact]
    public void Stores_own_tables_decide_what_words_mean()
    {
        var store = Woo.Store("""{"siteUrl":"https://tienda.example","completedMeans":"delivered","statusMap":{"wc-shipped":"in_shipment"}}""");
        var shipped = Woo.Order(Woo.With("""{"status":"shipped"}"""), store);
        Assert.Equal((OrderState.InShipment, FulfilmentStatus.Fulfilled), (shipped.State, shipped.FulfilmentStatus));
        Assert.Empty(shipped.Concerns);
        Assert.Equal(OrderState.Delivered, Woo.Order(Woo.With("""{"status":"completed"}"""), store).State);
    }

    [Theory]
    [InlineData("checkout-draft")]
    [InlineData("auto-draft")]
    [InlineData("draft")]
    public void Drafts_are_ignored(string status) => Assert.IsType<Ignored>(Woo.Map(Woo.With($$"""{"status":"{{status}}"}""")));

    [Theory]
    [InlineData("product.updated")]
    [InlineData("customer.created")]
    [InlineData("coupon.deleted")]
    [InlineData("action.woocommerce_add_to_cart")]
    public void Other_topics_are_ignored(string topic) => Assert.IsType<Ignored>(Woo.Map("""{"id":5}"""u8.ToArray(), topic));

    [Fact]
    public void Deletion_and_trash_cancel_and_restoring_brings_the_whole_order()
    {
        foreach (var outcome in new[] { Woo.Map("""{"id":48213}"""u8.ToArray(), "order.deleted"), Woo.Map(Woo.With("""{"status":"trash"}""")) })
        {
            var change = Assert.IsType<MappedChange>(outcome);
            Assert.Equal(("48213", OrderState.Cancelled, "deleted in the shop"), (change.ExternalId, change.Change.State, change.Change.Reason));
        }

        Assert.IsType<MappedOrder>(Woo.Map(Woo.Payload("cash-on-delivery"), "order.restored"));
    }

    [Fact]
    public void Signed_error_says_that_the_webhooks_user_lost_the_rights()
    {
        var unmappable = Assert.IsType<Unmappable>(Woo.Map("""{"code":"woocommerce_rest_cannot_view","message":"Sorry","data":{"status":401}}"""u8.ToArray()));
        Assert.Contains("WordPress user", unmappable.Because, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"total":"12,50"}""", "/total", "\"12,50\"")]
    [InlineData("""{"total":null}""", "/total", null)]
    [InlineData("""{"id":null}""", "/id", "null")]
    [InlineData("""{"currency":""}""", "/currency", "\"\"")]
    [InlineData("""{"date_modified_gmt":"yesterday"}""", "/date_modified_gmt", "\"yesterday\"")]
    [InlineData("""{"line_items":[{"id":1,"quantity":"two","total":"1"}]}""", "/line_items/0/quantity", "\"two\"")]
    [InlineData("""{"refunds":[{"id":1,"total":"ten"}]}""", "/refunds/0/total", "\"ten\"")]
    [InlineData("""{"total":"1e400"}""", "/total", "\"1e400\"")]
    public void Bad_value_is_named_by_its_place(string change, string path, string? value)
    {
        var unmappable = Assert.IsType<Unmappable>(Woo.Map(Woo.With(change)));
        Assert.Equal((path, value), (unmappable.Path, unmappable.Value));
    }

    [Fact]
    public void Half_a_document_and_broken_text_are_parked()
    {
        byte[] body = Woo.Payload("cash-on-delivery");
        Assert.IsType<Unmappable>(Woo.Map(body[..(body.Length / 2)]));
        Assert.IsType<Unmappable>(Woo.Map([.. "{\"id\":1,\"number\":\""u8, 0xC3, 0x28, .. "\"}"u8]));
        Assert.IsType<Unmappable>(Woo.Map(Encoding.UTF8.GetBytes("""{"id":1,"status":"processing","currency":"EUR","total":"1","number":"\ud800"}""")));
    }

    [Fact]
    public void Numbers_as_text_and_text_as_numbers_are_understood()
    {
        var order = Woo.Order(Woo.With("""{"id":"48213","number":77,"total":70.22,"line_items":[{"id":"5","name":"Tela","quantity":"1.5","total":"15.00","subtotal":"15.00"}]}"""));
        Assert.Equal(("48213", "77", 70.22m), (order.ExternalId, order.Number, order.Totals.Total.Amount));
        Assert.Equal((1.5m, 10m), (order.Lines[0].Quantity, order.Lines[0].UnitPrice!.Value.Amount));
    }

    [Fact]
    public void Billing_stands_in_for_an_empty_shipping_address_only_when_something_is_shipped()
    {
        const string Empty = """{"first_name":"","last_name":"","address_1":"","city":"","state":"M","postcode":"","country":"ES"}""";
        Assert.Equal("Calle de Alcalá 210", Woo.Order(Woo.With($$"""{"shipping":{{Empty}}}""")).ShipTo?.Line1);
        Assert.Null(Woo.Order(Woo.With($$"""{"shipping":{{Empty}},"shipping_lines":[]}""")).ShipTo);
        var pickup = Woo.Order(Woo.With("""{"shipping_lines":[{"id":1,"method_id":"local_pickup:4","method_title":"Recogida","total":"0"}]}"""));
        Assert.Null(pickup.ShipTo);
        Assert.True(pickup.Shipping[0].IsPickup);
        Assert.Equal("local_pickup", pickup.Shipping[0].Code);
    }

    [Fact]
    public void Entities_are_decoded_and_empty_texts_are_null()
    {
        var order = Woo.Order(Woo.With("""{"customer_note":"","billing":{"first_name":"Sean","last_name":"O&#8217;Conner","company":"","address_1":"A &amp; B 1","country":"ES"}}"""));
        Assert.Null(order.Note);
        Assert.Equal(("Sean O’Conner", "A & B 1", null), (order.BillTo!.Name, order.BillTo.Line1, order.BillTo.Company));
    }

    [Fact]
    public void Keys_to_the_pay_page_are_not_passed_on() =>
        Assert.DoesNotContain("wc_order_8sKq2Lr0TzXyB", Encoding.UTF8.GetString(OrderJson.Write(Woo.Order(Woo.Payload("cash-on-delivery")))), StringComparison.Ordinal);
}
