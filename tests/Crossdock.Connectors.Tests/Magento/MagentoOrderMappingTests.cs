using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Xunit;

namespace Crossdock.Connectors.Tests.Magento;

/// <summary>What becomes of an order document, whatever way it came.</summary>
public sealed class MagentoOrderMappingTests
{
    [Theory]
    [InlineData("order-cash-configurable")]
    [InlineData("read-bundle-shipped-refunded")]
    [InlineData("module-order-saved")]
    [InlineData("adobe-order-saved")]
    public void Our_documents_map_as_written_down(string name) => CanonicalAssert.Matches(Mage.Map(Mage.Payload(name)), $"Payloads/{name}.expected.json");

    [Fact]
    public void Order_of_the_module_and_of_async_events_and_read_by_the_hub_is_the_same()
    {
        byte[] read = OrderJson.Write(Mage.Order(Mage.Payload("order-cash-configurable")));
        Assert.Equal(read, OrderJson.Write(Mage.Order(Mage.Wrapped(Mage.Payload("order-cash-configurable")))));
        Assert.Equal(read, OrderJson.Write(Mage.Order(Mage.Payload("module-order-saved"))));
    }

    [Theory]
    [InlineData("order-cash-configurable")]
    [InlineData("read-bundle-shipped-refunded")]
    [InlineData("adobe-order-saved")]
    public void Parts_of_our_own_documents_add_up(string name)
    {
        var order = Mage.Order(Mage.Payload(name));
        Assert.Equal(order.Totals.Total, order.Totals.Subtotal!.Value + order.Totals.Shipping!.Value + order.Totals.Tax!.Value);
        Assert.Equal(order.Totals.Subtotal.Value.Amount, order.Lines.Sum(line => line.Total?.Amount ?? 0));
        Assert.DoesNotContain(order.Concerns, concern => concern.Code is "amounts_differ" or "lines_differ");
    }

    [Fact]
    public void Configurable_and_its_simple_row_are_one_line()
    {
        var order = Mage.Order(Mage.Payload("order-cash-configurable"));
        Assert.Equal(["31", "33", "34"], order.Lines.Select(line => line.Id));
        var poncho = order.Lines[0];
        Assert.Equal(("PON-AND-M-ROJ", "Poncho Andino", "M-Rojo", "400", "412", 2m, 900L), (poncho.Sku, poncho.Name, poncho.Variant, poncho.ProductId, poncho.VariantId, poncho.Quantity, poncho.WeightGrams));
        Assert.Equal((new Money(360m, "PEN"), new Money(36m, "PEN"), new Money(324m, "PEN")), (poncho.Subtotal!.Value, poncho.Discount!.Value, poncho.Total!.Value));
        Assert.False(order.Lines[2].RequiresShipping);
    }

    [Fact]
    public void Configurable_whose_simple_row_is_priced_too_counts_once()
    {
        var order = Mage.Order(Mage.With("""{"items/1/price":180,"items/1/row_total":360}"""));
        Assert.Equal(3, order.Lines.Count);
        Assert.Equal(new Money(324m, "PEN"), order.Lines[0].Total);
        Assert.Empty(order.Concerns);
    }

    [Fact]
    public void Bundle_has_its_money_once_and_its_parts_are_what_is_sent()
    {
        var order = Mage.Order(Mage.Payload("read-bundle-shipped-refunded"));
        Assert.Equal(["41", "42", "43", "44"], order.Lines.Select(line => line.Id));
        Assert.Equal((new Money(590m, "PEN"), false), (order.Lines[0].Total!.Value, order.Lines[0].RequiresShipping));
        Assert.All(order.Lines.Skip(1).Take(2), part => Assert.Equal(("41", true, (Money?)null), (part.ParentId, part.RequiresShipping, part.Total)));
        Assert.Equal((2m, 1m, "240"), (order.Lines[2].Quantity, order.Lines[2].CurrentQuantity, order.Lines[2].Attributes["row_total"]));
        Assert.Equal(FulfilmentStatus.PartiallyFulfilled, order.FulfilmentStatus);
    }

    [Fact]
    public void Bundle_shipped_together_is_one_piece()
    {
        var order = Mage.Order(Mage.With("""{"items/0/product_type":"bundle","items/0/product_options":{"shipment_type":"0"}}"""));
        Assert.Equal((true, "31", false), (order.Lines[0].RequiresShipping, order.Lines[1].ParentId, order.Lines[1].RequiresShipping));
    }

