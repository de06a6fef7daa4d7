using System.Globalization;
using System.Text.Json.Nodes;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>Reads what belongs to a handful of orders with one call per resource, not one per order.</summary>
internal sealed class PrestaShopJoin(PrestaShopClient client, PrestaShopReference reference)
{
    /// <summary>The documents of these orders, in their order.</summary>
    /// <returns>Either documents, or how reading failed.</returns>
    internal async Task<(IReadOnlyList<JsonObject>? Documents, ShopAnswer? Trouble)> JoinAsync(IReadOnlyList<JsonObject> orders, CancellationToken cancellationToken)
    {
        var read = new Reading(client);
        string[] ids = Ids(orders, "id");
        var addresses = await read.RowsAsync("addresses", PrestaShopClient.Any("id", Ids(orders, "id_address_delivery").Concat(Ids(orders, "id_address_invoice")).Distinct(StringComparer.Ordinal)), true, cancellationToken);
        var customers = await read.RowsAsync("customers", PrestaShopClient.Any("id", Ids(orders, "id_customer")), true, cancellationToken);
        string ofOrders = PrestaShopClient.Any("id_order", ids);
        var details = await read.RowsAsync("order_details", ofOrders, true, cancellationToken);
        var carriers = await read.RowsAsync("order_carriers", ofOrders, false, cancellationToken);
        string[] references = [.. orders.Select(order => PrestaShopAnswers.Text(order, "reference")).OfType<string>().Distinct(StringComparer.Ordinal)];
        var payments = references.Length == 0 ? [] : await read.RowsAsync("order_payments", PrestaShopClient.Any("order_reference", references), false, cancellationToken);
        var rules = await read.RowsAsync("order_cart_rules", ofOrders, false, cancellationToken, "order_discounts");
        var histories = await read.RowsAsync("order_histories", ofOrders, false, cancellationToken);
        var slips = await read.RowsAsync("order_slip", ofOrders, false, cancellationToken);
        var messages = await MessagesAsync(read, ofOrders, cancellationToken);
        var siblings = references.Length == 0 ? [] : await read.RowsAsync("orders", PrestaShopClient.Any("reference", references), false, cancellationToken, display: "[id,id_cart,reference,current_state,total_paid_real]");
        if (read.Trouble is not null || await ReferenceAsync(orders, addresses, carriers, payments, histories, siblings, cancellationToken) is { } trouble && (read.Trouble = trouble) is not null)
        {
            return (null, read.Trouble);
        }

        string builtAt = client.Clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        var byId = addresses.ToLookup(row => PrestaShopAnswers.Id(row));
        return ([.. orders.Select(order =>
        {
            string? id = PrestaShopAnswers.Id(order);
            string? number = PrestaShopAnswers.Text(order, "reference");
            return PrestaShopSnapshot.Build(new PrestaShopSnapshot.Parts
            {
                Order = order,
                Shop = Shop(order),
                Customer = customers.Find(row => PrestaShopAnswers.Id(row) == PrestaShopAnswers.Id(order, "id_customer")),
                Delivery = byId[PrestaShopAnswers.Id(order, "id_address_delivery")].FirstOrDefault(),
                Invoice = byId[PrestaShopAnswers.Id(order, "id_address_invoice")].FirstOrDefault(),
                Details = Of(details, id),
                Carriers = Of(carriers, id),
                Payments = [.. payments.Where(row => PrestaShopAnswers.Text(row, "order_reference") == number)],
                CartRules = Of(rules, id),
                Histories = Of(histories, id),
                Slips = Of(slips, id),
                Messages = Of(messages, id),
                Siblings = [.. siblings.Where(row => PrestaShopAnswers.Text(row, "reference") == number && PrestaShopAnswers.Id(row) != id && PrestaShopAnswers.Id(row, "id_cart") == PrestaShopAnswers.Id(order, "id_cart"))],
                Find = reference.Find,
                KeyOf = reference.KeyOf,
            }, PrestaShopReader.Topic, builtAt);
        })], null);
    }

