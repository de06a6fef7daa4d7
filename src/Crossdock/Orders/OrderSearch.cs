using Crossdock.Delivery;
using Crossdock.Model.Orders;

namespace Crossdock.Orders;

/// <summary>What a list of orders may be narrowed by. Everything given must hold; null and empty do not narrow. What is not here cannot be asked.</summary>
public sealed record OrderSearch
{
    /// <summary>Words, each the beginning of the number (with or without <c>#</c>), an id, a name, a mail address, a telephone number, an SKU or a tracking number of the order.</summary>
    public string? Text { get; init; }
    /// <summary>Beginning of the number, with or without <c>#</c>.</summary>
    public string? Number { get; init; }
    /// <summary>The platform's id, whole.</summary>
    public string? ExternalId { get; init; }
    /// <summary>Beginning of the customer's name or e-mail address, any case.</summary>
    public string? Customer { get; init; }
    /// <summary>One state.</summary>
    public OrderState? State { get; init; }
    /// <summary>Any of these states.</summary>
    public IReadOnlyList<OrderState> States { get; init; } = [];
    /// <summary>The store's key.</summary>
    public string? Store { get; init; }
    /// <summary>Any of these stores, by key.</summary>
    public IReadOnlyList<string> Stores { get; init; } = [];
    /// <summary>True for held orders only, false for the others.</summary>
    public bool? Held { get; init; }
    /// <summary>Any of these payment statuses.</summary>
    public IReadOnlyList<PaymentStatus> Payments { get; init; } = [];
    /// <summary>Any of these fulfilment statuses.</summary>
    public IReadOnlyList<FulfilmentStatus> Fulfilments { get; init; } = [];
    /// <summary>Country it goes to, ISO 3166-1 alpha-2.</summary>
    public string? Country { get; init; }
    /// <summary>Region it goes to, ISO 3166-2 without the country.</summary>
    public string? Region { get; init; }
    /// <summary>First known to the hub at or after, UTC.</summary>
    public DateTimeOffset? From { get; init; }
    /// <summary>First known to the hub before, UTC.</summary>
    public DateTimeOffset? To { get; init; }
    /// <summary>Placed at or after, UTC.</summary>
    public DateTimeOffset? PlacedFrom { get; init; }
    /// <summary>Placed before, UTC.</summary>
    public DateTimeOffset? PlacedTo { get; init; }
    /// <summary>Total of at least this, in the order's own currency.</summary>
    public decimal? TotalFrom { get; init; }
    /// <summary>Total of at most this, in the order's own currency.</summary>
    public decimal? TotalTo { get; init; }
    /// <summary>Key of a destination that it is or was to be delivered to.</summary>
    public string? Destination { get; init; }
    /// <summary>How its newest delivery stands, to that destination or to any.</summary>
    public DeliveryState? Delivery { get; init; }
    /// <summary>A tag, exactly as the platform or a rule wrote it.</summary>
    public string? Tag { get; init; }
}

/// <summary>By what a list of orders is ordered.</summary>
public enum OrderSort
{
    /// <summary>When the hub first knew it.</summary>
    Arrived = 0,
    /// <summary>When the buyer placed it; orders whose shop does not say come as the oldest.</summary>
    Placed = 1,
    /// <summary>The number, digits by their value.</summary>
    Number = 2,
    /// <summary>The total, whatever the currency.</summary>
    Total = 3,
    /// <summary>The state, in the order of an order's life.</summary>
    State = 4,
    /// <summary>The customer's name.</summary>
    Customer = 5,
    /// <summary>The store's name.</summary>
    Store = 6,
}

/// <summary>How a list of orders is ordered. Orders that are equal in it follow by arrival, in the same direction.</summary>
/// <param name="By">By what.</param>
/// <param name="IsDescending">The newest, largest or last first.</param>
public sealed record OrderSorting(OrderSort By, bool IsDescending)
{
    /// <summary>The newest arrival first.</summary>
    public static OrderSorting Newest { get; } = new(OrderSort.Arrived, true);

    /// <summary>Reads <c>total</c>, <c>-total</c>: by its name, with a minus the largest first. Null when it is none.</summary>
    public static OrderSorting? Parse(string? text) => string.IsNullOrEmpty(text) ? Newest
        : EnumNames<OrderSort>.Parse(text.TrimStart('-')) is { } by && text.LastIndexOf('-') <= 0 ? new(by, text[0] == '-') : null;

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => (IsDescending ? "-" : "") + EnumNames<OrderSort>.Of(By);
}
