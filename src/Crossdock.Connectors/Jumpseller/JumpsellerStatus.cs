using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Calls;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>The store as a destination: shipment requested, a manual fulfilment with tracking, delivered. What it has already is not told again.</summary>
internal sealed class JumpsellerStatus(JumpsellerClient client) : IDestination
{
    private const string Scope = "write orders (scopes read_orders, write_orders)";

    public DestinationLimits Limits { get; } = new() { Concurrency = 2 };

    public bool CanFind => true;

    public bool Can(DeliveryKind kind) => kind == DeliveryKind.Status;

    public async Task<SendResult> SendAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (request is not { Kind: DeliveryKind.Status, Notice: { } notice })
        {
            return new SendResult(new Hold("Jumpseller is told states only"), null);
        }

        var (order, problem, exchange) = await ReadAsync(notice, cancellationToken);
        if (order is null)
        {
            return new SendResult(problem!, exchange);
        }

        if (order.Has(notice))
        {
            return new SendResult(new Delivered(order.FulfilmentId), exchange);
        }

        return notice.State switch
        {
            OrderState.Processing => await ChangeAsync(notice, "shipment_status", "requested", cancellationToken),
            OrderState.Cancelled => await ChangeAsync(notice, "status", "Canceled", cancellationToken),
            OrderState.InShipment => await ShipAsync(order, notice, cancellationToken),
            OrderState.Delivered => await DeliverAsync(order, notice, cancellationToken),
            OrderState.New or OrderState.AwaitingPayment or OrderState.AwaitingApproval or OrderState.Approved or OrderState.Closed or OrderState.Excluded =>
                new SendResult(new Hold($"Jumpseller is not told that an order is {EnumNames<OrderState>.Of(notice.State)}"), null),
        };
    }

    public async Task<FindResult> FindAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (request.Notice is not { } notice)
        {
            return new FindResult(FindAnswer.CannotSay, null, "only states are told to Jumpseller", null);
        }

        var (order, problem, exchange) = await ReadAsync(notice, cancellationToken);
        return order is null
            ? new FindResult(FindAnswer.CannotSay, null, problem switch { RetryLater later => later.Because, Hold hold => hold.Because, _ => "Jumpseller could not be asked" }, exchange)
            : new FindResult(order.Has(notice) ? FindAnswer.Has : FindAnswer.HasNot, order.FulfilmentId, null, exchange);
    }

    public void Dispose()
    {
    }

    private async Task<SendResult> ChangeAsync(StatusNotice notice, string field, string value, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["order"] = new JsonObject { [field] = value } };
        return Result(await client.SendAsync(HttpMethod.Put, $"/orders/{notice.ExternalId}.json", body, cancellationToken), body, null);
    }

    private async Task<SendResult> ShipAsync(Known order, StatusNotice notice, CancellationToken cancellationToken)
    {
        string? location = client.Settings.LocationId ?? order.LocationId;
        if (location is null)
        {
            var (first, problem) = await FirstLocationAsync(cancellationToken);
            if (first is null)
            {
                return problem!;
            }

            location = first;
        }

        // Any other type may order and bill a shipment at that carrier. An address of tracking goes with manual and other only.
        var body = new JsonObject
        {
            ["fulfillment"] = new JsonObject
            {
                ["order_id"] = notice.ExternalId, ["type"] = "manual", ["location_id"] = location, ["tracking_company"] = "other", ["tracking_number"] = notice.TrackingNumber ?? "", ["tracking_url"] = notice.TrackingUrl ?? "",
                ["external_id"] = Reference(notice), ["message"] = notice.Carrier ?? "", ["send_email"] = client.Settings.SendsEmail,
            },
        };
        var answer = await client.SendAsync(HttpMethod.Post, "/fulfillments.json", body, cancellationToken);
        return Result(answer, body, Made(answer));
    }

    private async Task<SendResult> DeliverAsync(Known order, StatusNotice notice, CancellationToken cancellationToken)
    {
        if (order.FulfilmentId is not { } id)
        {
            // The store knows of no shipment yet: it is told first, so that the buyer has the tracking number.
            var shipped = await ShipAsync(order, notice, cancellationToken);
            if (shipped.Outcome is not Delivered { RemoteId: { } made })
            {
                return shipped.Outcome is Delivered ? await ChangeAsync(notice, "shipment_status", "delivered", cancellationToken) : shipped;
            }

            id = made;
        }

        var body = new JsonObject { ["fulfillment"] = new JsonObject { ["shipment_status"] = "delivered" } };
        return Result(await client.SendAsync(HttpMethod.Put, $"/fulfillments/{id}.json", body, cancellationToken), body, id);
    }

    private async Task<(string? Id, SendResult? Problem)> FirstLocationAsync(CancellationToken cancellationToken)
    {
        var answer = await client.GetAsync("/locations.json", cancellationToken);
        if (client.TroubleOf(answer, Scope) is { } trouble)
        {
            return (null, new SendResult(Outcome(answer, trouble), client.Log(answer, null)));
        }

        using var document = answer.Json();
        try
        {
            string? id = document?.RootElement.ValueKind == JsonValueKind.Array
                ? document.RootElement.EnumerateArray().Select(entry => JsonFields.Text(JsonFields.Block(entry, "location"), "id") ?? JsonFields.Text(entry, "id")).FirstOrDefault(found => found is not null) : null;
            return id is not null ? (id, null) : (null, new SendResult(new Hold("Jumpseller names no stock location, and a fulfilment needs one: enter it in the connection's setting locationId"), client.Log(answer, null)));
        }
        catch (InvalidOperationException)
        {
            return (null, new SendResult(new RetryLater("Jumpseller answered with text that is no Unicode"), client.Log(answer, null)));
        }
    }

    private async Task<(Known? Order, Outcome? Problem, Exchange? Exchange)> ReadAsync(StatusNotice notice, CancellationToken cancellationToken)
    {
        if (!notice.ExternalId.All(char.IsAsciiDigit))
        {
            return (null, new Hold($"'{notice.ExternalId}' is no id of a Jumpseller order"), null);
        }

        // The singular is the platform's.
        var (order, problem, exchange) = await ElementAsync($"/orders/{notice.ExternalId}.json", root => JsonFields.Block(root, "order").ValueKind == JsonValueKind.Object, cancellationToken);
        if (problem is not null)
        {
            return (null, problem, exchange);
        }

        var (fulfilments, trouble, second) = await ElementAsync($"/order/{notice.ExternalId}/fulfillments.json", root => root.ValueKind == JsonValueKind.Array, cancellationToken);
        if (trouble is not null)
        {
            return (null, trouble, second);
        }

        try
        {
            return (Known.Read(JsonFields.Block(order, "order"), fulfilments, notice), null, second);
        }
        catch (InvalidOperationException)
        {
            return (null, new RetryLater("Jumpseller answered with text that is no Unicode"), second);
        }
    }

    private async Task<(JsonElement Root, Outcome? Problem, Exchange Exchange)> ElementAsync(string path, Func<JsonElement, bool> isRight, CancellationToken cancellationToken)
    {
        var answer = await client.GetAsync(path, cancellationToken);
        // What was read is the buyer's business and is stored elsewhere.
        var exchange = client.Log(answer, null) with { ResponseBody = answer.IsSuccess ? null : client.Log(answer, null).ResponseBody };
        if (client.TroubleOf(answer, Scope) is { } trouble)
        {
            return (default, Outcome(answer, trouble), exchange);
        }

        using var document = answer.Json();
        return document is not null && isRight(document.RootElement) ? (document.RootElement.Clone(), null, exchange) : (default, new RetryLater("Jumpseller answered with something that is no order"), exchange);
    }

    private SendResult Result(PlatformAnswer answer, JsonNode body, string? remoteId) => new(
        client.TroubleOf(answer, Scope) is not { } trouble
            // A page of somebody in between is no word of the platform's.
            ? IsJson(answer) ? new Delivered(remoteId) : new Unclear("Jumpseller answered with something that is not JSON")
            : !answer.IsWhole && answer.WasSent ? new Unclear(trouble.Because)
            : Outcome(answer, trouble), client.Log(answer, body));

    private static Outcome Outcome(PlatformAnswer answer, JumpsellerTrouble trouble) =>
        trouble.NeedsPerson ? new Hold(trouble.Because) : new RetryLater(trouble.Because, trouble.After, IsThrottled: answer is { Status: 429, Problem: null });

    private static bool IsJson(PlatformAnswer answer)
    {
        using var document = answer.Json();
        return document?.RootElement.ValueKind == JsonValueKind.Object;
    }

    private static string? Made(PlatformAnswer answer)
    {
        using var document = answer.Json();
        try
        {
            return document is null ? null : JsonFields.Text(JsonFields.Block(document.RootElement, "order_fulfillment"), "id");
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Reference(StatusNotice notice) => notice.TrackingNumber is { } tracking ? $"crossdock-{notice.ExternalId}-{tracking}" : $"crossdock-{notice.ExternalId}";

    /// <summary>What the store has of an order already.</summary>
    private sealed record Known(string? Payment, string Shipment, string? LocationId, string? FulfilmentId, bool IsFulfilmentDelivered)
    {
        internal static Known Read(JsonElement order, JsonElement fulfilments, StatusNotice notice)
        {
            var ours = fulfilments.EnumerateArray().Select(entry => JsonFields.Block(entry, "order_fulfillment") is { ValueKind: JsonValueKind.Object } inner ? inner : JsonFields.Block(entry, "fulfillment") is { ValueKind: JsonValueKind.Object } other ? other : entry)
                .FirstOrDefault(entry => (notice.TrackingNumber is { } tracking && JsonFields.Text(entry, "tracking_number") == tracking) || JsonFields.Text(entry, "external_id") == Reference(notice));
            return new(
                JumpsellerStates.PaymentOf(order), JumpsellerStates.ShipmentOf(order),
                JsonFields.Items(order, "products").SelectMany(product => JsonFields.Items(product, "stock_locations")).Select(location => JsonFields.Text(location, "location_id")).FirstOrDefault(id => id is not null),
                JsonFields.Text(ours, "id"), JsonFields.Text(ours, "shipment_status") == "delivered");
        }

        internal bool Has(StatusNotice notice) => notice.State switch
        {
            OrderState.Processing => Shipment is not ("unfulfilled" or "failed"),
            OrderState.InShipment => FulfilmentId is not null,
            OrderState.Delivered => FulfilmentId is not null ? IsFulfilmentDelivered : Shipment == "delivered",
            OrderState.Cancelled => Payment == "canceled",
            OrderState.New or OrderState.AwaitingPayment or OrderState.AwaitingApproval or OrderState.Approved or OrderState.Closed or OrderState.Excluded => false,
        };
    }
}
