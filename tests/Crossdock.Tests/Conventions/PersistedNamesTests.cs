using Crossdock.Backfill;
using Crossdock.Bulk;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Orders;
using Crossdock.Reconciliation;
using Crossdock.Replays;
using Xunit;

namespace Crossdock.Tests.Conventions;

/// <summary>Names that stand in databases out there. A name is never changed or reused; a new one is added at the end.</summary>
public sealed class PersistedNamesTests
{
    [Fact]
    public void Order_states_keep_their_names() => Holds<OrderState>(
        "new", "awaiting_payment", "awaiting_approval", "approved", "processing", "in_shipment", "delivered", "closed", "cancelled", "excluded");

    [Fact]
    public void Payment_statuses_keep_their_names() => Holds<PaymentStatus>(
        "unknown", "pending", "authorized", "partially_paid", "paid", "partially_refunded", "refunded", "voided", "failed", "cash_on_delivery");

    [Fact]
    public void Fulfilment_statuses_keep_their_names() => Holds<FulfilmentStatus>(
        "unfulfilled", "partially_fulfilled", "fulfilled", "restocked", "delivered", "returned", "on_hold");

    [Fact]
    public void Timeline_kinds_keep_their_names() => Holds<TimelineKind>(
        "received", "repeated", "older", "unchanged", "changed", "rule", "state", "planned", "attempt", "delivery", "held", "released", "edited", "note");

    [Fact]
    public void Delivery_kinds_keep_their_names() => Holds<DeliveryKind>("create", "update", "cancel", "status");

    [Fact]
    public void Backfill_states_keep_their_names() => Holds<BackfillState>("running", "paused", "stopped", "done", "failed");

    [Fact]
    public void Work_on_many_orders_keeps_its_names()
    {
        Holds<BulkKind>("approve", "hold", "release", "cancel", "resend");
        Holds<BulkState>("running", "stopped", "done", "failed");
    }

    [Fact]
    public void Replay_states_keep_their_names() => Holds<ReplayState>("running", "stopped", "done", "failed");

    [Fact]
    public void Replay_kinds_keep_their_names() => Holds<ReplayKind>(
        "excluded", "included", "state", "held", "released", "lines", "packages", "deliveries", "fields", "new_order", "not_understood", "not_kept");

    [Fact]
    public void Kinds_and_states_of_differences_keep_their_names()
    {
        Holds<DifferenceKind>("missing", "older", "other_total", "other_state", "not_listed");
        Holds<DifferenceState>("open", "waiting", "parked", "healed", "explained");
    }

    private static void Holds<TEnum>(params string[] names) where TEnum : struct, Enum
    {
        Assert.Equal(names, EnumNames<TEnum>.All);
        Assert.Equal(Enumerable.Range(0, names.Length), Enum.GetValues<TEnum>().Select(value => Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture)));
    }
}
