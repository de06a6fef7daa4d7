using System.Globalization;
using Crossdock.Model.Orders;

namespace Crossdock.WebConsole.Shared;

/// <summary>How the console words what is stored.</summary>
internal static class Say
{
    /// <summary>A stored snake_case name as people read it: <c>awaiting_payment</c> is "awaiting payment".</summary>
    public static string Name(string stored) => T[stored.Replace('_', ' ')];

    public static string Count(long count) => count >= Telemetry.Dashboard.Bound
        ? Telemetry.Dashboard.Bound.ToString("N0", Formats) + "+"
        : count.ToString("N0", Formats);

    /// <summary>"1 event", "12 events".</summary>
    public static string Count(long count, string what) => string.Format(Formats, Of(count == 1 ? what : Plural(what)), Count(count));

    private static string Of(string what)
    {
        string counted = "{0} " + what;
        return T[counted];
    }

    /// <summary>The English plural: "order" is "orders", "delivery" is "deliveries".</summary>
    internal static string Plural(string what) => what.EndsWith("ry", StringComparison.Ordinal) ? what[..^1] + "ies" : what + "s";

    /// <summary>A clause as a sentence: begun with a capital, ended with one full stop.</summary>
    public static string Sentence(string clause) => clause.Length == 0 ? "" : char.ToUpperInvariant(clause[0]) + clause[1..].TrimEnd('.', ' ') + ".";

    /// <summary>A size: "812 bytes", "12.3 kB", "1.4 MB".</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1_000 => T[$"{bytes} bytes"],
        < 1_000_000 => string.Create(Formats, $"{bytes / 1_000.0:0.#} kB"),
        _ => string.Create(Formats, $"{bytes / 1_000_000.0:0.#} MB"),
    };

    /// <summary>What a delivery hands over: the order, a change of it, or its cancellation.</summary>
    public static string Kind(string kind) => kind switch
    {
        "create" => T["Order"],
        "update" => T["Change"],
        "cancel" => T["Cancellation"],
        "status" => T["State"],
        _ => Name(kind),
    };

    /// <summary>A delivery in words: "Order to Our courier", "State in shipment to Acme", the shop being told.</summary>
    public static string Delivery(Crossdock.Delivery.DeliveryRow delivery) => delivery.Tells is { } state ? T[$"Tell {delivery.DestinationName}: {Name(state)}"] : T[$"{Kind(delivery.Kind)} to {delivery.DestinationName}"];

    /// <summary>What a delivery is, in a table that names the destination beside it.</summary>
    public static string Short(Crossdock.Delivery.DeliveryRow delivery) => delivery.Tells is { } state ? T[$"tell: {Name(state)}"] : Kind(delivery.Kind).ToLower(Formats);

    /// <summary>"12.90 EUR", "12,990 CLP" in English: with the digits the currency has, and more where the amount has more.</summary>
    public static string Amount(decimal amount, string currency)
    {
        int digits = Currencies.MinorDigits(currency);
        return amount.ToString($"#,0.{new string('0', digits)}{new string('#', 6 - digits)}", Formats) + " " + currency;
    }

    public static string Amount(Money? money) => money is { } value ? Amount(value.Amount, value.Currency) : "";

    public static string Quantity(decimal quantity) => quantity.ToString("0.####", Formats);

    /// <summary>What is done to many orders, as a button says it.</summary>
    public static string Bulk(string action) => action switch
    {
        "approve" => T["Approve"],
        "hold" => T["Hold"],
        "release" => T["Release"],
        "cancel" => T["Cancel"],
        "resend" => T["Send again"],
        _ => Name(action),
    };

    public static string ToneOfState(string state) => state switch
    {
        "delivered" or "closed" => "good",
        "processing" or "in_shipment" or "approved" => "accent",
        "awaiting_payment" or "awaiting_approval" or "held" or "waiting" => "warn",
        "cancelled" or "dead" or "failed" => "bad",
        _ => "",
    };

    public static string ToneOfSeverity(string severity) => severity switch
    {
        "critical" => "bad",
        "warning" => "warn",
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
