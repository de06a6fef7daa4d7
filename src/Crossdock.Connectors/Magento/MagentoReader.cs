using System.Globalization;
using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Magento;

/// <summary>Reads one shop's orders. Pages go by time and id, never by number: rows that change while paging move away under a page number, and a page beyond the end repeats the last.</summary>
internal sealed class MagentoReader(MagentoClient client) : IOrderReader
{
    private const string Summary = "items[entity_id,increment_id,created_at,updated_at,state,status,grand_total,order_currency_code],total_count";

    public void Dispose() { }

    public async Task<ListOutcome> ListAsync(ReadRequest request, CancellationToken cancellationToken)
    {
        string field = request.By == OrderClock.Changed ? "updated_at" : "created_at";
        var cursor = MagentoCursor.Of(request);
        var search = new MagentoSearch();
        switch (cursor.Kind)
        {
            case MagentoCursor.From:
                search.Where(field, "gteq", cursor.At).Where(field, "lt", MagentoText.Of(Ceiling(request.To))).By(field).By("entity_id");
                break;
            case MagentoCursor.After:
                search.Where(field, "gt", cursor.At).Where(field, "lt", MagentoText.Of(Ceiling(request.To))).By(field).By("entity_id");
                break;
            default:
                search.Where(field, "eq", cursor.At).Where("entity_id", "gt", cursor.Id).By("entity_id");
                break;
        }

        if (client.Settings.StoreIds.Count > 0)
        {
            search.Where("store_id", "in", string.Join(',', client.Settings.StoreIds.Order(StringComparer.Ordinal)));
        }

        search.Page(1, client.Settings.PageSize);
        if (request.OnlySummaries)
        {
            search.Only(Summary);
        }

        using var reply = await client.GetAsync("orders", search.Parameters, cancellationToken);
        if (reply.Kind != MagentoAnswer.Fine)
        {
            return Trouble(reply);
        }

        if (MagentoSearch.Items(reply.Root) is not { } items)
        {
            return new ListLater("The shop answered something that is no list of orders.");
        }

        var documents = new Dictionary<string, MagentoCompanions>();
        if (!request.OnlySummaries)
        {
            var (found, trouble) = await MagentoCompanions.OfAsync(client, items, cancellationToken);
            if (trouble is not null)
            {
                return Trouble(trouble);
            }

            documents = found;
        }

        List<ListedOrder> orders = [];
        foreach (var item in items)
        {
            if (Read(item, field, request.OnlySummaries ? null : documents) is { } listed)
            {
                orders.Add(listed);
            }
        }

        long? total = reply.Root.TryGetProperty("total_count", out var count) && count.TryGetInt64(out long number) ? number : null;
        return new OrderPage(orders, cursor.Next(items, field, client.Settings.PageSize, total), request.Cursor is null ? total : null);
    }

    public async Task<FetchOutcome> FetchAsync(string externalId, CancellationToken cancellationToken)
    {
        if (MagentoText.Id(externalId) is not { } id || id != externalId)
        {
            return new FetchedNothing("Magento's orders have whole numbers as ids.");
        }

        using var reply = await client.GetAsync($"orders/{id}", [], cancellationToken);
        switch (reply.Kind)
        {
            case MagentoAnswer.Fine:
                break;
            case MagentoAnswer.NotFound:
                return new FetchedNothing(reply.Because);
            case MagentoAnswer.Refused or MagentoAnswer.Invalid:
                return new FetchRefused(reply.Because);
            default:
                return new FetchLater(reply.Because, reply.After);
        }

        if (reply.Root.ValueKind != JsonValueKind.Object || Key(reply.Root) != id)
        {
            return new FetchLater("The shop answered something that is not this order.");
        }

        var (documents, trouble) = await MagentoCompanions.OfAsync(client, [reply.Root], cancellationToken);
        return trouble is null ? new Fetched(Read(reply.Root, "updated_at", documents)!)
            : trouble.Kind is MagentoAnswer.Refused or MagentoAnswer.Invalid ? new FetchRefused(trouble.Because) : new FetchLater(trouble.Because, trouble.After);
    }

