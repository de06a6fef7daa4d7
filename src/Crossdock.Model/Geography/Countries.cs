using System.Collections.Frozen;

namespace Crossdock.Model.Geography;

/// <summary>A country of ISO 3166-1.</summary>
/// <param name="Alpha2">Two letters, in capitals: <c>CL</c>. What orders carry.</param>
/// <param name="Alpha3">Three letters, in capitals: <c>CHL</c>.</param>
/// <param name="Name">In English.</param>
/// <param name="SpanishName">In Spanish.</param>
public sealed record Country(string Alpha2, string Alpha3, string Name, string SpanishName);

/// <summary>All countries of ISO 3166-1, and the spellings that shops use for them.</summary>
public static class Countries
{
    private static readonly NameTable<Country> Names;
    private static readonly FrozenDictionary<string, Country> ByAlpha2;

#pragma warning disable CA1810 // One reading of the table fills all fields.
    static Countries()
#pragma warning restore CA1810
    {
        List<Country> all = [];
        List<(string, Country)> names = [];
        foreach (string line in CountryTable.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] parts = line[7..].Split('|', StringSplitOptions.TrimEntries);
            var country = new Country(line[..2], line[3..6], parts[0], parts[1]);
            all.Add(country);
            string shopify = country.Name.Replace(" and ", " & ", StringComparison.Ordinal).Replace("Saint ", "St. ", StringComparison.Ordinal);
            names.AddRange(new[] { country.Alpha2, country.Alpha3, country.Name, country.SpanishName, shopify }.Concat(parts.Length > 2 ? parts[2].Split(';') : []).Select(name => (name, country)));
        }

        All = all;
        Names = new NameTable<Country>(names);
        ByAlpha2 = all.ToFrozenDictionary(country => country.Alpha2, StringComparer.Ordinal);
    }

    /// <summary>By alpha-2 code.</summary>
    public static IReadOnlyList<Country> All { get; }

    /// <summary>The country with that code (two or three letters, any case) or name (English, Spanish, and further spellings in use); null when there is none.</summary>
    public static Country? Find(string? codeOrName) => codeOrName is null ? null : ByAlpha2.TryGetValue(codeOrName, out var country) ? country : Names.Find(codeOrName);
}
