using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using NodaTime;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>Reads one shop's orders through its webservice.</summary>
internal sealed class PrestaShopReader(ConnectionAccess access) : IOrderReader
{
    internal const string Topic = "order.read";

    private const string Summary = "[id,reference,id_shop,id_currency,current_state,total_paid_tax_incl,date_add,date_upd]";

    // date_upd of an order is not touched by everything that happens to it.
    private static readonly (string Resource, string Clock, string Key)[] Children =
        [("order_histories", "date_add", "id_order"), ("order_slip", "date_upd", "id_order"), ("order_carriers", "date_add", "id_order"), ("order_payments", "date_add", "order_reference")];

    private readonly PrestaShopClient client = new(access);
    private volatile PrestaShopReference? reference;

    internal static ReadingTraits Traits(PrestaShopSettings settings) => new()
    {
        PollEvery = TimeSpan.FromSeconds(120),
        Overlap = TimeSpan.FromMinutes(10),
        Pace = new RequestPace(1000.0 / settings.PauseMilliseconds, 1, 1),
        HasCheapSummaries = true,
    };

    public async Task<ListOutcome> ListAsync(ReadRequest request, CancellationToken cancellationToken)
    {
        var known = Reference();
        if (await known.PrepareAsync([], cancellationToken) is { } trouble)
        {
            return Failed(trouble);
        }

        var zone = Zone(known);
        var (from, to) = PrestaShopZone.Window(request.From, request.To, zone);
        var cursor = PrestaShopCursor.Parse(request.Cursor);
        return request.By == OrderClock.Placed ? await PlacedAsync(request, known, zone, from, to, cursor, cancellationToken)
            : cursor.Phase == 0 ? await ChangedAsync(request, known, zone, from, to, cursor, cancellationToken)
            : await ChildrenAsync(known, zone, from, to, cursor, cancellationToken);
    }

    public async Task<FetchOutcome> FetchAsync(string externalId, CancellationToken cancellationToken)
    {
        if (externalId.Length is 0 or > 20 || !externalId.All(char.IsAsciiDigit))
        {
            return new FetchedNothing($"'{externalId}' is no order id of PrestaShop.");
        }

        var known = Reference();
        switch (await client.GetAsync($"orders/{externalId}", "", cancellationToken))
        {
            case ShopRows { Rows: [var order] } when PrestaShopAnswers.Id(order) is not null:
                var (documents, trouble) = await new PrestaShopJoin(client, known).JoinAsync([order], cancellationToken);
                return trouble switch
                {
                    null => new Fetched(Listed(documents![0], known)),
                    ShopLater later => new FetchLater(later.Because, later.After),
                    _ => new FetchRefused(Because(trouble)),
                };
            case ShopNothing nothing:
                return new FetchedNothing(nothing.Because);
            case ShopLater later:
                return new FetchLater(later.Because, later.After);
            case ShopRows:
                return new FetchLater("the shop answered without the order");
            case var refused:
                return new FetchRefused(Because(refused));
        }
    }

    public void Dispose()
    {
        client.Dispose();
        reference?.Dispose();
    }

    /// <summary>The reason in a refusal of any kind.</summary>
    internal static string Because(ShopAnswer answer) => answer switch
    {
        ShopRefused refused => refused.Because,
        ShopForbidden forbidden => forbidden.Because,
        ShopNothing nothing => nothing.Because,
        ShopLater later => later.Because,
        _ => "the shop's answer has no rows",
    };

    // By id: it never changes, so that pages stay what they are while the shop goes on selling.
    private async Task<ListOutcome> PlacedAsync(ReadRequest request, PrestaShopReference known, DateTimeZone zone, string from, string to, PrestaShopCursor cursor, CancellationToken cancellationToken)
    {
        string filter = PrestaShopClient.Join(PrestaShopClient.Filter("date_add", $"[{from},{to}]"), cursor.LastId.Length > 0 ? PrestaShopClient.Filter("id", $">[{cursor.LastId}]") : "");
        var answer = await PageAsync(filter, "[id_ASC]", request.OnlySummaries, cancellationToken);
        if (answer is not ShopRows { Rows: var rows })
        {
            return Failed(answer);
        }

        string? last = rows.Count < client.Settings.PageSize ? null : PrestaShopAnswers.Id(rows[^1]);
        return await PageOfAsync(rows, request.OnlySummaries, known, zone, last is null ? null : new PrestaShopCursor(0, "", last), cancellationToken);
    }

