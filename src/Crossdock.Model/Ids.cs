namespace Crossdock.Model;

/// <summary>The number of a connection inside this installation: small, never reused. People and addresses use its key instead.</summary>
public readonly record struct ConnectionId(int Value)
{
    /// <inheritdoc />
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>The identity of a canonical order: a UUIDv7, made when the order is first understood. One per (connection, external id).</summary>
public readonly record struct OrderId(Guid Value)
{
    /// <summary>A new id whose first 48 bits are the given time in milliseconds.</summary>
    public static OrderId New(DateTimeOffset at) => new(Guid.CreateVersion7(at));

    /// <inheritdoc />
    public override string ToString() => Value.ToString();
}

/// <summary>The identity of one event received: a UUIDv7, made at arrival.</summary>
public readonly record struct EventId(Guid Value)
{
    /// <summary>A new id whose first 48 bits are the given time in milliseconds.</summary>
    public static EventId New(DateTimeOffset at) => new(Guid.CreateVersion7(at));

    /// <inheritdoc />
    public override string ToString() => Value.ToString();
}

/// <summary>The identity of a delivery (one order to one destination, once): a UUIDv7. It is also the idempotency key that the destination sees.</summary>
public readonly record struct DeliveryId(Guid Value)
{
    /// <summary>A new id whose first 48 bits are the given time in milliseconds.</summary>
    public static DeliveryId New(DateTimeOffset at) => new(Guid.CreateVersion7(at));

    /// <inheritdoc />
    public override string ToString() => Value.ToString();
}
