using Crossdock.Reconciliation;
using NodaTime;
using Xunit;

namespace Crossdock.Tests.Reconciliation;

public sealed class StoreCalendarTests
{
    [Theory]
    [InlineData("Europe/Madrid", "2026-03-29", 23)]
    [InlineData("Europe/Madrid", "2026-10-25", 25)]
    [InlineData("Europe/Madrid", "2026-06-01", 24)]
    [InlineData("America/Santiago", "2026-09-06", 23)]          // clocks go forward at midnight: the day begins at one
    [InlineData("America/Santiago", "2026-04-04", 25)]          // and back at midnight: the day's last hour comes twice
    [InlineData("America/New_York", "2026-11-01", 25)]
    [InlineData("America/Havana", "2026-03-08", 23)]
    [InlineData("Australia/Lord_Howe", "2026-10-04", 23.5)]
    [InlineData("Asia/Kathmandu", "2026-10-04", 24)]
    [InlineData("Pacific/Apia", "2011-12-30", 0)]               // a day that was left out
    public void Day_is_as_long_as_its_calendar_says(string zone, string day, double hours)
    {
        var (from, to) = StoreCalendar.Bounds(Day(day), Zone(zone));
        Assert.Equal(hours, (to - from).TotalHours);
    }

    [Fact]
    public void Every_moment_lies_in_exactly_the_day_whose_bounds_hold_it()
    {
        var chance = new Random(20260301);
        string[] zones = ["UTC", "Europe/Madrid", "America/Santiago", "America/New_York", "America/Havana", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Tehran"];
        for (int round = 0; round < 20_000; round++)
        {
            var zone = Zone(zones[chance.Next(zones.Length)]);
            var at = new DateTimeOffset(2010, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(chance.NextInt64(20L * 366 * 86_400));
            var day = StoreCalendar.DayOf(at, zone);
            var (from, to) = StoreCalendar.Bounds(day, zone);
            Assert.True(from <= at && at < to, $"{at:O} is on {day} of {zone}, which is {from:O} to {to:O}");
            Assert.Equal(from, StoreCalendar.Bounds(day.PlusDays(-1), zone).To);
        }
    }

    [Fact]
    public void Days_follow_each_other_without_a_gap_over_any_stretch()
    {
        var zone = Zone("America/Santiago");
        var from = new DateTimeOffset(2026, 3, 30, 14, 0, 0, TimeSpan.Zero);
        var days = StoreCalendar.Days(from, from.AddDays(10), zone).ToList();
        Assert.Equal(11, days.Count);
        Assert.All(days.Zip(days.Skip(1)), pair => Assert.Equal(StoreCalendar.Bounds(pair.First, zone).To, StoreCalendar.Bounds(pair.Second, zone).From));
        Assert.Equal([StoreCalendar.DayOf(from, zone)], StoreCalendar.Days(from, from, zone));
        // A stretch that ends with a day does not touch the next one.
        Assert.Equal([Day("2026-06-01")], StoreCalendar.Days(new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero), new(2026, 6, 2, 0, 0, 0, TimeSpan.Zero), DateTimeZone.Utc));
    }

    private static LocalDate Day(string day) => NodaTime.Text.LocalDatePattern.Iso.Parse(day).Value;

    private static DateTimeZone Zone(string name) => DateTimeZoneProviders.Tzdb[name];
}
