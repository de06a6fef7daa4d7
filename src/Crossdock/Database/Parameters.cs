using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Database;

/// <summary>Typed parameters for statements over arrays.</summary>
internal static class Parameters
{
    internal static NpgsqlParameter<TValue[]> Array<TItem, TValue>(NpgsqlDbType type, IReadOnlyList<TItem> items, Func<TItem, TValue> value)
    {
        var values = new TValue[items.Count];
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = value(items[index]);
        }
        return new NpgsqlParameter<TValue[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = values };
    }

    internal static NpgsqlParameter<DateTime> Time(DateTimeOffset at) => new() { NpgsqlDbType = NpgsqlDbType.TimestampTz, TypedValue = at.UtcDateTime };

    /// <summary>Text as PostgreSQL can store it: without NUL and without half a surrogate pair.</summary>
    internal static string? Storable(string? text)
    {
        if (text is null || text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 && !text.Contains('\0', StringComparison.Ordinal))
        {
            return text;
        }
        return string.Concat(text.EnumerateRunes().Select(rune => rune.Value == 0 ? "\uFFFD" : rune.ToString()));
    }
}
