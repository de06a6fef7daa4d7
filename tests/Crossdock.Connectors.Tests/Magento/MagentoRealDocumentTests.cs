using System.Text.Json;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Xunit;

namespace Crossdock.Connectors.Tests.Magento;

/// <summary>Published documents, where the folder shared/payloads is to be found above the test.</summary>
public sealed class MagentoRealDocumentTests
{
    [Theory]
    [InlineData("order-1-complete-simple.json", OrderState.InShipment, 1)]
    [InlineData("order-148-guest-cancelled-twd.json", OrderState.Cancelled, 1)]
    [InlineData("order-15-guest-coupon-no-shipping-assignment.json", OrderState.AwaitingPayment, 1)]
    [InlineData("order-3-bundle-configurable-simple.json", OrderState.AwaitingPayment, 8)]
    public void Published_orders_map_with_total_and_lines(string name, OrderState state, int lines)
    {
        byte[] body = SharedPayloads.Read("magento/" + name);
        foreach (byte[] way in new[] { body, Mage.Wrapped(body) })
        {
            Faithful(way == body ? JsonElement.Parse(body) : JsonElement.Parse(way).GetProperty("data"), Mage.Order(way), state, lines);
        }
    }

    [Fact]
    public void Rows_of_a_list_map_one_by_one()
    {
        var list = JsonElement.Parse(SharedPayloads.Read("magento/order-102-guest-discount-in-list.json"));
        var order = Mage.Order(System.Text.Encoding.UTF8.GetBytes(list.GetProperty("items")[0].GetRawText()));
        Faithful(list.GetProperty("items")[0], order, OrderState.New, 1);
        Assert.Equal(PaymentStatus.CashOnDelivery, order.PaymentStatus);
        Assert.NotNull(order.Customer!.Name);
    }

    [Fact]
    public void Bundle_configurable_and_simple_of_one_order_come_to_its_subtotal()
    {
        var order = Mage.Order(SharedPayloads.Read("magento/order-3-bundle-configurable-simple.json"));
        Assert.Equal(160m, order.Lines.Sum(line => line.Total?.Amount ?? 0));
        Assert.Equal(["3", "4", "5", "6", "7", "8", "9", "10"], order.Lines.Select(line => line.Id));
        Assert.Equal(4, order.Lines.Count(line => line.ParentId == "5"));
    }

    [Fact]
    public void Recorded_event_of_Adobe_maps_or_announces()
    {
        byte[] body = SharedPayloads.Read("magento/io-event-order-617-guest-card.json");
        Assert.Equal("673", Assert.IsType<Announced>(Mage.Map(body, Mage.Reading())).ExternalId);
        var order = Mage.Order(body);
        Assert.Equal(("673", "000000617", new Money(409.6m, "USD"), "29,Stadium Plaza"), (order.ExternalId, order.Number, order.Totals.Total, order.ShipTo!.Line1));
        Assert.Empty(order.Concerns);
        Assert.Equal("673", Mage.Connector.Open(Mage.Store()).ReadEnvelope(Mage.FromAdobe(body).At(Mage.At)).OrderKey);
    }

    [Theory]
    [InlineData("invoice-of-order-3.json", "3")]
    [InlineData("invoice-of-multi-source-order-discounted.json", null)]
    public void Published_invoices_announce_their_order(string name, string? order)
    {
        var announced = Assert.IsType<Announced>(Mage.Map(SharedPayloads.Read("magento/" + name), Mage.Reading()));
        Assert.True(order is null || order == announced.ExternalId);
    }

    private static void Faithful(JsonElement source, Order order, OrderState state, int lines)
    {
        Assert.Equal((source.GetProperty("entity_id").GetRawText(), source.GetProperty("increment_id").GetString()), (order.ExternalId, order.Number));
        Assert.Equal(new Money(source.GetProperty("grand_total").GetDecimal(), source.GetProperty("order_currency_code").GetString()!), order.Totals.Total);
        Assert.Equal((state, lines), (order.State, order.Lines.Count));
        Assert.DoesNotContain(order.Concerns, concern => concern.Code is "amounts_differ" or "lines_differ" or "unknown_status");
        Assert.Equal(OrderJson.Write(order), OrderJson.Write(OrderJson.Read(OrderJson.Write(order))));
    }
}
