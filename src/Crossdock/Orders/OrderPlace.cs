using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Crossdock.Database;

namespace Crossdock.Orders;

/// <summary>A place in a list of orders: beside which row a page begins. Opaque to who passes it on.</summary>
/// <param name="Key">What the list is ordered by, of that row; as PostgreSQL writes it.</param>
/// <param name="Id">The row.</param>
internal sealed record OrderPlace(string Key, Guid Id)
{
    private const int SumBytes = 4;

    /// <summary>The cursor of a place under a sorting.</summary>
    public string Cursor(OrderSorting sorting)
    {
        byte[] text = Encoding.UTF8.GetBytes($"{sorting}\n{Id:N}\n{Key}");
        byte[] all = new byte[text.Length + SumBytes];
        Sum(text).CopyTo(all, 0);
        text.CopyTo(all, SumBytes);
        return Base64Url.EncodeToString(all);
    }

    /// <summary>Reads a cursor; null when it was cut, or comes from a list that is ordered otherwise.</summary>
    public static OrderPlace? Read(string cursor, OrderSorting sorting)
    {
        byte[] all = new byte[Base64Url.GetMaxDecodedLength(cursor.Length)];
        if (!Base64Url.IsValid(cursor) || !Base64Url.TryDecodeFromChars(cursor, all, out int written) || written <= SumBytes || !Sum(all.AsSpan(SumBytes, written - SumBytes)).AsSpan().SequenceEqual(all.AsSpan(0, SumBytes)))
        {
            return null;
        }

        string[] parts = Encoding.UTF8.GetString(all, SumBytes, written - SumBytes).Split('\n', 3);
        return parts.Length == 3 && parts[0] == sorting.ToString() && Guid.TryParseExact(parts[1], "N", out var id) ? new OrderPlace(parts[2], id) : null;
    }

    private static byte[] Sum(ReadOnlySpan<byte> text) => SHA256.HashData(text)[..SumBytes];
}

/// <summary>Which page of a list of orders is wanted.</summary>
public sealed record OrderPageRequest
{
    /// <summary>How the list is ordered.</summary>
    public OrderSorting Sorting { get; init; } = OrderSorting.Newest;
    /// <summary>How many rows; 1 to 500.</summary>
    public int Take { get; init; } = PageRequest.DefaultTake;
    internal OrderPlace? Place { get; init; }
    /// <summary>True for the page that ends before the place, false for the one that begins after it.</summary>
    public bool IsBefore { get; init; }

    /// <summary>Reads what a list gave out.</summary>
    /// <param name="sorting">How the list is ordered.</param>
    /// <param name="after">The cursor after which the page begins; null or empty for the first page.</param>
    /// <param name="before">The cursor before which the page ends.</param>
    /// <param name="take">How many rows; 50 where not said.</param>
    /// <param name="problem">What is wrong, when the answer is null.</param>
    public static OrderPageRequest? Read(OrderSorting sorting, string? after, string? before, int? take, out string? problem)
    {
        problem = null;
        if (take is < 1 or > PageRequest.MaximumTake)
        {
            problem = $"limit is {take}, but must be between 1 and {PageRequest.MaximumTake}.";
            return null;
        }

        string? cursor = string.IsNullOrEmpty(after) ? before : after;
        var request = new OrderPageRequest { Sorting = sorting, Take = take ?? PageRequest.DefaultTake, IsBefore = string.IsNullOrEmpty(after) };
        if (string.IsNullOrEmpty(cursor))
        {
            return request with { IsBefore = false };
        }

        if (OrderPlace.Read(cursor, sorting) is { } place)
        {
            return request with { Place = place };
        }

        // A cursor of the time when lists had one order only.
        if (sorting == OrderSorting.Newest && PageRequest.Read(cursor, null, out _) is { After: { } id })
        {
            return request with { Place = new OrderPlace("", id) };
        }

        problem = "The cursor is not one that this list gave out in this order. Leave it out to begin with the first page, or pass the value of next unchanged.";
        return null;
    }
}

/// <summary>One page of a list of orders.</summary>
/// <param name="Items">The rows, in the list's order.</param>
/// <param name="Next">The cursor after which the next page begins; null on the last.</param>
/// <param name="Previous">The cursor before which the page before ends; null on the first.</param>
public sealed record OrderListPage(IReadOnlyList<OrderSummary> Items, string? Next, string? Previous)
{
    /// <summary>No rows.</summary>
    public static OrderListPage Empty { get; } = new([], null, null);
}
