using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Vtex;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Xunit;

namespace Crossdock.Connectors.Tests.Vtex;

/// <summary>VTEX's published examples, where the folder shared/payloads is to be found above the test.</summary>
public sealed class VtexRealDocumentTests
{
    [Theory]
    [InlineData("order-handling.json", "11.60 BRL")]
    [InlineData("order-pii-canceled-pickup.json", "199.00 BRL")]
    public void Published_order_maps(string file, string total)
    {
        byte[] document = SharedPayloads.Read("vtex/" + file);
        var redacted = VtexRedaction.Redact(document)!.Value;
        Assert.Null(JsonNode.Parse(redacted.Span)!["paymentData"]!["transactions"]![0]!["payments"]![0]!["cvv2"]);
        var order = VtexSamples.Order(redacted.ToArray());
        Assert.Equal((total, "BR"), (order.Totals.Total.ToString(), order.ShipTo?.Country ?? order.BillTo?.Country ?? "BR"));
        Assert.All(order.Lines, line => Assert.NotNull(line.Sku));
        Assert.Equal(OrderJson.Write(order), OrderJson.Write(OrderJson.Read(OrderJson.Write(order))));
    }

    [Fact]
    public void Classic_order_says_package_note_and_refused_cancellation()
    {
        var order = VtexSamples.Order(SharedPayloads.Read("vtex/order-handling.json"));
        Assert.Equal((OrderState.Processing, "502556", "GHB", -180), (order.State, order.Number, order.Channel, order.ShopOffsetMinutes!.Value));
        Assert.Equal(("BIGBML", "Lux Brand", 10L), (order.Lines[0].Sku, order.Lines[0].Vendor, order.Lines[0].WeightGrams!.Value));
        Assert.Equal(("24382", new Money(10.15m, "BRL")), (order.Refunds.Single().Id, order.Refunds[0].Amount));
        Assert.Null(order.CancelledAt);
        Assert.Contains("RequestedByUser", order.Attributes["cancellationData"], StringComparison.Ordinal);
        Assert.Equal("RJ", order.ShipTo!.Region);
    }

    [Fact]
    public void Order_of_the_personal_data_architecture_is_a_cancelled_pickup()
    {
        var order = VtexSamples.Order(SharedPayloads.Read("vtex/order-pii-canceled-pickup.json"));
        Assert.Equal((OrderState.Cancelled, "Picked wrong store", false), (order.State, order.CancelReason, order.RequiresShipping));
        Assert.Equal(new DateTimeOffset(2024, 9, 5, 15, 17, 44, TimeSpan.Zero).AddTicks(7335718), order.CancelledAt);
        Assert.Null(order.ShipTo);
        Assert.True(order.Shipping.Single().IsPickup);
        Assert.Equal(2m, order.Lines.Single().Quantity);
    }

    [Fact]
    public void Group_of_two_sellers_without_a_status_is_no_order_yet()
    {
        using var group = JsonDocument.Parse(SharedPayloads.Read("vtex/order-group-two-sellers.json"));
        Assert.Equal(2, group.RootElement.GetArrayLength());
        Assert.All(group.RootElement.EnumerateArray(), order => Assert.IsType<Ignored>(VtexSamples.Map(JsonSerializer.SerializeToUtf8Bytes(order))));
    }

    [Theory]
    [InlineData("hook-notification-workflow.json", "v52277740atmc-01", "automacaoqa")]
    [InlineData("hook-notification-minimal.json", "v40484048naf-01", "accountABC")]
    [InlineData("hook-notification-fromorders.json", "v40484048naf-01", "accountABC")]
    public void Published_notification_announces_its_order(string file, string id, string account)
    {
        byte[] body = SharedPayloads.Read("vtex/" + file);
        var endpoint = VtexSamples.Connector.Open(VtexSamples.Store($$"""{"account":"{{account}}"}"""));
        Assert.True(endpoint.CheckSignature(VtexSamples.Hook(body).At(DateTimeOffset.UnixEpoch)).IsValid);
        Assert.Equal(id, endpoint.ReadEnvelope(VtexSamples.Hook(body).At(DateTimeOffset.UnixEpoch)).OrderKey);
        Assert.Equal(id, Assert.IsType<Announced>(VtexSamples.Map(body, "Fulfillment/handling")).ExternalId);
    }

    [Fact]
    public void Published_ping_is_a_probe() =>
        Assert.Equal(200, VtexSamples.Connector.Open(VtexSamples.Store()).Probe(VtexSamples.Hook(SharedPayloads.Read("vtex/hook-ping.json")).At(DateTimeOffset.UnixEpoch))?.Status);

    [Fact]
    public async Task Published_list_and_feed_are_read()
    {
        byte[] list = SharedPayloads.Read("vtex/orders-list.json");
        byte[] feed = SharedPayloads.Read("vtex/feed-items.json");
        await using var listener = await Listener.StartAsync();
        listener.Answer = async (context, call) => await context.Response.Body.WriteAsync(call.Target.StartsWith("/api/orders/feed", StringComparison.Ordinal) ? feed : list);
        using var access = new Crossdock.Testing.Reading.TestAccess("vtex", $$"""{"account":"luxstore","apiUrl":"{{listener.Address}}"}""", VtexSamples.Secrets, new FakeClock());
        using var reader = VtexSamples.Connector.OpenReader(access.Access);
        var page = Assert.IsType<OrderPage>(await reader.ListAsync(new ReadRequest(OrderClock.Placed, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(60), OnlySummaries: true), CancellationToken.None));
        Assert.Equal((15, 84L, "1306331686122-01", new Money(74.53m, "BRL")), (page.Orders.Count, page.Total!.Value, page.Orders[0].ExternalId, page.Orders[0].Total!.Value));
        Assert.NotNull(page.Next);
        using var queue = VtexSamples.Connector.OpenFeed(access.Access);
        Assert.Equal("953712004126-01", Assert.Single(Assert.IsType<FeedPage>(await queue.ReadAsync(CancellationToken.None)).Messages).Envelope.OrderKey);
    }
}
