using Crossdock.Model.Orders;
using Crossdock.Rules;

namespace Crossdock.Normalise;

/// <summary>Which state an order should have, from what the shop says, what the rules say and how far it has come. Whether the move is legal is <see cref="Orders.OrderLifecycle"/>'s business.</summary>
internal static class OrderStates
{
    /// <param name="said">What the shop's document means.</param>
    /// <param name="before">Where the order stands; null for a new one.</param>
    /// <param name="decision">What the rules decided; null when they were not asked.</param>
    /// <param name="needsApproval">True when a person approves every order of the store.</param>
    /// <param name="isCancelledHere">True when a person cancelled it here: the shop, which may know nothing of that, does not reopen it.</param>
    public static OrderState Wanted(OrderState said, OrderState? before, RuleDecision? decision, bool needsApproval, bool isCancelledHere = false)
    {
        if (isCancelledHere && before is OrderState.Cancelled && said is (OrderState.New or OrderState.AwaitingPayment))
        {
            return OrderState.Cancelled;
        }

        if (said is OrderState.New or OrderState.AwaitingPayment or OrderState.Processing && decision?.ExcludedBecause is not null)
        {
            return OrderState.Excluded;
        }

        // A part of an order asks no rules: what keeps it out still does.
        if (decision is null && before is OrderState.Excluded && said is (OrderState.New or OrderState.AwaitingPayment or OrderState.Processing))
        {
            return OrderState.Excluded;
        }

        // Partly sent by the shop itself: the rest still waits for the person.
        if (said is OrderState.Processing && needsApproval && before is (null or OrderState.New or OrderState.AwaitingPayment or OrderState.AwaitingApproval))
        {
            return OrderState.AwaitingApproval;
        }

        return said switch
        {
            OrderState.New => before switch
            {
                // What was approved or is under way stays so: the shop saying "paid" again takes nothing back.
                OrderState.Approved or OrderState.Processing or OrderState.InShipment or OrderState.Delivered or OrderState.Closed => before.Value,
                null or OrderState.New or OrderState.AwaitingPayment or OrderState.AwaitingApproval or OrderState.Cancelled or OrderState.Excluded =>
                    needsApproval ? OrderState.AwaitingApproval : OrderState.Approved,
            },
            OrderState.AwaitingPayment => before is null or OrderState.New or OrderState.AwaitingPayment or OrderState.Excluded or OrderState.Cancelled ? said : before.Value,
            OrderState.AwaitingApproval or OrderState.Approved or OrderState.Processing or OrderState.InShipment or OrderState.Delivered or OrderState.Closed or OrderState.Cancelled or OrderState.Excluded => said,
        };
    }
}
