namespace Crossdock.Reading;

/// <summary>How long to wait before a platform is asked again.</summary>
internal static class Patience
{
    /// <summary>A person has to act; we look whether somebody did.</summary>
    public static readonly TimeSpan Refused = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>What the platform asked for, or longer with every failure in a row: 5, 10, 20 ... seconds, at most ten minutes.</summary>
    public static TimeSpan After(int failures, TimeSpan? asked) =>
        asked is { } wish && wish > TimeSpan.Zero ? wish : TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, 5 * Math.Pow(2, Math.Clamp(failures, 0, 10))));
}
