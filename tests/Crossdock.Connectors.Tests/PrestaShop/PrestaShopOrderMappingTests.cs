using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Xunit;

namespace Crossdock.Connectors.Tests.PrestaShop;

public sealed class PrestaShopOrderMappingTests
{
    private const string Wire = "gift-paid-by-wire";

    [Theory]
    [InlineData(Wire)]
    [InlineData("shipped-part-refunded")]
    public void Document_maps_as_expected(string name) => CanonicalAssert.Matches(Presta.Map(Presta.Payload(name)), $"Payloads/{name}.expected.json");

    [Theory]
    [InlineData("PS_OS_CHEQUE", "00", OrderState.AwaitingPayment, PaymentStatus.Pending, null)]
    [InlineData("PS_OS_PAYMENT", "10", OrderState.New, PaymentStatus.Paid, null)]
    [InlineData("PS_OS_PREPARATION", "10", OrderState.New, PaymentStatus.Paid, null)]
    [InlineData("PS_OS_SHIPPING", "11", OrderState.InShipment, PaymentStatus.Paid, null)]
    [InlineData("PS_OS_DELIVERED", "11", OrderState.Delivered, PaymentStatus.Paid, null)]
    [InlineData("PS_OS_CANCELED", "00", OrderState.Cancelled, PaymentStatus.Voided, null)]
    [InlineData("PS_OS_REFUND", "00", OrderState.Cancelled, PaymentStatus.Refunded, null)]
    [InlineData("PS_OS_ERROR", "00", OrderState.AwaitingPayment, PaymentStatus.Failed, null)]
    [InlineData("PS_OS_OUTOFSTOCK_PAID", "10", OrderState.New, PaymentStatus.Paid, "shop_on_hold")]
    [InlineData("PS_OS_OUTOFSTOCK_UNPAID", "00", OrderState.AwaitingPayment, PaymentStatus.Pending, null)]
    [InlineData("PS_OS_BANKWIRE", "00", OrderState.AwaitingPayment, PaymentStatus.Pending, null)]
    [InlineData("PS_OS_COD_VALIDATION", "00", OrderState.New, PaymentStatus.CashOnDelivery, null)]
    public void Default_state_is_known_by_its_configuration_key(string key, string flags, OrderState state, PaymentStatus payment, string? concern)
    {
        var order = Unpaid(91, "Un estado", flags, $",\"config_key\":\"{key}\"");
        Assert.Equal((state, payment, concern, "91 Un estado"), (order.State, order.PaymentStatus, order.Concerns.SingleOrDefault()?.Code, order.PlatformStatus));
    }

    // Without a key: ids 1 to 10 where the flags agree, otherwise flags. 11 means unpaid in 1.6 and paid in 1.7.
    [Theory]
    [InlineData(1, "00", "", OrderState.AwaitingPayment)]
    [InlineData(2, "10", "", OrderState.New)]
    [InlineData(5, "11", "", OrderState.Delivered)]
    [InlineData(5, "00", "", OrderState.AwaitingPayment)]
    [InlineData(6, "00", "", OrderState.Cancelled)]
    [InlineData(8, "00", "", OrderState.AwaitingPayment)]
    [InlineData(11, "00", ",\"module_name\":\"paypal\"", OrderState.AwaitingPayment)]
    [InlineData(11, "10", "", OrderState.New)]
    [InlineData(14, "00", ",\"module_name\":\"cashondelivery\"", OrderState.New)]
    [InlineData(13, "00", ",\"template\":\"cashondelivery\"", OrderState.New)]
    [InlineData(40, "01", "", OrderState.InShipment)]
    [InlineData(41, "11", "", OrderState.InShipment)]
    [InlineData(42, "10", "", OrderState.New)]
    [InlineData(43, "00", "", OrderState.AwaitingPayment)]
    public void State_without_a_key_goes_by_id_and_flags(int id, string flags, string more, OrderState state) => Assert.Equal(state, Unpaid(id, "Estado", flags, more).State);

    [Fact]
    public void State_of_the_shops_own_without_flags_is_held_when_the_order_was_paid()
    {
        byte[] body = Presta.With(Wire, ("order.current_state", "\"14\""), ("order_state", State(14, "Preparado para retiro", "00", "")));
        var order = Presta.Order(body);
        Assert.Equal((OrderState.New, "unknown_status"), (order.State, order.Concerns.Single().Code));
        Assert.Contains("14 Preparado para retiro", order.Concerns[0].Reason, StringComparison.Ordinal);
        Assert.All(new[] { "14", "preparado para retiro" }, word =>
        {
            var mapped = Presta.Order(body, Presta.Store($$$"""{"shopUrl":"https://tienda.example","stateMap":{"{{{word}}}":"in_shipment"}}"""));
            Assert.Equal((OrderState.InShipment, 0, FulfilmentStatus.Fulfilled), (mapped.State, mapped.Concerns.Count, mapped.FulfilmentStatus));
        });
    }

    [Fact]
    public void State_zero_is_placed()
    {
        var order = Presta.Order(Presta.With(Wire, ("order.current_state", "\"0\""), ("order_state", "null")));
        Assert.Equal((OrderState.AwaitingPayment, PaymentStatus.Pending, "0"), (order.State, order.PaymentStatus, order.PlatformStatus));
        Assert.Empty(order.Concerns);
    }

