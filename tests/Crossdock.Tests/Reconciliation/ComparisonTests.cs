using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Reconciliation;
using NodaTime;
using Xunit;

namespace Crossdock.Tests.Reconciliation;

public sealed class ComparisonTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Order_that_is_not_here_is_missing() => Assert.Equal(DifferenceKind.Missing, Comparison.Compare(Listed(At, 10), null));

    [Fact]
    public void Copy_of_an_earlier_second_is_older() => Assert.Equal(DifferenceKind.Older, Comparison.Compare(Listed(At.AddSeconds(1), 10), Here(At, 10)));

    [Fact]
    public void Copy_that_is_newer_than_the_list_is_right_whatever_its_total() => Assert.Null(Comparison.Compare(Listed(At, 10), Here(At.AddSeconds(1), 12)));

    [Fact]
    public void Parts_of_a_second_and_zeros_behind_the_point_do_not_matter() => Assert.Null(Comparison.Compare(Listed(At, 10.50m), Here(At.AddMilliseconds(700), 10.5m)));

    [Fact]
    public void Same_version_with_another_total_is_told() => Assert.Equal(DifferenceKind.OtherTotal, Comparison.Compare(Listed(At, 10), Here(At, 11)));

    [Fact]
    public void Same_amount_in_another_currency_is_told() => Assert.Equal(DifferenceKind.OtherTotal, Comparison.Compare(Listed(At, 10), Here(At, 10) with { Currency = "USD" }));

    [Fact]
    public void Where_the_list_tells_no_time_its_word_for_the_state_decides()
    {
        Assert.Equal(DifferenceKind.OtherState, Comparison.Compare(Listed(null, 10) with { PlatformStatus = "paid" }, Here(At, 10)));
        Assert.Null(Comparison.Compare(Listed(null, 10) with { PlatformStatus = "new" }, Here(At, 10)));
        Assert.Null(Comparison.Compare(Listed(At, 10) with { PlatformStatus = "paid" }, Here(At, 10)));
    }

    [Fact]
    public void What_the_list_does_not_tell_makes_no_difference() => Assert.Null(Comparison.Compare(new ListedOrder { ExternalId = "1" }, Here(At, 10)));

    [Fact]
    public void Hash_of_a_day_does_not_depend_on_the_order_of_reading_and_changes_with_any_version()
    {
        var chance = new Random(7);
        for (int round = 0; round < 200; round++)
        {
            var orders = Enumerable.Range(0, chance.Next(2, 60)).Select(id => Listed(At.AddSeconds(chance.Next(100_000)), chance.Next(100_000) / 100m) with { ExternalId = $"{round}-{id}" }).ToArray();
            var day = new LocalDate(2026, 3, 2);
            long straight = HashOf(orders, day);
            var changed = orders.ToArray();
            int which = chance.Next(orders.Length);
            changed[which] = chance.Next(3) switch
            {
                0 => changed[which] with { UpdatedAt = changed[which].UpdatedAt!.Value.AddSeconds(1) },
                1 => changed[which] with { Total = new Money(changed[which].Total!.Value.Amount + 0.01m, "EUR") },
                _ => changed[which] with { ExternalId = "another" },
            };
            chance.Shuffle(orders);
            Assert.Equal(straight, HashOf(orders, day));
            Assert.NotEqual(straight, HashOf(changed, day));
            Assert.NotEqual(straight, HashOf(orders[1..], day));
        }
    }

    [Fact]
    public void Hash_of_an_equal_copy_is_the_hash_of_what_is_listed()
    {
        Assert.Equal(LedgerHash.Of(Listed(At, 10.50m)), LedgerHash.Of(Here(At.AddMilliseconds(300), 10.5m), Listed(At, 10.50m)));
        Assert.Equal(LedgerHash.Of(Listed(null, 10) with { PlatformStatus = "new" }), LedgerHash.Of(Here(At, 10), Listed(null, 10) with { PlatformStatus = "new" }));
    }

    [Fact]
    public void Reading_goes_on_with_what_it_had_counted_and_met()
    {
        var day = new LocalDate(2026, 3, 2);
        var first = new Tally();
        Assert.True(first.Meet("1"));
        first.Count(day, Listed(At, 10.25m));
        var next = new Tally(first.Figures(), first.SeenBytes());
        Assert.False(next.Meet("1"));
        Assert.True(next.Meet("2"));
        next.Count(day, Listed(At, 5) with { ExternalId = "2" });
        Assert.Equal((2, 15.25m), (next.Days[day].Listed, next.Days[day].Sums["EUR"]));
        Assert.Equal(LedgerHash.Of(Listed(At, 10.25m)) ^ LedgerHash.Of(Listed(At, 5) with { ExternalId = "2" }), next.Days[day].Hash);
    }

    private static long HashOf(IEnumerable<ListedOrder> orders, LocalDate day)
    {
        var tally = new Tally();
        foreach (var order in orders)
        {
            tally.Count(day, order);
        }

        return tally.Days[day].Hash;
    }

    private static ListedOrder Listed(DateTimeOffset? updatedAt, decimal total) => new() { ExternalId = "1", PlacedAt = At, UpdatedAt = updatedAt, Total = new Money(total, "EUR") };

    private static HubOrder Here(DateTimeOffset? updatedAt, decimal total) => new(Guid.Empty, "1", updatedAt, total, "EUR", "new");
}
