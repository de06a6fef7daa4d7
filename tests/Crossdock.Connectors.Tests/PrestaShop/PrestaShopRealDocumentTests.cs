using System.Text;
using System.Text.Json.Nodes;
using Crossdock.Connectors.PrestaShop;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Xunit;

namespace Crossdock.Connectors.Tests.PrestaShop;

/// <summary>Documents of real shops, where the folder shared/payloads is to be found above the test.</summary>
public sealed class PrestaShopRealDocumentTests
{
    [Fact]
    public void Order_in_XML_is_joined_and_maps()
    {
        var order = Row("order-5-bankwire-unpaid.xml", "orders");
        var states = Rows("order-states-full.xml", "order_states").ToDictionary(row => PrestaShopAnswers.Id(row)!, StringComparer.Ordinal);
        var document = PrestaShopSnapshot.Build(new PrestaShopSnapshot.Parts
        {
            Order = order,
            Shop = new JsonObject { ["timezone"] = "Europe/Paris" },
            Customer = Row("customer-1.xml", "customers"),
            Delivery = Row("order-5-address-us-state.xml", "addresses"),
            Details = [Row("order-5-order-detail-13.xml", "order_details"), Row("order-5-order-detail-14.xml", "order_details"), Row("order-5-order-detail-15.xml", "order_details")],
            Payments = Rows("order-5-order-payments-empty.xml", "order_payments"),
            Find = (resource, id) => resource switch
            {
                "order_states" => id is null ? null : states.GetValueOrDefault(id),
                "currencies" => Row("currency-1.xml", "currencies"),
                "carriers" => Row("carrier-2.xml", "carriers"),
                "countries" => new JsonObject { ["iso_code"] = "US" },
                "states" => new JsonObject { ["iso_code"] = "FL", ["name"] = "Florida" },
                _ => null,
            },
            KeyOf = _ => null,
        }, PrestaShopReader.Topic, "2019-01-30T10:00:00Z");
        byte[] payload = PrestaShopSnapshot.Bytes(document);
        Assert.DoesNotContain("REDACTED", Encoding.UTF8.GetString(payload), StringComparison.Ordinal);
        Assert.DoesNotContain("b44a6d9efd7a0076a0fbce6b15eaf3b1", Encoding.UTF8.GetString(payload), StringComparison.Ordinal);
        var mapped = Presta.Order(payload);
        Assert.Equal(("5", "KHWLILZLL", OrderState.AwaitingPayment, PaymentStatus.Pending, new Money(71.51m, "EUR")), (mapped.ExternalId, mapped.Number, mapped.State, mapped.PaymentStatus, mapped.Totals.Total));
        Assert.Equal((new DateTimeOffset(2019, 1, 30, 0, 2, 12, TimeSpan.Zero), "My carrier", "FL", "John DOE"), (mapped.PlacedAt!.Value, mapped.Shipping.Single().Title, mapped.ShipTo!.Region, mapped.Customer!.Name));
        Assert.Equal([16.51m, 27.00m, 26.00m], mapped.Lines.Select(line => line.Total!.Value.Amount));
        Assert.Equal("Color : Orange, Size : S", mapped.Lines[0].Variant);
        Assert.Empty(mapped.Concerns);
    }

    [Fact]
    public void Order_in_JSON_without_a_state_is_placed()
    {
        byte[] published = SharedPayloads.Read("prestashop/order-114-state-zero.json");
        Assert.Equal("/currency/iso_code", Assert.IsType<Unmappable>(Presta.Map(published)).Path);
        var document = JsonNode.Parse(published)!.AsObject();
        document["currency"] = new JsonObject { ["iso_code"] = "XPF" };
        var mapped = Presta.Order(PrestaShopSnapshot.Bytes(document));
        Assert.Equal(("114", "114", OrderState.AwaitingPayment, new Money(42340m, "XPF")), (mapped.ExternalId, mapped.Number, mapped.State, mapped.Totals.Total));
        Assert.Equal([7350m, 34990m], mapped.Lines.Select(line => line.Total!.Value.Amount));
        Assert.Single(PrestaShopAnswers.Rows(published, "orders")!);
    }

    [Fact]
    public void States_of_a_shop_of_1_6_are_understood_by_their_flags()
    {
        var rows = Rows("order-states-full.xml", "order_states");
        Assert.Equal(14, rows.Count);
        var kinds = rows.ToDictionary(row => PrestaShopAnswers.Id(row)!, row => PrestaShopStates.KindOf(System.Text.Json.JsonSerializer.SerializeToElement(row), PrestaShopSettings.Of(Presta.Store()).CashModules).Kind, StringComparer.Ordinal);
        Assert.Equal((StateKind.Placed, StateKind.Paid, StateKind.Shipped, StateKind.Delivered, StateKind.Cancelled), (kinds["1"], kinds["2"], kinds["4"], kinds["5"], kinds["6"]));
        Assert.Equal((StateKind.Placed, StateKind.Paid, StateKind.CashOnDelivery), (kinds["11"], kinds["12"], kinds["14"]));
    }

    [Fact]
    public void Lists_of_ids_and_empty_lists_are_read()
    {
        Assert.Equal(["1", "2", "3", "4", "5"], Rows("orders-list-date-filter.xml", "orders").Select(row => PrestaShopAnswers.Id(row)));
        Assert.Empty(Rows("order-5-order-payments-empty.xml", "order_payments"));
        Assert.Equal("ABCD", PrestaShopAnswers.Text(Row("order-carrier-get.xml", "order_carriers"), "tracking_number"));
    }

    private static JsonObject Row(string file, string resource) => Rows(file, resource).Single();

    private static List<JsonObject> Rows(string file, string resource) => PrestaShopAnswers.Rows(SharedPayloads.Read($"prestashop/{file}"), resource) ?? throw new InvalidOperationException($"{file} is no document of {resource}");
}
