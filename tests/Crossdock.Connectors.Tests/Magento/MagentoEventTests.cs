using System.Security.Cryptography;
using System.Text;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Xunit;

namespace Crossdock.Connectors.Tests.Magento;

/// <summary>The three senders: what is accepted, what it is called, what it leads to.</summary>
public sealed class MagentoEventTests
{
    private static IWebhookEndpoint Endpoint => Mage.Connector.Open(Mage.Store());

    [Theory]
    [InlineData(0, null)]
    [InlineData(14, null)]
    [InlineData(-14, null)]
    [InlineData(16, "too_old")]
    [InlineData(-16, "too_old")]
    public void Module_s_clock_may_be_off_by_a_quarter_of_an_hour(int minutes, string? refused) =>
        Assert.Equal(refused, Endpoint.CheckSignature(Mage.FromModule(Mage.Payload("module-order-saved")).At(Mage.At.AddMinutes(minutes))).RefusedBecause);

    [Fact]
    public void Time_is_part_of_what_the_module_signs()
    {
        var request = Mage.FromModule(Mage.Payload("module-order-saved"));
        var later = request with { Headers = request.Headers.With("X-Hub-Timestamp", (Mage.At.ToUnixTimeSeconds() + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)) };
        Assert.Equal("wrong", Endpoint.CheckSignature(later.At(Mage.At)).RefusedBecause);
    }

    [Fact]
    public void Signature_of_async_events_is_small_hexadecimal()
    {
        var request = Mage.FromAsyncEvents(Mage.Wrapped(Mage.Payload("order-cash-configurable")));
        Assert.True(Endpoint.CheckSignature(request.At(Mage.At)).IsValid);
        string capital = request.Headers["x-magento-signature"]!.ToUpperInvariant();
        Assert.Equal("malformed", Endpoint.CheckSignature((request with { Headers = request.Headers.With("x-magento-signature", capital) }).At(Mage.At)).RefusedBecause);
    }

