using Crossdock.Model.Connectors;

namespace Crossdock.Reconciliation;

/// <summary>An order as it is here.</summary>
internal sealed record HubOrder(Guid Id, string ExternalId, DateTimeOffset? UpdatedAt, decimal Total, string Currency, string? PlatformStatus);

/// <summary>Compares one listed order with the copy that is here. Pure.</summary>
internal static class Comparison
{
    /// <summary>What differs; null when nothing does. A copy that is newer than the list is right: it came after the list was made.</summary>
    public static DifferenceKind? Compare(ListedOrder listed, HubOrder? here)
    {
        if (here is null)
        {
            return DifferenceKind.Missing;
        }

        if (listed.UpdatedAt is { } theirs && here.UpdatedAt is { } ours)
        {
            // To the second: documents of one platform differ in how much of a second they tell.
            long listedSecond = theirs.ToUnixTimeSeconds(), hereSecond = ours.ToUnixTimeSeconds();
            if (listedSecond != hereSecond)
            {
                return listedSecond > hereSecond ? DifferenceKind.Older : null;
            }
        }
        else if (listed.UpdatedAt is null && listed.PlatformStatus is { } status && here.PlatformStatus is { } known && status != known)
        {
            return DifferenceKind.OtherState;
        }

        return listed.Total is { } total && (total.Amount != here.Total || total.Currency != here.Currency) ? DifferenceKind.OtherTotal : null;
    }
}
