using System.Text;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Crossdock.Testing.Conformance;
using Xunit;

namespace Crossdock.Connectors.Tests.Jumpseller;

public sealed class JumpsellerOrderMappingTests
{
    [Theory]
    [InlineData("paid-chile")]
    [InlineData("pickup-colombia")]
    public void Document_maps_as_expected(string name) => CanonicalAssert.Matches(JumpsellerSamples.Map(JumpsellerSamples.Payload(name), "orders/read"), $"Payloads/{name}.expected.json");

    [Theory]
    [InlineData("paid-chile")]
    [InlineData("pickup-colombia")]
    public void Parts_of_our_own_documents_add_up(string name)
    {
        var order = JumpsellerSamples.Order(JumpsellerSamples.Payload(name));
        Assert.Equal(order.Totals.Total, order.Totals.Subtotal!.Value + order.Totals.Shipping!.Value + order.Totals.Tax!.Value);
        Assert.Equal(order.Totals.Subtotal!.Value, order.Lines.Aggregate(Money.Zero(order.Currency), (sum, line) => sum + line.Total!.Value));
        Assert.Equal(order.Totals.Total, order.Payments.Aggregate(Money.Zero(order.Currency), (sum, payment) => sum + payment.Amount!.Value));
    }

    [Fact]
    public void Published_test_vector_of_the_signature_is_right()
    {
        byte[] body = """{"order":{"id":4187,"status":"Paid","status_enum":"paid"}}"""u8.ToArray();
        Assert.Equal("4TvBmhlkoiv0X2GIBtHGm9bd4unuHRV+ISd1N4XRxyg=", JumpsellerSamples.Signature(body));
        var endpoint = JumpsellerSamples.Connector.Open(JumpsellerSamples.Store());
        var request = JumpsellerSamples.Hook(body);
        Assert.True(endpoint.CheckSignature(request.At(JumpsellerSamples.Now)).IsValid);
        Assert.True(endpoint.CheckSignature((request with { Headers = request.Headers.With("Jumpseller-Hmac-Sha256", "4TvBmhlkoiv0X2GIBtHGm9bd4unuHRV+ISd1N4XRxyg=\n") }).At(JumpsellerSamples.Now)).IsValid);
        Assert.False(endpoint.CheckSignature(JumpsellerSamples.Hook(body, store: "anothershop").At(JumpsellerSamples.Now)).IsValid);
    }

    [Fact]
    public void Envelope_says_event_order_and_time()
    {
        var envelope = JumpsellerSamples.Connector.Open(JumpsellerSamples.Store()).ReadEnvelope(JumpsellerSamples.Hook(JumpsellerSamples.Payload("paid-chile")).At(JumpsellerSamples.Now));
        Assert.Equal(("order_paid", "4187", new DateTimeOffset(2026, 11, 2, 15, 20, 44, 102, TimeSpan.Zero)), (envelope.Topic, envelope.OrderKey, envelope.OccurredAt!.Value));
    }

    [Theory]
    [InlineData("paid", "unfulfilled", OrderState.New, PaymentStatus.Paid, null)]
    [InlineData("paid", "requested", OrderState.Processing, PaymentStatus.Paid, null)]
    [InlineData("paid", "fulfilled", OrderState.InShipment, PaymentStatus.Paid, null)]
    [InlineData("paid", "in_transit", OrderState.InShipment, PaymentStatus.Paid, null)]
    [InlineData("paid", "delivered", OrderState.Delivered, PaymentStatus.Paid, null)]
    [InlineData("paid", "failed", OrderState.InShipment, PaymentStatus.Paid, "delivery_failed")]
    [InlineData("pending_payment", "unfulfilled", OrderState.AwaitingPayment, PaymentStatus.Pending, null)]
    [InlineData("canceled", "unfulfilled", OrderState.Cancelled, PaymentStatus.Unknown, null)]
    [InlineData("refunded", "unfulfilled", OrderState.New, PaymentStatus.Unknown, "unknown_status")]
    [InlineData("paid", "teleported", OrderState.New, PaymentStatus.Paid, "unknown_status")]
    public void Two_words_mean_a_state(string payment, string shipment, OrderState state, PaymentStatus money, string? concern)
    {
        var order = JumpsellerSamples.Order(JumpsellerSamples.With($$"""{"status_enum":"{{payment}}","shipment_status_enum":"{{shipment}}"}"""));
        Assert.Equal((state, money, $"{payment}/{shipment}", concern), (order.State, order.PaymentStatus, order.PlatformStatus, order.Concerns.SingleOrDefault()?.Code));
    }

