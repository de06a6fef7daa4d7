using System.CommandLine;
using System.Text.Json;

namespace Crossdock.Server.Commands;

/// <summary><c>orders</c>, <c>holds</c>, <c>deliveries</c>, <c>dead-letters</c> and <c>alerts</c>: what a person does all day, for scripts.</summary>
internal static class OrdersCommand
{
    private static readonly HubCommand.Filter Store = new("--store", "store", "Only of the store with this key");
    private static readonly HubCommand.Filter Destination = new("--destination", "destination", "Only to the destination with this key");

    internal static Command Orders() => new("orders", "Orders: find them, read what happened, act on them.")
    {
        HubCommand.List("Orders, newest first.", "/api/v1/orders",
        [
            new("--search", "search", "Number, external id, or the customer's name or e-mail address"), new("--state", "state", "Only in this state, for example awaiting_approval"), Store,
            new("--held", "held", "true: only held ones; false: only others"), new("--from", "from", "Placed at or after, UTC: 2026-03-01"), new("--to", "to", "Placed before"),
        ], "No order fits.", row => row.Text("id"), row => row.Text("number"), row => row.Text("store"), row => row.Text("state").Replace('_', ' ') + (row.GetProperty("held").GetBoolean() ? ", held" : ""),
            row => $"{row.Text("total")} {row.Text("currency")}", row => row.Text("customerName"), row => row.Minute("createdAt")),
        HubCommand.One("show", "One order with its canonical document.", id => $"/api/v1/orders/{id}", One),
        HubCommand.One("timeline", "Everything that happened to an order, oldest first.", id => $"/api/v1/orders/{id}/timeline?limit=500",
            page => HubCalls.Table(page, "Nothing happened to it yet.", entry => entry.Minute("at"), entry => entry.Text("actor"), entry => entry.Text("text") + (entry.Text("because") is { Length: > 0 } because ? $" ({because})" : ""))),
        HubCommand.Each("approve", "Approve orders that await approval.", "approved", id => $"/api/v1/orders/{id}/approve"),
        HubCommand.Each("hold", "Stop orders for a person.", "held", id => $"/api/v1/orders/{id}/hold"),
        HubCommand.Each("release", "Release all holds of orders.", "released", id => $"/api/v1/orders/{id}/release"),
        HubCommand.Each("cancel", "Cancel orders, also where they were delivered already.", "cancelled", id => $"/api/v1/orders/{id}/cancel"),
        HubCommand.Each("restore", "Bring back orders that a person cancelled here.", "restored", id => $"/api/v1/orders/{id}/restore"),
        HubCommand.Each("deliver", "Have orders delivered that were read as history.", "to be delivered", id => $"/api/v1/orders/{id}/deliver"),
        Resend(),
    };

    internal static Command Holds() => new("holds", "Orders that wait for a person, and why.")
    {
        HubCommand.List("Open holds, newest first.", "/api/v1/holds", [Store, new("--code", "code", "Only of this kind, for example rule")], "Nothing is held.",
            row => row.Text("id"), row => row.Text("orderNumber"), row => row.Text("store"), row => row.Text("code"), row => row.Text("reason"), row => row.Minute("openedAt")),
        HubCommand.Many("release", "Release holds; their orders go on.", "/api/v1/holds/release"),
    };

    internal static Command Deliveries() => new("deliveries", "What destinations get, and how that went.")
    {
        HubCommand.List("Deliveries, newest first.", "/api/v1/deliveries", [new("--state", "state", "waiting, delivered, held, dead, dropped or superseded"), Destination, Store], "No delivery fits.", Row),
        HubCommand.One("attempts", "A delivery's attempts with their answers, oldest first.", id => $"/api/v1/deliveries/{id}/attempts",
            page => HubCalls.Table(page, "It was not tried yet.", one => one.Text("number"), one => one.Text("purpose"), one => one.Text("outcome").Replace('_', ' '), one => one.Text("status"), one => $"{one.Text("elapsedMs")} ms", one => one.Text("because"))),
        HubCommand.Many("retry", "Send them again.", "/api/v1/deliveries/retry"),
        HubCommand.Many("drop", "Give them up for good.", "/api/v1/deliveries/drop"),
    };

    internal static Command DeadLetters() => new("dead-letters", "Deliveries that are not tried again by themselves.")
    {
        HubCommand.List("Dead letters, newest first.", "/api/v1/dead-letters", [Destination], "There is no dead letter.", Row),
        HubCommand.Many("retry", "Send them again.", "/api/v1/dead-letters/retry"),
        HubCommand.Many("drop", "Give them up for good.", "/api/v1/dead-letters/drop"),
    };

    internal static Command Alerts() => new("alerts", "What needs somebody.")
    {
        HubCommand.List("Alerts, newest first: the open ones, or with --ended true all.", "/api/v1/alerts", [new("--connection", "connection", "Only of the connection with this key"), new("--ended", "ended", "true lists those that are over, too")], "Nothing needs anybody.",
            row => row.Text("id"), row => row.Text("severity"), row => row.Text("connection"), row => row.Text("sentence"), row => row.Minute("openedAt")),
        HubCommand.Each("acknowledge", "Say that somebody knows of it.", "acknowledged", id => $"/api/v1/alerts/{id}/acknowledge"),
    };

    private static Func<JsonElement, string>[] Row =>
    [
        row => row.Text("id"), row => row.Text("orderNumber"), row => $"{row.Text("store")} to {row.Text("destination")}", row => row.Text("kind"), row => row.Text("state"), row => $"{row.Text("attempts")} attempts", row => row.Text("lastError"),
    ];

    private static string One(JsonElement answer)
    {
        var order = answer.GetProperty("order");
        return $"""
            {order.Text("number")} of {order.Text("store")}: {order.Text("state").Replace('_', ' ')}{(order.GetProperty("held").GetBoolean() ? ", held" : "")}{(order.Text("stateBecause") is { Length: > 0 } because ? $" ({because})" : "")}
            {order.Text("total")} {order.Text("currency")}, {order.Text("paymentStatus").Replace('_', ' ')}, {order.Text("customerName")}
            {JsonSerializer.Serialize(answer.GetProperty("document"), Readable)}
            """;
    }

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // What was given up or waits of an order is sent again: two questions to the hub, one for a person.
    private static Command Resend()
    {
        var id = HubCommand.Id();
        var because = HubCommand.Because();
        var command = new Command("resend", "Send an order's deliveries again that were not taken: dead letters, held and waiting ones.") { id, because };
        var hub = HubCalls.Hub.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(hub.Url)!, parsed.GetValue(hub.Token), cancellationToken);
            using var answer = await http.GetAsync($"/api/v1/orders/{parsed.GetValue(id)}/deliveries", cancellationToken);
            string said = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                return await HubCalls.RefusedAsync(answer, said);
            }

            using var page = JsonDocument.Parse(said);
            string[] ids = [.. page.RootElement.GetProperty("items").EnumerateArray().Where(row => row.Text("state") is "dead" or "held" or "waiting").Select(row => row.Text("id"))];
            if (ids.Length == 0)
            {
                await Console.Error.WriteLineAsync("This order has no delivery that could be sent again: everything was taken or given up for good.");
                return ExitCodes.Refused;
            }

            return await hub.SendAsync(parsed, HttpMethod.Post, "/api/v1/deliveries/retry", new { ids, because = parsed.GetValue(because) },
                done => HubCalls.Table(done, "", one => one.Text("id"), one => one.Text("answer").Replace('_', ' '), one => one.Text("because")), cancellationToken);
        });
        return command;
    }
}
