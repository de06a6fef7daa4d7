namespace Crossdock.Connections;

/// <summary>Where platforms reach this hub.</summary>
/// <param name="Public">The address as the outside has to call it; null when nobody said.</param>
public sealed record HubAddress(Uri? Public)
{
    /// <summary>Why nobody looks after webhooks, for whoever can change it.</summary>
    public const string Unknown = "The hub does not know the address by which platforms reach it, so it neither registers nor checks webhooks: set Crossdock__PublicAddress, for example to https://hub.example.com, and start it again.";

    /// <summary>A connection's capture address; null when the public address is not known.</summary>
    public Uri? CaptureOf(string key) => Public is null ? null : new Uri($"{Public.AbsoluteUri.TrimEnd('/')}/in/{Uri.EscapeDataString(key)}");
}
