using System.Globalization;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Vtex;

/// <summary>Where a list goes on. VTEX gives out 30 pages of 100 of a query; a window with more is halved until it has less, and the rest follows.</summary>
/// <param name="From">Begin of the part that is being read, inclusive.</param>
/// <param name="To">Its end; VTEX takes it as inclusive.</param>
/// <param name="Page">1 for the first.</param>
/// <param name="Total">How many orders the part had when its last page was read; 0 before the first.</param>
internal sealed record VtexCursor(DateTimeOffset From, DateTimeOffset To, int Page, long Total)
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    internal static VtexCursor First(ReadRequest request) => new(Down(request.From), Up(request.To), 1, 0);

    /// <summary>Null for the first page, and for a cursor that is none of ours.</summary>
    internal static VtexCursor? Parse(ReadRequest request) => request.Cursor?.Split('|') is [var from, var to, var page, var total]
        && Time(from) is { } begin && Time(to) is { } end && int.TryParse(page, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
        && long.TryParse(total, NumberStyles.None, CultureInfo.InvariantCulture, out long count)
        ? new VtexCursor(begin, end, number, count) : null;

    internal static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>True while the whole window is one query, so that its total is the window's.</summary>
    internal bool IsWhole(ReadRequest request) => From == Down(request.From) && To == Up(request.To);

    /// <summary>The first half; null when it cannot be cut any more.</summary>
    internal VtexCursor? Halved()
    {
        long milliseconds = (long)(To - From).TotalMilliseconds / 2;
        return milliseconds < 1 ? null : new VtexCursor(From, From.AddMilliseconds(milliseconds), 1, 0);
    }

    /// <summary>The next page as text; null when that was the last.</summary>
    /// <param name="perPage">How many orders a page has.</param>
    /// <param name="total">How many the part has in all.</param>
    /// <param name="end">End of the whole window.</param>
    internal string? After(int perPage, long total, DateTimeOffset end)
    {
        // Orders that left the part meanwhile pulled the following ones forward, onto pages that were read already: those are read again.
        if (total < Total && Page > 1)
        {
            long back = ((Total - total) + perPage - 1) / perPage;
            return new VtexCursor(From, To, (int)Math.Max(1, Page - back), total).ToString();
        }

        if ((long)Page * perPage < total)
        {
            return new VtexCursor(From, To, Page + 1, total).ToString();
        }

        return To < Up(end) ? new VtexCursor(To, Up(end), 1, 0).ToString() : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Text(From)}|{Text(To)}|{Page}|{Total}");

    private static DateTimeOffset? Time(string text) => DateTimeOffset.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    // VTEX compares milliseconds.
    private static DateTimeOffset Down(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);

    private static DateTimeOffset Up(DateTimeOffset time) => Down(time) == time ? Down(time) : Down(time).AddMilliseconds(1);
}
