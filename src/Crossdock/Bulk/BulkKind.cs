using System.Text.Json.Serialization;
using Crossdock.Model.Orders;

namespace Crossdock.Bulk;

/// <summary>What can be done to many orders at once. Stored by the snake_case name, which never changes meaning.</summary>
[JsonConverter(typeof(SnakeCase<BulkKind>))]
public enum BulkKind
{
    /// <summary>Approve those that wait for it.</summary>
    Approve = 0,
    /// <summary>Stop them for a person.</summary>
    Hold = 1,
    /// <summary>Release all their holds.</summary>
    Release = 2,
    /// <summary>Cancel them, also where they were delivered.</summary>
    Cancel = 3,
    /// <summary>Send again what failed or was held of their deliveries.</summary>
    Resend = 4,
}

/// <summary>How the work on many orders stands. Stored by the snake_case name, which never changes meaning.</summary>
[JsonConverter(typeof(SnakeCase<BulkState>))]
public enum BulkState
{
    /// <summary>Under way.</summary>
    Running = 0,
    /// <summary>Stopped by a person; the rest stays as it was.</summary>
    Stopped = 1,
    /// <summary>Every order was dealt with.</summary>
    Done = 2,
    /// <summary>It could not go on.</summary>
    Failed = 3,
}

/// <summary>Orders that stand alike, as far as an action is concerned.</summary>
/// <param name="State">Their state.</param>
/// <param name="IsHeldAlready">They have an open hold of a person with the same reason.</param>
/// <param name="HasHold">They have an open hold.</param>
/// <param name="CanResend">A delivery of theirs failed or is held, and may be sent again.</param>
public readonly record struct BulkStanding(OrderState State, bool IsHeldAlready, bool HasHold, bool CanResend);

/// <summary>What will happen to an order that stands so: the same that the action itself decides, said before it.</summary>
public static class BulkVerdict
{
    internal const string NothingToResend = "No delivery of it failed or is held.";

    /// <summary>Why it is refused; null when it will be done.</summary>
    public static string? Refusal(BulkKind kind, BulkStanding order) => kind switch
    {
        BulkKind.Approve when order.State is not (OrderState.AwaitingApproval or OrderState.New) => $"The order is {Orders.OrderSentences.Words(order.State)} already; only one that awaits approval can be approved.",
        BulkKind.Hold when order.State is OrderState.Closed or OrderState.Cancelled => $"The order is {EnumNames<OrderState>.Of(order.State)}; there is nothing left to stop.",
        BulkKind.Hold when order.IsHeldAlready => "The order is held for this reason already.",
        BulkKind.Release when !order.HasHold => "The order has no open hold.",
        BulkKind.Cancel when order.State is OrderState.Cancelled => "The order is cancelled already.",
        BulkKind.Cancel => Orders.OrderLifecycle.Refusal(order.State, OrderState.Cancelled),
        BulkKind.Resend when !order.CanResend => NothingToResend,
        BulkKind.Approve or BulkKind.Hold or BulkKind.Release or BulkKind.Resend => null,
    };

    /// <summary>What it comes to, for those that are not refused.</summary>
    public static string Effect(BulkKind kind) => kind switch
    {
        BulkKind.Approve => "become approved and are sent to their stores' destinations",
        BulkKind.Hold => "are stopped until somebody releases them",
        BulkKind.Release => "are released and go on",
        BulkKind.Cancel => "become cancelled; a destination that has one is told",
        BulkKind.Resend => "have their failed and held deliveries sent again",
    };
}
