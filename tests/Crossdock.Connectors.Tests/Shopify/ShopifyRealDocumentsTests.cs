using System.Globalization;
using System.Text.Json;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Xunit;

namespace Crossdock.Connectors.Tests.Shopify;

/// <summary>Shopify's own generated documents: every field that an order has a place for arrives there.</summary>
public sealed class ShopifyRealDocumentsTests
{
    [Theory]
    [InlineData("order-100500-poland-pln.json", OrderState.InShipment)]
    [InlineData("order-1073459963-custom-lines-two-taxes.json", OrderState.New)]
    [InlineData("order-1073459969-paid-no-customer.json", OrderState.New)]
    [InlineData("order-1073459972-fulfilled.json", OrderState.InShipment)]
    [InlineData("order-1073459976-eur-tax.json", OrderState.New)]
    [InlineData("order-1073459980-partially-paid-canada.json", OrderState.AwaitingPayment)]
    [InlineData("order-1073459981-percentage-discount.json", OrderState.New)]
    [InlineData("order-1073459983-pending-no-address.json", OrderState.AwaitingPayment)]
    [InlineData("order-450789469-cancelled.json", OrderState.Cancelled)]
    [InlineData("order-450789469-partially-refunded.json", OrderState.New)]
    public void Order_maps_without_loss(string file, OrderState state)
    {
        byte[] payload = SharedPayloads.Read($"shopify/{file}");
        using var document = JsonDocument.Parse(payload);
        var source = document.RootElement;
        var order = Assert.IsType<MappedOrder>(ShopifySamples.Map(payload)).Order;
        Assert.Equal(state, order.State);
        Assert.Equal(source.GetProperty("id").GetRawText(), order.ExternalId);
        Same(source, "name", order.Number);
        Same(source, "currency", order.Currency);
        Same(source, "total_price", order.Totals.Total);
        Same(source, "subtotal_price", order.Totals.Subtotal);
        Same(source, "total_tax", order.Totals.Tax);
        Same(source, "total_discounts", order.Totals.Discount);
        Same(source, "current_total_price", order.Totals.CurrentTotal);
        Same(source, "total_outstanding", order.Totals.Outstanding);
        Same(source, "note", order.Note);
        Same(source, "source_name", order.Channel);
        Same(source, "cancel_reason", order.CancelReason);
        foreach (string name in (string[])["admin_graphql_api_id", "confirmation_number", "po_number", "app_id", "source_identifier", "source_url", "landing_site", "referring_site", "order_number", "number", "presentment_currency", "total_line_items_price"])
        {
            Same(source, name, order.Attributes.GetValueOrDefault(name));
        }
        Assert.Equal(source.GetProperty("updated_at").GetDateTimeOffset(), order.UpdatedAt);
        Assert.Equal(source.GetProperty("processed_at").GetDateTimeOffset(), order.PlacedAt);
        Address(source, "shipping_address", order.ShipTo);
        Address(source, "billing_address", order.BillTo);
        Lines(source, order);
        Assert.Equal(source.GetProperty("tax_lines").GetArrayLength(), order.Taxes.Count);
        Assert.Equal(source.GetProperty("refunds").GetArrayLength(), order.Refunds.Count);
        Assert.Equal(source.GetProperty("fulfillments").GetArrayLength(), order.Fulfilments.Count);
        Assert.Equal(source.GetProperty("shipping_lines").EnumerateArray().Count(line => !line.GetProperty("is_removed").GetBoolean()), order.Shipping.Count);
        Assert.All(source.GetProperty("discount_codes").EnumerateArray(), code => Assert.Contains(order.Discounts, discount => discount.Code == Text(code, "code") && discount.Amount!.Value.Amount == Amount(code, "amount")));
        Assert.All(source.GetProperty("note_attributes").EnumerateArray(), pair => Assert.Equal(Text(pair, "value"), order.Attributes[$"note.{Text(pair, "name")}"]));
        Assert.All(source.GetProperty("fulfillments").EnumerateArray(), sent => Assert.Contains(order.Fulfilments, known => known.Id == sent.GetProperty("id").GetRawText() && known.Carrier == Text(sent, "tracking_company") && known.Status == Text(sent, "status")));
    }

