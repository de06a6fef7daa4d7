using System.Text.Json.Serialization;

namespace Crossdock.Model.Orders;

/// <summary>Where an order stands. Stored and shown by the snake_case name (<c>awaiting_payment</c>), which never changes meaning.
/// Being held is not a state but a flag with reasons beside it. Legal moves: <c>OrderLifecycle</c>.</summary>
[JsonConverter(typeof(SnakeCase<OrderState>))]
public enum OrderState
{
    /// <summary>Understood, nothing decided yet; as mapped: ready to be worked on as soon as rules allow.</summary>
    New = 0,
    /// <summary>The shop waits for the buyer's money.</summary>
    AwaitingPayment = 1,
    /// <summary>The store wants a person to approve it.</summary>
    AwaitingApproval = 2,
    /// <summary>May go to its destinations.</summary>
    Approved = 3,
    /// <summary>At least one destination has it.</summary>
    Processing = 4,
    /// <summary>A carrier has it.</summary>
    InShipment = 5,
    /// <summary>The buyer has it.</summary>
    Delivered = 6,
    /// <summary>Finished, nothing more will happen (also: fully refunded after fulfilment).</summary>
    Closed = 7,
    /// <summary>Called off by shop, buyer or operator.</summary>
    Cancelled = 8,
    /// <summary>The store's rules (or being a test order) keep it from every destination.</summary>
    Excluded = 9,
}

/// <summary>What is known of the money.</summary>
[JsonConverter(typeof(SnakeCase<PaymentStatus>))]
public enum PaymentStatus
{
    /// <summary>The platform did not say.</summary>
    Unknown = 0,
    /// <summary>Not paid yet.</summary>
    Pending = 1,
    /// <summary>Reserved on the buyer's card, not taken.</summary>
    Authorized = 2,
    /// <summary>Some of it paid.</summary>
    PartiallyPaid = 3,
    /// <summary>All of it paid.</summary>
    Paid = 4,
    /// <summary>Some of it given back.</summary>
    PartiallyRefunded = 5,
    /// <summary>All of it given back.</summary>
    Refunded = 6,
    /// <summary>The reservation was given up or expired.</summary>
    Voided = 7,
    /// <summary>The payment was refused.</summary>
    Failed = 8,
    /// <summary>The courier collects it at the door.</summary>
    CashOnDelivery = 9,
}

/// <summary>What the shop says of the goods.</summary>
[JsonConverter(typeof(SnakeCase<FulfilmentStatus>))]
public enum FulfilmentStatus
{
    /// <summary>Nothing sent.</summary>
    Unfulfilled = 0,
    /// <summary>Some lines sent.</summary>
    PartiallyFulfilled = 1,
    /// <summary>All lines sent.</summary>
    Fulfilled = 2,
    /// <summary>Put back on the shelf.</summary>
    Restocked = 3,
    /// <summary>Everything arrived.</summary>
    Delivered = 4,
    /// <summary>Everything came back.</summary>
    Returned = 5,
    /// <summary>The shop itself has stopped it.</summary>
    OnHold = 6,
}
