using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>What one shop wants to be told, and how.</summary>
/// <param name="CompletesOn">The state at which its order is set to completed; null for never.</param>
/// <param name="NotifiesCustomer">True when the note about shipment and delivery goes to the buyer by mail.</param>
/// <param name="TrackingNamespace">The tracking plug-in's part of the API; null for none.</param>
internal sealed record WooCommerceTelling(OrderState? CompletesOn, bool NotifiesCustomer, string? TrackingNamespace)
{
    internal static WooCommerceTelling Of(ConnectionSettings connection) => new(
        connection.Text("completeWhen") switch
        {
            "delivered" => OrderState.Delivered,
            "never" => null,
            _ => connection.Text("completedMeans") == "delivered" && connection.Text("completeWhen") is null ? OrderState.Delivered : OrderState.InShipment,
        },
        connection.Text("notifyCustomer") == "true",
        connection.Text("tracking") switch
        {
            "shipment_tracking" => "wc-shipment-tracking/v3",
            "ast" => "wc-ast/v3",
            _ => null,
        });

    /// <summary>The status that a state leads to; null to leave it.</summary>
    internal string? StatusFor(OrderState state) => state switch
    {
        OrderState.InShipment => CompletesOn == OrderState.InShipment ? "completed" : null,
        OrderState.Delivered => CompletesOn is null ? null : "completed",
        OrderState.Cancelled => "cancelled",
        OrderState.New or OrderState.AwaitingPayment or OrderState.AwaitingApproval or OrderState.Approved or OrderState.Processing or OrderState.Closed or OrderState.Excluded => null,
    };

    /// <summary>The note. The same for every attempt: it is how a repeat is recognised.</summary>
    internal static string Note(StatusNotice notice)
    {
        string by = notice.Carrier is { } carrier ? $" by {Plain(carrier)}" : "";
        string what = notice.State switch
        {
            OrderState.InShipment => $"Shipped{by}.",
            OrderState.Delivered => $"Delivered{by}.",
            OrderState.Cancelled => $"Delivery cancelled{by}.",
            OrderState.New or OrderState.AwaitingPayment or OrderState.AwaitingApproval or OrderState.Approved or OrderState.Processing or OrderState.Closed or OrderState.Excluded => $"Taken over{by}.",
        };
        string number = notice.TrackingNumber is { } tracking ? $" Tracking number: {Plain(tracking)}." : "";
        string address = notice.TrackingUrl is { } url ? $" {url}" : "";
        return what + number + address;
    }

    // WordPress takes markup out of notes and encodes what is left of it; without either the text comes back as it was sent.
    private static string Plain(string text) => new([.. text.Where(letter => letter is not ('<' or '>' or '&' or '"'))]);
}