    [Fact]
    public void Refunded_after_it_was_shipped_is_closed() => Assert.Equal(OrderState.Closed, Presta.Order(Presta.With(Wire,
        ("order.current_state", "\"7\""), ("order_state", State(7, "Reembolsado", "00", ",\"config_key\":\"PS_OS_REFUND\"")),
        ("order_histories", """[{"id":1,"id_order_state":"4","date_add":"2026-11-04 10:00:00","shipped":"1"},{"id":2,"id_order_state":"7","date_add":"2026-11-05 10:00:00","shipped":"0"}]"""))).State);

    [Fact]
    public void Cash_on_delivery_is_not_paid_because_the_state_says_so()
    {
        byte[] body = Presta.With(Wire, ("order.module", "\"ps_cashondelivery\""), ("order.current_state", "\"3\""), ("order_state", State(3, "Preparación", "10", ",\"delivery\":1")));
        Assert.Equal((OrderState.New, PaymentStatus.CashOnDelivery, PaymentStatus.CashOnDelivery), (Presta.Order(body).State, Presta.Order(body).PaymentStatus, Presta.Order(body).Payments.Single().Status));
        var own = Presta.Store("""{"shopUrl":"https://tienda.example","cashOnDeliveryModules":["reembolso_plus"]}""");
        Assert.Equal(PaymentStatus.Paid, Presta.Order(body, own).PaymentStatus);
    }

    [Theory]
    [InlineData("1", "4411", OrderState.New, "split_order_unpaid")]
    [InlineData("0", "4411", OrderState.AwaitingPayment, null)]
    [InlineData("1", "9", OrderState.AwaitingPayment, null)]
    public void Sibling_of_a_paid_order_is_held_for_review(string paid, string cart, OrderState state, string? concern)
    {
        var order = Presta.Order(Presta.With(Wire, ("order.current_state", "\"10\""), ("order.total_paid_real", "\"0.000000\""), ("order_payments", "[]"), ("order_state", State(10, "Espera", "00", "")),
            ("siblings", $$"""[{"id":2078,"id_cart":"{{cart}}","current_state":"2","paid":"{{paid}}"}]""")));
        Assert.Equal((state, concern, "2078"), (order.State, order.Concerns.SingleOrDefault()?.Code, order.Attributes["split_with"]));
    }

    [Fact]
    public void Paid_sibling_is_not_held() => Assert.Empty(Presta.Order(Presta.With(Wire, ("siblings", """[{"id":2078,"id_cart":"4411","current_state":"10","paid":"0"}]"""))).Concerns);

    [Theory]
    [InlineData("58460.000000", null)]
    [InlineData("58462.000000", null)]
    [InlineData("58463.000000", "total_mismatch")]
    [InlineData("58000.000000", "total_mismatch")]
    public void Parts_must_add_up_to_the_total(string total, string? concern)
    {
        byte[] body = Presta.With(Wire, ("order.total_paid_tax_incl", $"\"{total}\""), ("order.total_paid_real", "\"90000\""));
        Assert.Equal(concern, Presta.Order(body).Concerns.SingleOrDefault()?.Code);
        var noted = Presta.Order(body, Presta.Store("""{"shopUrl":"https://tienda.example","roundingCheck":"note"}"""));
        Assert.Equal((0, concern is not null), (noted.Concerns.Count, noted.Attributes.ContainsKey("total_difference")));
    }

    [Fact]
    public void Order_of_another_shop_of_the_installation_is_ignored()
    {
        Assert.IsType<Ignored>(Presta.Map(Presta.Payload(Wire), Presta.Store("""{"shopUrl":"https://tienda.example","shopId":2}""")));
        Assert.IsType<MappedOrder>(Presta.Map(Presta.Payload(Wire), Presta.Store("""{"shopUrl":"https://tienda.example","shopId":1}""")));
    }

    [Theory]
    [InlineData("module.test")]
    [InlineData("stock.changed")]
    [InlineData("product.saved")]
    public void What_is_no_order_is_ignored(string topic) => Assert.IsType<Ignored>(Presta.Map("{}"u8.ToArray(), topic: topic));

    [Fact]
    public void Document_of_a_newer_module_is_parked() => Assert.Equal("/schema", Assert.IsType<Unmappable>(Presta.Map(Presta.With(Wire, ("schema", "2")))).Path);

    [Theory]
    [InlineData("order.total_paid_tax_incl", "\"a lot\"", "/order/total_paid_tax_incl")]
    [InlineData("order.date_upd", "\"yesterday\"", "/order/date_upd")]
    [InlineData("order.id", "null", "/order/id")]
    [InlineData("currency", "null", "/currency/iso_code")]
    public void What_cannot_be_understood_is_parked_with_its_place(string path, string json, string pointer) =>
        Assert.Equal(pointer, Assert.IsType<Unmappable>(Presta.Map(Presta.With(Wire, (path, json)))).Path);

    internal static string State(int id, string name, string flags, string more) =>
        $$"""{"id":{{id.ToString(System.Globalization.CultureInfo.InvariantCulture)}},"name":"{{name}}","paid":{{flags[0]}},"shipped":{{flags[1]}}{{more}}}""";

    private static Order Unpaid(int id, string name, string flags, string more) => Presta.Order(Presta.With(Wire,
        ("order.current_state", $"\"{id.ToString(System.Globalization.CultureInfo.InvariantCulture)}\""), ("order.total_paid_real", "\"0.000000\""), ("order_payments", "[]"), ("order_state", State(id, name, flags, more))));
}
