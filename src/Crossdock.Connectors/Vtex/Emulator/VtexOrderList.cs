using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.Vtex;

/// <summary>The list of orders: an index that lags, at most 30 pages of 100 of each query, rows without their items.</summary>
internal static partial class VtexOrderList
{
    internal static Task AnswerAsync(HttpContext call, VtexEmulatorOptions options, VtexAccount account)
    {
        var query = call.Request.Query;
        DateTimeOffset? from = null, to = null;
        if (query["f_creationDate"].ToString() is { Length: > 0 } filter)
        {
            var match = Range().Match(filter);
            if (!match.Success || Time(match.Groups["from"].Value) is not { } begin || Time(match.Groups["to"].Value) is not { } end)
            {
                return VtexApi.WriteAsync(call, 400, VtexApi.Error("OMS001", "Invalid f_creationDate"));
            }

            (from, to) = (begin, end);
        }

        int page = Number(query["page"], 1);
        int per = Math.Min(Number(query["per_page"], 15), 100);
        if (page < 1 || page > options.MostPages || Number(query["per_page"], 15) > 100)
        {
            return VtexApi.WriteAsync(call, 400, VtexApi.Error("OMS012", page > options.MostPages ? "Max page exceed" : "Invalid paging"));
        }

        per = Math.Min(per, options.LargestPage);
        var found = account.Listed(from, to, query["orderBy"] == "creationDate,desc");
        return VtexApi.WriteAsync(call, 200, new JsonObject
        {
            ["list"] = new JsonArray([.. found.Skip((page - 1) * per).Take(per).Select(order => (JsonNode)Row(order))]),
            ["facets"] = new JsonArray(),
            ["paging"] = new JsonObject { ["total"] = found.Count, ["pages"] = (found.Count + per - 1) / per, ["currentPage"] = page, ["perPage"] = per },
            ["stats"] = new JsonObject(),
        });
    }

    private static JsonObject Row(JsonObject order) => new()
    {
        ["orderId"] = order["orderId"]!.DeepClone(), ["creationDate"] = order["creationDate"]!.DeepClone(), ["clientName"] = $"{order["clientProfileData"]!["firstName"]} {order["clientProfileData"]!["lastName"]}",
        ["items"] = null, ["totalValue"] = order["value"]!.DeepClone(), ["paymentNames"] = "Webpay", ["status"] = order["status"]?.DeepClone(), ["statusDescription"] = "", ["marketPlaceOrderId"] = null,
        ["sequence"] = order["sequence"]!.DeepClone(), ["salesChannel"] = "1", ["affiliateId"] = "", ["origin"] = "Marketplace", ["workflowInErrorState"] = order["workflowIsInError"]!.DeepClone(), ["workflowInRetry"] = false,
        ["ShippingEstimatedDate"] = null, ["orderIsComplete"] = order["isCompleted"]!.DeepClone(), ["authorizedDate"] = order["authorizedDate"]?.DeepClone(), ["totalItems"] = order["items"]!.AsArray().Count,
        ["currencyCode"] = order["storePreferencesData"]!["currencyCode"]!.DeepClone(),
    };

    private static int Number(string? text, int usual) => string.IsNullOrEmpty(text) ? usual : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    private static DateTimeOffset? Time(string text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    [GeneratedRegex(@"^creationDate:\[(?<from>\S+) TO (?<to>\S+)\]$", RegexOptions.None, 1000)]
    private static partial Regex Range();
}