    [Fact]
    public void Row_whose_parent_is_not_there_is_a_line_of_its_own() =>
        Assert.Equal(["31", "32", "33", "34"], Mage.Order(Mage.With("""{"items/1/parent_item_id":999,"items/1/parent_item":null}""")).Lines.Select(line => line.Id));

    [Fact]
    public void Amounts_are_the_buyers_and_the_shops_own_currency_is_kept_beside()
    {
        var order = Mage.Order(Mage.Payload("order-cash-configurable"));
        Assert.Equal(("PEN", "USD", "3.75"), (order.Currency, order.Attributes["base_currency_code"], order.Attributes["base_to_order_rate"]));
        Assert.NotEqual(order.Attributes["base_grand_total"], order.Totals.Total.Amount.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.All(order.Lines.SelectMany(line => new[] { line.Total, line.Tax, line.UnitPrice }).OfType<Money>(), money => Assert.Equal("PEN", money.Currency));
    }

    [Fact]
    public void Times_without_a_zone_are_UTC()
    {
        var order = Mage.Order(Mage.Payload("order-cash-configurable"));
        Assert.Equal((new DateTimeOffset(2026, 11, 2, 15, 4, 9, TimeSpan.Zero), new DateTimeOffset(2026, 11, 2, 15, 4, 12, TimeSpan.Zero)), (order.PlacedAt!.Value, order.UpdatedAt!.Value));
    }

    [Fact]
    public void Shipping_address_is_the_one_of_the_shipping_assignment()
    {
        var order = Mage.Order(Mage.Payload("order-cash-configurable"));
        Assert.Equal(("Av. Larco 1150", "Dpto. 4B, Miraflores", "LIM", "Lima Metropolitana", "PE"), (order.ShipTo!.Line1, order.ShipTo.Line2, order.ShipTo.Region, order.ShipTo.RegionName, order.ShipTo.Country));
        Assert.Equal(("Jr. de la Unión 518", "LMA", "Textiles Quispe S.A.C."), (order.BillTo!.Line1, order.BillTo.Region, order.BillTo.Company));
        Assert.Equal(("Rosa Quispe Ñaupari", "20512345671"), (order.Customer!.Name, order.Customer.TaxId));
    }

    [Fact]
    public void Shop_says_what_the_lines_of_a_street_are()
    {
        var order = Mage.Order(Mage.Payload("order-cash-configurable"), Mage.Store("""{"streetLines":["street","houseNumber","district"]}"""));
        Assert.Equal(("Av. Larco 1150", "Dpto. 4B", "Miraflores", null), (order.ShipTo!.Line1, order.ShipTo.HouseNumber, order.ShipTo.District, order.ShipTo.Line2));
    }

    [Fact]
    public void Order_without_its_shipping_assignment_is_held_for_its_address()
    {
        var order = Mage.Order(Mage.With("""{"extension_attributes":{}}"""));
        Assert.Null(order.ShipTo);
        Assert.Equal("address_missing", Assert.Single(order.Concerns).Code);
    }

    [Fact]
    public void Pick_up_and_virtual_orders_go_to_no_address()
    {
        var pickup = Mage.Order(Mage.With("""{"extension_attributes/pickup_location_code":"lima1"}"""));
        Assert.Equal((false, true, "lima1"), (pickup.RequiresShipping, pickup.Shipping[0].IsPickup, pickup.Attributes["pickup_location_code"]));
        Assert.Null(pickup.ShipTo);
        var download = Mage.Order(Mage.With("""{"is_virtual":1,"extension_attributes":{}}"""));
        Assert.False(download.RequiresShipping);
        Assert.Empty(download.Concerns);
    }

    [Theory]
    [InlineData("new", "pending", "cashondelivery", OrderState.New, PaymentStatus.CashOnDelivery)]
    [InlineData("new", "pending", "checkmo", OrderState.AwaitingPayment, PaymentStatus.Pending)]
    [InlineData("pending_payment", "pending_payment", "niubiz", OrderState.AwaitingPayment, PaymentStatus.Pending)]
    [InlineData("payment_review", "fraud", "niubiz", OrderState.AwaitingPayment, PaymentStatus.Pending)]
    [InlineData("processing", "processing", "cashondelivery", OrderState.New, PaymentStatus.CashOnDelivery)]
    [InlineData("processing", "packed", "cashondelivery", OrderState.New, PaymentStatus.CashOnDelivery)]
    [InlineData("complete", "complete", "cashondelivery", OrderState.InShipment, PaymentStatus.CashOnDelivery)]
    [InlineData("closed", "closed", "checkmo", OrderState.Cancelled, PaymentStatus.Pending)]
    [InlineData("canceled", "canceled", "checkmo", OrderState.Cancelled, PaymentStatus.Voided)]
    public void State_counts_before_status(string state, string status, string method, OrderState expected, PaymentStatus payment)
    {
        var order = Mage.Order(Mage.With($$"""{"state":"{{state}}","status":"{{status}}","payment/method":"{{method}}"}"""));
        Assert.Equal((expected, payment, state == status ? state : $"{state}/{status}"), (order.State, order.PaymentStatus, order.PlatformStatus));
        Assert.Empty(order.Concerns);
    }

    [Theory]
    [InlineData("holded", "holded", "shop_on_hold")]
    [InlineData("processing", "fraud", "suspected_fraud")]
    [InlineData("in_the_oven", "baking", "unknown_status")]
    public void Odd_states_are_for_a_person(string state, string status, string concern)
    {
        var order = Mage.Order(Mage.With($$"""{"state":"{{state}}","status":"{{status}}"}"""));
        Assert.Equal((OrderState.New, concern), (order.State, Assert.Single(order.Concerns).Code));
    }

    [Fact]
    public void Stores_own_table_says_what_a_status_means()
    {
        var store = Mage.Store("""{"statusMap":{"with_courier":"in_shipment","arrived":"delivered"},"completeMeans":"delivered","shipsWhenNew":["checkmo"]}""");
        Assert.Equal(OrderState.InShipment, Mage.Order(Mage.With("""{"state":"processing","status":"with_courier"}"""), store).State);
        Assert.Equal((OrderState.Delivered, FulfilmentStatus.Delivered), Mage.Order(Mage.With("""{"state":"complete","status":"arrived"}"""), store) is var order ? (order.State, order.FulfilmentStatus) : default);
        Assert.Equal(OrderState.Delivered, Mage.Order(Mage.With("""{"state":"complete","status":"complete"}"""), store).State);
        Assert.Equal(OrderState.New, Mage.Order(Mage.With("""{"payment/method":"checkmo"}"""), store).State);
        Assert.Equal(OrderState.AwaitingPayment, Mage.Order(Mage.Payload("order-cash-configurable"), store).State);
    }

    [Theory]
    [InlineData("""{"total_paid":526.48,"total_due":0,"grand_total":526.48}""", PaymentStatus.Paid)]
    [InlineData("""{"total_paid":100,"total_due":426.48}""", PaymentStatus.PartiallyPaid)]
    [InlineData("""{"total_paid":526.48,"total_due":0,"total_refunded":10}""", PaymentStatus.PartiallyRefunded)]
    [InlineData("""{"total_paid":526.48,"total_due":0,"total_refunded":526.48}""", PaymentStatus.Refunded)]
    [InlineData("""{"payment/method":"niubiz","payment/amount_authorized":526.48,"state":"processing","status":"processing"}""", PaymentStatus.Authorized)]
    public void Money_that_came_and_went_is_told(string change, PaymentStatus expected) =>
        Assert.Equal(expected, Mage.Order(Mage.With(change), Mage.Store("""{"oddSums":"accept"}""")).PaymentStatus);

    [Fact]
    public void All_sent_but_not_invoiced_is_in_shipment()
    {
        var order = Mage.Order(Mage.With("""{"state":"processing","status":"processing","items/0/qty_shipped":2,"items/2/qty_shipped":1}"""));
        Assert.Equal((OrderState.InShipment, FulfilmentStatus.Fulfilled), (order.State, order.FulfilmentStatus));
        var part = Mage.Order(Mage.With("""{"state":"processing","status":"processing","items/0/qty_shipped":1,"items/2/qty_canceled":1}"""));
        Assert.Equal((OrderState.New, FulfilmentStatus.PartiallyFulfilled, 0m), (part.State, part.FulfilmentStatus, part.Lines[1].CurrentQuantity));
    }

    [Fact]
    public void Fee_of_a_module_of_the_shop_is_for_a_person_unless_accepted()
    {
        byte[] body = Mage.With("""{"grand_total":600}""");
        var concern = Assert.Single(Mage.Order(body).Concerns);
        Assert.Equal("amounts_differ", concern.Code);
        Assert.Contains("600", concern.Reason, StringComparison.Ordinal);
        Assert.Empty(Mage.Order(body, Mage.Store("""{"oddSums":"accept"}""")).Concerns);
    }

    [Fact]
    public void Rows_that_are_reduced_already_are_recognised()
    {
        var order = Mage.Order(Mage.With("""{"items/0/row_total":324,"items/2/row_total":71.91}"""));
        Assert.Empty(order.Concerns);
        Assert.Equal((new Money(360m, "PEN"), new Money(324m, "PEN")), (order.Lines[0].Subtotal!.Value, order.Lines[0].Total!.Value));
        Assert.Equal("lines_differ", Assert.Single(Mage.Order(Mage.With("""{"items/0/row_total":100}""")).Concerns).Code);
    }

    [Fact]
    public void Gift_cards_credit_and_wrapping_of_Adobe_Commerce_are_counted()
    {
        var order = Mage.Order(Mage.With("""{"grand_total":500,"extension_attributes/gift_cards_amount":"30.0000","extension_attributes/gw_price":"5.00","extension_attributes/gw_items_price":"","customer_balance_amount":0,"subtotal":464.9}"""), Mage.Store("""{"oddSums":"accept"}"""));
        Assert.Contains(order.Discounts, discount => discount.Kind == "gift_card" && discount.Amount == new Money(30m, "PEN"));
        Assert.Equal(("Gift wrapping", new Money(5m, "PEN")), (order.Fees[0].Title, order.Fees[0].Amount));
    }

    [Fact]
    public void Edited_order_says_where_it_goes_on()
    {
        var order = Mage.Order(Mage.With("""{"state":"canceled","status":"canceled","relation_child_id":5199,"relation_child_real_id":"000004711-1"}"""));
        Assert.Equal("edited in the shop: goes on as 000004711-1", order.CancelReason);
    }

    [Theory]
    [InlineData("""{"entity_id":null}""", "/entity_id")]
    [InlineData("""{"grand_total":null}""", "")]
    [InlineData("""{"grand_total":"many"}""", "/grand_total")]
    [InlineData("""{"order_currency_code":"soles"}""", "/order_currency_code")]
    [InlineData("""{"updated_at":"yesterday"}""", "/updated_at")]
    [InlineData("""{"items/0/qty_ordered":"two"}""", "/items/0/qty_ordered")]
    [InlineData("""{"items/0/item_id":null}""", "/items/0/item_id")]
    public void Bad_value_is_named_by_its_place(string change, string path) => Assert.Equal(path, Assert.IsType<Unmappable>(Mage.Map(Mage.With(change))).Path ?? "");

    [Fact]
    public void Store_views_that_are_left_out_are_ignored()
    {
        Assert.IsType<Ignored>(Mage.Map(Mage.Payload("order-cash-configurable"), Mage.Store("""{"storeIds":[1,2]}""")));
        Assert.IsType<MappedOrder>(Mage.Map(Mage.Payload("order-cash-configurable"), Mage.Store("""{"storeIds":["4"]}""")));
    }

    [Fact]
    public void Shipments_and_credit_memos_beside_the_order_are_read()
    {
        var order = Mage.Order(Mage.Payload("read-bundle-shipped-refunded"));
        Assert.Equal(("3001", "Olva Courier", "OLV998877", "41"), (order.Fulfilments[0].Id, order.Fulfilments[0].Carrier, order.Fulfilments[0].TrackingNumbers[0], order.Fulfilments[0].Lines[0].LineId));
        Assert.Equal(("501", new Money(141.6m, "PEN"), "Saco con costura rota", "43"), (order.Refunds[0].Id, order.Refunds[0].Amount, order.Refunds[0].Reason, order.Refunds[0].Lines[0].LineId));
        Assert.Equal(order.Totals.Refunded, order.Refunds[0].Amount);
    }

    [Fact]
    public void Card_data_and_the_code_of_the_buyers_page_are_not_passed_on()
    {
        string order = System.Text.Encoding.UTF8.GetString(OrderJson.Write(Mage.Order(Mage.Payload("read-bundle-shipped-refunded"))));
        Assert.All(new[] { "tok_live_9f8e7d", "411111", "2f6be01c7da34901" }, secret => Assert.DoesNotContain(secret, order, StringComparison.Ordinal));
    }
}
