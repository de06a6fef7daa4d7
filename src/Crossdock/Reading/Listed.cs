using Crossdock.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Normalise;

namespace Crossdock.Reading;

/// <summary>Stores a page of listed orders: those with a document at once, those without by having them fetched. All of it is committed before it answers.</summary>
internal sealed class Listed(ReadCapture capture, FetchStore fetches, TimeProvider clock)
{
    /// <summary>Stores the page.</summary>
    /// <param name="connection">Whose orders.</param>
    /// <param name="orders">Those to store.</param>
    /// <param name="source">Where each came from; see <see cref="EventSource"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<CapturedCount> StoreAsync(Connection connection, IEnumerable<ListedOrder> orders, Func<ListedOrder, string> source, CancellationToken cancellationToken)
    {
        List<ReadEvent> documents = [];
        List<WantedFetch> announced = [];
        foreach (var order in orders.Where(order => order.IsOrder))
        {
            if (order.Document is { } document)
            {
                documents.Add(Event(order, document, source(order)));
            }
            else
            {
                announced.Add(new WantedFetch(connection.Id, order.ExternalId, null, source(order)));
            }
        }

        if (announced.Count > 0)
        {
            await fetches.AskAsync([.. announced.DistinctBy(fetch => fetch.ExternalId)], clock.GetUtcNow(), cancellationToken);
        }

        var count = await capture.StoreAsync(connection, documents, skipsKnown: true, cancellationToken);
        return count with { New = count.New + announced.Count };
    }

    public static ReadEvent Event(ListedOrder order, ReadDocument document, string source) =>
        new(document.Topic, document.DedupeKey, order.ExternalId, order.UpdatedAt ?? order.PlacedAt, document.Payload, source);
}