    // By time, and within the second where a page ended by id: what changes meanwhile moves behind, and nothing slips through between two pages.
    private async Task<ListOutcome> ChangedAsync(ReadRequest request, PrestaShopReference known, DateTimeZone zone, string from, string to, PrestaShopCursor cursor, CancellationToken cancellationToken)
    {
        bool isWithinSecond = cursor.LastId.Length > 0;
        string start = cursor.Date.Length > 0 ? cursor.Date : from;
        string filter = isWithinSecond
            ? PrestaShopClient.Join(PrestaShopClient.Filter("date_upd", $"[{start},{Later(start)}]"), PrestaShopClient.Filter("id", $">[{cursor.LastId}]"))
            : PrestaShopClient.Filter("date_upd", $"[{start},{to}]");
        var answer = await PageAsync(filter, isWithinSecond ? "[id_ASC]" : "[date_upd_ASC,id_ASC]", request.OnlySummaries, cancellationToken);
        if (answer is not ShopRows { Rows: var rows })
        {
            return Failed(answer);
        }

        bool isFull = rows.Count >= client.Settings.PageSize;
        var last = rows.LastOrDefault();
        PrestaShopCursor? next = isFull && PrestaShopAnswers.Id(last) is { } id && (isWithinSecond ? start : PrestaShopAnswers.Text(last, "date_upd")) is { } second ? new(0, second, id)
            : isWithinSecond ? new(0, Later(start), "")
            : request.OnlySummaries ? null : new(1, "", "");
        return await PageOfAsync(rows, request.OnlySummaries, known, zone, next, cancellationToken);
    }

    private async Task<ListOutcome> ChildrenAsync(PrestaShopReference known, DateTimeZone zone, string from, string to, PrestaShopCursor cursor, CancellationToken cancellationToken)
    {
        if (cursor.Phase > Children.Length)
        {
            return new OrderPage([], null);
        }

        var (resource, clock, key) = Children[cursor.Phase - 1];
        string filter = PrestaShopClient.Join(PrestaShopClient.Filter(clock, $"[{from},{to}]"), cursor.LastId.Length > 0 ? PrestaShopClient.Filter("id", $">[{cursor.LastId}]") : "");
        int size = client.Settings.PageSize;
        var answer = await client.GetAsync(resource, PrestaShopClient.Join(filter, "date=1", "sort=%5Bid_ASC%5D", $"display={Uri.EscapeDataString($"[id,{key},{clock}]")}", $"limit={size.ToString(CultureInfo.InvariantCulture)}"), cancellationToken);
        var rows = answer is ShopRows found ? found.Rows : [];
        if (answer is ShopLater)
        {
            return Failed(answer);
        }

        // A resource that the key may not read, or that an old version cannot filter so, is passed over.
        string? last = rows.Count < size ? null : PrestaShopAnswers.Id(rows[^1]);
        PrestaShopCursor? next = last is not null ? cursor with { LastId = last } : cursor.Phase < Children.Length ? new(cursor.Phase + 1, "", "") : null;
        string[] keys = [.. rows.Select(row => PrestaShopAnswers.Text(row, key)).OfType<string>().Where(value => value != "0").Distinct(StringComparer.Ordinal)];
        if (keys.Length == 0)
        {
            return new OrderPage([], next?.ToString());
        }

        var orders = await client.GetAsync("orders", PrestaShopClient.Join(PrestaShopClient.Any(key == "id_order" ? "id" : "reference", keys), "display=full"), cancellationToken);
        if (orders is not ShopRows { Rows: var touched })
        {
            return Failed(orders);
        }

        // Those that changed themselves within the window have come already.
        touched.RemoveAll(order => PrestaShopAnswers.Text(order, "date_upd") is { } at && string.CompareOrdinal(at, from) >= 0 && string.CompareOrdinal(at, to) < 0);
        return await PageOfAsync(touched, false, known, zone, next, cancellationToken);
    }

    private static string Later(string second) => PrestaShopZone.Text(PrestaShopZone.Local(second)!.Value.PlusSeconds(1));

    private Task<ShopAnswer> PageAsync(string filter, string sort, bool onlySummaries, CancellationToken cancellationToken)
    {
        string limit = $"limit={client.Settings.PageSize.ToString(CultureInfo.InvariantCulture)}";
        // Without date=1 a filter on a date does nothing.
        return client.GetAsync("orders", PrestaShopClient.Join(filter, "date=1", $"sort={Uri.EscapeDataString(sort)}", limit, $"display={Uri.EscapeDataString(onlySummaries ? Summary : "full")}"), cancellationToken);
    }

    private async Task<ListOutcome> PageOfAsync(List<JsonObject> rows, bool onlySummaries, PrestaShopReference known, DateTimeZone zone, PrestaShopCursor? next, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return new OrderPage([], next?.ToString());
        }

        if (onlySummaries)
        {
            var trouble = await known.PrepareAsync(rows.Select(row => PrestaShopAnswers.Id(row, "current_state")), cancellationToken)
                ?? await known.NeedAsync("currencies", rows.Select(row => PrestaShopAnswers.Id(row, "id_currency")), true, cancellationToken);
            return trouble is not null ? Failed(trouble) : new OrderPage([.. rows.Where(row => PrestaShopAnswers.Id(row) is not null).Select(row => Summarised(row, known, zone, client.Clock.GetUtcNow()))], next?.ToString());
        }

