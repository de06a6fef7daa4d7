using Crossdock.Reconciliation;
using NodaTime;

namespace Crossdock.Tests.Reconciliation;

/// <summary>Something that happens at a simulated store.</summary>
/// <param name="At">When, by the store's clock.</param>
/// <param name="ArrivesAt">When the hub hears of it; null for never.</param>
internal sealed record SimulatedEvent(int Store, string ExternalId, DateTimeOffset At, DateTimeOffset? ArrivesAt, DateTimeOffset PlacedAt, decimal Total, bool IsDeletion = false);

/// <summary>What happens at one simulated store over some days: orders, many of them around midnight, edits, cancellations, late changes, orders moved to another day, deletions.</summary>
internal static class SimulatedYear
{
    internal static IEnumerable<SimulatedEvent> Of(int store, DateTimeZone zone, DateTimeOffset from, int days, int perDay, Random chance)
    {
        for (int day = 0; day < days; day++)
        {
            for (int i = 0; i < perDay; i++)
            {
                string id = $"{store}-{day}-{i}";
                var placed = from.AddDays(day).AddSeconds(chance.Next(86_400));
                if (chance.Next(100) < 15)
                {
                    // Around the store's midnight, on the very second too.
                    placed = StoreCalendar.Bounds(StoreCalendar.DayOf(placed, zone), zone).To.AddSeconds(chance.Next(-90, 91));
                }

                decimal total = chance.Next(100, 100_000) / 100m;
                yield return Happens(store, id, placed, placed, total, chance);
                var at = placed;
                for (int edits = chance.Next(100) < 40 ? chance.Next(1, 4) : 0; edits > 0; edits--)
                {
                    // Told twice within a second, with the same content, or later and changed.
                    int later = chance.Next(100) < 5 ? 0 : chance.Next(1, 20_000);
                    at = at.AddSeconds(later);
                    total += later > 0 && chance.Next(3) == 0 ? 1 : 0;
                    yield return Happens(store, id, at, placed, total, chance);
                }

                if (chance.Next(100) < 8)
                {
                    // Changed days later.
                    at = at.AddHours(chance.Next(20, 220));
                    yield return Happens(store, id, at, placed, 0, chance);
                }

                if (chance.Next(1000) < 5)
                {
                    at = at.AddHours(chance.Next(1, 60));
                    placed = placed.AddDays(chance.Next(2) == 0 ? 1 : -1);
                    yield return Happens(store, id, at < placed ? placed : at, placed, total, chance);
                }
                else if (chance.Next(1000) < 3)
                {
                    yield return new(store, id, at.AddHours(chance.Next(1, 40)), null, placed, total, IsDeletion: true);
                }
            }
        }
    }

    private static SimulatedEvent Happens(int store, string id, DateTimeOffset at, DateTimeOffset placed, decimal total, Random chance)
    {
        int seconds = chance.Next(1000) switch
        {
            < 3 => chance.Next(300, 2400),          // far too late
            < 20 => chance.Next(30, 150),
            _ => chance.Next(1, 20),
        };
        at = new DateTimeOffset(at.UtcTicks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
        placed = new DateTimeOffset(placed.UtcTicks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
        return new(store, id, at, at.AddSeconds(seconds), placed, total);
    }
}
