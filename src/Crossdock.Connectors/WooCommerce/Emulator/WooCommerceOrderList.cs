using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.WooCommerce;

/// <summary><c>GET /orders</c> of the emulated shop: filters, order, pages, and their pitfalls. An unknown parameter is ignored, as in the real one.</summary>
internal static class WooCommerceOrderList
{
    internal static async Task AnswerAsync(HttpContext call, WooCommerceShop shop)
    {
        var query = call.Request.Query;
        if (Page(query["per_page"], 10) is not (>= 1 and <= 100 and var size))
        {
            await InvalidAsync(call, "per_page", "per_page must be between 1 (inclusive) and 100 (inclusive)");
            return;
        }

        if (Page(query["page"], 1) is not (>= 1 and var page))
        {
            await InvalidAsync(call, "page", "page must be greater than or equal to 1");
            return;
        }

        foreach (string date in (ReadOnlySpan<string>)["after", "before", "modified_after", "modified_before"])
        {
            if (query[date].ToString() is { Length: > 0 } text && Time(text) is null)
            {
                await InvalidAsync(call, date, "Invalid date.");
                return;
            }
        }

        int skip = Page(query["offset"], -1) is int offset and >= 0 ? offset : (page - 1) * size;
        var (rows, total) = shop.Read(order => IsWanted(order, query), orders => Sorted(orders, query["orderby"], query["order"] == "asc"), skip, size);
        int pages = (total + size - 1) / size;
        call.Response.Headers["X-WP-Total"] = total.ToString(CultureInfo.InvariantCulture);
        call.Response.Headers["X-WP-TotalPages"] = pages.ToString(CultureInfo.InvariantCulture);
        if (Links(call, page, pages) is { Length: > 0 } links)
        {
            call.Response.Headers.Link = links;
        }

        string[] fields = query["_fields"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        await WooCommerceRestApi.WriteAsync(call, 200, new JsonArray([.. rows.Select(order => (JsonNode)Cut(order, fields))]));
    }

    private static bool IsWanted(JsonObject order, IQueryCollection query)
    {
        string status = order["status"]!.GetValue<string>();
        string[] statuses = query["status"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        bool isAny = statuses is [] or ["any"];
        if (isAny ? status is "trash" or "checkout-draft" : !statuses.Contains(status))
        {
            return false;
        }

        if (query["include"].ToString() is { Length: > 0 } wanted && !wanted.Split(',').Contains(order["id"]!.ToString()))
        {
            return false;
        }

        // Without dates_are_gmt the filter is compared with the shop's local time, whatever zone was sent.
        string zone = query["dates_are_gmt"] is var gmt && (gmt == "true" || gmt == "1") ? "_gmt" : "";
        return IsAfter(order["date_created" + zone], query["after"]) && IsBefore(order["date_created" + zone], query["before"])
            && IsAfter(order["date_modified" + zone], query["modified_after"]) && IsBefore(order["date_modified" + zone], query["modified_before"]);
    }

    private static bool IsAfter(JsonNode? date, string? limit) => Time(limit) is not { } after || Time(date?.GetValue<string>()) > after;

    private static bool IsBefore(JsonNode? date, string? limit) => Time(limit) is not { } before || Time(date?.GetValue<string>()) < before;

    private static DateTime? Time(string? text) => text is { Length: >= 10 } && DateTime.TryParse(text[..Math.Min(19, text.Length)], CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime time) ? time : null;

    private static IEnumerable<JsonObject> Sorted(IEnumerable<JsonObject> orders, string? by, bool ascending)
    {
        Func<JsonObject, string> key = by switch
        {
            "modified" => order => order["date_modified_gmt"]!.GetValue<string>(),
            "id" => order => order["id"]!.GetValue<long>().ToString("D20", CultureInfo.InvariantCulture),
            _ => order => order["date_created_gmt"]!.GetValue<string>(),
        };
        return ascending
            ? orders.OrderBy(key, StringComparer.Ordinal).ThenBy(order => order["id"]!.GetValue<long>())
            : orders.OrderByDescending(key, StringComparer.Ordinal).ThenByDescending(order => order["id"]!.GetValue<long>());
    }

    private static string Links(HttpContext call, int page, int pages)
    {
        string Link(int to, string relation)
        {
            var parameters = call.Request.Query.Where(pair => pair.Key != "page").Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value.ToString())}").Append($"page={to.ToString(CultureInfo.InvariantCulture)}");
            return $"<{call.Request.Scheme}://{call.Request.Host}{call.Request.Path}?{string.Join('&', parameters)}>; rel=\"{relation}\"";
        }

        return string.Join(", ", (page > 1 ? [Link(Math.Min(page - 1, Math.Max(1, pages)), "prev")] : Array.Empty<string>()).Concat(page < pages ? [Link(page + 1, "next")] : []));
    }

    private static JsonObject Cut(JsonObject order, string[] fields)
    {
        foreach (string name in fields.Length == 0 ? [] : order.Select(field => field.Key).Except(fields).ToList())
        {
            order.Remove(name);
        }

        return order;
    }

    private static int? Page(string? text, int usual) => string.IsNullOrEmpty(text) ? usual : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    private static Task InvalidAsync(HttpContext call, string parameter, string because)
    {
        var error = WooCommerceShop.Error("rest_invalid_param", $"Invalid parameter(s): {parameter}", 400);
        error["data"]!["params"] = new JsonObject { [parameter] = because };
        return WooCommerceRestApi.WriteAsync(call, 400, error);
    }
}
