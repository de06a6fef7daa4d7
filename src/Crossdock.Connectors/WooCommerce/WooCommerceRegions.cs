using System.Collections.Frozen;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>From WooCommerce's state codes to ISO 3166-2: mostly the same, some with the country before (<c>CL-RM</c>, <c>JP13</c>), Mexico's of its own.</summary>
internal static class WooCommerceRegions
{
    private static readonly FrozenDictionary<string, string> Mexico = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["DF"] = "CMX", ["JA"] = "JAL", ["NL"] = "NLE", ["AG"] = "AGU", ["BC"] = "BCN", ["BS"] = "BCS", ["CM"] = "CAM", ["CS"] = "CHP", ["CH"] = "CHH", ["CO"] = "COA", ["CL"] = "COL",
        ["DG"] = "DUR", ["GT"] = "GUA", ["GR"] = "GRO", ["HG"] = "HID", ["MX"] = "MEX", ["MI"] = "MIC", ["MO"] = "MOR", ["NA"] = "NAY", ["OA"] = "OAX", ["PU"] = "PUE", ["QT"] = "QUE",
        ["QR"] = "ROO", ["SI"] = "SIN", ["SL"] = "SLP", ["SO"] = "SON", ["TB"] = "TAB", ["TM"] = "TAM", ["TL"] = "TLA", ["VE"] = "VER", ["YU"] = "YUC", ["ZA"] = "ZAC",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    internal static (string? Code, string? Name) Of(string? country, string? state)
    {
        if (state is null)
        {
            return default;
        }

        string code = state.ToUpperInvariant();
        if (country is { Length: 2 } && code.Length > 3 && code.StartsWith(country, StringComparison.Ordinal))
        {
            string rest = code[2..].TrimStart('-');
            code = code[2] == '-' || rest.All(char.IsAsciiDigit) ? rest : code;
        }

        if (code.Length > 3 || !code.All(char.IsAsciiLetterOrDigit))
        {
            return (null, state);
        }

        return (country == "MX" ? Mexico.GetValueOrDefault(code, code) : code, null);
    }
}