    [Theory]
    [InlineData("Pagado", "No Procesado", OrderState.New)]
    [InlineData("Paid", "Unfulfilled", OrderState.New)]
    [InlineData("Pago Pendiente", "No Procesado", OrderState.AwaitingPayment)]
    [InlineData("Canceled", null, OrderState.Cancelled)]
    public void Older_documents_have_translated_words_only(string status, string? shipment, OrderState state)
    {
        var order = JumpsellerSamples.Order(JumpsellerSamples.With(document =>
        {
            document.Remove("status_enum");
            document.Remove("shipment_status_enum");
            (document["status"], document["shipment_status"], document["fulfillment_status"]) = (status, shipment, null);
        }));
        Assert.Equal(state, order.State);
        Assert.Empty(order.Concerns);
    }

    [Fact]
    public void Abandoned_checkout_is_no_order_and_pending_cash_on_delivery_is_one()
    {
        Assert.IsType<Ignored>(JumpsellerSamples.Map(JumpsellerSamples.With("""{"status_enum":"abandoned"}"""), "order_abandoned"));
        var cash = JumpsellerSamples.Order(JumpsellerSamples.With("""{"status_enum":"pending_payment","payment_method_name":"PAGO CONTRA ENTREGA"}"""));
        Assert.Equal((OrderState.New, PaymentStatus.CashOnDelivery), (cash.State, cash.PaymentStatus));
    }

    [Fact]
    public void Webhook_without_its_time_is_fetched_where_there_is_a_key()
    {
        Assert.Equal("4187", Assert.IsType<Announced>(JumpsellerSamples.Map(JumpsellerSamples.Payload("paid-chile"), store: JumpsellerSamples.Store(hasKey: true))).ExternalId);
        Assert.IsType<MappedOrder>(JumpsellerSamples.Map(JumpsellerSamples.Payload("paid-chile")));
        var at = new DateTimeOffset(2026, 11, 2, 15, 20, 44, TimeSpan.Zero);
        Assert.Equal(at, Assert.IsType<MappedOrder>(JumpsellerSamples.Map(JumpsellerSamples.Payload("paid-chile"), store: JumpsellerSamples.Store(hasKey: true), at: at)).Order.UpdatedAt);
    }

    [Fact]
    public void Document_that_was_read_is_as_new_as_its_reading() =>
        Assert.Equal(JumpsellerSamples.Now, Assert.IsType<MappedOrder>(JumpsellerSamples.Map(JumpsellerSamples.Payload("paid-chile"), "orders/read", at: JumpsellerSamples.Now.AddDays(-3))).Order.UpdatedAt);

    [Theory]
    [InlineData("product_updated")]
    [InlineData("customer_created")]
    [InlineData("contact")]
    [InlineData("subscription_created")]
    public void Other_events_are_ignored(string topic) => Assert.IsType<Ignored>(JumpsellerSamples.Map("""{"product":{"id":5}}"""u8.ToArray(), topic));

    [Theory]
    [InlineData("01", "Valparaíso", "VS")]
    [InlineData("02", "Aysén", "AI")]
    [InlineData("03", "Antofagasta", "AN")]
    [InlineData("04", "La Araucanía", "AR")]
    [InlineData("05", "Atacama", "AT")]
    [InlineData("06", "Biobío", "BI")]
    [InlineData("07", "Coquimbo", "CO")]
    [InlineData("08", "O'Higgins", "LI")]
    [InlineData("10", "Magallanes", "MA")]
    [InlineData("11", "Maule", "ML")]
    [InlineData("12", "Metropolitana", "RM")]
    [InlineData("14", "Los Lagos", "LL")]
    [InlineData("15", "Tarapacá", "TA")]
    [InlineData("16", "Arica y Parinacota", "AP")]
    [InlineData("17", "Los Ríos", "LR")]
    [InlineData("18", "Ñuble", "NB")]
    public void Region_code_is_no_roman_number(string code, string name, string iso)
    {
        foreach (string? region in new[] { name, null })
        {
            var address = JumpsellerSamples.Order(JumpsellerSamples.With(order =>
            {
                var to = order["shipping_address"]!;
                (to["region_code"], to["region"], to["municipality"], to["city"]) = (code, region, null, "Ciudad");
            })).ShipTo!;
            Assert.Equal((iso, "CL"), (address.Region, address.Country));
        }
    }

    [Fact]
    public void Commune_is_the_municipality_or_the_city()
    {
        Address Of(string? municipality, string city) => JumpsellerSamples.Order(JumpsellerSamples.With(order => (order["shipping_address"]!["municipality"], order["shipping_address"]!["city"]) = (municipality, city))).ShipTo!;
        Assert.Equal("Ñuñoa", Of("nunoa", "Santiago").District);
        Assert.Equal("Providencia", Of(null, "PROVIDENCIA").District);
    }

