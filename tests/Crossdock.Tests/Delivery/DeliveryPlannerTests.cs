using Crossdock.Delivery;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Xunit;

namespace Crossdock.Tests.Delivery;

public sealed class DeliveryPlannerTests
{
    private static readonly PlanDestination Able = new(new ConnectionId(1), "courier", CanUpdate: true, CanCancel: true);
    private static readonly PlanDestination Unable = new(new ConnectionId(1), "courier", CanUpdate: false, CanCancel: false);
    private static readonly Order Order = new()
    {
        ExternalId = "1",
        Number = "#1",
        Currency = "EUR",
        Totals = new OrderTotals { Total = new Money(10, "EUR") },
        ShipTo = new Address { Line1 = "Street 1" },
        Lines = [new LineItem { Id = "a", Sku = "BAG", Name = "Bag", Quantity = 2, CurrentQuantity = 2 }],
    };

    private static readonly Order Moved = Order with { ShipTo = new Address { Line1 = "Street 2" } };

    [Fact]
    public void New_order_goes_to_every_destination()
    {
        var plan = DeliveryPlanner.Plan(new() { After = Order, Destinations = [Able, new(new ConnectionId(2), "erp", false, false)] });
        Assert.Equal(["courier", "erp"], plan.Insert.Select(row => row.Destination.Key));
        Assert.All(plan.Insert, row => Assert.True(row is { Kind: DeliveryKind.Create, Generation: 1, MustWait: false, IsWholeOrder: true }));
    }

    [Fact]
    public void Each_destination_gets_its_own_packages_and_lines()
    {
        var order = Order with
        {
            Lines = [.. Order.Lines, new LineItem { Id = "b", Name = "Sofa", Quantity = 1, CurrentQuantity = 1 }, new LineItem { Id = "c", Name = "Gift card", Quantity = 1, CurrentQuantity = 1, ExcludedBecause = "not a parcel" }],
            Packages = [new Package { Number = 1, Destination = "courier", Lines = [new("a", 2)] }, new Package { Number = 2, Destination = "heavy", Lines = [new("b", 1)] }],
        };
        var plan = DeliveryPlanner.Plan(new() { After = order, Destinations = [Able, new(new ConnectionId(2), "heavy", false, false)] });
        Assert.Equal(["a", "b"], plan.Insert.Select(row => Assert.Single(row.Document.Lines).Id));
        Assert.All(plan.Insert, row => Assert.False(row.IsWholeOrder));
    }

    [Fact]
    public void Change_after_delivery_is_told_with_the_remote_id()
    {
        var row = Assert.Single(Changed(Able, Existing(DeliveryState.Delivered)).Insert);
        Assert.True(row is { Kind: DeliveryKind.Update, Generation: 2, RemoteId: "R-1", MustWait: false });
    }

    [Theory]
    [InlineData(PaymentStatus.CashOnDelivery, 10, 10, false)]
    [InlineData(PaymentStatus.CashOnDelivery, 10, 6, true)]
    [InlineData(PaymentStatus.Paid, 10, 6, false)]
    public void Less_to_collect_after_a_refund_is_told(PaymentStatus payment, int before, int after, bool isTold)
    {
        Order Left(int amount) => Order with { PaymentStatus = payment, Totals = Order.Totals with { CurrentTotal = new Money(amount, "EUR") } };
        Assert.Equal(isTold ? ["the amount to collect"] : Array.Empty<string>(), DeliveryDifferences.Between(Left(before), Left(after)));
    }

    [Fact]
    public void Change_that_nobody_can_be_told_of_holds_the_order_and_says_what_changed()
    {
        var hold = Assert.Single(Changed(Unable, Existing(DeliveryState.Delivered)).Holds);
        Assert.Equal("changed_after_delivery", hold.Code);
        Assert.Contains("the delivery address", hold.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Change_that_no_courier_cares_about_asks_nothing()
    {
        var plan = DeliveryPlanner.Plan(new() { Before = Order, After = Order with { PaymentStatus = PaymentStatus.Refunded, Tags = ["vip"], FulfilmentStatus = FulfilmentStatus.Fulfilled }, Destinations = [Unable], Existing = [Existing(DeliveryState.Delivered)] });
        Assert.True(plan.IsEmpty);
    }

    [Fact]
    public void Change_before_sending_keeps_the_row_and_its_idempotency_key()
    {
        var waiting = Existing(DeliveryState.Waiting);
        var plan = Changed(Able, waiting);
        Assert.Equal(waiting.Id, Assert.Single(plan.Refresh).Id);
        Assert.Empty(plan.Insert);
    }

    [Fact]
    public void Change_while_it_is_being_sent_follows_it()
    {
        var row = Assert.Single(Changed(Able, Existing(DeliveryState.Waiting) with { IsLeased = true }).Insert);
        Assert.True(row is { Kind: DeliveryKind.Update, MustWait: true });
    }

    [Fact]
    public void Cancelled_before_sending_is_superseded()
    {
        var waiting = Existing(DeliveryState.Waiting);
        var plan = Cancelled(Able, waiting);
        Assert.Equal(waiting.Id, Assert.Single(plan.Supersede));
        Assert.Empty(plan.Insert);
        Assert.Empty(plan.Holds);
    }

    [Fact]
    public void Cancelled_after_delivery_is_cancelled_there() =>
        Assert.True(Assert.Single(Cancelled(Able, Existing(DeliveryState.Delivered)).Insert) is { Kind: DeliveryKind.Cancel, RemoteId: "R-1", MustWait: false });

    [Fact]
    public void Cancelled_after_delivery_that_cannot_be_cancelled_is_held() =>
        Assert.Equal("cancelled_after_delivery", Assert.Single(Cancelled(Unable, Existing(DeliveryState.Delivered)).Holds).Code);

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Cancelled_while_it_may_have_arrived_is_cancelled_after_it(bool isLeased, bool isUnclear) =>
        Assert.True(Assert.Single(Cancelled(Able, Existing(DeliveryState.Waiting) with { IsLeased = isLeased, IsUnclear = isUnclear }).Insert) is { Kind: DeliveryKind.Cancel, MustWait: true });

    [Fact]
    public void Second_cancellation_asks_nothing() => Assert.True(Cancelled(Able, Existing(DeliveryState.Delivered), Existing(DeliveryState.Waiting) with { Kind = DeliveryKind.Cancel, Generation = 2 }).IsEmpty);

    [Fact]
    public void Dropped_delivery_is_not_made_again_by_a_change() => Assert.True(Changed(Able, Existing(DeliveryState.Dropped)).IsEmpty);

    private static ExistingDelivery Existing(DeliveryState state) =>
        new(new DeliveryId(Guid.NewGuid()), Able.Id, DeliveryKind.Create, 1, state, 0, false, false, state == DeliveryState.Delivered ? "R-1" : null);

    private static DeliveryPlan Changed(PlanDestination destination, params ExistingDelivery[] existing) =>
        DeliveryPlanner.Plan(new() { Before = Order, After = Moved, Destinations = [destination], Existing = existing });

    private static DeliveryPlan Cancelled(PlanDestination destination, params ExistingDelivery[] existing) =>
        DeliveryPlanner.Plan(new() { Before = Order, After = Order, IsCalledOff = true, CalledOffBecause = "the buyer changed their mind", Destinations = [destination], Existing = existing });
}
