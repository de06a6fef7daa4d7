using Crossdock.Delivery;
using Crossdock.Model;

namespace Crossdock.Normalise;

/// <summary>On a node without the role <c>deliver</c>: rows are written without a lease, and other nodes claim them.</summary>
internal sealed class ClosedIntake : IDeliveryIntake
{
    public TimeSpan Lease => TimeSpan.Zero;

    public bool HasRoom(ConnectionId destination) => false;

    public int Offer(IReadOnlyList<DueDelivery> deliveries) => deliveries.Count;

    public void GiveBack(IReadOnlyList<DueDelivery> deliveries)
    {
        // Nothing was leased.
    }

    public void Wake()
    {
        // Nobody here to wake.
    }
}
