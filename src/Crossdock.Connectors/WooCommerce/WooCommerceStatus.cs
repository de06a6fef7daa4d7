using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>Tells one shop how its orders get on: a note, the tracking plug-in, the status. Each step looks first whether it was taken already, so that a repeat does nothing.</summary>
internal sealed class WooCommerceStatus(WooCommerceClient client, WooCommerceTelling telling) : IDestination
{
    private static readonly string[] Final = ["completed", "cancelled", "refunded", "trash"];

    // A small server that also serves the buyers: two calls at once are enough.
    public DestinationLimits Limits { get; } = new() { Concurrency = 2, TimeoutSeconds = 60 };

    public bool CanFind => true;

    public bool Can(DeliveryKind kind) => kind == DeliveryKind.Status;

    public async Task<SendResult> SendAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (request.Kind != DeliveryKind.Status || request.Notice is not { } notice)
        {
            return new SendResult(new Hold("a shop can only be told how its order is getting on"), null);
        }

        var (steps, trouble) = await StepsAsync(notice, cancellationToken);
        if (trouble is not null)
        {
            return new SendResult(OutcomeOf(trouble, isWriting: false), client.Log(trouble));
        }

        Exchange? last = null;
        foreach (var step in steps)
        {
            string body = step.Body.ToJsonString();
            var answer = await client.CallAsync(step.Method, step.Route, [], step.Body, cancellationToken);
            last = client.Log(answer, body);
            if (!answer.IsOk)
            {
                return new SendResult(OutcomeOf(answer, isWriting: true), last);
            }
        }

        return new SendResult(new Delivered(notice.ExternalId), last);
    }

    public async Task<FindResult> FindAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (request.Notice is not { } notice)
        {
            return new FindResult(FindAnswer.CannotSay, null, "there is nothing to look up", null);
        }

        var (steps, trouble) = await StepsAsync(notice, cancellationToken);
        return trouble is not null ? new FindResult(FindAnswer.CannotSay, null, trouble.Because, client.Log(trouble))
            : steps.Count == 0 ? new FindResult(FindAnswer.Has, notice.ExternalId, null, null)
            : new FindResult(FindAnswer.HasNot, null, null, null);
    }

    public void Dispose()
    {
        // Nothing of its own.
    }

    /// <summary>What is still to be done.</summary>
    private async Task<(List<Step> Steps, WooCommerceAnswer? Trouble)> StepsAsync(StatusNotice notice, CancellationToken cancellationToken)
    {
        List<Step> steps = [];
        if (notice.ExternalId.Length is 0 or > 19 || !notice.ExternalId.All(char.IsAsciiDigit))
        {
            return (steps, new WooCommerceAnswer(new() { Method = "GET", Url = "" }, default, WooCommerceAnswerKind.Nothing, "A WooCommerce order's id is a number; this is none."));
        }

        string route = "orders/" + notice.ExternalId;
        var order = await client.GetAsync(route, cancellationToken);
        if (!order.IsOk || order.Root.ValueKind != JsonValueKind.Object)
        {
            return (steps, Odd(order));
        }

        var notes = await client.GetAsync(route + "/notes", cancellationToken);
        if (!notes.IsOk || notes.Root.ValueKind != JsonValueKind.Array)
        {
            return (steps, Odd(notes));
        }

        string text = WooCommerceTelling.Note(notice);
        if (!notes.Root.EnumerateArray().Any(note => Said(note, "note") == text))
        {
            steps.Add(new Step(HttpMethod.Post, route + "/notes", new JsonObject { ["note"] = text, ["customer_note"] = telling.NotifiesCustomer && notice.State is OrderState.InShipment or OrderState.Delivered }));
        }

        if (telling.TrackingNamespace is { } plugin && notice is { State: OrderState.InShipment, TrackingNumber: { } number })
        {
            string shipments = $"/{plugin}/{route}/shipment-trackings";
            var known = await client.GetAsync(shipments, cancellationToken);
            if (!known.IsOk || known.Root.ValueKind != JsonValueKind.Array)
            {
                return (steps, Odd(known));
            }

            if (!known.Root.EnumerateArray().Any(shipment => Said(shipment, "tracking_number") == number))
            {
                steps.Add(new Step(HttpMethod.Post, shipments, new JsonObject
                {
                    ["custom_tracking_provider"] = notice.Carrier ?? "Courier", ["custom_tracking_link"] = notice.TrackingUrl ?? "", ["tracking_number"] = number,
                    ["date_shipped"] = notice.At.UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
                }));
            }
        }

        // Only the status goes into it: with addresses or lines WooCommerce would calculate the order anew.
        string status = WooCommerceStates.WithoutPrefix(Said(order.Root, "status") ?? "");
        if (telling.StatusFor(notice.State) is { } word && word != status && !Final.Contains(status))
        {
            steps.Add(new Step(HttpMethod.Put, route, new JsonObject { ["status"] = word }));
        }

        return (steps, null);
    }

    private static Outcome OutcomeOf(WooCommerceAnswer answer, bool isWriting) => answer.Kind switch
    {
        WooCommerceAnswerKind.Throttled => new RetryLater(answer.Because, answer.After, IsThrottled: true),
        WooCommerceAnswerKind.Later when isWriting && answer.Raw.WasSent && (!answer.Raw.IsWhole || answer.Raw.IsSuccess) => new Unclear(answer.Because),
        WooCommerceAnswerKind.Later => new RetryLater(answer.Because, answer.After),
        WooCommerceAnswerKind.Nothing or WooCommerceAnswerKind.Refused or WooCommerceAnswerKind.Ok => new Hold(answer.Because),
    };

    private static WooCommerceAnswer Odd(WooCommerceAnswer answer) => answer.IsOk ? answer with { Kind = WooCommerceAnswerKind.Later, Because = "The shop's answer is not what was asked for." } : answer;

    private static string? Said(JsonElement parent, string name)
    {
        try
        {
            return WooCommercePayloads.Text(parent, name);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private sealed record Step(HttpMethod Method, string Route, JsonObject Body);
}
