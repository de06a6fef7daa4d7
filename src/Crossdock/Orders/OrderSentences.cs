using Crossdock.Model.Orders;

namespace Crossdock.Orders;

/// <summary>How the timeline words a move, the same wherever it came from.</summary>
internal static class OrderSentences
{
    /// <summary>For example "The order is approved." or "The order went from approved to in shipment."</summary>
    /// <param name="from">Null for an order that is new to the hub.</param>
    /// <param name="to">The state it has now.</param>
    public static string Became(OrderState? from, OrderState to) => from is { } before ? $"The order went from {Words(before)} to {Words(to)}." : $"The order is {Words(to)}.";

    /// <summary>The move that a sentence of <see cref="Became"/> tells; null for any other sentence.</summary>
    public static OrderMove? Read(string text) => Moves.GetValueOrDefault(text);

    private static readonly Dictionary<string, OrderMove> Moves = Enum.GetValues<OrderState>()
        .SelectMany(to => Enum.GetValues<OrderState>().Select(from => (OrderState?)from).Append(null).Select(from => new OrderMove(from, to)))
        .ToDictionary(move => Became(move.From, move.To), StringComparer.Ordinal);

    /// <summary>The state as people read it: <c>awaiting_payment</c> is "awaiting payment".</summary>
    public static string Words(OrderState state) => EnumNames<OrderState>.Of(state).Replace('_', ' ');
}

/// <summary>An order's way from one state to another.</summary>
/// <param name="From">Null for an order that is new to the hub.</param>
/// <param name="To">The state it has then.</param>
internal sealed record OrderMove(OrderState? From, OrderState To);
