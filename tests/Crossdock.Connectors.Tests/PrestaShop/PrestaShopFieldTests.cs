using Crossdock.Model.Orders;
using Xunit;

namespace Crossdock.Connectors.Tests.PrestaShop;

/// <summary>Fields that the whole documents beside this file do not show.</summary>
public sealed class PrestaShopFieldTests
{
    private const string Wire = "gift-paid-by-wire";

    [Theory]
    [InlineData(Wire)]
    [InlineData("shipped-part-refunded")]
    public void Parts_of_our_own_documents_add_up(string name)
    {
        var order = Presta.Order(Presta.Payload(name));
        var none = Money.Zero(order.Currency);
        var goods = order.Lines.Aggregate(none, (sum, line) => sum + line.Total!.Value);
        Assert.Equal(order.Totals.Total.Amount, Math.Round((goods - order.Totals.Discount!.Value + order.Totals.Shipping!.Value + (order.Totals.Fees ?? none)).Amount, 2));
        Assert.Equal(order.Totals.CurrentTotal, order.Totals.Total - (order.Totals.Refunded ?? none));
    }

    // 2026-10-25 03:00 clocks in Madrid go back to 02:00: 02:30 comes twice.
    [Theory]
    [InlineData("2026-10-25 01:59:59", "2026-10-25T05:00:00Z", "2026-10-24T23:59:59Z")]
    [InlineData("2026-10-25 02:30:00", "2026-10-25T05:00:00Z", "2026-10-25T01:30:00Z")]
    [InlineData("2026-10-25 02:30:00", "2026-10-25T00:31:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("2026-10-25 03:00:00", "2026-10-25T05:00:00Z", "2026-10-25T02:00:00Z")]
    [InlineData("2026-03-29 02:30:00", "2026-03-29T05:00:00Z", "2026-03-29T01:30:00Z")]
    [InlineData("2026-07-01 12:00:00", "2026-07-01T12:00:00Z", "2026-07-01T10:00:00Z")]
    public void Local_times_are_read_in_the_shops_zone(string local, string builtAt, string utc)
    {
        var order = Presta.Order(Presta.With(Wire, ("shop.timezone", "\"Europe/Madrid\""), ("built_at", $"\"{builtAt}\""), ("order.date_upd", $"\"{local}\"")));
        Assert.Equal(DateTimeOffset.Parse(utc, System.Globalization.CultureInfo.InvariantCulture), order.UpdatedAt);
    }

    [Fact]
    public void Zone_comes_from_the_settings_where_the_document_has_none()
    {
        byte[] body = Presta.With(Wire, ("shop.timezone", "null"));
        Assert.Equal(new DateTimeOffset(2026, 11, 3, 0, 5, 44, TimeSpan.Zero), Presta.Order(body, Presta.Store("""{"shopUrl":"https://tienda.example","timeZone":"America/Santiago"}""")).PlacedAt);
        Assert.Equal((new DateTimeOffset(2026, 11, 2, 21, 5, 44, TimeSpan.Zero), null), (Presta.Order(body).PlacedAt!.Value, Presta.Order(body).ShopOffsetMinutes));
    }

    [Theory]
    [InlineData("CLP", "38970.000000", "38970")]
    [InlineData("EUR", "38970.000000", "38970.00")]
    [InlineData("EUR", "15.500000", "15.50")]
    [InlineData("EUR", "2449.999999", "2449.999999")]
    [InlineData("EUR", "12.345000", "12.345")]
    [InlineData("CLP", "0.000000", "0")]
    public void Amounts_lose_padding_and_no_digit(string currency, string sent, string amount) =>
        Assert.Equal(amount, Presta.Order(Presta.With(Wire, ("currency.iso_code", $"\"{currency}\""), ("order.total_paid_tax_incl", $"\"{sent}\""))).Totals.Total.Amount.ToString(System.Globalization.CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("CL", "CL-RM", "RM")]
    [InlineData("ES", "ES-M", "M")]
    [InlineData("US", "FL", "FL")]
    [InlineData("CL", "Metropolitana", null)]
    public void Region_loses_the_country_in_front(string country, string iso, string? region) =>
        Assert.Equal(region, Presta.Order(Presta.With(Wire, ("addresses.delivery.country_iso", $"\"{country}\""), ("addresses.delivery.state_iso", $"\"{iso}\""))).ShipTo!.Region);

    [Fact]
    public void District_and_region_come_from_the_chosen_fields()
    {
        byte[] body = Presta.With(Wire, ("addresses.delivery.state_iso", "null"), ("addresses.delivery.state_name", "null"), ("addresses.delivery.other", "\"Región de Los Lagos\""));
        var address = Presta.Order(body, Presta.Store("""{"shopUrl":"https://tienda.example","districtFrom":"city","regionFrom":"other"}""")).ShipTo!;
        Assert.Equal(("Puerto Montt", "Región de Los Lagos", null), (address.District, address.RegionName, address.Region));
    }

    [Fact]
    public void Pick_up_carrier_needs_no_parcel()
    {
        var order = Presta.Order(Presta.Payload(Wire), Presta.Store("""{"shopUrl":"https://tienda.example","pickupCarriers":["7"]}"""));
        Assert.Equal((true, false), (order.Shipping.Single().IsPickup, order.RequiresShipping));
        Assert.Null(order.ShipTo);
    }

    [Fact]
    public void Virtual_goods_need_no_parcel()
    {
        Assert.False(Presta.Order(Presta.With(Wire, ("order.id_carrier", "\"0\""))).RequiresShipping);
        var order = Presta.Order(Presta.With(Wire, ("order_details", """[{"id":6120,"is_virtual":"1","total_price_tax_incl":"43980"},{"id":6121,"total_price_tax_incl":"11000"}]""")));
        Assert.Equal((true, false, true), (order.RequiresShipping, order.Lines[0].RequiresShipping, order.Lines[1].RequiresShipping));
    }

    [Theory]
    [InlineData("kg", "0.800000", 800)]
    [InlineData("lb", "2.000000", 907)]
    [InlineData("g", "450.000000", 450)]
    [InlineData("kg", "0.000000", null)]
    public void Weights_are_grams(string unit, string weight, int? grams) =>
        Assert.Equal(grams, (int?)Presta.Order(Presta.With(Wire, ("shop.weight_unit", $"\"{unit}\""), ("order_details", $$"""[{"id":6120,"product_weight":"{{weight}}"}]"""))).Lines[0].WeightGrams);

    [Fact]
    public void Tracking_of_another_carrier_and_the_old_field_are_read()
    {
        var order = Presta.Order(Presta.With(Wire, ("order_carriers", """[{"id":1,"id_carrier":"61","tracking_number":"A 1"},{"id":2,"id_carrier":"62","tracking_number":"B2","carrier_name":"Otro","carrier_url":"https://otro.example/@/ver"},{"id":3,"tracking_number":""}]""")));
        Assert.Equal([("Despacho a domicilio", "https://courier.example/t?n=A%201"), ("Otro", "https://otro.example/B2/ver")], order.Fulfilments.Select(sent => (sent.Carrier!, sent.TrackingUrls.Single())));
        Assert.Equal("OLD-7", Presta.Order(Presta.With(Wire, ("order.shipping_number", "\"OLD-7\""))).Fulfilments.Single().TrackingNumbers.Single());
    }

    [Fact]
    public void Lines_come_from_the_details_where_the_rows_are_missing()
    {
        var order = Presta.Order(Presta.With(Wire, ("order.associations", "null"), ("order_details", """[{"id":"9","product_id":"4","product_name":"Taza","product_reference":"T-1","product_quantity":"2","unit_price_tax_incl":"10.000000","total_price_tax_incl":"20.000000"}]""")));
        Assert.Equal(("9", "T-1", 2m, 20m), (order.Lines.Single().Id, order.Lines[0].Sku, order.Lines[0].Quantity, order.Lines[0].Total!.Value.Amount));
    }

    [Fact]
    public void Street_that_is_missing_is_a_concern_while_it_has_not_left()
    {
        Assert.Equal("address_missing", Presta.Order(Presta.With(Wire, ("addresses.delivery.address1", "\" \""))).Concerns.Single().Code);
        Assert.Empty(Presta.Order(Presta.With("shipped-part-refunded", ("addresses.delivery.address1", "\"\""))).Concerns);
    }

    [Fact]
    public void Free_shipping_takes_nothing_off_the_goods()
    {
        var order = Presta.Order(Presta.Payload("shipped-part-refunded"));
        Assert.Equal((67.00m, 4.95m, "shipping"), (order.Totals.Subtotal!.Value.Amount, order.Totals.Discount!.Value.Amount, order.Discounts.Single().Kind));
    }

    [Fact]
    public void Voucher_that_was_taken_off_again_is_no_discount()
    {
        var order = Presta.Order(Presta.With(Wire, ("order_cart_rules", """[{"id":1,"name":"Fuera","value":"100","free_shipping":"1","deleted":"1"},{"id":2,"name":"Bienvenida","value":"5000.000000","free_shipping":"0","deleted":"0"}]""")));
        Assert.Equal(["Bienvenida"], order.Discounts.Select(discount => discount.Title));
        Assert.Equal(49980m, order.Totals.Subtotal!.Value.Amount);
    }

    [Fact]
    public void Payment_in_another_currency_says_so()
    {
        var payments = Presta.Order(Presta.With(Wire, ("order_payments", """[{"id":1,"id_currency":"5","currency_iso":"USD","amount":"60.500000"},{"id":2,"id_currency":"6","amount":"1"}]"""))).Payments;
        Assert.Equal((new Money(60.50m, "USD"), null), (payments[0].Amount!.Value, payments[1].Amount));
    }
}
