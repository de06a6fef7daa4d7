using System.Text;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Xunit;

namespace Crossdock.Connectors.Tests.Shopify;

public sealed class ShopifyOrderMappingTests
{
    [Theory]
    [InlineData("order-pickup-point-pln")]
    [InlineData("order-old-shape-cod-chile")]
    [InlineData("order-delivered-refunded")]
    [InlineData("order-test-notification")]
    [InlineData("order-address-withheld")]
    public void Document_becomes_the_expected_order(string name) => CanonicalAssert.Matches(ShopifySamples.Map(ShopifySamples.Payload($"{name}.json")), $"Payloads/{name}.expected.json");

    [Theory]
    [InlineData("paid", null, OrderState.New)]
    [InlineData("partially_refunded", null, OrderState.New)]
    [InlineData("pending", null, OrderState.AwaitingPayment)]
    [InlineData("authorized", null, OrderState.AwaitingPayment)]
    [InlineData("partially_paid", null, OrderState.AwaitingPayment)]
    [InlineData("refunded", null, OrderState.Cancelled)]
    [InlineData("refunded", "fulfilled", OrderState.Closed)]
    [InlineData("voided", null, OrderState.Cancelled)]
    [InlineData("expired", null, OrderState.Cancelled)]
    [InlineData("paid", "partial", OrderState.Processing)]
    [InlineData("paid", "fulfilled", OrderState.InShipment)]
    public void State_follows_from_money_and_goods(string financial, string? fulfilment, OrderState expected) =>
        Assert.Equal(expected, Order(Minimal(("financial_status", financial), ("fulfillment_status", fulfilment))).State);

    [Fact]
    public void Authorised_ships_where_the_store_says_so() => Assert.Equal(OrderState.New,
        Assert.IsType<MappedOrder>(ShopifySamples.Map(Minimal(("financial_status", "authorized")), settings: ShopifySamples.Settings("""{"shop":"a","shipOnAuthorization":true}"""))).Order.State);

    [Fact]
    public void Cancellation_wins_over_money() => Assert.Equal((OrderState.Cancelled, PaymentStatus.PartiallyRefunded),
        Order(Minimal(("financial_status", "partially_refunded"), ("cancelled_at", "2026-01-01T00:00:00Z"))) is var order ? (order.State, order.PaymentStatus) : default);

    [Fact]
    public void Unknown_status_is_a_concern_not_a_loss()
    {
        var order = Order(Minimal(("financial_status", "haggling")));
        Assert.Equal("unknown_status", Assert.Single(order.Concerns).Code);
        Assert.Equal("haggling", order.PlatformStatus);
    }

    [Fact]
    public void Id_beyond_2_to_the_53_keeps_every_digit() => Assert.Equal("9007199254740993123", Order("""{"id":9007199254740993123,"currency":"EUR","total_price":"1.00"}""").ExternalId);

    [Fact]
    public void Currency_behind_the_lines_is_found() => Assert.Equal("PLN", Order("""{"id":1,"line_items":[{"id":2,"title":"x","price":"1.00"}],"total_price":"1.00","currency":"PLN"}""").Lines[0].Total!.Value.Currency);

    [Fact]
    public void Order_in_the_wrapper_of_the_REST_answer_is_read() => Assert.Equal("7", Order("""{"order":{"id":7,"currency":"EUR","total_price":"1.00"}}""").ExternalId);

    [Fact]
    public void Parcelless_order_needs_no_address()
    {
        var order = Order("""{"id":1,"currency":"EUR","total_price":"1.00","financial_status":"paid","line_items":[{"id":2,"title":"Gift","price":"1.00","requires_shipping":false}]}""");
        Assert.False(order.RequiresShipping);
        Assert.Empty(order.Concerns);
    }

