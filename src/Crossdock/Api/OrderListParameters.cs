using System.ComponentModel;
using Crossdock.Orders;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Crossdock.Api;

/// <summary>What a list of orders can be narrowed and ordered by, as the API's description tells it. Reading is <see cref="OrderSearchText"/>'s.</summary>
internal sealed record OrderListParameters
{
    [FromQuery(Name = "search"), Description("Words, each the beginning of number, an id, a name, a mail address, a telephone number, an SKU or a tracking number")]
    public string? Search { get; init; }
    [FromQuery(Name = "number"), Description("Beginning of the number, with or without #")]
    public string? Number { get; init; }
    [FromQuery(Name = "externalId"), Description("The platform's id, whole")]
    public string? ExternalId { get; init; }
    [FromQuery(Name = "customer"), Description("Beginning of the customer's name or mail address")]
    public string? Customer { get; init; }
    [FromQuery(Name = "store"), Description("Key of a store; several times or with commas for any of them")]
    public string[]? Store { get; init; }
    [FromQuery(Name = "state"), Description("A state; several times or with commas for any of them")]
    public string[]? State { get; init; }
    [FromQuery(Name = "held"), Description("true for held orders, false for the others")]
    public string? Held { get; init; }
    [FromQuery(Name = "payment"), Description("A payment status, or several")]
    public string[]? Payment { get; init; }
    [FromQuery(Name = "fulfilment"), Description("A fulfilment status, or several")]
    public string[]? Fulfilment { get; init; }
    [FromQuery(Name = "country"), Description("Country it goes to, ISO 3166-1 alpha-2")]
    public string? Country { get; init; }
    [FromQuery(Name = "region"), Description("Region it goes to, ISO 3166-2 without the country")]
    public string? Region { get; init; }
    [FromQuery(Name = "from"), Description("Arrived at or after, UTC")]
    public string? From { get; init; }
    [FromQuery(Name = "to"), Description("Arrived before, UTC")]
    public string? To { get; init; }
    [FromQuery(Name = "placedFrom"), Description("Placed at or after, UTC")]
    public string? PlacedFrom { get; init; }
    [FromQuery(Name = "placedTo"), Description("Placed before, UTC")]
    public string? PlacedTo { get; init; }
    [FromQuery(Name = "totalFrom"), Description("Total of at least this, in the order's currency")]
    public string? TotalFrom { get; init; }
    [FromQuery(Name = "totalTo"), Description("Total of at most this, in the order's currency")]
    public string? TotalTo { get; init; }
    [FromQuery(Name = "destination"), Description("Key of a destination that it is or was delivered to")]
    public string? Destination { get; init; }
    [FromQuery(Name = "delivery"), Description("How its newest delivery stands: waiting, delivered, held, dead, dropped, superseded")]
    public string? Delivery { get; init; }
    [FromQuery(Name = "tag"), Description("A tag")]
    public string? Tag { get; init; }
    [FromQuery(Name = "sort"), Description("arrived, placed, number, total, state, customer or store; with a minus before it the largest first. Default -arrived")]
    public string? Sort { get; init; }

    /// <summary>The search of a request.</summary>
    public static (OrderSearch Search, OrderSorting Sorting) Of(HttpRequest request, ApiInput input)
    {
        List<string> problems = [];
        var read = OrderSearchText.Read(name => request.Query[name], isByDay: false, problems);
        foreach (string problem in problems)
        {
            input.Require(false, problem);
        }

        return read;
    }
}
