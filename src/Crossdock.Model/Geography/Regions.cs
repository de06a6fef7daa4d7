using System.Collections.Frozen;

namespace Crossdock.Model.Geography;

/// <summary>A subdivision of ISO 3166-2: region, province, state or department.</summary>
/// <param name="Country">The country's alpha-2 code.</param>
/// <param name="Code">Without the country in front: <c>RM</c>.</param>
/// <param name="Name">In the country's language.</param>
public sealed record Region(string Country, string Code, string Name);

/// <summary>Regions of the countries that shops here sell in (Chile's sixteen among them), and the spellings that shops use for them.</summary>
public static class Regions
{
    private static readonly FrozenDictionary<string, (IReadOnlyList<Region> All, NameTable<Region> Codes, NameTable<Region> Names)> Tables = RegionTable.Text
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Aggregate(new List<(string Country, string Rows)>(), Join)
        .ToFrozenDictionary(pair => pair.Country, pair => Read(pair.Country, pair.Rows), StringComparer.Ordinal);

    /// <summary>Words for what a region is, in front of its name or behind it.</summary>
    private static readonly string[] Kinds = ["region", "provincia", "province", "departamento", "department", "depto", "estado", "state"];

    /// <summary>Countries whose regions are known, by alpha-2 code.</summary>
    public static IEnumerable<string> KnownCountries => Tables.Keys;

    /// <summary>A country's regions by code; empty for a country whose regions are not known here.</summary>
    public static IReadOnlyList<Region> Of(string country) => Tables.TryGetValue(country, out var table) ? table.All : [];

    /// <summary>The region that a shop means; null when nobody can tell.</summary>
    /// <param name="country">Alpha-2 code in capitals.</param>
    /// <param name="text">A code with or without the country (<c>RM</c>, <c>CL-RM</c>), a number (<c>XIII</c>, <c>13</c>) or a name as shops write it (<c>Región Metropolitana de Santiago (RM)</c>).</param>
    public static Region? Find(string country, string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > PlaceNames.Longest || !Tables.TryGetValue(country, out var table))
        {
            return null;
        }

        Span<char> room = stackalloc char[PlaceNames.Room];
        ReadOnlySpan<char> folded = room[..PlaceNames.Fold(text, room)];
        if (folded.Length > 3 && folded[2] == ' ' && folded[..2].Equals(country, StringComparison.OrdinalIgnoreCase) && table.Codes.FindFolded(folded[3..]) is { } prefixed)
        {
            return prefixed;
        }

        if (table.Codes.FindFolded(folded) is { } coded)
        {
            return coded;
        }

        if (table.Names.FindFolded(folded) is { } named)
        {
            return named;
        }

        int bracket = text.IndexOf('(', StringComparison.Ordinal);
        if (bracket > 0)
        {
            folded = room[..PlaceNames.Fold(text.AsSpan(0, bracket), room)];
            if (table.Names.FindFolded(folded) is { } before)
            {
                return before;
            }
        }

        return table.Names.FindFolded(Bare(folded)) ?? Numbered(folded, table.Names);
    }

    /// <summary>Without the word for what it is: "region del maule" is "maule", "lima province" is "lima".</summary>
    private static ReadOnlySpan<char> Bare(ReadOnlySpan<char> folded)
    {
        foreach (string kind in Kinds)
        {
            if (folded.Length > kind.Length + 1 && folded[kind.Length] == ' ' && folded.StartsWith(kind, StringComparison.Ordinal))
            {
                var rest = folded[(kind.Length + 1)..];
                int space = rest.IndexOf(' ');
                return space > 0 && rest[..space] is "de" or "del" or "of" or "do" or "da" ? rest[(space + 1)..] : rest;
            }

            if (folded.Length > kind.Length + 1 && folded[^(kind.Length + 1)] == ' ' && folded.EndsWith(kind, StringComparison.Ordinal))
            {
                return folded[..^(kind.Length + 1)];
            }
        }

        return folded;
    }

    /// <summary>"xv region de arica y parinacota", "v region": the number in front decides.</summary>
    private static Region? Numbered(ReadOnlySpan<char> folded, NameTable<Region> names)
    {
        int space = folded.IndexOf(' ');
        return space > 0 && folded[(space + 1)..].StartsWith("region", StringComparison.Ordinal) ? names.FindFolded(folded[..space]) : null;
    }

    /// <summary>A line that begins with a country begins its table; the others go on with it.</summary>
    private static List<(string Country, string Rows)> Join(List<(string Country, string Rows)> tables, string line)
    {
        if (line.Length > 3 && line[2] == ':')
        {
            tables.Add((line[..2], line[3..]));
        }
        else
        {
            tables[^1] = (tables[^1].Country, $"{tables[^1].Rows}|{line}");
        }

        return tables;
    }

    private static (IReadOnlyList<Region>, NameTable<Region>, NameTable<Region>) Read(string country, string rows)
    {
        List<Region> all = [];
        List<(string, Region)> names = [];
        List<(string, Region)> spellings = [];
        foreach (string row in rows.Split('|', StringSplitOptions.TrimEntries))
        {
            string[] parts = row.Split('=', StringSplitOptions.TrimEntries);
            int space = parts[0].IndexOf(' ', StringComparison.Ordinal);
            var region = new Region(country, parts[0][..space], parts[0][(space + 1)..]);
            all.Add(region);
            names.Add((region.Name, region));
            spellings.AddRange((parts.Length > 1 ? parts[1].Split(';') : []).Select(spelling => (spelling, region)));
        }

        return (all, new NameTable<Region>(all.Select(region => (region.Code, region))), new NameTable<Region>(names.Concat(spellings)));
    }
}
