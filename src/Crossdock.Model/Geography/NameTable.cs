using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Crossdock.Model.Geography;

/// <summary>Finds things by any of their spellings, without regard to accents, case and punctuation. Looking up allocates nothing.</summary>
internal sealed class NameTable<T> where T : class
{
    private readonly FrozenDictionary<string, T> _byName;
    private readonly FrozenDictionary<string, T>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    /// <summary>The first of two with the same spelling keeps it.</summary>
    public NameTable(IEnumerable<(string Spelling, T Thing)> names)
    {
        Dictionary<string, T> table = new(StringComparer.Ordinal);
        foreach (var (spelling, thing) in names)
        {
            table.TryAdd(PlaceNames.Fold(spelling), thing);
        }

        table.Remove("");
        _byName = table.ToFrozenDictionary(StringComparer.Ordinal);
        _lookup = _byName.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public IEnumerable<string> Spellings => _byName.Keys;

    /// <summary>Null when no such name is known.</summary>
    public T? Find(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || name.Length > PlaceNames.Longest)
        {
            return null;
        }

        Span<char> folded = stackalloc char[PlaceNames.Room];
        return FindFolded(folded[..PlaceNames.Fold(name, folded)]);
    }

    /// <summary>The same for a name that is folded already.</summary>
    public T? FindFolded(ReadOnlySpan<char> folded) => TryFind(folded, out var thing) ? thing : null;

    private bool TryFind(ReadOnlySpan<char> folded, [NotNullWhen(true)] out T? thing) => _lookup.TryGetValue(folded, out thing);
}
