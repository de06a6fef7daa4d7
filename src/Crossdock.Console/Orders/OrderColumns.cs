namespace Crossdock.WebConsole.Orders;

/// <summary>How the columns of the list of orders are headed and what they are ordered by.</summary>
internal static class OrderColumns
{
    public static string Title(string column) => column switch
    {
        "state" => T["State"],
        "customer" => T["Customer"],
        "email" => T["E-mail"],
        "to" => T["To"],
        "store" => T["Store"],
        "platform" => T["Platform"],
        "payment" => T["Payment"],
        "fulfilment" => T["Fulfilment"],
        "total" => T["Total"],
        "placed" => T["Placed"],
        "arrived" => T["Arrived"],
        "changed" => T["Changed"],
        "external_id" => T["Platform's id"],
        "because" => T["Why"],
        _ => column,
    };

    /// <summary>By what a click orders the list; null where there is no such order.</summary>
    public static string? Sort(string column) => column is "state" or "customer" or "store" or "total" or "placed" or "arrived" ? column : null;

    public static string Class(string column) => column switch
    {
        "total" => "num",
        "to" or "platform" => "nowrap",
        "because" => "why",
        _ => "",
    };
}
