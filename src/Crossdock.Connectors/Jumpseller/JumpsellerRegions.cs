using System.Collections.Frozen;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>Chile's regions as Jumpseller counts them (FIPS, as GeoNames does): 05 is Atacama, not the fifth region. Source: Jumpseller API, countries/CL/regions.json; only 12 was seen in an order.</summary>
internal static class JumpsellerRegions
{
    private static readonly FrozenDictionary<string, string> Chile = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["01"] = "VS", ["02"] = "AI", ["03"] = "AN", ["04"] = "AR", ["05"] = "AT", ["06"] = "BI", ["07"] = "CO", ["08"] = "LI", ["10"] = "MA", ["11"] = "ML", ["12"] = "RM",
        ["14"] = "LL", ["15"] = "TA", ["16"] = "AP", ["17"] = "LR", ["18"] = "NB",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The ISO 3166-2 code without its country; null when nobody can tell. A number of another country is of its own counting: the region's name decides there.</summary>
    internal static string? Of(string? country, string? code) => code is null ? null
        : country == "CL" && code.Length <= 2 && Chile.TryGetValue(code.PadLeft(2, '0'), out string? iso) ? iso
        : code.All(char.IsAsciiDigit) ? null : code;
}
