using System.Globalization;
using System.Text;
using Crossdock.Files;
using Crossdock.Database;

namespace Crossdock.Orders;

/// <summary>A list of orders as CSV, written page by page as it is read: as many orders as match, in the list's order, whatever their number.</summary>
public sealed class OrderCsv
{
    private static readonly string[] Head =
        ["number", "external_id", "store", "platform", "state", "held", "payment", "fulfilment", "total", "currency", "customer", "email", "country", "region", "placed_at", "arrived_at", "changed_at", "because", "id"];

    private readonly OrderListQueries lists;

    internal OrderCsv(OrderListQueries lists) => this.lists = lists;

    /// <summary>Writes head and rows. What a spreadsheet program would take for a formula is marked as text.</summary>
    /// <param name="search">Which orders.</param>
    /// <param name="sorting">In which order.</param>
    /// <param name="stream">Where to, as UTF-8.</param>
    /// <param name="cancellationToken">Gives up between two pages.</param>
    public async Task WriteAsync(OrderSearch search, OrderSorting sorting, Stream stream, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        await writer.WriteAsync(CsvText.Row(Head));
        var request = new OrderPageRequest { Sorting = sorting, Take = PageRequest.MaximumTake };
        while (true)
        {
            var page = await lists.PageAsync(search, request, cancellationToken);
            foreach (var order in page.Items)
            {
                await writer.WriteAsync(CsvText.Row(Cells(order)));
            }

            if (page.Next is null)
            {
                return;
            }

            await writer.FlushAsync(cancellationToken);
            request = OrderPageRequest.Read(sorting, page.Next, null, PageRequest.MaximumTake, out _)!;
        }
    }

    private static IEnumerable<string> Cells(OrderSummary order) =>
    [
        order.Number, order.ExternalId, order.Store, order.Platform, order.State, order.Held ? "true" : "false", order.PaymentStatus, order.FulfilmentStatus, order.Total.ToString(CultureInfo.InvariantCulture), order.Currency,
        order.CustomerName ?? "", order.CustomerEmail ?? "", order.ShipCountry ?? "", order.ShipRegion ?? "", Time(order.PlacedAt), Time(order.CreatedAt), Time(order.UpdatedAt), order.StateBecause ?? "", order.Id.ToString(),
    ];

    private static string Time(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";
}
