using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Shopify;

/// <summary>Tells one shop that an order was shipped (a fulfilment with its tracking) and delivered (an event on it). Looks first what is there, so that a repeat does nothing.
/// For "the courier has it" and for a cancelled delivery Shopify has no word that would not ship or refund: nothing is told.</summary>
internal sealed class ShopifyStatus(ShopifyClient client) : IDestination
{
    public DestinationLimits Limits { get; } = new() { Concurrency = 4, TimeoutSeconds = 60 };

    public bool CanFind => true;

    public bool Can(DeliveryKind kind) => kind == DeliveryKind.Status;

    public async Task<SendResult> SendAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (request.Kind != DeliveryKind.Status || request.Notice is not { } notice)
        {
            return new SendResult(new Hold("a shop can only be told how its order is getting on"), null);
        }

        if (notice.State is not (OrderState.InShipment or OrderState.Delivered))
        {
            return new SendResult(new Delivered(notice.ExternalId), null);
        }

        var (progress, trouble) = await LookAsync(notice, cancellationToken);
        if (progress is null)
        {
            return new SendResult(OutcomeOf(trouble!, isWriting: false), client.Log(trouble!));
        }

        Exchange? last = client.Log(progress.Answer);
        string? fulfilment = progress.Sent?.Id;
        if (fulfilment is null)
        {
            var (made, outcome, exchange) = await FulfilAsync(notice, progress, cancellationToken);
            last = exchange ?? last;
            if (outcome is not null)
            {
                return new SendResult(outcome, last);
            }

            fulfilment = made;
        }

