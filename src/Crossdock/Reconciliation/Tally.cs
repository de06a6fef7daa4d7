using System.Runtime.InteropServices;
using System.Text.Json;
using Crossdock.Model.Connectors;
using NodaTime;
using NodaTime.Text;

namespace Crossdock.Reconciliation;

/// <summary>One day's figures while they are added up.</summary>
internal sealed class DayTally
{
    public long Listed { get; set; }
    public long Hash { get; set; }
    public Dictionary<string, decimal> Sums { get; set; } = [];
}

/// <summary>What a reading has counted, by day, and the orders it has met: one on two pages is counted once.</summary>
internal sealed class Tally
{
    private readonly HashSet<long> seen;

    public Tally() => seen = [];

    public Tally(string figures, byte[] seen)
    {
        Days = JsonSerializer.Deserialize<Dictionary<string, DayTally>>(figures)!.ToDictionary(pair => LocalDatePattern.Iso.Parse(pair.Key).Value, pair => pair.Value);
        this.seen = [.. MemoryMarshal.Cast<byte, long>(seen)];
    }

    public Dictionary<LocalDate, DayTally> Days { get; } = [];
    public int Seen => seen.Count;

    /// <summary>False when the window under way had it before.</summary>
    public bool Meet(string externalId) => seen.Add(LedgerHash.OfId(externalId));

    public bool HasMet(string externalId) => seen.Contains(LedgerHash.OfId(externalId));

    public void Count(LocalDate day, ListedOrder order)
    {
        if (!Days.TryGetValue(day, out var tally))
        {
            Days[day] = tally = new();
        }

        tally.Listed++;
        tally.Hash ^= LedgerHash.Of(order);
        if (order.Total is { } total)
        {
            tally.Sums[total.Currency] = tally.Sums.GetValueOrDefault(total.Currency) + total.Amount;
        }
    }

    /// <summary>A window is done: its orders are not met in the next.</summary>
    public void Forget() => seen.Clear();

    public string Figures() => JsonSerializer.Serialize(Days.ToDictionary(pair => LocalDatePattern.Iso.Format(pair.Key), pair => pair.Value));

    public byte[] SeenBytes() => MemoryMarshal.AsBytes(seen.ToArray().AsSpan()).ToArray();
}
