using System.Globalization;
using Crossdock.Model.Orders;

namespace Crossdock.WebConsole.Shared;

/// <summary>How the console words what is stored.</summary>
internal static class Say
{
    /// <summary>A stored snake_case name as people read it: <c>awaiting_payment</c> is "awaiting payment".</summary>
    public static string Name(string stored) => stored.Replace('_', ' ');

    public static string Count(long count) => count >= Telemetry.Dashboard.Bound
        ? Telemetry.Dashboard.Bound.ToString("N0", CultureInfo.InvariantCulture) + "+"
        : count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Amount(decimal amount, string currency) => string.Create(CultureInfo.InvariantCulture, $"{amount:#,0.00##} {currency}");

    public static string Amount(Money? money) => money is { } value ? Amount(value.Amount, value.Currency) : "";

    public static string Quantity(decimal quantity) => quantity.ToString("0.####", CultureInfo.InvariantCulture);

    public static string ToneOfState(string state) => state switch
    {
        "delivered" or "closed" => "good",
        "processing" or "in_shipment" or "approved" => "accent",
        "awaiting_payment" or "awaiting_approval" or "held" => "warn",
        "cancelled" or "dead" or "failed" => "bad",
        _ => "",
    };

    public static string ToneOfOutcome(string outcome) => outcome switch
    {
        "delivered" or "has" => "good",
        "retry_later" or "unclear" or "hold" or "cannot_say" => "warn",
        "rejected" => "bad",
        _ => "",
    };
}
