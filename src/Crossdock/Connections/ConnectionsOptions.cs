using System.ComponentModel.DataAnnotations;

namespace Crossdock.Connections;

/// <summary>Section <c>Crossdock:Connections</c>.</summary>
public sealed record ConnectionsOptions
{
    /// <summary>Whether destinations may have private, loopback or link-local addresses (a courier's system in the same network, the sandbox). Default false.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>How often the table of connections is compared with the memory although nobody announced a change, in seconds. Default 5; 1 to 300.</summary>
    [Range(1, 300)] public int RefreshSeconds { get; init; } = 5;
}
