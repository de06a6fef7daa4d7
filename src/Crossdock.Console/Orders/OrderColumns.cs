namespace Crossdock.WebConsole.Orders;

/// <summary>How the columns of the list of orders are headed and what they are ordered by.</summary>
internal static class OrderColumns
{
    public static string Title(string column) => column switch
    {
        "state" => "State",
        "customer" => "Customer",
        "email" => "E-mail",
        "to" => "To",
        "store" => "Store",
        "platform" => "Platform",
        "payment" => "Payment",
        "fulfilment" => "Fulfilment",
        "total" => "Total",
        "placed" => "Placed",
        "arrived" => "Arrived",
        "changed" => "Changed",
        "external_id" => "Platform's id",
        "because" => "Why",
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
