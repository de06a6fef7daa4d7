using System.Globalization;
using System.Text.Json.Nodes;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>The emulated store's orders and fulfilments. Everything under one lock.</summary>
internal sealed class JumpsellerStore(JumpsellerEmulatorOptions options, TimeProvider clock)
{
    private readonly Lock door = new();
    private readonly SortedDictionary<long, JsonObject> orders = [];
    private readonly List<JsonObject> fulfilments = [];
#pragma warning disable CA5394 // Dice, not keys: a seed must give the same orders again.
    private readonly Random chance = new(options.Seed);
#pragma warning restore CA5394
    private long last = options.FirstId - 1;
    private long lastFulfilment = 12_474_989;

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

    internal long Place(string status)
    {
        lock (door)
        {
            orders[++last] = JumpsellerShelf.Order(last, clock.GetUtcNow(), chance, options.StoreCode, status);
            return last;
        }
    }

    internal JsonObject? Read(long id)
    {
        lock (door)
        {
            return orders.TryGetValue(id, out var order) ? (JsonObject)order.DeepClone() : null;
        }
    }

    internal bool Change(long id, Action<JsonObject> change)
    {
        lock (door)
        {
            if (!orders.TryGetValue(id, out var order))
            {
                return false;
            }

            change(order);
            return true;
        }
    }

    /// <summary>Orders with greater ids, ascending.</summary>
    internal List<JsonObject> After(long id)
    {
        lock (door)
        {
            return [.. orders.Where(entry => entry.Key > id).Select(entry => (JsonObject)entry.Value.DeepClone())];
        }
    }

    /// <summary>All orders, newest first.</summary>
    internal List<JsonObject> All()
    {
        lock (door)
        {
            return [.. orders.Values.Reverse().Select(order => (JsonObject)order.DeepClone())];
        }
    }

    /// <summary>Adds a fulfilment; the order becomes fulfilled and takes its tracking over.</summary>
    internal JsonObject? Fulfil(JsonObject asked)
    {
        lock (door)
        {
            if (!long.TryParse(asked["order_id"]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out long id) || !orders.TryGetValue(id, out var order))
            {
                return null;
            }

            var made = (JsonObject)asked.DeepClone();
            (made["id"], made["order_id"], made["created_at"], made["shipment_status"]) = (++lastFulfilment, id, JumpsellerShelf.Time(clock.GetUtcNow()), "requested");
            fulfilments.Add(made);
            (order["shipment_status_enum"], order["shipment_status"], order["fulfillment_status"]) = ("fulfilled", "Procesado", "fulfilled");
            foreach (string name in new[] { "tracking_company", "tracking_number", "tracking_url" })
            {
                order[name] = asked[name]?.DeepClone();
            }

            var shown = (JsonObject)made.DeepClone();
            shown["order"] = order.DeepClone();
            return shown;
        }
    }

    internal List<JsonObject> FulfilmentsOf(long order)
    {
        lock (door)
        {
            return [.. fulfilments.Where(one => one["order_id"]!.GetValue<long>() == order).Select(one => (JsonObject)one.DeepClone())];
        }
    }

    /// <summary>Changes a fulfilment; its order, or null when there is none.</summary>
    internal long? ChangeFulfilment(long id, JsonObject change)
    {
        lock (door)
        {
            if (fulfilments.Find(one => one["id"]!.GetValue<long>() == id) is not { } found)
            {
                return null;
            }

            foreach (var (name, value) in change)
            {
                found[name] = value?.DeepClone();
            }

            long order = found["order_id"]!.GetValue<long>();
            if (change["shipment_status"] is { } status)
            {
                orders[order]["shipment_status_enum"] = status.ToString();
            }

            return order;
        }
    }
}
