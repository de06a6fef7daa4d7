using System.ComponentModel.DataAnnotations;

namespace Crossdock.Keys;

/// <summary>The keys that secrets are encrypted with. Section <c>Crossdock:Keys</c>.</summary>
public sealed record KeyOptions
{
    /// <summary>After how many days a new key takes the former one's place by itself; what is stored is encrypted anew with it. Default 90; 7 to 3650.</summary>
    [Range(7, 3650)] public int LifetimeDays { get; init; } = 90;
}
