using System.Globalization;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>Where a listing goes on. <c>t|FROM</c>: everything from that second on. <c>g|FROM|TO|PAGE</c>: a short stretch read from its last page to its first, then on behind it.
/// Seconds since 1970, so that another node can go on days later.</summary>
/// <param name="From">First second.</param>
/// <param name="To">End, exclusive.</param>
/// <param name="Page">The page of a stretch; 0 when it is not known yet how many there are, and outside of one.</param>
/// <param name="IsStretch">True while a stretch is read.</param>
internal sealed record WooCommercePlace(DateTimeOffset From, DateTimeOffset To, int Page, bool IsStretch)
{
    private static readonly TimeSpan Fold = TimeSpan.FromHours(3);

    internal string Text => IsStretch
        ? string.Create(CultureInfo.InvariantCulture, $"g|{From.ToUnixTimeSeconds()}|{To.ToUnixTimeSeconds()}|{Page}")
        : string.Create(CultureInfo.InvariantCulture, $"t|{From.ToUnixTimeSeconds()}");

    /// <summary>Null for a cursor that is none.</summary>
    internal static WooCommercePlace? Of(ReadRequest request)
    {
        var end = Ceiling(request.To);
        string[] parts = request.Cursor?.Split('|') ?? [];
        return parts switch
        {
            [] => new(Seconds(request.From.ToUnixTimeSeconds()), end, 0, false),
            ["t", var from] when Number(from) is { } at => new(Seconds(at), end, 0, false),
            ["g", var from, var to, var page] when Number(from) is { } at && Number(to) is { } until && Number(page) is { } number => new(Seconds(at), Seconds(until), (int)Math.Clamp(number, 0, 1_000_000), true),
            _ => null,
        };
    }

    /// <summary>The place after a page; null when it was the last.</summary>
    /// <param name="request">What is listed.</param>
    /// <param name="times">The rows' times in the order they came.</param>
    /// <param name="isFull">True when the page was full.</param>
    /// <param name="pages">How many pages there are by the shop's word.</param>
    internal WooCommercePlace? After(ReadRequest request, IReadOnlyList<DateTimeOffset> times, bool isFull, int pages)
    {
        if (IsStretch)
        {
            // The first look at page 1 only told how many there are; it is read once more at the end.
            return Page == 0 ? pages > 1 ? this with { Page = pages } : Behind(request) : Before(request);
        }

        if (!isFull || times.Count == 0)
        {
            return null;
        }

        // Older shops sort by local time, which goes back by an hour in autumn: a stretch of hours takes that in as well.
        bool isSorted = times.Zip(times.Skip(1)).All(pair => pair.First <= pair.Second);
        return !isSorted ? new(From, Min(From + Fold, To), 0, true)
            : times[^1] > From ? this with { From = times[^1] }
            : new(From, From.AddSeconds(1), 0, true);
    }

    /// <summary>The page before this one of a stretch, or what lies behind the stretch.</summary>
    internal WooCommercePlace? Before(ReadRequest request) => Page > 1 ? this with { Page = Page - 1 } : Behind(request);

    private WooCommercePlace? Behind(ReadRequest request) => To < Ceiling(request.To) ? new(To, Ceiling(request.To), 0, false) : null;

    private static DateTimeOffset Ceiling(DateTimeOffset at) => Seconds(at.ToUnixTimeSeconds() + (at.UtcTicks % TimeSpan.TicksPerSecond == 0 ? 0 : 1));

    private static DateTimeOffset Min(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static DateTimeOffset Seconds(long seconds) => DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, 253_402_300_000));

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