        if (notice.State == OrderState.Delivered && !(progress.Sent?.IsDelivered ?? false) && fulfilment is not null)
        {
            var variables = new JsonObject
            {
                ["fulfillmentEvent"] = new JsonObject { ["fulfillmentId"] = fulfilment, ["status"] = "DELIVERED", ["happenedAt"] = notice.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) },
            };
            var (outcome, exchange, _) = await WriteAsync(ShopifyQueries.Happened, variables, "fulfillmentEventCreate", "fulfillmentEvent", cancellationToken);
            last = exchange;
            if (outcome is not null)
            {
                return new SendResult(outcome, last);
            }
        }

        return new SendResult(new Delivered(fulfilment is null ? notice.ExternalId : ShopifyJson.Id(fulfilment)), last);
    }

    public async Task<FindResult> FindAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (request.Notice is not { } notice)
        {
            return new FindResult(FindAnswer.CannotSay, null, "there is nothing to look up", null);
        }

        if (notice.State is not (OrderState.InShipment or OrderState.Delivered))
        {
            return new FindResult(FindAnswer.Has, notice.ExternalId, null, null);
        }

        var (progress, trouble) = await LookAsync(notice, cancellationToken);
        return progress is null ? new FindResult(FindAnswer.CannotSay, null, trouble!.Because, client.Log(trouble))
            : progress.Sent is { } sent && (notice.State == OrderState.InShipment || sent.IsDelivered) ? new FindResult(FindAnswer.Has, ShopifyJson.Id(sent.Id), null, null)
            : new FindResult(FindAnswer.HasNot, null, null, null);
    }

    public void Dispose()
    {
        // Nothing of its own.
    }

    // One call for each place that something is sent from: Shopify takes no two in one.
    private async Task<(string? Made, Outcome? Failed, Exchange? Exchange)> FulfilAsync(StatusNotice notice, Progress progress, CancellationToken cancellationToken)
    {
        if (progress.Untracked is { } bare)
        {
            var change = new JsonObject { ["fulfillmentId"] = bare, ["trackingInfoInput"] = Tracking(notice), ["notifyCustomer"] = client.Settings.NotifiesCustomer };
            var (failed, told, _) = await WriteAsync(ShopifyQueries.Track, change, "fulfillmentTrackingInfoUpdate", "fulfillment", cancellationToken);
            return (bare, failed, told);
        }

        if (progress.Open.Count == 0)
        {
            return (null, new Hold(progress.IsCancelled ? "The order was cancelled in Shopify: there is nothing left to fulfil."
                : progress.IsHeld ? "Shopify holds the order's fulfilment back: release it there, then try again."
                : "Shopify has nothing left to fulfil of this order: it was fulfilled there with another tracking number, or needs no shipping. Look at the order in the Shopify admin."), null);
        }

        string? made = null;
        Exchange? exchange = null;
        foreach (var place in progress.Open.GroupBy(order => order.Location))
        {
            var input = new JsonObject
            {
                ["lineItemsByFulfillmentOrder"] = new JsonArray([.. place.Select(order => (JsonNode)new JsonObject { ["fulfillmentOrderId"] = order.Id })]),
                ["trackingInfo"] = Tracking(notice), ["notifyCustomer"] = client.Settings.NotifiesCustomer,
            };
            (var failed, exchange, string? id) = await WriteAsync(ShopifyQueries.Fulfil, new JsonObject { ["fulfillment"] = input }, "fulfillmentCreate", "fulfillment", cancellationToken);
            if (failed is not null)
            {
                return (null, failed, exchange);
            }

            made ??= id;
        }

        return (made, null, exchange);
    }

    private static JsonObject Tracking(StatusNotice notice)
    {
        var tracking = new JsonObject();
        foreach (var (name, value) in new[] { ("company", notice.Carrier), ("number", notice.TrackingNumber), ("url", notice.TrackingUrl) })
        {
            if (value is not null)
            {
                tracking[name] = value;
            }
        }

        return tracking;
    }

    private async Task<(Outcome? Failed, Exchange Exchange, string? Id)> WriteAsync(string mutation, JsonObject variables, string field, string thing, CancellationToken cancellationToken)
    {
        string body = variables.ToJsonString();
        var answer = await client.QueryAsync(mutation, variables, 10, cancellationToken);
        var exchange = client.Log(answer, body);
        return ShopifyMutation.Refusal(answer, field) is { } refused ? (OutcomeOf(refused, isWriting: true), exchange, null)
            : (null, exchange, ShopifyJson.Get(answer.Root, field, thing) is { } made ? ShopifyJson.Text(made, "id") : null);
    }

    private async Task<(Progress? Progress, ShopifyAnswer? Trouble)> LookAsync(StatusNotice notice, CancellationToken cancellationToken)
    {
        if (notice.ExternalId.Length is 0 or > 19 || !notice.ExternalId.All(char.IsAsciiDigit))
        {
            return (null, new ShopifyAnswer(new() { Method = "POST", Url = "" }, default, ShopifyAnswerKind.Nothing, "A Shopify order's id is a number; this is none."));
        }

        var answer = await client.QueryAsync(ShopifyQueries.Progress, new JsonObject { ["id"] = "gid://shopify/Order/" + notice.ExternalId }, 20, cancellationToken);
        if (!answer.IsOk)
        {
            return (null, answer);
        }

        if (ShopifyJson.Get(answer.Root, "order") is not { ValueKind: JsonValueKind.Object } order)
        {
            return (null, answer.Root.ValueKind == JsonValueKind.Object && answer.Root.TryGetProperty("order", out var none) && none.ValueKind == JsonValueKind.Null
                ? answer with { Kind = ShopifyAnswerKind.Nothing, Because = answer.Because.Length > 0 ? answer.Because : "Shopify knows no order with this id." }
                : answer with { Kind = ShopifyAnswerKind.Later, Because = "Shopify's answer holds no order." });
        }

        return (Progress.Of(answer, order, notice.TrackingNumber), null);
    }

    private static Outcome OutcomeOf(ShopifyAnswer answer, bool isWriting) => answer.Kind switch
    {
        ShopifyAnswerKind.Throttled => new RetryLater(answer.Because, answer.After, IsThrottled: true),
        ShopifyAnswerKind.Later when isWriting && answer.Raw.WasSent && (!answer.Raw.IsWhole || answer.Raw.IsSuccess) => new Unclear(answer.Because),
        ShopifyAnswerKind.Later => new RetryLater(answer.Because, answer.After),
        ShopifyAnswerKind.Nothing or ShopifyAnswerKind.Refused or ShopifyAnswerKind.TooDear or ShopifyAnswerKind.Ok => new Hold(answer.Because),
    };

    /// <summary>How far an order is in Shopify.</summary>
    /// <param name="Answer">What Shopify said.</param>
    /// <param name="Sent">The fulfilment that carries the tracking number.</param>
    /// <param name="Untracked">A fulfilment that has no tracking number yet.</param>
    /// <param name="Open">Fulfilment orders that can be sent.</param>
    /// <param name="IsHeld">True when others are held back.</param>
    /// <param name="IsCancelled">True when the order was cancelled.</param>
    private sealed record Progress(ShopifyAnswer Answer, (string Id, bool IsDelivered)? Sent, string? Untracked, IReadOnlyList<(string Id, string? Location)> Open, bool IsHeld, bool IsCancelled)
    {
        internal static Progress Of(ShopifyAnswer answer, JsonElement order, string? tracking)
        {
            (string, bool)? sent = null;
            string? untracked = null;
            foreach (var one in ShopifyJson.Items(order, "fulfillments"))
            {
                if (ShopifyJson.Text(one, "id") is not { } id || ShopifyJson.Text(one, "status") is "CANCELLED" or "ERROR" or "FAILURE")
                {
                    continue;
                }

                var numbers = ShopifyJson.Items(one, "trackingInfo").Select(info => ShopifyJson.Text(info, "number")).Where(number => !string.IsNullOrEmpty(number)).ToList();
                if (tracking is null || numbers.Contains(tracking))
                {
                    sent ??= (id, ShopifyJson.Text(one, "displayStatus") == "DELIVERED");
                }
                else if (numbers.Count == 0)
                {
                    untracked ??= id;
                }
            }

            var parts = ShopifyJson.Items(order, "fulfillmentOrders").Select(one => (Id: ShopifyJson.Text(one, "id"), Status: ShopifyJson.Text(one, "status"),
                Location: ShopifyJson.Get(one, "assignedLocation", "location") is { } place ? ShopifyJson.Text(place, "id") : null)).Where(one => one.Id is not null).ToList();
            return new Progress(answer, sent, untracked, [.. parts.Where(one => one.Status is "OPEN" or "IN_PROGRESS").Select(one => (one.Id!, one.Location))],
                parts.Exists(one => one.Status is "ON_HOLD" or "SCHEDULED"), ShopifyJson.Get(order, "cancelledAt") is not null);
        }
    }
}