    [Fact]
    public void Either_of_Adobe_s_signatures_will_do_and_only_for_the_own_client()
    {
        byte[] body = Mage.Payload("adobe-order-saved");
        var endpoint = Mage.Connector.Open(Mage.WithAdobe());
        using var other = RSA.Create(2048);
        var both = Mage.FromAdobe(body, other);
        Assert.Equal("wrong", endpoint.CheckSignature(both.At(Mage.At)).RefusedBecause);
        Assert.True(endpoint.CheckSignature((both with { Headers = both.Headers.With("x-adobe-digital-signature-2", Mage.FromAdobe(body).Headers["x-adobe-digital-signature-1"]!) }).At(Mage.At)).IsValid);
        byte[] elsewhere = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace(Mage.ClientId, "somebody", StringComparison.Ordinal));
        Assert.Equal("wrong", endpoint.CheckSignature(Mage.FromAdobe(elsewhere).At(Mage.At)).RefusedBecause);
        byte[] oldSpelling = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace("recipient_client_id", "recipientclientid", StringComparison.Ordinal));
        Assert.True(endpoint.CheckSignature(Mage.FromAdobe(oldSpelling).At(Mage.At)).IsValid);
        Assert.Equal("wrong", Endpoint.CheckSignature(Mage.FromAdobe(body).At(Mage.At)).RefusedBecause);
    }

    [Fact]
    public void Envelope_names_order_time_and_event_of_each_sender()
    {
        var at = new DateTimeOffset(2026, 11, 2, 15, 4, 12, TimeSpan.Zero);
        var module = Endpoint.ReadEnvelope(Mage.FromModule(Mage.Payload("module-order-saved")).At(Mage.At));
        Assert.Equal(("order.saved", "5120", at), (module.Topic, module.OrderKey, module.OccurredAt!.Value));
        var async = Endpoint.ReadEnvelope(Mage.FromAsyncEvents(Mage.Wrapped(Mage.Payload("order-cash-configurable")), "sales.order.updated").At(Mage.At));
        Assert.Equal(("sales.order.updated", "5120", at), (async.Topic, async.OrderKey, async.OccurredAt!.Value));
        var adobe = Endpoint.ReadEnvelope(Mage.FromAdobe(Mage.Payload("adobe-order-saved")).At(Mage.At));
        Assert.Equal(("observer.sales_order_save_commit_after", "5120", at), (adobe.Topic, adobe.OrderKey, adobe.OccurredAt!.Value));
    }

    [Theory]
    [InlineData("""{"data":{"entity_id":3001,"order_id":5121,"tracks":[]}}""", "sales.shipment", "5121")]
    [InlineData("""{"data":{"entity_id":12,"order_id":5121,"grand_total":5}}""", "sales.invoice", "5121")]
    [InlineData("""{"data":{"entity_id":13,"order_id":5121,"grand_total":5,"adjustment":0}}""", "sales.creditmemo", "5121")]
    [InlineData("""{"data":{"id":9,"sku":"A"}}""", "unknown", null)]
    public void Event_without_a_name_is_known_by_its_shape(string body, string topic, string? order)
    {
        var envelope = Endpoint.ReadEnvelope(Mage.FromAsyncEvents(Encoding.UTF8.GetBytes(body), "").At(Mage.At));
        Assert.Equal((topic, order), (envelope.Topic, envelope.OrderKey));
    }

    [Fact]
    public void Repeats_of_the_module_are_one_event_and_another_state_is_another()
    {
        byte[] body = Mage.Payload("module-order-saved");
        string key = Endpoint.ReadEnvelope(Mage.FromModule(body).At(Mage.At)).DedupeKey;
        Assert.Equal(key, Endpoint.ReadEnvelope(Mage.FromModule(body, at: Mage.At.AddMinutes(5)).At(Mage.At.AddMinutes(5))).DedupeKey);
        byte[] changed = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace("\"pending\"", "\"processing\"", StringComparison.Ordinal));
        Assert.NotEqual(key, Endpoint.ReadEnvelope(Mage.FromModule(changed).At(Mage.At)).DedupeKey);
    }

    [Fact]
    public void Message_with_only_the_number_leads_to_a_fetch_or_says_what_is_missing()
    {
        byte[] body = """{"event":"order.saved","store":"peru","order_id":5120,"increment_id":"000004711","updated_at":"2026-11-02 15:04:12"}"""u8.ToArray();
        var announced = Assert.IsType<Announced>(Mage.Map(body, Mage.Reading()));
        Assert.Equal(("5120", "order.saved 000004711"), (announced.ExternalId, announced.What));
        Assert.Contains("access token", Assert.IsType<Unmappable>(Mage.Map(body)).Because, StringComparison.Ordinal);
    }

    [Fact]
    public void Adobe_s_event_is_only_a_hint_where_the_order_can_be_read()
    {
        Assert.Equal("5120", Assert.IsType<Announced>(Mage.Map(Mage.Payload("adobe-order-saved"), Mage.Reading())).ExternalId);
        Assert.IsType<MappedOrder>(Mage.Map(Mage.Payload("adobe-order-saved")));
    }

    [Fact]
    public void Test_of_the_module_products_and_customers_are_ignored()
    {
        Assert.IsType<Ignored>(Mage.Map("""{"event":"test","store":"peru","order_id":null}"""u8.ToArray()));
        Assert.IsType<Ignored>(Mage.Map("""{"data":{"id":5,"sku":"A"}}"""u8.ToArray(), topic: "catalog.product.updated"));
        Assert.IsType<Ignored>(Mage.Map("""{"data":{"id":5,"email":"a@example.com"}}"""u8.ToArray(), topic: "customer.created"));
        Assert.IsType<Ignored>(Mage.Map("""{"type":"com.adobe.commerce.observer.catalog_product_save_commit_after","data":{"value":{"sku":"A"}}}"""u8.ToArray()));
    }

    [Fact]
    public void Shipment_and_credit_memo_change_the_order_they_name()
    {
        var shipped = Assert.IsType<MappedChange>(Mage.Map("""{"data":{"entity_id":3001,"increment_id":"000002001","order_id":5121,"created_at":"2026-11-04 09:30:00","items":[{"order_item_id":41,"qty":1}],"tracks":[{"track_number":"OLV1","title":"Olva","carrier_code":"custom"}]}}"""u8.ToArray(), topic: "sales.shipment.created"));
        Assert.Equal(("5121", "OLV1", new DateTimeOffset(2026, 11, 4, 9, 30, 0, TimeSpan.Zero)), (shipped.ExternalId, shipped.Change.Fulfilment!.TrackingNumbers[0], shipped.Change.At!.Value));
        var refunded = Assert.IsType<MappedChange>(Mage.Map("""{"data":{"entity_id":501,"order_id":5121,"order_currency_code":"PEN","grand_total":141.6,"adjustment":0}}"""u8.ToArray(), topic: "sales.creditmemo.created"));
        Assert.Equal(("5121", new Money(141.6m, "PEN")), (refunded.ExternalId, refunded.Change.Refund!.Amount));
    }

    [Fact]
    public void Invoice_leads_to_a_fetch_where_that_is_possible()
    {
        byte[] body = """{"data":{"entity_id":12,"increment_id":"000000012","order_id":5121,"grand_total":5,"state":2}}"""u8.ToArray();
        Assert.Equal("Invoice 000000012", Assert.IsType<Announced>(Mage.Map(body, Mage.Reading(), "sales.invoice.paid")).What);
        Assert.IsType<Ignored>(Mage.Map(body, topic: "sales.invoice.paid"));
    }

    [Theory]
    [InlineData("application/json", true)]
    [InlineData("application/json; charset=utf-8", true)]
    [InlineData("application/cloudevents+json", true)]
    [InlineData("application/x-www-form-urlencoded", false)]
    public void Types_that_nobody_sends_are_not_accepted(string type, bool isAccepted) => Assert.Equal(isAccepted, Endpoint.Accepts(type));

    [Fact]
    public void Connection_without_a_secret_accepts_nothing()
    {
        var none = Mage.Connector.Open(Mage.Store() with { Secrets = new Dictionary<string, string>() });
        Assert.False(none.CheckSignature(Mage.FromModule(Mage.Payload("module-order-saved"), "").At(Mage.At)).IsValid);
        Assert.False(none.CheckSignature(Mage.FromAsyncEvents(Mage.Payload("module-order-saved"), secret: "").At(Mage.At)).IsValid);
    }
}
