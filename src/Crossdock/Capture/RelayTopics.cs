namespace Crossdock.Capture;

/// <summary>Topics of authentic messages of a cloud relay that no mapping can be given: kept as they came, and parked.</summary>
internal static class RelayTopics
{
    /// <summary>Neither form of push, or its data is not Base64.</summary>
    public const string Unreadable = "relay/unreadable";
    /// <summary>Of a shop that no connection stands for.</summary>
    public const string OtherShop = "relay/other-shop";

    /// <summary>Why such an event is parked; null for every other topic.</summary>
    public static string? ParkedBecause(string topic) => topic switch
    {
        OtherShop => "This message came through Pub/Sub for a shop that no connection with the same service account and audience stands for. Add that connection and have the platform send again, or point the topic's other shops elsewhere.",
        Unreadable => "This message came through Pub/Sub and is not a push that can be read: neither a wrapped message with Base64 data nor one with its id in a header.",
        _ => null,
    };
}
