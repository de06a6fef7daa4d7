using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Calls;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Vtex;

/// <summary>The account as a destination: start handling, invoice notification with tracking, delivery. What VTEX has already is not told again.</summary>
internal sealed class VtexStatus(VtexClient client) : IDestination
{
    private const string Handling = "Change order workflow status";
    private const string Invoicing = "Notify invoice";
    // Steps of VTEX that pass by themselves: payment, the buyer's half hour to cancel.
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AskErpAgain = TimeSpan.FromMinutes(30);

    public DestinationLimits Limits { get; } = new() { Concurrency = 4, Attempts = 20 };

    public bool CanFind => true;

    public bool Can(DeliveryKind kind) => kind == DeliveryKind.Status;

    public async Task<SendResult> SendAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (request is not { Kind: DeliveryKind.Status, Notice: { } notice })
        {
            return new SendResult(new Hold("VTEX is told states only"), null);
        }

        return notice.State switch
        {
            OrderState.Processing => await StartAsync(notice, cancellationToken),
            OrderState.InShipment => await WithOrderAsync(notice, order => ShipAsync(order, request, notice, cancellationToken), cancellationToken),
            OrderState.Delivered => await WithOrderAsync(notice, order => DeliverAsync(order, request, notice, cancellationToken), cancellationToken),
            OrderState.Cancelled => await WithOrderAsync(notice, order => CancelAsync(order, notice, cancellationToken), cancellationToken),
            OrderState.New or OrderState.AwaitingPayment or OrderState.AwaitingApproval or OrderState.Approved or OrderState.Closed or OrderState.Excluded =>
                new SendResult(new Hold($"VTEX is not told that an order is {EnumNames<OrderState>.Of(notice.State)}"), null),
        };
    }

    public async Task<FindResult> FindAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (request.Notice is not { } notice)
        {
            return new FindResult(FindAnswer.CannotSay, null, "only states are told to VTEX", null);
        }

        var (order, problem, exchange) = await ReadAsync(notice.ExternalId, cancellationToken);
        if (order is null)
        {
            return new FindResult(FindAnswer.CannotSay, null, Because(problem!), exchange);
        }

        var package = order.Find(notice);
        bool has = notice.State switch
        {
            OrderState.Processing => VtexStates.IsHandled(order.Status),
            OrderState.InShipment => package is not null,
            OrderState.Delivered => package is { IsFinished: true },
            OrderState.Cancelled => VtexStates.IsCancelled(order.Status),
            OrderState.New or OrderState.AwaitingPayment or OrderState.AwaitingApproval or OrderState.Approved or OrderState.Closed or OrderState.Excluded => false,
        };
        return new FindResult(has ? FindAnswer.Has : FindAnswer.HasNot, has ? package?.InvoiceNumber : null, null, exchange);
    }

    public void Dispose()
    {
    }

    private async Task<SendResult> StartAsync(StatusNotice notice, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(HttpMethod.Post, VtexClient.OrderPath(notice.ExternalId) + "/start-handling", null, cancellationToken);
        if (answer is not { Status: 409, Problem: null })
        {
            return Result(answer, Handling, null, null);
        }

        // Not in ready-for-handling: the order itself says whether that is too early or too late.
        var (order, problem, exchange) = await ReadAsync(notice.ExternalId, cancellationToken);
        return order is null ? new SendResult(problem!, exchange)
            : VtexStates.IsHandled(order.Status) ? new SendResult(new Delivered(), client.Log(answer, null))
            : VtexStates.IsCancelled(order.Status) ? new SendResult(new Rejected($"the order is {order.Status} in VTEX"), client.Log(answer, null))
            : new SendResult(new RetryLater($"VTEX has the order in {order.Status}, before ready-for-handling: {client.Words(answer)}", AskAgain), client.Log(answer, null));
    }

    private async Task<SendResult> ShipAsync(VtexShipments order, DeliveryRequest request, StatusNotice notice, CancellationToken cancellationToken)
    {
        if (order.Find(notice) is { } told)
        {
            return notice.TrackingNumber is null || told.TrackingNumber == notice.TrackingNumber
                ? new SendResult(new Delivered(told.InvoiceNumber), null)
                : await TrackAsync(notice, told.InvoiceNumber, cancellationToken);
        }

        var parcel = order.ParcelOf(request.Document);
        if (order.InvoiceWithoutTracking(parcel) is { } erp)
        {
            return notice.TrackingNumber is null ? new SendResult(new Delivered(erp.InvoiceNumber), null) : await TrackAsync(notice, erp.InvoiceNumber, cancellationToken);
        }

        if (VtexStates.IsCancelled(order.Status))
        {
            return new SendResult(new Rejected($"the order is {order.Status} in VTEX"), null);
        }

        if (parcel.IsEmpty)
        {
            return new SendResult(new Hold("VTEX has invoices for all of these items already, each with another tracking number: look at the order's packages there"), null);
        }

        if (!client.Settings.MakesInvoices)
        {
            return new SendResult(new RetryLater("the shop's own invoice is not in VTEX yet; the tracking number is added to it", AskErpAgain), null);
        }

        if (!VtexStates.IsHandled(order.Status))
        {
            var started = await StartAsync(notice, cancellationToken);
            if (started.Outcome is not Delivered)
            {
                return started;
            }
        }

        string number = VtexShipments.InvoiceNumber(notice);
        var invoice = Invoice(notice, number, parcel);
        var answer = await client.SendAsync(HttpMethod.Post, VtexClient.OrderPath(notice.ExternalId) + "/invoice", invoice, cancellationToken);
        return Result(answer, Invoicing, number, invoice);
    }

    private async Task<SendResult> DeliverAsync(VtexShipments order, DeliveryRequest request, StatusNotice notice, CancellationToken cancellationToken)
    {
        string? number = order.Find(notice)?.InvoiceNumber;
        if (order.Find(notice) is { IsFinished: true } done)
        {
            return new SendResult(new Delivered(done.InvoiceNumber), null);
        }

        if (number is null)
        {
            // VTEX knows of no parcel yet: it is told first.
            var shipped = await ShipAsync(order, request, notice, cancellationToken);
            if (shipped.Outcome is not Delivered { RemoteId: { } made })
            {
                return shipped;
            }

            number = made;
        }

        var (city, state) = VtexShipments.Destination(request.Document);
        var events = new JsonObject
        {
            ["isDelivered"] = true,
            ["deliveredDate"] = notice.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
            ["events"] = new JsonArray(new JsonObject { ["city"] = city, ["state"] = state, ["description"] = "Delivered", ["date"] = notice.At.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) }),
        };
        var answer = await client.SendAsync(HttpMethod.Put, $"{VtexClient.OrderPath(notice.ExternalId)}/invoice/{Uri.EscapeDataString(number)}/tracking", events, cancellationToken);
        return Result(answer, Invoicing, number, events);
    }

    private async Task<SendResult> TrackAsync(StatusNotice notice, string number, CancellationToken cancellationToken)
    {
        var tracking = Tracking(new JsonObject(), notice);
        var answer = await client.SendAsync(HttpMethod.Patch, $"{VtexClient.OrderPath(notice.ExternalId)}/invoice/{Uri.EscapeDataString(number)}", tracking, cancellationToken);
        return Result(answer, Invoicing, number, tracking);
    }

    private async Task<SendResult> CancelAsync(VtexShipments order, StatusNotice notice, CancellationToken cancellationToken)
    {
        if (VtexStates.IsCancelled(order.Status))
        {
            return new SendResult(new Delivered(), null);
        }

        var reason = new JsonObject { ["reason"] = "Cancelled by the courier's hub" };
        var answer = await client.SendAsync(HttpMethod.Post, VtexClient.OrderPath(notice.ExternalId) + "/cancel", reason, cancellationToken);
        return Result(answer, "Cancel order", null, reason);
    }

    private static JsonObject Invoice(StatusNotice notice, string number, VtexParcel parcel) => Tracking(new JsonObject
    {
        ["type"] = "Output",
        ["issuanceDate"] = notice.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["invoiceNumber"] = number,
        // Text, in cents: the order stays in handling when the invoices' sum is a cent short.
        ["invoiceValue"] = parcel.Cents.ToString("0", CultureInfo.InvariantCulture),
        ["items"] = new JsonArray([.. parcel.Items.Select(item => (JsonNode)new JsonObject { ["id"] = item.Id, ["price"] = item.Price, ["quantity"] = item.Quantity })]),
    }, notice);

    private static JsonObject Tracking(JsonObject body, StatusNotice notice)
    {
        body["courier"] = notice.Carrier ?? "";
        body["trackingNumber"] = notice.TrackingNumber ?? "";
        body["trackingUrl"] = notice.TrackingUrl ?? "";
        body["dispatchedDate"] = notice.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return body;
    }

    private async Task<SendResult> WithOrderAsync(StatusNotice notice, Func<VtexShipments, Task<SendResult>> then, CancellationToken cancellationToken)
    {
        var (order, problem, exchange) = await ReadAsync(notice.ExternalId, cancellationToken);
        return order is null ? new SendResult(problem!, exchange) : await then(order);
    }

    private async Task<(VtexShipments? Order, Outcome? Problem, Exchange? Exchange)> ReadAsync(string id, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(HttpMethod.Get, VtexClient.OrderPath(id), null, cancellationToken);
        // The order is the buyer's business and is stored elsewhere.
        var exchange = client.Log(answer, null);
        exchange = answer.IsSuccess ? exchange with { ResponseBody = null } : exchange;
        if (client.TroubleOf(answer, "View order") is { } trouble)
        {
            // Asking changes nothing, so it may be repeated whatever became of it.
            return (null, answer is { Status: 404, Problem: null } ? new Hold($"VTEX knows no order {id} (HTTP 404): {client.Words(answer)}") : Outcome(answer, trouble), exchange);
        }

        using var document = answer.Json();
        try
        {
            return document is not null && VtexShipments.Read(document.RootElement) is { } order ? (order, null, exchange) : (null, new RetryLater("VTEX answered with something that is no order"), exchange);
        }
        catch (Exception exception) when (exception is InvalidOperationException or OverflowException)
        {
            return (null, new RetryLater("VTEX answered with something that is no order"), exchange);
        }
    }

    private SendResult Result(PlatformAnswer answer, string resource, string? remoteId, JsonNode? body) => new(
        client.TroubleOf(answer, resource) is not { } trouble ? new Delivered(remoteId)
            : !answer.IsWhole && answer.WasSent ? new Unclear(trouble.Because)
            : Outcome(answer, trouble), client.Log(answer, body));

    private static Outcome Outcome(PlatformAnswer answer, VtexTrouble trouble) =>
        trouble.NeedsPerson ? new Hold(trouble.Because) : new RetryLater(trouble.Because, trouble.After, IsThrottled: answer.Status == 429);

    private static string Because(Outcome problem) => problem switch
    {
        RetryLater later => later.Because,
        Hold hold => hold.Because,
        _ => "VTEX could not be asked",
    };
}
