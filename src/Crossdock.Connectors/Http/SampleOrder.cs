using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Http;

/// <summary>An invented order with every common field, to try templates on when settings are applied.</summary>
internal static class SampleOrder
{
    private static readonly byte[] Document = OrderJson.Write(new Order
    {
        ExternalId = "1001",
        Number = "#1001",
        Currency = "EUR",
        PlacedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        UpdatedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Totals = new OrderTotals { Total = new Money(12.90m, "EUR"), Shipping = new Money(2m, "EUR") },
        Customer = new Customer { Name = "Ana \"Ñ\" Sample", Email = "ana@example.com", Phone = "+34 600 000 000" },
        ShipTo = new Address { Name = "Ana Sample", Line1 = "Calle Mayor 1", City = "Madrid", Region = "M", Postcode = "28013", Country = "ES" },
        BillTo = new Address { Name = "Ana Sample", Line1 = "Calle Mayor 1", City = "Madrid", Region = "M", Postcode = "28013", Country = "ES" },
        Lines = [new LineItem { Id = "1", Sku = "MUG-1", Name = "Mug", Quantity = 1, CurrentQuantity = 1, Total = new Money(10.90m, "EUR"), WeightGrams = 300 }],
        Shipping = [new ShippingLine { Title = "Standard" }],
        Payments = [new Payment { Method = "card" }],
        Packages = [new Package { Number = 1, Lines = [new PackageLine("1", 1)], WeightGrams = 300 }],
        WeightGrams = 300,
        Note = "Ring twice",
    });

    internal static Dictionary<string, object?> Model() => TemplateModel.Read(
        new DeliveryRequest(default, DeliveryKind.Create, default, Document, "sample", "remote-1", null, 1));
}
