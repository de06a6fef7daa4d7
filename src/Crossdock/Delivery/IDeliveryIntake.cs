namespace Crossdock.Delivery;

/// <summary>Takes deliveries over in memory after the transaction that wrote them, already leased to this node (<c>leased_by</c>, <c>leased_until</c>), has been committed.
/// Never call it before the commit: what is offered is sent at once.</summary>
internal interface IDeliveryIntake
{
    /// <summary>How long the rows are to be leased for.</summary>
    TimeSpan Lease { get; }

    /// <summary>False when rows for this destination are better written without a lease: it is full, paused, unknown, or its circuit breaker is open.</summary>
    bool HasRoom(Crossdock.Model.ConnectionId destination);

    /// <summary>Hands over what fits; never waits. What does not fit is refused and its lease given back in the background, so that the caller has nothing left to do.</summary>
    /// <returns>How many were refused.</returns>
    int Offer(IReadOnlyList<DueDelivery> deliveries);

    /// <summary>Ends the leases of rows whose commit was not answered, should they be there; never waits.</summary>
    void GiveBack(IReadOnlyList<DueDelivery> deliveries);

    /// <summary>Says that rows without a lease may have become due.</summary>
    void Wake();
}
