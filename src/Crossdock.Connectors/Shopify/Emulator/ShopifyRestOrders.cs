using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.Shopify.Emulator;

/// <summary><c>GET orders.json</c>: filters, order, and page links that run out after half a day.</summary>
internal static class ShopifyRestOrders
{
    private static readonly TimeSpan LinkLives = TimeSpan.FromHours(12);
    private static readonly string[] Kept = ["status", "updated_at_min", "updated_at_max", "created_at_min", "created_at_max", "processed_at_min", "processed_at_max", "order"];

    internal static Task AnswerAsync(HttpContext call, ShopifyEmulator shop, DateTimeOffset now)
    {
        var query = call.Request.Query;
        int limit = int.TryParse(query["limit"], CultureInfo.InvariantCulture, out int asked) ? Math.Clamp(asked, 1, 250) : 50;
        string[] filter = [.. Kept.Select(name => query[name].ToString())];
        (long Ticks, long Id) after = (0, 0);
        if (query["page_info"].ToString() is { Length: > 0 } page)
        {
            if (query.Keys.Any(name => name is not ("page_info" or "limit" or "fields")) || Place(page) is not { } place || now - place.At > LinkLives)
            {
                return ShopifyAdminApi.WriteAsync(call, 400, """{"errors":{"page_info":"Invalid value."}}"""u8.ToArray());
            }

            (filter, after) = (place.Filter, (place.Ticks, place.Id));
        }

        bool isByChange = !filter[7].StartsWith("processed_at", StringComparison.Ordinal) && !filter[7].StartsWith("created_at", StringComparison.Ordinal);
        DateTimeOffset By(EmulatedOrder order) => isByChange ? order.UpdatedAt : order.CreatedAt;
        bool IsWanted(EmulatedOrder order) => (filter[0] == "any" || (filter[0] == "cancelled") == (order.CancelledAt is not null))
            && IsWithin(order.UpdatedAt, filter[1], filter[2]) && IsWithin(order.CreatedAt, filter[3], filter[4]) && IsWithin(order.CreatedAt, filter[5], filter[6])
            && (By(order).UtcTicks, order.Id).CompareTo(after) > 0;
        var found = shop.Read(IsWanted, limit + 1, order => (By(order).UtcTicks, order.Id, Body: ShopifyDocuments.Write(order)), By);
        if (found.Count > limit)
        {
            var last = found[limit - 1];
            string next = Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Join('|', [.. filter, last.UtcTicks.ToString(CultureInfo.InvariantCulture), last.Id.ToString(CultureInfo.InvariantCulture), now.UtcTicks.ToString(CultureInfo.InvariantCulture)])));
            call.Response.Headers.Link = $"<{shop.Address}{call.Request.Path.Value!.TrimStart('/')}?limit={limit}&page_info={Uri.EscapeDataString(next)}>; rel=\"next\"";
        }

        string[] fields = query["fields"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries);
        return ShopifyAdminApi.WriteAsync(call, 200, ShopifyGraphQl.Json(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("orders");
            foreach (var order in found.Take(limit))
            {
                json.WriteRawValue(fields.Length == 0 ? order.Body : Cut(order.Body, fields), skipInputValidation: true);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    private static byte[] Cut(byte[] order, string[] fields)
    {
        var whole = JsonNode.Parse(order)!.AsObject();
        foreach (string name in whole.Select(field => field.Key).Except(fields).ToList())
        {
            whole.Remove(name);
        }

        return JsonSerializer.SerializeToUtf8Bytes(whole);
    }

    private static bool IsWithin(DateTimeOffset time, string min, string max) => (Time(min) is not { } from || time >= from) && (Time(max) is not { } to || time <= to);

    private static DateTimeOffset? Time(string text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;

    private static (string[] Filter, long Ticks, long Id, DateTimeOffset At)? Place(string text)
    {
        byte[] bytes = new byte[text.Length];
        string[] parts = Convert.TryFromBase64String(text, bytes, out int length) ? Encoding.UTF8.GetString(bytes, 0, length).Split('|') : [];
        return parts.Length == Kept.Length + 3 && long.TryParse(parts[^3], CultureInfo.InvariantCulture, out long ticks) && long.TryParse(parts[^2], CultureInfo.InvariantCulture, out long id) && long.TryParse(parts[^1], CultureInfo.InvariantCulture, out long at)
            ? (parts[..^3], ticks, id, new DateTimeOffset(at, TimeSpan.Zero)) : null;
    }
}
