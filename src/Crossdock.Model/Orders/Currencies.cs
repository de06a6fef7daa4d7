using System.Collections.Frozen;

namespace Crossdock.Model.Orders;

/// <summary>What ISO 4217 says of currencies.</summary>
public static class Currencies
{
    private static readonly FrozenDictionary<string, int> NotTwo = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["BIF"] = 0, ["CLP"] = 0, ["DJF"] = 0, ["GNF"] = 0, ["ISK"] = 0, ["JPY"] = 0, ["KMF"] = 0, ["KRW"] = 0, ["PYG"] = 0, ["RWF"] = 0, ["UGX"] = 0, ["VND"] = 0, ["VUV"] = 0, ["XAF"] = 0, ["XOF"] = 0, ["XPF"] = 0,
        ["BHD"] = 3, ["IQD"] = 3, ["JOD"] = 3, ["KWD"] = 3, ["LYD"] = 3, ["OMR"] = 3, ["TND"] = 3, ["CLF"] = 4, ["UYW"] = 4,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Digits after the point of an amount in this currency: 0 for <c>CLP</c>, 3 for <c>KWD</c>; 2 for most, and for one that is not known.</summary>
    /// <param name="currency">ISO 4217 code in capitals.</param>
    public static int MinorDigits(string currency) => NotTwo.GetValueOrDefault(currency, 2);
}
