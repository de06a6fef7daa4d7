using System.ComponentModel.DataAnnotations;

namespace Crossdock.Relay;

/// <summary>How messages of cloud relays are taken. Section <c>Crossdock:Relay</c>.</summary>
public sealed record RelayOptions
{
    /// <summary>Where the keys stand that Google signs bearer tokens with, as a JSON Web Key Set. Default https://www.googleapis.com/oauth2/v3/certs.</summary>
    [Required, Url] public string GoogleKeysUrl { get; init; } = "https://www.googleapis.com/oauth2/v3/certs";

    /// <summary>Largest push accepted, in bytes; Pub/Sub's own limit of 10 MB of data is 13.4 MB as Base64. Default 15728640 (15 MB); 65536 to 67108864.</summary>
    [Range(65_536, 67_108_864)] public int MaxBodyBytes { get; init; } = 15 * 1024 * 1024;
}
