using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.Vtex;

/// <summary>The steps of the emulated account's orders that an integration may take. Each changes the order once, however often it is asked.</summary>
internal sealed class VtexWorkflow(VtexEmulator emulator, VtexAccount account, TimeProvider clock)
{
    internal async Task StartAsync(HttpContext call, string id)
    {
        string? status = account.Read(id) is { } order ? VtexAccount.StatusOf(order) : null;
        if (status is null)
        {
            await VtexApi.WriteAsync(call, 404, VtexApi.Error("OMS007", "Order Not Found"));
        }
        else if (status != "ready-for-handling")
        {
            await VtexApi.WriteAsync(call, 409, VtexApi.Error("OMS003", $"Order status should be ready-for-handling to perform this action, it is {status}"));
        }
        else
        {
            await emulator.MoveAsync(id, "handling", call.RequestAborted);
            await VtexApi.WriteAsync(call, 204, null);
        }
    }

    internal async Task CancelAsync(HttpContext call, string id)
    {
        var body = await VtexApi.BodyAsync(call);
        string? status = account.Read(id) is { } order ? VtexAccount.StatusOf(order) : null;
        if (status is null or "invoiced" or "canceled")
        {
            await VtexApi.WriteAsync(call, 400, VtexApi.Error("OMS005", $"The order cannot be cancelled in status {status ?? "incomplete"}"));
            return;
        }

        await emulator.CancelAsync(id, body?["reason"]?.ToString() ?? "", call.RequestAborted);
        await ReceiptAsync(call, id);
    }

    internal async Task InvoiceAsync(HttpContext call, string id)
    {
        var body = await VtexApi.BodyAsync(call);
        if (body?["invoiceNumber"]?.ToString() is not { Length: > 0 } number || body["invoiceValue"] is not JsonValue text || !text.TryGetValue(out string? cents)
            || !decimal.TryParse(cents, NumberStyles.None, CultureInfo.InvariantCulture, out decimal value) || body["items"] is not JsonArray items)
        {
            await VtexApi.WriteAsync(call, 400, VtexApi.Error("OMS010", "invoiceNumber, invoiceValue (text, in cents) and items are required"));
            return;
        }

        if (account.Read(id) is not { } order)
        {
            await VtexApi.WriteAsync(call, 404, VtexApi.Error("OMS007", "Order Not Found"));
            return;
        }

        if (VtexAccount.StatusOf(order) is not ("handling" or "waiting-for-fulfillment" or "ready-for-invoicing" or "invoiced"))
        {
            await VtexApi.WriteAsync(call, 400, VtexApi.Error("OMS011", $"The order cannot be invoiced in status {VtexAccount.StatusOf(order)}"));
            return;
        }

        bool isAll = account.Change(id, found => Add(found, number, value, body, items));
        if (isAll)
        {
            await emulator.MoveAsync(id, "invoiced", call.RequestAborted);
        }

        await ReceiptAsync(call, id);
    }

    internal async Task TrackAsync(HttpContext call, string id, string number)
    {
        var body = await VtexApi.BodyAsync(call);
        await AnswerAsync(call, id, account.Change(id, order => Package(order, number) is { } package && Copy(body ?? [], package, ["trackingNumber", "trackingUrl", "courier", "dispatchedDate"])));
    }

    internal async Task DeliverAsync(HttpContext call, string id, string number)
    {
        var body = await VtexApi.BodyAsync(call);
        await AnswerAsync(call, id, account.Change(id, order =>
        {
            if (Package(order, number) is not { } package)
            {
                return false;
            }

            package["courierStatus"] = new JsonObject
            {
                ["status"] = "ok", ["finished"] = body?["isDelivered"]?.GetValue<bool>() == true, ["deliveredDate"] = body?["deliveredDate"]?.DeepClone(), ["data"] = body?["events"]?.DeepClone() ?? new JsonArray(),
            };
            return true;
        }));
    }

    // The same number again is a receipt more, nothing else. The order is invoiced when the sum reaches its value.
    private bool Add(JsonObject order, string number, decimal value, JsonObject body, JsonArray items)
    {
        var packages = order["packageAttachment"]!["packages"]!.AsArray();
        if (Package(order, number) is null)
        {
            var ids = order["items"]!.AsArray().Select(item => item!["id"]!.GetValue<string>()).ToList();
            var package = new JsonObject
            {
                ["items"] = new JsonArray([.. items.Select(item => (JsonNode)new JsonObject { ["itemIndex"] = ids.IndexOf(item!["id"]!.ToString()), ["quantity"] = item["quantity"]!.DeepClone(), ["price"] = item["price"]?.DeepClone(), ["description"] = null, ["unitMultiplier"] = 1.0 })]),
                ["invoiceNumber"] = number, ["invoiceValue"] = value, ["courierStatus"] = null, ["volumes"] = null, ["restitutions"] = new JsonObject(),
            };
            Copy(body, package, ["type", "courier", "trackingNumber", "trackingUrl", "invoiceKey", "invoiceUrl", "issuanceDate"]);
            packages.Add((JsonNode)package);
        }

        decimal sum = packages.Where(package => package!["type"]?.GetValue<string>() != "Input").Sum(package => package!["invoiceValue"]!.GetValue<decimal>());
        bool isAll = sum >= order["value"]!.GetValue<decimal>() && VtexAccount.StatusOf(order) != "invoiced";
        order["invoicedDate"] = isAll ? VtexShelf.Time(clock.GetUtcNow()) : order["invoicedDate"]?.DeepClone();
        return isAll;
    }

    private static JsonObject? Package(JsonObject order, string number) => order["packageAttachment"]!["packages"]!.AsArray().Select(package => package!.AsObject()).FirstOrDefault(package => package["invoiceNumber"]!.GetValue<string>() == number);

    private static bool Copy(JsonObject from, JsonObject to, string[] names)
    {
        foreach (string name in names)
        {
            to[name] = from[name]?.DeepClone();
        }

        return true;
    }

    private Task AnswerAsync(HttpContext call, string id, bool isDone) => isDone ? ReceiptAsync(call, id) : VtexApi.WriteAsync(call, 404, VtexApi.Error("OMS008", "Order or invoice not found"));

    private Task ReceiptAsync(HttpContext call, string id) => VtexApi.WriteAsync(call, 200, new JsonObject { ["date"] = VtexShelf.Time(clock.GetUtcNow()), ["orderId"] = id, ["receipt"] = Guid.NewGuid().ToString("N") });
}
