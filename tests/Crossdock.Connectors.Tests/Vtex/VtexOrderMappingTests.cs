using System.Text;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Xunit;

namespace Crossdock.Connectors.Tests.Vtex;

public sealed class VtexOrderMappingTests
{
    [Theory]
    [InlineData("chile-two-warehouses")]
    [InlineData("brazil-partly-sent")]
    [InlineData("pickup-canceled")]
    public void Document_maps_as_expected(string name) => CanonicalAssert.Matches(VtexSamples.Map(VtexSamples.Payload(name)), $"Payloads/{name}.expected.json");

    [Theory]
    [InlineData("chile-two-warehouses")]
    [InlineData("brazil-partly-sent")]
    [InlineData("pickup-canceled")]
    public void Parts_of_our_own_documents_add_up(string name)
    {
        var order = VtexSamples.Order(VtexSamples.Payload(name));
        var none = Money.Zero(order.Currency);
        var changes = order.Discounts.Where(discount => discount.Kind == "change").Aggregate(none, (sum, discount) => sum + discount.Amount!.Value);
        Assert.Equal(order.Totals.Total, order.Totals.Subtotal!.Value + order.Totals.Shipping!.Value + order.Totals.Tax!.Value + (order.Totals.Fees ?? none) - changes);
        Assert.Equal(order.Totals.Subtotal!.Value, order.Lines.Aggregate(none, (sum, line) => sum + line.Total!.Value));
        Assert.Equal(order.Totals.Discount, order.Discounts.Aggregate(none, (sum, discount) => sum + discount.Amount!.Value));
        Assert.Equal(order.Totals.Shipping, order.Shipping.Aggregate(none, (sum, line) => sum + line.Total!.Value));
        Assert.Equal(order.Totals.Tax, order.Lines.Aggregate(none, (sum, line) => sum + (line.Tax ?? none)));
    }

    [Theory]
    [InlineData("order-created", OrderState.AwaitingPayment, null)]
    [InlineData("payment-pending", OrderState.AwaitingPayment, null)]
    [InlineData("payment-approved", OrderState.AwaitingPayment, null)]
    [InlineData("window-to-cancel", OrderState.AwaitingPayment, null)]
    [InlineData("waiting-for-seller-decision", OrderState.AwaitingPayment, null)]
    [InlineData("ready-for-handling", OrderState.New, null)]
    [InlineData("handling", OrderState.Processing, null)]
    [InlineData("waiting-for-fulfillment", OrderState.Processing, null)]
    [InlineData("invoiced", OrderState.InShipment, null)]
    [InlineData("request-cancel", OrderState.New, "cancellation_requested")]
    [InlineData("canceled", OrderState.Cancelled, null)]
    [InlineData("replaced", OrderState.Cancelled, null)]
    [InlineData("order-creation-error", OrderState.New, "shop_error")]
    [InlineData("something-new", OrderState.New, "unknown_status")]
    public void Status_means_a_state(string status, OrderState state, string? concern)
    {
        var order = VtexSamples.Order(VtexSamples.With($$"""{"status":"{{status}}"}"""));
        Assert.Equal((state, status, concern), (order.State, order.PlatformStatus, order.Concerns.SingleOrDefault()?.Code));
    }

    [Theory]
    [InlineData("null", true)]
    [InlineData("\"\"", true)]
    [InlineData("\"handling\"", false)]
    public void Order_without_a_status_or_not_completed_is_no_order_yet(string status, bool isCompleted)
    {
        var ignored = Assert.IsType<Ignored>(VtexSamples.Map(VtexSamples.With($$"""{"status":{{status}},"isCompleted":{{(isCompleted ? "true" : "false")}} }""")));
        Assert.Contains("1493120655871-01", ignored.Because, StringComparison.Ordinal);
    }

    [Fact]
    public void Workflow_in_error_is_held()
    {
        var order = VtexSamples.Order(VtexSamples.With("""{"workflowIsInError":true}"""));
        Assert.Equal("shop_error", order.Concerns.Single().Code);
    }

    [Theory]
    [InlineData(null, "2026-11-02T14:03:35Z", "payment-pending", PaymentStatus.Paid)]
    [InlineData(null, null, "payment-pending", PaymentStatus.Pending)]
    [InlineData(null, null, "ready-for-handling", PaymentStatus.Paid)]
    [InlineData("PAGO CONTRA ENTREGA", "2026-11-02T14:03:35Z", "ready-for-handling", PaymentStatus.CashOnDelivery)]
    [InlineData(null, null, "canceled", PaymentStatus.Voided)]
    [InlineData(null, "2026-11-02T14:03:35Z", "canceled", PaymentStatus.Paid)]
    public void Payment_is_known_from_its_approval_and_its_name(string? name, string? authorized, string status, PaymentStatus payment)
    {
        var order = VtexSamples.Order(VtexSamples.With(document =>
        {
            document["status"] = status;
            document["authorizedDate"] = authorized;
            document["paymentData"]!["transactions"]![0]!["payments"]![0]!["paymentSystemName"] = name ?? "Webpay";
        }));
        Assert.Equal(payment, order.PaymentStatus);
    }