    private async Task<ShopAnswer?> ReferenceAsync(IReadOnlyList<JsonObject> orders, List<JsonObject> addresses, List<JsonObject> carriers, List<JsonObject> payments, List<JsonObject> histories, List<JsonObject> siblings, CancellationToken cancellationToken) =>
        await reference.PrepareAsync(orders.Concat(siblings).Select(row => PrestaShopAnswers.Id(row, "current_state")).Concat(histories.Select(row => PrestaShopAnswers.Id(row, "id_order_state"))), cancellationToken)
        ?? await reference.NeedAsync("currencies", orders.Concat(payments).Select(row => PrestaShopAnswers.Id(row, "id_currency")), true, cancellationToken)
        ?? await reference.NeedAsync("countries", addresses.Select(row => PrestaShopAnswers.Id(row, "id_country")), true, cancellationToken)
        ?? await reference.NeedAsync("states", addresses.Select(row => PrestaShopAnswers.Id(row, "id_state")), true, cancellationToken)
        ?? await reference.NeedAsync("carriers", orders.Concat(carriers).Select(row => PrestaShopAnswers.Id(row, "id_carrier")), false, cancellationToken)
        ?? await reference.NeedAsync("languages", orders.Select(row => PrestaShopAnswers.Id(row, "id_lang")), false, cancellationToken);

    // The checkout's comment is a message of the order, and in newer shops also the first one of a customer thread.
    private static async Task<List<JsonObject>> MessagesAsync(Reading read, string ofOrders, CancellationToken cancellationToken)
    {
        var messages = await read.RowsAsync("messages", ofOrders, false, cancellationToken);
        var threads = await read.RowsAsync("customer_threads", ofOrders, false, cancellationToken);
        string[] ids = Ids(threads, "id");
        if (ids.Length > 0)
        {
            var orderOf = threads.ToDictionary(row => PrestaShopAnswers.Id(row) ?? "", row => PrestaShopAnswers.Id(row, "id_order"), StringComparer.Ordinal);
            foreach (var row in await read.RowsAsync("customer_messages", PrestaShopClient.Any("id_customer_thread", ids), false, cancellationToken))
            {
                row["id_order"] = orderOf.GetValueOrDefault(PrestaShopAnswers.Id(row, "id_customer_thread") ?? "");
                messages.Add(row);
            }
        }

        return messages;
    }

    private JsonObject Shop(JsonObject order) => new()
    {
        ["url"] = client.Settings.ShopUrl!.AbsoluteUri.TrimEnd('/'),
        ["id_shop"] = PrestaShopAnswers.Text(order, "id_shop"),
        ["id_shop_group"] = PrestaShopAnswers.Text(order, "id_shop_group"),
        ["timezone"] = reference.Configuration.GetValueOrDefault("PS_TIMEZONE") ?? client.Settings.Zone?.Id,
        ["weight_unit"] = reference.Configuration.GetValueOrDefault("PS_WEIGHT_UNIT"),
    };

    private static List<JsonObject> Of(List<JsonObject> rows, string? order) => [.. rows.Where(row => PrestaShopAnswers.Id(row, "id_order") == order)];

    private static string[] Ids(IEnumerable<JsonObject> rows, string name) => [.. rows.Select(row => PrestaShopAnswers.Id(row, name)).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>Several calls of which the first failure ends the rest.</summary>
    private sealed class Reading(PrestaShopClient client)
    {
        internal ShopAnswer? Trouble { get; set; }

        internal async Task<List<JsonObject>> RowsAsync(string resource, string filter, bool isRequired, CancellationToken cancellationToken, string? formerly = null, string display = "full")
        {
            if (Trouble is not null || filter.EndsWith("%5B%5D", StringComparison.Ordinal))
            {
                return [];
            }

            var answer = await client.GetAsync(resource, PrestaShopClient.Join(filter, $"display={Uri.EscapeDataString(display)}"), cancellationToken);
            if (answer is ShopNothing or ShopRefused { Status: 400 } && formerly is not null)
            {
                // The name that old versions have for it.
                answer = await client.GetAsync(formerly, PrestaShopClient.Join(filter, "display=full"), cancellationToken);
            }

            switch (answer)
            {
                case ShopRows rows:
                    return rows.Rows;
                case ShopNothing:
                    return [];
                case ShopForbidden or ShopRefused { Status: 400 } when !isRequired:
                    return [];
                default:
                    Trouble = answer;
                    return [];
            }
        }
    }
}
