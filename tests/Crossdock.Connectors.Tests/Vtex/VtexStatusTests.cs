using System.Globalization;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Vtex;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Crossdock.Testing.Reading;
using Xunit;

namespace Crossdock.Connectors.Tests.Vtex;

/// <summary>What the shop is told: the calls we make, the sums to the cent, and what others have done already.</summary>
public sealed class VtexStatusTests : IAsyncLifetime
{
    private readonly FakeClock clock = new();
    private VtexEmulator shop = null!;
    private TestAccess access = null!;
    private IDestination destination = null!;

    public async ValueTask InitializeAsync()
    {
        shop = await VtexEmulator.StartAsync(new() { Clock = clock, Seed = 4, IndexLag = TimeSpan.Zero });
        Open("");
    }

    public async ValueTask DisposeAsync()
    {
        destination.Dispose();
        access.Dispose();
        await shop.DisposeAsync();
    }

    [Fact]
    public async Task Invoice_is_the_call_that_the_documentation_shows()
    {
        await using var listener = await Listener.StartAsync();
        string order = System.Text.Encoding.UTF8.GetString(VtexSamples.With("""{"status":"handling"}"""));
        listener.Answer = (context, call) => Listener.WriteAsync(context, 200, call.Method == "GET" ? order : """{"date":"2026-11-03T12:10:00Z","orderId":"1493120655871-01","receipt":"r"}""");
        using var other = new TestAccess("vtex", $$"""{"account":"andesoutdoor","apiUrl":"{{listener.Address}}","tellStatus":true}""", VtexSamples.Secrets, clock);
        using var told = VtexSamples.Connector.OpenStatus(other.Access);
        var notice = new StatusNotice("1493120655871-01", "884213", OrderState.InShipment, new DateTimeOffset(2026, 11, 3, 12, 10, 0, TimeSpan.Zero), "Courier RM", "CRM00012345", "https://courier.example/t/CRM00012345");
        // Only the first line went with this courier.
        var lines = VtexSamples.Order(VtexSamples.Payload("chile-two-warehouses"));
        var result = await told.SendAsync(Request(notice, OrderJson.Write(lines with { Lines = [lines.Lines[0]] })), CancellationToken.None);
        Assert.Equal(new Delivered("884213-CRM00012345"), result.Outcome);
        var call = listener.Calls.Last();
        Assert.Equal(("POST", "/api/oms/pvt/orders/1493120655871-01/invoice"), (call.Method, call.Target));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""
            {"type":"Output","issuanceDate":"2026-11-03T12:10:00Z","invoiceNumber":"884213-CRM00012345","invoiceValue":"2737200",
             "items":[{"id":"2041","price":1169100,"quantity":2}],"courier":"Courier RM","trackingNumber":"CRM00012345","trackingUrl":"https://courier.example/t/CRM00012345","dispatchedDate":"2026-11-03T12:10:00Z"}
            """), call.Json), call.Text);
        Assert.Equal(("vtexappkey-andesoutdoor-EMULATED", "emulated-app-token-0123456789"), (call.Headers["X-VTEX-API-AppKey"], call.Headers["X-VTEX-API-AppToken"]));
        Assert.DoesNotContain("emulated-app-token-0123456789", result.Exchange!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_parcels_of_one_order_add_up_to_its_value_and_invoice_it()
    {
        string id = await OrderOfSeveralLinesAsync();
        // A price that was rounded: three times 333.33 is not 1,000.
        shop.Edit(id, order =>
        {
            var item = order["items"]![0]!;
            (item["quantity"], item["sellingPrice"]) = (3, 33_333);
            item["priceDefinition"]!["total"] = 100_000m;
            order["value"] = order["items"]!.AsArray().Sum(line => line!["priceDefinition"]!["total"]!.GetValue<decimal>()) + 399_000;
        });
        var order = VtexSamples.Order(System.Text.Encoding.UTF8.GetBytes(shop.Read(id)!.ToJsonString()));
        var first = order with { Lines = [order.Lines[0] with { CurrentQuantity = 2 }] };
        var second = order with { Lines = [order.Lines[0] with { CurrentQuantity = 1 }, .. order.Lines.Skip(1)] };
        Assert.IsType<Delivered>((await TellAsync(id, OrderState.InShipment, "T-1", first)).Outcome);
        Assert.Equal("handling", shop.Read(id)!["status"]!.GetValue<string>());
        Assert.IsType<Delivered>((await TellAsync(id, OrderState.InShipment, "T-2", second)).Outcome);
        var told = shop.Read(id)!;
        Assert.Equal("invoiced", told["status"]!.GetValue<string>());
        Assert.Equal(told["value"]!.GetValue<decimal>(), Packages(told).Sum(package => package["invoiceValue"]!.GetValue<decimal>()));
        Assert.Equal(66_666m + 399_000m, Packages(told)[0]["invoiceValue"]!.GetValue<decimal>());
    }

    [Fact]
    public async Task Tracking_number_is_added_to_the_ERPs_invoice()
    {
        string id = await shop.PlaceOrderAsync();
        Open(""","makeInvoices":false""");
        var waiting = Assert.IsType<RetryLater>((await TellAsync(id, OrderState.InShipment, "T-1")).Outcome);
        Assert.Equal(TimeSpan.FromMinutes(30), waiting.After);
        Invoice(id, "F-9001");
        Assert.Equal(new Delivered("F-9001"), (await TellAsync(id, OrderState.InShipment, "T-1")).Outcome);
        Assert.Equal(("T-1", "Andes Courier"), (Packages(shop.Read(id)!).Single()["trackingNumber"]!.GetValue<string>(), Packages(shop.Read(id)!)[0]["courier"]!.GetValue<string>()));
        Assert.Equal(new Delivered("F-9001"), (await TellAsync(id, OrderState.Delivered, "T-1")).Outcome);
        Assert.True(Packages(shop.Read(id)!)[0]["courierStatus"]!["finished"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Delivery_of_an_order_that_was_never_told_is_told_with_its_parcel()
    {
        string id = await shop.PlaceOrderAsync();
        Assert.IsType<Delivered>((await TellAsync(id, OrderState.Delivered, "T-1")).Outcome);
        var told = VtexSamples.Order(System.Text.Encoding.UTF8.GetBytes(shop.Read(id)!.ToJsonString()));
        Assert.Equal((OrderState.Delivered, "T-1"), (told.State, told.Fulfilments.Single().TrackingNumbers.Single()));
    }

    [Fact]
    public async Task Start_handling_waits_for_the_workflow_and_is_told_once()
    {
        string id = await shop.PlaceOrderAsync("window-to-cancel");
        var early = Assert.IsType<RetryLater>((await TellAsync(id, OrderState.Processing, null)).Outcome);
        Assert.Contains("OMS003", early.Because, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromMinutes(5), early.After);
        await shop.MoveAsync(id, "ready-for-handling");
        Assert.IsType<Delivered>((await TellAsync(id, OrderState.Processing, null)).Outcome);
        Assert.IsType<Delivered>((await TellAsync(id, OrderState.Processing, null)).Outcome);
        Assert.Equal("handling", shop.Read(id)!["status"]!.GetValue<string>());
        await shop.CancelAsync(id, "no");
        Assert.IsType<Rejected>((await TellAsync(id, OrderState.Processing, null)).Outcome);
        Assert.IsType<Rejected>((await TellAsync(id, OrderState.InShipment, "T-1")).Outcome);
    }

    [Fact]
    public async Task Cancellation_is_told_once_and_refused_after_the_invoice()
    {
        string id = await shop.PlaceOrderAsync();
        Assert.IsType<Delivered>((await TellAsync(id, OrderState.Cancelled, null)).Outcome);
        Assert.Equal("canceled", shop.Read(id)!["status"]!.GetValue<string>());
        Assert.IsType<Delivered>((await TellAsync(id, OrderState.Cancelled, null)).Outcome);
        string other = await shop.PlaceOrderAsync();
        await TellAsync(other, OrderState.InShipment, "T-1");
        Assert.Contains("OMS005", Assert.IsType<Hold>((await TellAsync(other, OrderState.Cancelled, null)).Outcome).Because, StringComparison.Ordinal);
    }

    private void Open(string more)
    {
        destination?.Dispose();
        access?.Dispose();
        access = new TestAccess("vtex", $$"""{"account":"andesoutdoor","apiUrl":"{{shop.Address}}","tellStatus":true{{more}}}""", VtexSamples.Secrets, clock);
        destination = VtexSamples.Connector.OpenStatus(access.Access);
    }

    private async Task<string> OrderOfSeveralLinesAsync()
    {
        while (true)
        {
            string id = await shop.PlaceOrderAsync();
            if (shop.Read(id)!["items"]!.AsArray().Count > 1)
            {
                return id;
            }
        }
    }

    private void Invoice(string id, string number) => shop.Edit(id, order =>
    {
        order["status"] = "invoiced";
        order["packageAttachment"]!["packages"]!.AsArray().Add((JsonNode)new JsonObject
        {
            ["type"] = "Output", ["invoiceNumber"] = number, ["invoiceValue"] = order["value"]!.DeepClone(), ["trackingNumber"] = null,
            ["items"] = new JsonArray([.. order["items"]!.AsArray().Select((item, index) => (JsonNode)new JsonObject { ["itemIndex"] = index, ["quantity"] = item!["quantity"]!.DeepClone() })]),
        });
    });

    private Task<SendResult> TellAsync(string id, OrderState state, string? tracking, Order? order = null)
    {
        string number = (long.Parse(id[..^3], CultureInfo.InvariantCulture) % 1_000_000).ToString(CultureInfo.InvariantCulture);
        var notice = new StatusNotice(id, number, state, clock.GetUtcNow(), "Andes Courier", tracking, tracking is null ? null : $"https://track.example/{tracking}");
        return destination.SendAsync(Request(notice, order is null ? "{}"u8.ToArray() : OrderJson.Write(order)), CancellationToken.None);
    }

    private static DeliveryRequest Request(StatusNotice notice, byte[] document) =>
        new(new DeliveryId(Guid.Parse("01900000-0000-7000-8000-00000000000a")), DeliveryKind.Status, new OrderId(Guid.Parse("01900000-0000-7000-8000-00000000000b")), document, "andes", null, null, 1) { Notice = notice };

    private static List<JsonObject> Packages(JsonObject order) => [.. order["packageAttachment"]!["packages"]!.AsArray().Select(package => package!.AsObject())];
}
