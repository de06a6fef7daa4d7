using Crossdock.Delivery;
using Crossdock.Holds;
using Crossdock.Orders;
using Crossdock.WebConsole.Languages;
using Crossdock.WebConsole.Shared;

namespace Crossdock.WebConsole.Orders;

/// <summary>Where an order stands, in one sentence, with what a person can do about it.</summary>
/// <param name="Tone">The colour: empty, good, accent, warn or bad.</param>
/// <param name="Text">Where it stands and why.</param>
/// <param name="Advice">What to do, or that nothing is to be done.</param>
/// <param name="Address">A page where it can be done; null for none, or for this one.</param>
/// <param name="Link">The words of the link.</param>
public sealed record Standing(string Tone, string Text, string? Advice = null, string? Address = null, string? Link = null)
{
    /// <summary>What stops it first, then where it is.</summary>
    public static IReadOnlyList<Standing> Of(OrderSummary order, Guid lastEvent, IReadOnlyList<HoldRow> holds, IReadOnlyList<DeliveryRow> deliveries) =>
    [
        .. deliveries.Where(delivery => delivery is { State: "dead", Tells: null }).Select(delivery => new Standing(
            "bad", T[$"{Say.Kind(delivery.Kind)} to {delivery.DestinationName} failed: {Sentence(delivery.LastError ?? T["no reason was given"])}"], Shared.Advice.DeadLetter, $"/deliveries/{delivery.Id}", T["Edit, retry or drop"])),
        .. deliveries.Where(delivery => delivery is { State: "dead", Tells: not null }).Select(delivery => new Standing(
            "warn", T[$"{delivery.DestinationName} could not be told that its order is {Say.Name(delivery.Tells!)}: {Sentence(delivery.LastError ?? T["no reason was given"])}"], Shared.Advice.Untold, $"/deliveries/{delivery.Id}", T["Retry or drop"])),
        .. deliveries.Where(delivery => delivery.PausedBecause is not null).Select(delivery => new Standing(
            "warn", T[$"{Say.Delivery(delivery)} is paused: {Sentence(delivery.PausedBecause!)}"], Shared.Advice.Paused, $"/connections/{delivery.Destination}", T["The destination"])),
        Where(order, lastEvent, holds.Any(hold => hold.ReleasedAt is null), deliveries),
    ];

    private static Standing Where(OrderSummary order, Guid lastEvent, bool isHeld, IReadOnlyList<DeliveryRow> deliveries)
    {
        string because = order.StateBecause is { Length: > 0 } reason ? $": {Sentence(ToldSentences.Read(reason))}" : ".";
        string there = string.Join(T[" and "], deliveries.Where(delivery => delivery is { State: "delivered", Kind: "create" }).Select(delivery => delivery.DestinationName + (delivery.RemoteId is null ? "" : T[$" (as {delivery.RemoteId})"])));
        string open = string.Join(T[" and "], deliveries.Where(delivery => delivery is { State: "waiting", PausedBecause: null, Tells: null }).Select(delivery => delivery.DestinationName).Distinct());
        if (isHeld && order.State is not ("cancelled" or "excluded" or "closed"))
        {
            return new("warn", there.Length == 0 ? T["It is stopped and goes nowhere until somebody releases it."] : T[$"{there} has it; what else is to be sent waits until somebody releases the order."]);
        }

        if (order.IsHistory)
        {
            return new("", T[$"It was read as history and is {Say.Name(order.State)} in the shop. It goes nowhere."], order.State is "cancelled" or "closed" or "delivered" or "in_shipment" ? null : T["Deliver it here if it is to be handed to the store's destinations after all."]);
        }

        return order.State switch
        {
            "new" => new("", T["It was received and is being worked on."]),
            "awaiting_payment" => new("warn", T[$"It waits for the payment{because}"], T["The shop says when it is paid, and the order goes on by itself. Nothing is to be done here."]),
            "awaiting_approval" => new("warn", T[$"It waits for a person{because}"], T["Approve it and it is sent to the store's destinations, or cancel it."]),
            "excluded" => new("", T[$"It goes nowhere{because}"], T["Nothing is to be done. If that is wrong, mend the store's rules and replay the last event."], $"/events/{lastEvent}", T["The last event"]),
            "cancelled" => new("", T[$"It was cancelled{because}"], T["Nothing more is sent, except the cancellation to who has it."]),
            _ when open.Length > 0 => new("accent", there.Length == 0 ? T[$"It is on its way to {open}."] : T[$"{there} has it; something for {open} is under way."]),
            _ when there.Length > 0 => new("good", order.State == "processing" ? T[$"{there} has it."] : T[$"{there} has it. The order is {Say.Name(order.State)}{because}"]),
            "approved" when deliveries.Any(delivery => delivery.PausedBecause is not null) => new("", T["It may go on, and waits for its destination."]),
            "approved" when deliveries.Count == 0 => new("warn", T["It may go on, but it has nowhere to go."], T["The store has no destination, or a rule chose none. Set destinations for the store and replay the last event."], $"/events/{lastEvent}", T["The last event"]),
            _ => new("", T[$"The order is {Say.Name(order.State)}{because}"]),
        };
    }

    private static string Sentence(string text) => text.TrimEnd('.', ' ') + ".";
}