    [Fact]
    public void Refund_of_the_sample_gives_back_what_its_transactions_say()
    {
        byte[] payload = SharedPayloads.Read("shopify/refund-509562969.json");
        using var document = JsonDocument.Parse(payload);
        decimal paid = document.RootElement.GetProperty("transactions").EnumerateArray().Where(line => Text(line, "kind") == "refund" && Text(line, "status") == "success").Sum(line => Amount(line, "amount")!.Value);
        var change = Assert.IsType<MappedChange>(ShopifySamples.Map(payload, "refunds/create"));
        Assert.Equal(("450789469", new Money(paid, "USD")), (change.ExternalId, change.Change.Refund!.Amount));
        Assert.Equal(document.RootElement.GetProperty("refund_line_items").GetArrayLength(), change.Change.Refund.Lines.Count);
    }

    [Fact]
    public void Fulfilment_of_the_sample_keeps_its_tracking()
    {
        var change = Assert.IsType<MappedChange>(ShopifySamples.Map(SharedPayloads.Read("shopify/fulfillment-success-tracking.json"), "fulfillments/update"));
        Assert.Equal(("450789469", "UPS", "1Z001985YW99744790"), (change.ExternalId, change.Change.Fulfilment!.Carrier, change.Change.Fulfilment.TrackingNumbers[0]));
    }

    private static void Lines(JsonElement source, Order order)
    {
        var lines = source.GetProperty("line_items");
        Assert.Equal(lines.GetArrayLength(), order.Lines.Count);
        foreach (var (line, mapped) in lines.EnumerateArray().Zip(order.Lines))
        {
            Assert.Equal(line.GetProperty("id").GetRawText(), mapped.Id);
            Same(line, "sku", mapped.Sku);
            Same(line, "title", mapped.Name);
            Same(line, "variant_title", mapped.Variant);
            Same(line, "vendor", mapped.Vendor);
            Same(line, "product_id", mapped.ProductId);
            Same(line, "variant_id", mapped.VariantId);
            Same(line, "price", mapped.UnitPrice);
            Assert.Equal(line.GetProperty("quantity").GetDecimal(), mapped.Quantity);
            Assert.Equal(line.GetProperty("current_quantity").GetDecimal(), mapped.CurrentQuantity);
            Assert.Equal(line.GetProperty("requires_shipping").GetBoolean(), mapped.RequiresShipping);
            Assert.Equal(line.GetProperty("gift_card").GetBoolean(), mapped.IsGiftCard);
            Assert.Equal(line.GetProperty("grams").GetInt64(), mapped.WeightGrams ?? 0);
            Assert.Equal(line.GetProperty("discount_allocations").EnumerateArray().Sum(part => Amount(part, "amount")), mapped.Discount?.Amount ?? 0m);
            Assert.Equal(line.GetProperty("tax_lines").EnumerateArray().Sum(part => Amount(part, "price")), mapped.Tax?.Amount ?? 0m);
            Assert.All(line.GetProperty("properties").EnumerateArray(), pair => Assert.Equal(Text(pair, "value"), mapped.Attributes[Text(pair, "name")!]));
        }
    }

    private static void Address(JsonElement source, string name, Address? mapped)
    {
        var address = source.GetProperty(name);
        if (address.ValueKind == JsonValueKind.Null)
        {
            Assert.Null(mapped);
            return;
        }
        Assert.NotNull(mapped);
        Same(address, "name", mapped.Name);
        Same(address, "first_name", mapped.FirstName);
        Same(address, "last_name", mapped.LastName);
        Same(address, "company", mapped.Company);
        Same(address, "address1", mapped.Line1);
        Same(address, "address2", mapped.Line2);
        Same(address, "city", mapped.City);
        Same(address, "zip", mapped.Postcode);
        Same(address, "province", mapped.RegionName);
        Same(address, "province_code", mapped.Region);
        Same(address, "country_code", mapped.Country);
    }

    private static void Same(JsonElement source, string name, Money? mapped) => Assert.Equal(Amount(source, name), mapped?.Amount);

    private static void Same(JsonElement source, string name, string? mapped) => Assert.Equal(Text(source, name), mapped);

    private static string? Text(JsonElement source, string name) => source.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null && value.ToString().Trim() is { Length: > 0 } text ? text : null;

    private static decimal? Amount(JsonElement source, string name) => Text(source, name) is { } text ? decimal.Parse(text, CultureInfo.InvariantCulture) : null;
}