    [Fact]
    public void Invoiced_and_every_parcel_finished_is_delivered_and_all_back_is_closed()
    {
        const string Output = """{"type":"Output","invoiceNumber":"A","invoiceValue":4736200,"trackingNumber":"T1","items":[{"itemIndex":0,"quantity":2},{"itemIndex":1,"quantity":1}],"courierStatus":{"finished":FINISHED,"deliveredDate":"2026-11-05 15:40"}}""";
        const string Input = """{"type":"Input","invoiceNumber":"R","invoiceValue":4736200,"items":[{"itemIndex":0,"quantity":2},{"itemIndex":1,"quantity":1}],"restitutions":{"Refund":{"value":4736200,"items":[{"description":"No me gustó"}]}} }""";
        byte[] Document(string packages) => VtexSamples.With($$"""{"status":"invoiced","packageAttachment":{"packages":[{{packages}}]} }""");
        Assert.Equal((OrderState.InShipment, FulfilmentStatus.Fulfilled), States(VtexSamples.Order(Document(Output.Replace("FINISHED", "false", StringComparison.Ordinal)))));
        Assert.Equal((OrderState.Delivered, FulfilmentStatus.Delivered), States(VtexSamples.Order(Document(Output.Replace("FINISHED", "true", StringComparison.Ordinal)))));
        var back = VtexSamples.Order(Document(Output.Replace("FINISHED", "true", StringComparison.Ordinal) + "," + Input));
        Assert.Equal((OrderState.Closed, FulfilmentStatus.Returned), States(back));
        Assert.Equal((PaymentStatus.Refunded, new Money(47362m, "CLP"), "No me gustó", 2), (back.PaymentStatus, back.Refunds.Single().Amount, back.Refunds[0].Reason, back.Refunds[0].Lines.Count));
        Assert.Equal(new Money(0m, "CLP"), back.Totals.CurrentTotal);
        Assert.Single(back.Fulfilments);
    }

    [Fact]
    public void Store_that_invoices_first_sends_as_long_as_no_parcel_has_a_tracking_number()
    {
        var store = VtexSamples.Store("""{"account":"andesoutdoor","invoicedMeans":"new"}""");
        byte[] Document(string tracking) => VtexSamples.With($$"""{"status":"invoiced","packageAttachment":{"packages":[{"type":"Output","invoiceNumber":"F-1","invoiceValue":4736200,"trackingNumber":{{tracking}},"items":[]}]} }""");
        Assert.Equal((OrderState.New, FulfilmentStatus.Unfulfilled), States(VtexSamples.Order(Document("null"), store)));
        Assert.Equal(OrderState.InShipment, VtexSamples.Order(Document("\"T1\""), store).State);
        Assert.Equal(OrderState.InShipment, VtexSamples.Order(Document("null")).State);
    }

    [Theory]
    [InlineData("""{"orderId":null}""", "/orderId", null)]
    [InlineData("""{"value":null}""", "/value", null)]
    [InlineData("""{"value":"much"}""", "/value", "\"much\"")]
    [InlineData("""{"storePreferencesData":{"currencyCode":"pesos"}}""", "/storePreferencesData/currencyCode", "\"pesos\"")]
    [InlineData("""{"creationDate":"yesterday"}""", "/creationDate", "\"yesterday\"")]
    [InlineData("""{"items":[{"id":"1","quantity":"two","price":1}]}""", "/items/0/quantity", "\"two\"")]
    [InlineData("""{"totals":[{"id":"Items","value":[]}]}""", "/totals/0/value", "[]")]
    public void Bad_value_is_named_by_its_place(string change, string path, string? value)
    {
        var unmappable = Assert.IsType<Unmappable>(VtexSamples.Map(VtexSamples.With(change)));
        Assert.Equal((path, value), (unmappable.Path, unmappable.Value));
    }

    [Fact]
    public void Document_of_the_personal_data_architecture_maps_alike()
    {
        byte[] other = VtexSamples.With(order =>
        {
            order["id"] = order["orderId"]!.DeepClone();
            order.Remove("orderId");
            order.Remove("statusDescription");
            order["documentVersion"] = "2.1.5";
            foreach (string name in new[] { "creationDate", "lastChange", "authorizedDate" })
            {
                order[name] = order[name]!.GetValue<string>().Replace("+00:00", "Z", StringComparison.Ordinal);
            }
        });
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(OrderJson.Write(VtexSamples.Order(VtexSamples.With("{}")))), JsonNode.Parse(OrderJson.Write(VtexSamples.Order(other)))));
    }

    [Fact]
    public void Half_a_document_and_broken_text_are_parked()
    {
        byte[] body = VtexSamples.Payload("chile-two-warehouses");
        Assert.IsType<Unmappable>(VtexSamples.Map(body[..(body.Length / 2)]));
        Assert.IsType<Unmappable>(VtexSamples.Map([.. "{\"orderId\":\""u8, 0xC3, 0x28, .. "\"}"u8]));
        Assert.IsType<Unmappable>(VtexSamples.Map(Encoding.UTF8.GetBytes("""{"orderId":"1-01","status":"handling","sequence":"\ud800"}""")));
    }

    private static (OrderState, FulfilmentStatus) States(Order order) => (order.State, order.FulfilmentStatus);
}
