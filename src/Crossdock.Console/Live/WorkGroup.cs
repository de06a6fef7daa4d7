using Crossdock.Capture;
using Crossdock.Delivery;
using Crossdock.Holds;

namespace Crossdock.WebConsole.Live;

/// <summary>Things that need a person for the same reason, so that a hundred failures of one courier are one line.</summary>
/// <param name="Count">How many, among the newest that were looked at.</param>
/// <param name="Title">The order or event for a single one; otherwise what they are.</param>
/// <param name="Where">The store or destination.</param>
/// <param name="Reason">Why.</param>
/// <param name="Address">Where to look.</param>
/// <param name="LastAt">The newest one, UTC.</param>
public sealed record WorkGroup(int Count, string Title, string Where, string Reason, string Address, DateTimeOffset LastAt)
{
    private const int Most = 4;

    public static List<WorkGroup> Of(IEnumerable<DeliveryRow> dead) => Largest(dead.GroupBy(row => (row.DestinationName, Reason: row.LastError ?? T["no reason was stored"])).Select(group => new WorkGroup(
        group.Count(), group.Count() == 1 ? group.First().OrderNumber ?? T["order"] : T["orders"], T[$"to {group.Key.DestinationName}"], group.Key.Reason,
        group.Count() == 1 ? $"/deliveries/{group.First().Id}" : $"/dead-letters?destination={group.First().Destination}", group.Max(row => row.DoneAt ?? row.CreatedAt))));

    public static List<WorkGroup> Of(IEnumerable<HoldRow> holds) => Largest(holds.GroupBy(row => (row.StoreName, row.Code, row.Reason)).Select(group => new WorkGroup(
        group.Count(), group.Count() == 1 ? group.First().OrderNumber : T["orders"], group.Key.StoreName, group.Key.Reason,
        group.Count() == 1 ? $"/orders/{group.First().OrderId}" : $"/holds?store={group.First().Store}&code={group.Key.Code}", group.Max(row => row.OpenedAt))));

    public static List<WorkGroup> Of(IEnumerable<ParkedRow> parked) => Largest(parked.GroupBy(row => (row.Connection, row.Reason)).Select(group => new WorkGroup(
        group.Count(), group.Count() == 1 ? group.First().Topic ?? T["event"] : T["events"], group.Key.Connection, group.Key.Reason,
        group.Count() == 1 ? $"/events/{group.First().EventId}" : $"/parked?store={group.Key.Connection}", group.Max(row => row.ParkedAt))));

    private static List<WorkGroup> Largest(IEnumerable<WorkGroup> groups) => [.. groups.OrderByDescending(group => group.Count).ThenByDescending(group => group.LastAt).Take(Most)];
}
