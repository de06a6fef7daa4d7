using System.Collections.Frozen;
using Crossdock.Model.Orders;

namespace Crossdock.Orders;

/// <summary>What may follow what. The only place that says so; the drawing in <c>docs/order-lifecycle.md</c> is held to it by a test, and <see cref="OrderStore"/> alone writes the state.</summary>
public static class OrderLifecycle
{
    private static readonly OrderState[] Ahead = [OrderState.InShipment, OrderState.Delivered, OrderState.Closed, OrderState.Cancelled];

    /// <summary>Every legal move. Staying where it is is always allowed and not listed.</summary>
    public static FrozenDictionary<OrderState, FrozenSet<OrderState>> Moves { get; } = new Dictionary<OrderState, FrozenSet<OrderState>>
    {
        [OrderState.New] = To([OrderState.AwaitingPayment, OrderState.AwaitingApproval, OrderState.Approved, OrderState.Excluded, OrderState.Processing, .. Ahead]),
        [OrderState.AwaitingPayment] = To([OrderState.AwaitingApproval, OrderState.Approved, OrderState.Excluded, OrderState.Processing, .. Ahead]),
        [OrderState.AwaitingApproval] = To([OrderState.AwaitingPayment, OrderState.Approved, OrderState.Excluded, OrderState.Processing, .. Ahead]),
        [OrderState.Approved] = To([OrderState.AwaitingApproval, OrderState.Excluded, OrderState.Processing, .. Ahead]),
        [OrderState.Processing] = To([OrderState.Excluded, .. Ahead]),
        [OrderState.InShipment] = To([OrderState.Delivered, OrderState.Closed, OrderState.Cancelled]),
        [OrderState.Delivered] = To([OrderState.Closed]),
        [OrderState.Closed] = To([]),
        // A shop can restore what it had deleted, and a person what a person cancelled here.
        [OrderState.Cancelled] = To([OrderState.AwaitingPayment, OrderState.AwaitingApproval, OrderState.Approved, OrderState.Excluded, OrderState.Closed]),
        // New rules, or an edited order, can let in what was kept out.
        [OrderState.Excluded] = To([OrderState.AwaitingPayment, OrderState.AwaitingApproval, OrderState.Approved, OrderState.Processing, .. Ahead]),
    }.ToFrozenDictionary();

    /// <summary>Whether an order may go from one state to another; staying is always allowed.</summary>
    public static bool CanMove(OrderState from, OrderState to) => from == to || Moves[from].Contains(to);

    /// <summary>Why a move is refused, with what would be possible; null when it is legal.</summary>
    public static string? Refusal(OrderState from, OrderState to) => CanMove(from, to)
        ? null
        : Moves[from].Count == 0
            ? $"An order that is {EnumNames<OrderState>.Of(from)} stays so."
            : $"An order that is {EnumNames<OrderState>.Of(from)} cannot become {EnumNames<OrderState>.Of(to)}; it can become {string.Join(", ", Moves[from].Order().Select(EnumNames<OrderState>.Of))}.";

    private static FrozenSet<OrderState> To(OrderState[] states) => states.ToFrozenSet();
}
