using System.Buffers.Text;

namespace Crossdock.Database;

/// <summary>One page of a list, newest first unless the list says otherwise.</summary>
/// <param name="Items">The rows.</param>
/// <param name="Next">The cursor of the next page, opaque; null on the last one.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next)
{
    /// <summary>No rows.</summary>
    public static Page<T> Empty { get; } = new([], null);

    /// <summary>Cuts the one row that was read too many, which only says that there is a further page.</summary>
    internal static Page<T> Cut(IReadOnlyList<T> rows, PageRequest request, Func<T, Guid> id) => rows.Count <= request.Take
        ? new(rows, null)
        : new([.. rows.Take(request.Take)], PageRequest.Cursor(id(rows[request.Take - 1])));
}

/// <summary>Which page is wanted. Lists page by key and never by offset, so that page 20,000 costs as much as the first.</summary>
/// <param name="After">The last id of the page before; null for the first page.</param>
/// <param name="Take">How many rows. Default 50; 1 to 500.</param>
public sealed record PageRequest(Guid? After = null, int Take = PageRequest.DefaultTake)
{
    public const int DefaultTake = 50;
    public const int MaximumTake = 500;

    // A cursor that was cut or mistyped must not silently become another place in the list.
    private const byte Mark = 0xC1;

    /// <summary>The first page.</summary>
    public static PageRequest First { get; } = new();

    /// <summary>Reads a cursor as <see cref="Page{T}.Next"/> gave it, and a limit.</summary>
    /// <returns>The request; null when something is wrong, and then <paramref name="problem"/> says what and what to do.</returns>
    public static PageRequest? Read(string? cursor, int? limit, out string? problem)
    {
        problem = null;
        if (limit is < 1 or > MaximumTake)
        {
            problem = $"limit is {limit}, but must be between 1 and {MaximumTake}.";
            return null;
        }

        int take = limit ?? DefaultTake;
        if (string.IsNullOrEmpty(cursor))
        {
            return new(null, take);
        }

        Span<byte> bytes = stackalloc byte[18];
        if (cursor.Length != 24 || !Base64Url.TryDecodeFromChars(cursor, bytes, out int written) || written != 18 || bytes[0] != Mark || bytes[17] != Sum(bytes[1..17]))
        {
            problem = "The cursor is not one that this list gave out. Leave it out to begin with the first page, or pass the value of next unchanged.";
            return null;
        }

        return new(new Guid(bytes[1..17], bigEndian: true), take);
    }

    internal static string Cursor(Guid last)
    {
        Span<byte> bytes = stackalloc byte[18];
        bytes[0] = Mark;
        last.TryWriteBytes(bytes[1..17], bigEndian: true, out _);
        bytes[17] = Sum(bytes[1..17]);
        return Base64Url.EncodeToString(bytes);
    }

    private static byte Sum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte part in bytes)
        {
            sum = (byte)((sum * 31) + part + 1);
        }

        return sum;
    }
}
