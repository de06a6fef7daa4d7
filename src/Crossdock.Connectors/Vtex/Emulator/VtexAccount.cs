using System.Text.Json.Nodes;

namespace Crossdock.Connectors.Vtex;

/// <summary>The emulated account's orders. Everything under one lock.</summary>
internal sealed class VtexAccount(VtexEmulatorOptions options, TimeProvider clock)
{
    private readonly Lock door = new();
    private readonly Dictionary<string, JsonObject> orders = new(StringComparer.Ordinal);
    private readonly List<(string Id, DateTimeOffset At)> placed = [];
#pragma warning disable CA5394 // Dice, not keys: a seed must give the same orders again.
    private readonly Random chance = new(options.Seed);
#pragma warning restore CA5394
    private long last = options.FirstNumber - 1;

    internal int Count
    {
        get
        {
            lock (door)
            {
                return orders.Count;
            }
        }
    }

    internal bool Happens(double rate)
    {
        lock (door)
        {
#pragma warning disable CA5394 // Dice, not keys.
            return rate > 0 && chance.NextDouble() < rate;
#pragma warning restore CA5394
        }
    }

    internal string Place(bool isComplete)
    {
        lock (door)
        {
            var at = clock.GetUtcNow();
            var order = VtexShelf.Order(++last, at, chance, options.Account, isComplete);
            string id = order["orderId"]!.GetValue<string>();
            orders[id] = order;
            placed.Add((id, at));
            return id;
        }
    }

    /// <summary>By id or sequence; null when there is none, or none to be read yet.</summary>
    internal JsonObject? Read(string id)
    {
        lock (door)
        {
            var order = orders.GetValueOrDefault(id) ?? orders.Values.FirstOrDefault(known => known["sequence"]!.GetValue<string>() == id);
            return order is null || PlacedAt(order) + options.Propagation > clock.GetUtcNow() ? null : (JsonObject)order.DeepClone();
        }
    }

    /// <summary>Changes an order; what the change answers, or the default when there is no such order.</summary>
    internal T? Change<T>(string id, Func<JsonObject, T> change)
    {
        lock (door)
        {
            if (!orders.TryGetValue(id, out var order))
            {
                return default;
            }

            var result = change(order);
            order["lastChange"] = VtexShelf.Time(clock.GetUtcNow());
            return result;
        }
    }

    /// <summary>Orders of a window that the index knows by now, oldest first.</summary>
    internal List<JsonObject> Listed(DateTimeOffset? from, DateTimeOffset? to, bool isDescending)
    {
        lock (door)
        {
            var known = clock.GetUtcNow() - options.IndexLag;
            var found = placed.Where(entry => entry.At <= known && entry.At >= (from ?? DateTimeOffset.MinValue) && entry.At <= (to ?? DateTimeOffset.MaxValue))
                .Select(entry => orders[entry.Id]).Where(order => order["isCompleted"]!.GetValue<bool>());
            return [.. isDescending ? found.Reverse() : found];
        }
    }

    internal static DateTimeOffset PlacedAt(JsonObject order) => DateTimeOffset.Parse(order["creationDate"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);

    internal static string? StatusOf(JsonObject order) => order["status"]?.GetValue<string>();
}