    private static ListOutcome Trouble(MagentoReply reply) => reply.Kind switch
    {
        MagentoAnswer.Refused or MagentoAnswer.NotFound => new ListRefused(reply.Because),
        MagentoAnswer.Invalid => new ListRefused($"{reply.Because}. Where the shop limits pages, make pageSize smaller."),
        MagentoAnswer.Fine or MagentoAnswer.Throttled or MagentoAnswer.Later => new ListLater(reply.Because, reply.After),
    };

    private static ListedOrder? Read(JsonElement item, string field, Dictionary<string, MagentoCompanions>? documents)
    {
        if (Key(item) is not { } id)
        {
            return null;
        }

        try
        {
            string? currency = JsonFields.Text(item, "order_currency_code")?.ToUpperInvariant();
            return new()
            {
                ExternalId = id,
                PlacedAt = JsonFields.Time(JsonFields.Text(item, "created_at")),
                UpdatedAt = JsonFields.Time(JsonFields.Text(item, "updated_at")),
                Total = JsonFields.TryNumber(JsonFields.Get(item, "grand_total")) is { } total && currency is { Length: 3 } ? new Money(MagentoText.Plain(total), currency) : null,
                PlatformStatus = JsonFields.Text(item, "status") ?? JsonFields.Text(item, "state"),
                Document = documents is null ? null : MagentoDocument.Of(id, item, documents.GetValueOrDefault(id)),
            };
        }
        catch (InvalidOperationException)
        {
            // Text that is no Unicode: the order is listed all the same, its bytes are for the mapping to complain about.
            return new() { ExternalId = id, Document = documents is null ? null : MagentoDocument.Raw(id, item) };
        }
    }

    private static string? Key(JsonElement item)
    {
        try
        {
            return MagentoText.Id(item, "entity_id");
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static DateTimeOffset Ceiling(DateTimeOffset at) => at.Ticks % TimeSpan.TicksPerSecond == 0 ? at : at.AddTicks(TimeSpan.TicksPerSecond - (at.Ticks % TimeSpan.TicksPerSecond));
}

/// <summary>Where a list goes on: from a time on, after a time, or within one second behind an id (a bulk edit leaves thousands of rows with one time).</summary>
internal readonly record struct MagentoCursor(string Kind, string At, string Id)
{
    internal const string From = "from";
    internal const string After = "after";
    internal const string Within = "within";

    internal static MagentoCursor Of(ReadRequest request)
    {
        string[] parts = request.Cursor?.Split('|') ?? [];
        return parts.Length == 3 && parts[0] is From or After or Within && JsonFields.Time(parts[1]) is not null
            ? new(parts[0], parts[1], MagentoText.Id(parts[2]) ?? "0")
            : new(From, MagentoText.Of(request.From), "0");
    }

    internal string? Next(List<JsonElement> items, string field, int pageSize, long? total)
    {
        string[] times = [.. items.Select(item => JsonFields.Text(item, field) ?? "")];
        if (Kind == Within)
        {
            return items.Count < pageSize && !(total > items.Count && items.Count > 0) ? $"{After}|{At}|0" : $"{Within}|{At}|{MagentoText.Id(items[^1], "entity_id") ?? Id}";
        }

        // A shop may cap pages below what was asked; only its own count tells then that more follow.
        if (items.Count == 0 || (items.Count < pageSize && !(total > items.Count)) || JsonFields.Time(times[^1]) is not { } last)
        {
            return null;
        }

        return times[0] == times[^1] ? $"{Within}|{MagentoText.Of(last)}|{MagentoText.Id(items[^1], "entity_id") ?? "0"}" : $"{From}|{MagentoText.Of(last)}|0";
    }
}