        var join = new PrestaShopJoin(client, known);
        var (documents, failure) = await join.JoinAsync(rows, cancellationToken);
        if (failure is null && UnpaidSiblings(documents!) is { Length: > 0 } others)
        {
            // PrestaShop books a split purchase's payment on one order and does not touch the others, so that no list by change would bring them up.
            var answer = await client.GetAsync("orders", PrestaShopClient.Join(PrestaShopClient.Any("id", others), "display=full"), cancellationToken);
            (var more, failure) = answer is ShopRows found ? await join.JoinAsync(found.Rows, cancellationToken) : ([], answer);
            documents = [.. documents!, .. more ?? []];
        }

        return failure is not null ? Failed(failure) : new OrderPage([.. documents!.Where(document => PrestaShopAnswers.Id((JsonObject)document["order"]!) is not null).Select(document => Listed(document, known))], next?.ToString());
    }

    private static string[] UnpaidSiblings(IReadOnlyList<JsonObject> documents)
    {
        var here = documents.Select(document => PrestaShopAnswers.Id((JsonObject)document["order"]!)).ToHashSet(StringComparer.Ordinal);
        return [.. documents.Where(document => PrestaShopAnswers.IsSet(document["order_state"] as JsonObject, "paid"))
            .SelectMany(document => ((JsonArray)document["siblings"]!).OfType<JsonObject>())
            .Where(sibling => !PrestaShopAnswers.IsSet(sibling, "paid")).Select(sibling => PrestaShopAnswers.Id(sibling)).OfType<string>().Where(id => !here.Contains(id)).Distinct(StringComparer.Ordinal)];
    }

    private ListedOrder Listed(JsonObject document, PrestaShopReference known)
    {
        var order = (JsonObject)document["order"]!;
        byte[] payload = PrestaShopSnapshot.Bytes(document);
        // The time of reading is no part of what was read.
        string builtAt = (string)document["built_at"]!;
        document["built_at"] = null;
        string hash = Convert.ToHexStringLower(SHA256.HashData(PrestaShopSnapshot.Bytes(document)))[..24];
        document["built_at"] = builtAt;
        var madeAt = DateTimeOffset.Parse(builtAt, CultureInfo.InvariantCulture);
        return Summarised(order, known, Zone(known), madeAt) with
        {
            Document = new ReadDocument(Topic, $"{Topic}|{PrestaShopAnswers.Id(order)}|{PrestaShopAnswers.Text(order, "date_upd")}|{hash}", payload),
        };
    }

    private static ListedOrder Summarised(JsonObject order, PrestaShopReference known, DateTimeZone zone, DateTimeOffset madeAt)
    {
        string? state = PrestaShopAnswers.Id(order, "current_state");
        string? currency = PrestaShopAnswers.Text(known.Find("currencies", PrestaShopAnswers.Id(order, "id_currency")), "iso_code");
        return new()
        {
            ExternalId = PrestaShopAnswers.Id(order)!,
            PlacedAt = Time("date_add"),
            UpdatedAt = Time("date_upd"),
            Total = currency is not null && decimal.TryParse(PrestaShopAnswers.Text(order, "total_paid_tax_incl") ?? PrestaShopAnswers.Text(order, "total_paid"), CultureInfo.InvariantCulture, out decimal total) ? PrestaShopPayloads.Of(total, currency) : null,
            PlatformStatus = state is null ? "0" : PrestaShopStates.Word(state, PrestaShopAnswers.Text(known.Find("order_states", state), "name")),
        };

        DateTimeOffset? Time(string name) => PrestaShopZone.Local(PrestaShopAnswers.Text(order, name)) is { } local ? PrestaShopZone.ToUtc(local, zone, madeAt) : null;
    }

    private DateTimeZone Zone(PrestaShopReference known) =>
        (known.Configuration.GetValueOrDefault("PS_TIMEZONE") is { } name ? DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) : null) ?? client.Settings.Zone ?? DateTimeZone.Utc;

    private PrestaShopReference Reference()
    {
        var current = reference;
        if (current is null || current.IsOld)
        {
            reference = current = new PrestaShopReference(client);
        }

        return current;
    }

    private static ListOutcome Failed(ShopAnswer answer) => answer is ShopLater later ? new ListLater(later.Because, later.After) : new ListRefused(Because(answer));
}

/// <summary>Where listing goes on: the orders themselves, then what happened to orders without touching them.</summary>
/// <param name="Phase">0 for orders, 1 and up for the others.</param>
/// <param name="Date">The second where the last page ended, local; empty for the window's start.</param>
/// <param name="LastId">The last id, where pages go by it; empty for none.</param>
internal sealed record PrestaShopCursor(int Phase, string Date, string LastId)
{
    /// <summary>Reads what <see cref="ToString"/> wrote; the beginning for anything else.</summary>
    internal static PrestaShopCursor Parse(string? text) =>
        text?.Split('|') is [var phase, var date, var id] && int.TryParse(phase, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && (date.Length == 0 || PrestaShopZone.Local(date) is not null) && id.All(char.IsAsciiDigit) && id.Length <= 20
            ? new(number, date, id)
            : new(0, "", "");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Phase}|{Date}|{LastId}");
}