    [Theory]
    [InlineData("933334444", "56", "+56933334444")]
    [InlineData("+56933334444", "56", "+56933334444")]
    [InlineData("56933334444", "56", "56933334444")]
    [InlineData("933334444", null, "933334444")]
    public void Phone_has_its_prefix(string phone, string? prefix, string read)
    {
        var order = JumpsellerSamples.Order(JumpsellerSamples.With(document => (document["customer"]!["phone"], document["customer"]!["phone_prefix"]) = (phone, prefix)));
        Assert.Equal((read, read), (order.Customer!.Phone, order.ShipTo!.Phone));
    }

    [Fact]
    public void Discount_contains_the_shippings()
    {
        var order = JumpsellerSamples.Order(JumpsellerSamples.Payload("paid-chile"));
        Assert.Equal((38071m, 35082m, 2989m, 4899m), (order.Totals.Total.Amount, order.Totals.Subtotal!.Value.Amount, order.Totals.Shipping!.Value.Amount, order.Totals.Discount!.Value.Amount));
        Assert.Equal((3990m, 2989m), (order.Shipping.Single().Price!.Value.Amount, order.Shipping[0].Total!.Value.Amount));
    }

    [Fact]
    public void Same_variant_twice_has_two_ids()
    {
        var order = JumpsellerSamples.Order(JumpsellerSamples.Payload("pickup-colombia"));
        Assert.Equal(["20551001-91200441", "20551001-91200441#2", "991"], order.Lines.Select(line => line.Id));
        Assert.False(order.Lines[2].RequiresShipping);
    }

    [Theory]
    [InlineData("""{"id":null}""", "/order/id", null)]
    [InlineData("""{"total":"much"}""", "/order/total", "\"much\"")]
    [InlineData("""{"total":null}""", "/order/total", null)]
    [InlineData("""{"currency":"peso"}""", "/order/currency", "\"peso\"")]
    [InlineData("""{"created_at":"yesterday"}""", "/order/created_at", "\"yesterday\"")]
    [InlineData("""{"products":[{"id":1,"qty":"two"}]}""", "/order/products/0/qty", "\"two\"")]
    public void Bad_value_is_named_by_its_place(string change, string path, string? value)
    {
        var unmappable = Assert.IsType<Unmappable>(JumpsellerSamples.Map(JumpsellerSamples.With(change), "orders/read"));
        Assert.Equal((path, value), (unmappable.Path, unmappable.Value));
    }

    [Fact]
    public void Parcel_without_a_street_is_held_and_no_shipping_needs_none()
    {
        Assert.Equal("address_missing", JumpsellerSamples.Order(JumpsellerSamples.With("""{"shipping_address":null}""")).Concerns.Single().Code);
        var digital = JumpsellerSamples.Order(JumpsellerSamples.With("""{"shipping_option":"no_shipping","shipping_address":null}"""));
        Assert.False(digital.RequiresShipping);
        Assert.Empty(digital.Concerns);
        Assert.Empty(digital.Shipping);
    }

    [Fact]
    public void Links_and_traces_of_the_buyer_are_not_passed_on()
    {
        string order = Encoding.UTF8.GetString(OrderJson.Write(JumpsellerSamples.Order(JumpsellerSamples.Payload("paid-chile"))));
        Assert.All(new[] { "jumpseller.com/v2/checkout", "cart/duplicate", "203.0.113.10", "Mozilla" }, text => Assert.DoesNotContain(text, order, StringComparison.Ordinal));
    }

    [Fact]
    public void Published_documents_map()
    {
        foreach (string file in new[] { "webhook-order-1026-pending.json", "webhook-order-1026-paid-trimmed.json" })
        {
            var outcome = JumpsellerSamples.Map(SharedPayloads.Read("jumpseller/" + file), "order_paid");
            Assert.True(outcome is MappedOrder { Order.ExternalId: "1026" } or Unmappable, $"{file}: {outcome}");
        }

        var pending = JumpsellerSamples.Order(SharedPayloads.Read("jumpseller/webhook-order-1026-pending.json"));
        Assert.Equal((OrderState.AwaitingPayment, 369.2m), (pending.State, pending.Totals.Total.Amount));
        foreach (var entry in JsonNode.Parse(SharedPayloads.Read("jumpseller/orders-list-usd-5001.json"))!.AsArray())
        {
            Assert.Equal("USD", JumpsellerSamples.Order(Encoding.UTF8.GetBytes(entry!.ToJsonString())).Currency);
        }
    }
}
