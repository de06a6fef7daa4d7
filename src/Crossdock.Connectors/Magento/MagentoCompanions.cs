using System.Text.Json;
using Crossdock.Connectors.Payloads;

namespace Crossdock.Connectors.Magento;

/// <summary>Shipments and credit memos of an order: kept apart by the shop, fetched for a whole page of orders at once and only for those that have some.</summary>
internal sealed class MagentoCompanions
{
    private const int PageSize = 100;
    private const int MostPages = 50;

    internal List<JsonElement> Shipments { get; } = [];

    internal List<JsonElement> CreditMemos { get; } = [];

    /// <summary>By order id; or the reply that says why they could not be read. A missing permission is no trouble: the orders are read without.</summary>
    internal static async Task<(Dictionary<string, MagentoCompanions> Found, MagentoReply? Trouble)> OfAsync(MagentoClient client, IReadOnlyList<JsonElement> orders, CancellationToken cancellationToken)
    {
        Dictionary<string, MagentoCompanions> found = new(StringComparer.Ordinal);
        foreach (var (path, ids) in new[] { ("shipments", Ids(orders, HasShipped)), ("creditmemos", Ids(orders, HasRefund)) })
        {
            if (await ReadAsync(client, path, ids, found, cancellationToken) is { Kind: not MagentoAnswer.Refused and not MagentoAnswer.Invalid and not MagentoAnswer.NotFound } trouble)
            {
                return (found, trouble);
            }
        }

        return (found, null);
    }

    private static async Task<MagentoReply?> ReadAsync(MagentoClient client, string path, List<string> ids, Dictionary<string, MagentoCompanions> found, CancellationToken cancellationToken)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int page = 1; ids.Count > 0 && page <= MostPages; page++)
        {
            var search = new MagentoSearch().Where("order_id", "in", string.Join(',', ids)).By("entity_id").Page(page, PageSize);
            using var reply = await client.GetAsync(path, search.Parameters, cancellationToken);
            if (reply.Kind != MagentoAnswer.Fine)
            {
                return reply;
            }

            if (MagentoSearch.Items(reply.Root) is not { } items)
            {
                return reply with { Kind = MagentoAnswer.Later, Because = $"The shop answered something that is no list of {path}.", Document = null };
            }

            bool isNew = false;
            foreach (var item in items)
            {
                if (Text(item, "entity_id") is { } id && Text(item, "order_id") is { } order && seen.Add(id))
                {
                    isNew = true;
                    var companions = found.TryGetValue(order, out var known) ? known : found[order] = new();
                    (path == "shipments" ? companions.Shipments : companions.CreditMemos).Add(item.Clone());
                }
            }

            // Beyond the end some versions repeat the last page for ever.
            if (items.Count < PageSize || !isNew)
            {
                return null;
            }
        }

        return null;
    }

    private static List<string> Ids(IReadOnlyList<JsonElement> orders, Func<JsonElement, bool> has) => [.. orders.Where(has).Select(order => Text(order, "entity_id")).OfType<string>()];

    private static bool HasShipped(JsonElement order) => JsonFields.Items(order, "items").Any(item => JsonFields.TryNumber(JsonFields.Get(item, "qty_shipped")) > 0);

    private static bool HasRefund(JsonElement order) => JsonFields.TryNumber(JsonFields.Get(order, "total_refunded")) > 0;

    private static string? Text(JsonElement item, string name)
    {
        try
        {
            return MagentoText.Id(item, name);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
