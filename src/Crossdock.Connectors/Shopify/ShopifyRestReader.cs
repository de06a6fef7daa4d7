using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Shopify;

/// <summary>Reads one shop's orders by the older REST API. Its page links run out after a while: a cursor then goes on from the time that its page began with.</summary>
internal sealed class ShopifyRestReader(ShopifyClient client) : IOrderReader
{
    private const string Fields = "id,name,created_at,processed_at,updated_at,currency,total_price,financial_status,fulfillment_status";

    public async Task<ListOutcome> ListAsync(ReadRequest request, CancellationToken cancellationToken)
    {
        string field = request.By == OrderClock.Placed ? "processed_at" : "updated_at";
        string size = client.Settings.PageSize.ToString(CultureInfo.InvariantCulture);
        string fields = request.OnlySummaries ? "&fields=" + Fields : "";
        string[] cursor = request.Cursor?.Split('|', 2) ?? [];
        DateTimeOffset from = cursor.Length == 2 && long.TryParse(cursor[0], NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) ? DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, 253_402_300_000)) : request.From;
        if (request.Cursor is not null && cursor.Length != 2)
        {
            return new ListRefused($"The cursor '{request.Cursor}' is not one of this connector.");
        }

        string window = $"orders.json?status=any&limit={size}&{field}_min={Time(from)}&{field}_max={Time(End(request.To))}&order={field}+asc{fields}";
        string Page(string info) => $"orders.json?limit={size}&page_info={Uri.EscapeDataString(info)}{fields}";
        var answer = await client.GetAsync(cursor.Length == 2 ? Page(cursor[1]) : window, cancellationToken);
        bool hasRunOut = cursor.Length == 2 && answer.Raw.Status == 400;
        if (hasRunOut)
        {
            answer = await client.GetAsync(window, cancellationToken);
        }

        var listed = new List<ListedOrder>();
        while (true)
        {
            if (!answer.IsOk || ShopifyJson.Get(answer.Root, "orders") is not { ValueKind: JsonValueKind.Array } orders)
            {
                return answer.Kind is ShopifyAnswerKind.Refused or ShopifyAnswerKind.Nothing ? new ListRefused(answer.Because)
                    : new ListLater(answer.IsOk ? "Shopify's answer is not a list of orders." : answer.Because, answer.After);
            }

            DateTimeOffset last = from;
            foreach (var row in orders.EnumerateArray())
            {
                if (ShopifyListed.Of(row) is { } order)
                {
                    listed.Add(request.OnlySummaries ? order : ShopifyListed.With(order, ShopifyTopics.ReadByRest, JsonMarshal.GetRawUtf8Value(row).ToArray()));
                    last = ShopifyJson.Time(row, field) ?? last;
                }
            }

            if (Next(answer.Raw.Header("Link")) is not { } page)
            {
                return new OrderPage(listed, null);
            }

            // Begun anew from a second that more orders share than a page holds: all of it at once, or the next cursor would begin there again.
            if (hasRunOut && last.ToUnixTimeSeconds() <= from.ToUnixTimeSeconds())
            {
                answer = await client.GetAsync(Page(page), cancellationToken);
                continue;
            }

            return new OrderPage(listed, string.Create(CultureInfo.InvariantCulture, $"{last.ToUnixTimeSeconds()}|{page}"));
        }
    }

    public async Task<FetchOutcome> FetchAsync(string externalId, CancellationToken cancellationToken)
    {
        if (externalId.Length is 0 or > 19 || !externalId.All(char.IsAsciiDigit))
        {
            return new FetchedNothing("A Shopify order's id is a number; this is none.");
        }

        var answer = await client.GetAsync($"orders/{externalId}.json", cancellationToken);
        return answer.Kind switch
        {
            ShopifyAnswerKind.Ok => ShopifyJson.Get(answer.Root, "order") is { ValueKind: JsonValueKind.Object } row && ShopifyListed.Of(row) is { } order && order.ExternalId == externalId.TrimStart('0')
                ? new Fetched(ShopifyListed.With(order, ShopifyTopics.ReadByRest, JsonMarshal.GetRawUtf8Value(row).ToArray()))
                : new FetchLater("Shopify's answer is not the order that was asked for."),
            ShopifyAnswerKind.Nothing => new FetchedNothing(answer.Because),
            ShopifyAnswerKind.Refused or ShopifyAnswerKind.TooDear => new FetchRefused(answer.Because),
            ShopifyAnswerKind.Later or ShopifyAnswerKind.Throttled => new FetchLater(answer.Because, answer.After),
        };
    }

    public void Dispose()
    {
        // Nothing of its own.
    }

    /// <summary>The next page's <c>page_info</c>. Only that is taken from the link: its host is somebody else's word.</summary>
    internal static string? Next(string? link)
    {
        string? next = link?.Split(',').FirstOrDefault(one => one.Contains("rel=\"next\"", StringComparison.Ordinal));
        int begin = next?.IndexOf("page_info=", StringComparison.Ordinal) ?? -1;
        return begin < 0 ? null : Uri.UnescapeDataString(next![(begin + 10)..].Split('&', '>')[0]);
    }

    // Shopify's times have no fractions: the window ends with the second that its end lies in.
    private static DateTimeOffset End(DateTimeOffset to) => to.UtcTicks % TimeSpan.TicksPerSecond == 0 ? to : to.AddSeconds(1);

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
