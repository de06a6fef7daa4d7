namespace Crossdock.Delivery;

/// <summary>How the timeline words the end of a delivery, and how that is recognised again.</summary>
internal static class DeliverySentences
{
    internal const string HasOrder = "has the order", HasChange = "has the change", HasCancelled = "has cancelled it", KnowsStatus = "knows how the order is getting on";

    private const string Told = "Told the shop: ", NotTold = "The shop could not be told: ";

    /// <summary>"courier has the order as 4711"; without an id of theirs without it.</summary>
    public static string Delivered(string destination, string what, string? remote) => remote is null ? $"{destination} {what}" : $"{destination} {what} as {remote}";

    /// <summary>A destination's dead letter.</summary>
    public static string Dead(string destination) => $"The delivery to {destination} became a dead letter";

    /// <summary>A shop was told a state.</summary>
    public static string ToldShop(string what) => $"{Told}{what}.";

    /// <summary>A shop could not be told a state.</summary>
    public static string ShopNotTold(string what) => $"{NotTold}{what}. A dead letter keeps it.";

    /// <summary>True of the sentences about what was taken.</summary>
    public static bool IsDelivered(string text)
    {
        if (text.StartsWith(Told, StringComparison.Ordinal))
        {
            return true;
        }

        // A key has no space in it.
        int end = text.IndexOf(' ', StringComparison.Ordinal);
        return end > 0 && ((string[])[HasOrder, HasChange, HasCancelled, KnowsStatus]).Any(what => text.AsSpan(end + 1).StartsWith(what, StringComparison.Ordinal));
    }

    /// <summary>True of the sentences about dead letters.</summary>
    public static bool IsDead(string text) => text.StartsWith(NotTold, StringComparison.Ordinal) || (text.StartsWith("The delivery to ", StringComparison.Ordinal) && text.EndsWith(" became a dead letter", StringComparison.Ordinal));
}
