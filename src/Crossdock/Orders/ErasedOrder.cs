using Crossdock.Model.Orders;

namespace Crossdock.Orders;

/// <summary>An order without the person: what counts and what was sold stays, and the region and country it went to. Done twice it is the same.</summary>
internal static class ErasedOrder
{
    /// <summary>What stands where a name or text was.</summary>
    public const string Mark = "erased";

    public static Order Of(Order order) => order with
    {
        Customer = order.Customer is { } customer ? new Customer { Name = Mark, Locale = customer.Locale } : null,
        ShipTo = Of(order.ShipTo),
        BillTo = Of(order.BillTo),
        Note = null,
        CancelReason = order.CancelReason is null ? null : Mark,
        Attributes = Order.EmptyAttributes,
        Concerns = [],
        Lines = [.. order.Lines.Select(line => line.Attributes.Count == 0 ? line : line with { Attributes = Order.EmptyAttributes })],
        Shipping = [.. order.Shipping.Select(line => line.Attributes.Count == 0 ? line : line with { Attributes = Order.EmptyAttributes })],
        Payments = [.. order.Payments.Select(payment => payment with { TransactionId = null })],
        Refunds = [.. order.Refunds.Select(refund => refund.Reason is null ? refund : refund with { Reason = Mark })],
        Fulfilments = [.. order.Fulfilments.Select(fulfilment => fulfilment with { TrackingNumbers = [], TrackingUrls = [] })],
    };

    private static Address? Of(Address? address) => address is null ? null : new Address { Name = Mark, Region = address.Region, RegionName = address.RegionName, Country = address.Country };
}
