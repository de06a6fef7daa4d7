using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Magento;

/// <summary>Tells one shop how its orders get on: comments, a shipment with tracking. Each time it looks first whether that was said already, so that repeating does no harm.</summary>
internal sealed class MagentoStatus(MagentoClient client) : IDestination
{
    public DestinationLimits Limits { get; } = new() { Concurrency = 2, Attempts = 12 };

    public bool CanFind => true;

    public bool Can(DeliveryKind kind) => kind == DeliveryKind.Status;

    public void Dispose() { }

    public async Task<SendResult> SendAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (request.Notice is not { } notice || MagentoText.Id(notice.ExternalId) is not { } id)
        {
            return new(new Rejected("There is no order of Magento to tell about."), null);
        }

        return notice.State switch
        {
            OrderState.InShipment => await ShipAsync(id, notice, cancellationToken),
            OrderState.Processing or OrderState.Delivered => await CommentAsync(id, notice, cancellationToken),
            OrderState.Cancelled when client.Settings.OnCancelled == "comment" => await CommentAsync(id, notice, cancellationToken),
            OrderState.Cancelled => await StopAsync(id, cancellationToken),
            OrderState.New or OrderState.AwaitingPayment or OrderState.AwaitingApproval or OrderState.Approved or OrderState.Closed or OrderState.Excluded => new(new Delivered(), null),
        };
    }

    public async Task<FindResult> FindAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (request.Notice is not { } notice || MagentoText.Id(notice.ExternalId) is not { } id)
        {
            return new(FindAnswer.HasNot, null, null, null);
        }

        if (notice.State == OrderState.InShipment)
        {
            using var shipments = await ShipmentsAsync(id, cancellationToken);
            if (shipments.Kind != MagentoAnswer.Fine || MagentoSearch.Items(shipments.Root) is not { } items)
            {
                return new(FindAnswer.CannotSay, null, Reason(shipments), shipments.Exchange);
            }

            return ShipmentWith(items, notice.TrackingNumber) is { } found
                ? new(FindAnswer.Has, found, null, shipments.Exchange)
                : new(FindAnswer.HasNot, null, null, shipments.Exchange);
        }

        using var order = await OrderAsync(id, cancellationToken);
        if (order.Kind == MagentoAnswer.NotFound)
        {
            return new(FindAnswer.HasNot, null, order.Because, order.Exchange);
        }

        if (!IsOrder(order))
        {
            return new(FindAnswer.CannotSay, null, Reason(order), order.Exchange);
        }

        bool has = notice.State == OrderState.Cancelled && client.Settings.OnCancelled != "comment" ? IsStopped(order.Root) : HasComment(order.Root, Text(notice));
        return new(has ? FindAnswer.Has : FindAnswer.HasNot, null, null, order.Exchange);
    }

    private async Task<SendResult> ShipAsync(string id, StatusNotice notice, CancellationToken cancellationToken)
    {
        using var shipments = await ShipmentsAsync(id, cancellationToken);
        if (shipments.Kind != MagentoAnswer.Fine || MagentoSearch.Items(shipments.Root) is not { } items)
        {
            return Trouble(shipments, isSaid: false);
        }

        if (ShipmentWith(items, notice.TrackingNumber) is { } already)
        {
            return new(new Delivered(already), shipments.Exchange);
        }

        using var order = await OrderAsync(id, cancellationToken);
        if (!IsOrder(order))
        {
            return Trouble(order, isSaid: false);
        }

        string? state = JsonFields.Text(order.Root, "state");
        if (state is "canceled" or "closed")
        {
            return new(new Rejected($"The order is {state} in the shop, so that no shipment can be made of it there."), order.Exchange);
        }

        if (state == "holded" && (client.Settings.OnCancelled != "hold" || !HasComment(order.Root, CalledOff)))
        {
            return new(new Rejected("The shop has put the order on hold: release it there, then repeat this."), order.Exchange);
        }

        if (state == "holded")
        {
            // We put it on hold ourselves when the delivery had been called off.
            using var released = await client.PostAsync($"orders/{id}/unhold", null, cancellationToken);
            if (released.Kind != MagentoAnswer.Fine)
            {
                return Trouble(released, isSaid: true);
            }
        }

        if (IsOpen(order.Root))
        {
            using var shipped = await client.PostAsync($"order/{id}/ship", Json(Shipment(notice)), cancellationToken);
            return shipped.Kind == MagentoAnswer.Fine && Scalar(shipped.Root) is { } made ? new(new Delivered(made), shipped.Exchange) : Trouble(shipped, isSaid: true);
        }

        if (items.Count > 0 && notice.TrackingNumber is { } number)
        {
            // The merchant shipped it before the label's number was known: it is added to that shipment.
            using var tracked = await client.PostAsync("shipment/track", Json(new JsonObject
            {
                ["entity"] = new JsonObject
                {
                    ["order_id"] = long.Parse(id, System.Globalization.CultureInfo.InvariantCulture), ["parent_id"] = JsonFields.TryNumber(JsonFields.Get(items[^1], "entity_id")),
                    ["track_number"] = number, ["title"] = notice.Carrier ?? "Courier", ["carrier_code"] = CarrierCode(notice.Carrier), ["qty"] = 1, ["weight"] = 0, ["description"] = notice.TrackingUrl ?? "",
                },
            }), cancellationToken);
            return tracked.Kind == MagentoAnswer.Fine ? new(new Delivered(MagentoText.Id(items[^1], "entity_id")), tracked.Exchange) : Trouble(tracked, isSaid: true);
        }

        return new(new Delivered(), order.Exchange);
    }

    private async Task<SendResult> CommentAsync(string id, StatusNotice notice, CancellationToken cancellationToken)
    {
        using var order = await OrderAsync(id, cancellationToken);
        if (!IsOrder(order))
        {
            return Trouble(order, isSaid: false);
        }

        string text = Text(notice);
        if (HasComment(order.Root, text))
        {
            return new(new Delivered(), order.Exchange);
        }

        // A comment sets the status too: without one of its own it must say the present one.
        string? status = notice.State == OrderState.Delivered ? client.Settings.DeliveredStatus : null;
        return await SayAsync(id, text, status ?? JsonFields.Text(order.Root, "status"), cancellationToken);
    }

    // "hold" keeps the merchant from packing it; "cancel" works only before invoicing.
    private async Task<SendResult> StopAsync(string id, CancellationToken cancellationToken)
    {
        using var order = await OrderAsync(id, cancellationToken);
        if (!IsOrder(order))
        {
            return Trouble(order, isSaid: false);
        }

        if (IsStopped(order.Root))
        {
            return new(new Delivered(), order.Exchange);
        }

        string verb = client.Settings.OnCancelled;
        if (verb == "hold" && !HasComment(order.Root, CalledOff))
        {
            var said = await SayAsync(id, CalledOff, JsonFields.Text(order.Root, "status"), cancellationToken);
            if (said.Outcome is not Delivered)
            {
                return said;
            }
        }

        using var stopped = await client.PostAsync($"orders/{id}/{verb}", null, cancellationToken);
        if (stopped.Kind != MagentoAnswer.Fine)
        {
            return Trouble(stopped, isSaid: true);
        }

        return stopped.Root.ValueKind == JsonValueKind.True
            ? new(new Delivered(), stopped.Exchange)
            : new(new Rejected($"The shop would not {verb} the order: it was invoiced or shipped there."), stopped.Exchange);
    }

    private async Task<SendResult> SayAsync(string id, string text, string? status, CancellationToken cancellationToken)
    {
        using var said = await client.PostAsync($"orders/{id}/comments", Json(new JsonObject
        {
            ["statusHistory"] = new JsonObject
            {
                ["comment"] = text, ["status"] = status, ["is_customer_notified"] = 0, ["is_visible_on_front"] = 0, ["entity_name"] = "order", ["parent_id"] = long.Parse(id, System.Globalization.CultureInfo.InvariantCulture),
            },
        }), cancellationToken);
        return said is { Kind: MagentoAnswer.Fine, Root.ValueKind: JsonValueKind.True } ? new(new Delivered(), said.Exchange) : Trouble(said, isSaid: true);
    }

    private JsonObject Shipment(StatusNotice notice)
    {
        var body = new JsonObject
        {
            // No rows: everything that is open, with which Magento itself minds bundles and configurable products.
            ["items"] = new JsonArray(),
            ["notify"] = client.Settings.NotifiesBuyer,
            ["appendComment"] = notice.TrackingUrl is not null,
            ["comment"] = new JsonObject { ["comment"] = notice.TrackingUrl ?? Text(notice), ["is_visible_on_front"] = 0 },
        };
        if (notice.TrackingNumber is { } number)
        {
            body["tracks"] = new JsonArray(new JsonObject { ["track_number"] = number, ["title"] = notice.Carrier ?? "Courier", ["carrier_code"] = CarrierCode(notice.Carrier) });
        }

        if (client.Settings.SourceCode is { } source)
        {
            body["arguments"] = new JsonObject { ["extension_attributes"] = new JsonObject { ["source_code"] = source } };
        }

        return body;
    }

    private Task<MagentoReply> ShipmentsAsync(string id, CancellationToken cancellationToken) =>
        client.GetAsync("shipments", new MagentoSearch().Where("order_id", "eq", id).By("entity_id").Page(1, 100).Parameters, cancellationToken);

    private Task<MagentoReply> OrderAsync(string id, CancellationToken cancellationToken) =>
        client.GetAsync($"orders/{id}", new MagentoSearch().Only("entity_id,state,status,status_histories[comment,status],items[item_id,parent_item_id,is_virtual,qty_ordered,qty_shipped,qty_canceled,qty_refunded]").Parameters, cancellationToken);

    private static bool IsOrder(MagentoReply reply) => reply.Kind == MagentoAnswer.Fine && reply.Root.ValueKind == JsonValueKind.Object && MagentoText.Id(reply.Root, "entity_id") is not null;

    private static bool IsOpen(JsonElement order) => JsonFields.Items(order, "items").Any(item => MagentoText.Id(item, "parent_item_id") is null && !MagentoText.Flag(item, "is_virtual")
        && Quantity(item, "qty_ordered") - Quantity(item, "qty_shipped") - Quantity(item, "qty_canceled") - Quantity(item, "qty_refunded") > 0);

    private bool IsStopped(JsonElement order) => JsonFields.Text(order, "state") is var state && (state == "canceled" || (state == "holded" && client.Settings.OnCancelled == "hold"));

    private static bool HasComment(JsonElement order, string text) => JsonFields.Items(order, "status_histories").Any(entry => JsonFields.Text(entry, "comment") == text);

    private static string? ShipmentWith(List<JsonElement> shipments, string? number)
    {
        var found = shipments.FirstOrDefault(shipment => number is null || JsonFields.Items(shipment, "tracks").Any(track => JsonFields.Text(track, "track_number") == number));
        return found.ValueKind == JsonValueKind.Object ? MagentoText.Id(found, "entity_id") : null;
    }

    private const string CalledOff = "The delivery was called off.";

    private static string Text(StatusNotice notice)
    {
        string carrier = notice.Carrier ?? "The courier";
        string what = notice.State switch
        {
            OrderState.Delivered => $"Delivered by {carrier}.",
            OrderState.InShipment => $"{carrier} is on the way.",
            OrderState.Cancelled => CalledOff,
            OrderState.New or OrderState.AwaitingPayment or OrderState.AwaitingApproval or OrderState.Approved or OrderState.Processing or OrderState.Closed or OrderState.Excluded => $"{carrier} has taken the order over.",
        };
        return notice.TrackingNumber is null || notice.State == OrderState.Cancelled ? what : $"{what} Tracking number {notice.TrackingNumber}.";
    }

    private static string CarrierCode(string? carrier) => carrier?.ToUpperInvariant() switch
    {
        "UPS" => "ups",
        "USPS" => "usps",
        "FEDEX" => "fedex",
        "DHL" => "dhl",
        _ => "custom",
    };

    private static string? Scalar(JsonElement root) => JsonFields.Text(root) is { } text ? MagentoText.Id(text) : null;

    private static decimal Quantity(JsonElement item, string name) => JsonFields.TryNumber(JsonFields.Get(item, name)) ?? 0;

    private static byte[] Json(JsonObject body) => JsonSerializer.SerializeToUtf8Bytes(body);

    private static string Reason(MagentoReply reply) => reply.Because.Length > 0 ? reply.Because : "The shop answered something that makes no sense here.";

    /// <param name="reply">What came instead of what was asked for.</param>
    /// <param name="isSaid">True when the call would have changed something, so that nobody knows whether it did.</param>
    private static SendResult Trouble(MagentoReply reply, bool isSaid)
    {
        string because = Reason(reply);
        return new(reply.Kind switch
        {
            MagentoAnswer.NotFound => new Rejected(because),
            MagentoAnswer.Refused => new Rejected(because),
            MagentoAnswer.Invalid => new Rejected(because.Contains("source", StringComparison.OrdinalIgnoreCase) ? $"{because}. With several sources of stock set this connection's sourceCode." : because),
            MagentoAnswer.Throttled => new RetryLater(because, reply.After, IsThrottled: true),
            MagentoAnswer.Fine or MagentoAnswer.Later => isSaid && reply.Answer.WasSent ? new Unclear(because) : new RetryLater(because, reply.After),
        }, reply.Exchange);
    }
}
