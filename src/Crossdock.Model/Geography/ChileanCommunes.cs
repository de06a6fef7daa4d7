namespace Crossdock.Model.Geography;

/// <summary>One of Chile's 346 communes: what couriers there route by.</summary>
/// <param name="Name">Official name with accents: <c>Ñuñoa</c>.</param>
/// <param name="Region">Its region's code: <c>RM</c>.</param>
public sealed record Commune(string Name, string Region);

/// <summary>Chile's communes, and the spellings and places that shops use for them.</summary>
public static class ChileanCommunes
{
    /// <summary>By region from north to south, the capital last.</summary>
    public static IReadOnlyList<Commune> All { get; } = [.. Pairs(ChileanCommuneTable.Text).SelectMany(pair => pair.Others.Select(name => new Commune(name, pair.First)))];

    private static readonly NameTable<Commune> Names = new(All
        .Select(commune => (commune.Name, commune))
        .Concat(Pairs(ChileanCommuneTable.OtherSpellings).SelectMany(pair => pair.Others.Select(spelling => (spelling, Named(pair.First)))))
        .Concat(Pairs(ChileanCommuneTable.PlacesWithin).SelectMany(pair => pair.Others.Select(place => (place, Named(pair.First))))));

    /// <summary>The commune with that name, whatever its spelling, or in which that well-known place lies (<c>Chicureo</c> is in Colina); null when there is none.</summary>
    public static Commune? Find(string? name) => name is null ? null : Names.Find(name);

    private static Commune Named(string name) => All.First(commune => commune.Name == name);

    private static IEnumerable<(string First, string[] Others)> Pairs(string text) => text
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(line => (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
}