    [Theory]
    [InlineData("""{"currency":"EUR","total_price":"1.00"}""", "/id", null)]
    [InlineData("""{"id":1,"total_price":"1.00"}""", "/currency", null)]
    [InlineData("""{"id":1,"currency":"euro","total_price":"1.00"}""", "/currency", "euro")]
    [InlineData("""{"id":1,"currency":"EUR"}""", "/total_price", null)]
    [InlineData("""{"id":1,"currency":"EUR","total_price":"12,50"}""", "/total_price", "12,50")]
    [InlineData("""{"id":1,"currency":"EUR","total_price":"1","line_items":[{"id":2,"price":"1"},{"id":3,"price":"dear"}]}""", "/line_items/1/price", "dear")]
    [InlineData("""{"id":1,"currency":"EUR","total_price":"1","line_items":[{"id":2,"tax_lines":[{"price":{"a":1}}]}]}""", "/line_items/0/tax_lines/0/price", """{"a":1}}]}]}""")]
    [InlineData("""{"id":1,"currency":"EUR","total_price":"1","line_items":"none"}""", "/line_items", "none")]
    [InlineData("[]", "", "[]")]
    public void Unreadable_document_names_the_place_and_the_value(string json, string path, string? value)
    {
        var problem = Assert.IsType<Unmappable>(ShopifySamples.Map(json));
        Assert.Equal((path, value), (problem.Path, problem.Value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"id":1,"currency":"EUR","total_price":"1.00" """)]
    [InlineData("""{"id":1,"currency":"EUR","total_price":"1.00"} {}""")]
    [InlineData("""{"id":1,"currency":"EUR","total_price":"1.00","note":"\ud83d"}""")]
    public void Broken_JSON_is_parked_with_a_reason(string json) => Assert.NotEmpty(Assert.IsType<Unmappable>(ShopifySamples.Map(json)).Because);

    [Fact]
    public void Invalid_UTF8_is_parked() => Assert.Contains("UTF-8", Assert.IsType<Unmappable>(ShopifySamples.Map([.. """{"id":1,"name":" """u8, 0xFF, .. "\"}"u8])).Because, StringComparison.Ordinal);

    [Fact]
    public void Refund_is_a_change_of_its_order()
    {
        var change = Assert.IsType<MappedChange>(ShopifySamples.Map(ShopifySamples.Payload("refund.json"), "refunds/create"));
        Assert.Equal("6120417755301", change.ExternalId);
        Assert.Equal(new Money(79.00m, "EUR"), change.Change.Refund!.Amount);
        Assert.Equal("Refund of 79.00 EUR", change.Change.What);
        Assert.Equal(new RefundLine("16120834490701", 1, new Money(79.00m, "EUR"), "return"), Assert.Single(change.Change.Refund.Lines));
    }

    [Fact]
    public void Fulfilment_is_a_change_of_its_order()
    {
        var change = Assert.IsType<MappedChange>(ShopifySamples.Map(ShopifySamples.Payload("fulfilment.json"), "fulfillments/update"));
        Assert.Equal(("5001", "delivered", "InPost"), (change.Change.Fulfilment!.Id, change.Change.Fulfilment.ShipmentStatus, change.Change.Fulfilment.Carrier));
        Assert.Equal(["IP1"], change.Change.Fulfilment.TrackingNumbers);
    }

    [Fact]
    public void Transaction_is_a_payment()
    {
        var change = Assert.IsType<MappedChange>(ShopifySamples.Map(ShopifySamples.Payload("transaction.json"), "order_transactions/create"));
        Assert.Equal(("8001", PaymentStatus.Paid, new Money(169.24m, "EUR")), (change.Change.Payment!.TransactionId, change.Change.Payment.Status, change.Change.Payment.Amount!.Value));
    }

    [Fact]
    public void Deletion_cancels() => Assert.Equal(OrderState.Cancelled, Assert.IsType<MappedChange>(ShopifySamples.Map("""{"id":5}""", "orders/delete")).Change.State);

    [Theory]
    [InlineData("customers/data_request", "Privacy request")]
    [InlineData("customers/redact", "Privacy request")]
    [InlineData("shop/redact", "Privacy request")]
    [InlineData("orders/edited", "orders/edited")]
    [InlineData("app/uninstalled", "The shop has removed the app")]
    [InlineData("products/update", "Catalogue")]
    [InlineData("themes/publish", "The topic themes/publish")]
    public void Other_topics_are_ignored_with_a_reason(string topic, string start) => Assert.StartsWith(start, Assert.IsType<Ignored>(ShopifySamples.Map("{}", topic)).Because, StringComparison.Ordinal);

    private static Order Order(string json) => Assert.IsType<MappedOrder>(ShopifySamples.Map(json)).Order;

    private static string Minimal(params (string Name, string? Value)[] fields)
    {
        var root = new JsonObject { ["id"] = 1, ["currency"] = "EUR", ["total_price"] = "1.00" };
        foreach (var (name, value) in fields)
        {
            root[name] = value;
        }
        return root.ToJsonString();
    }
}
