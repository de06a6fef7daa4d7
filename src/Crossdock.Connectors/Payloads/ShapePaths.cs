using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Payloads;

/// <summary>Writes a connector's critical places down shortly.</summary>
internal static class ShapePaths
{
    /// <summary>Places of one meaning, below each of several beginnings (empty for the document itself).</summary>
    internal static IEnumerable<CriticalField> Of(CriticalMeaning meaning, IReadOnlyList<string> below, params string[] paths) =>
        below.SelectMany(begin => paths.Select(path => new CriticalField(begin + path, meaning)));

    /// <summary>Amounts in the currency's smallest unit.</summary>
    internal static IEnumerable<CriticalField> Whole(IReadOnlyList<string> below, params string[] paths) => Of(CriticalMeaning.Amount, below, paths).Select(field => field with { IsWhole = true });
}
