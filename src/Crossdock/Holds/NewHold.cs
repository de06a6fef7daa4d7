using Crossdock.Model;

namespace Crossdock.Holds;

/// <summary>A hold to open.</summary>
/// <param name="Order">The order that stops.</param>
/// <param name="Store">Its store.</param>
/// <param name="Code">What kind of reason: <c>rule</c>, <c>operator</c>, a mapping's concern, <c>changed_after_delivery</c>, ...</param>
/// <param name="Reason">One sentence that a person can act on.</param>
/// <param name="By">Who or what stops it.</param>
/// <param name="Delivery">The delivery it is about; null for none.</param>
public sealed record NewHold(OrderId Order, ConnectionId Store, string Code, string Reason, string By, DeliveryId? Delivery = null);
