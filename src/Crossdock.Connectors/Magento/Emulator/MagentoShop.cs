using System.Globalization;
using System.Text.Json.Nodes;

namespace Crossdock.Connectors.Magento;

/// <summary>The emulated shop's tables: orders, shipments, credit memos. Everything under one lock.</summary>
internal sealed class MagentoShop(MagentoEmulatorOptions options, TimeProvider clock)
{
    private readonly Lock door = new();
    private readonly SortedDictionary<long, JsonObject> orders = [];
    private readonly SortedDictionary<long, JsonObject> shipments = [];
    private readonly SortedDictionary<long, JsonObject> creditMemos = [];
    private readonly Dictionary<long, List<string>> told = [];
#pragma warning disable CA5394 // Dice, not keys: a seed must give the same orders again.
    private readonly Random chance = new(options.Seed);
    private long lastOrder = options.FirstId - 1;
    private long lastPart = 1000;

    internal bool Happens(double rate)
    {
        lock (door)
        {
            return rate > 0 && chance.NextDouble() < rate;
        }
    }
#pragma warning restore CA5394

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

    internal string Now => MagentoText.Of(clock.GetUtcNow());

    internal long Place()
    {
        bool isBad = Happens(options.BadAddressRate);
        lock (door)
        {
            long id = ++lastOrder;
            orders[id] = MagentoShelf.Order(id, chance, Now, isBad);
            return id;
        }
    }

    /// <summary>Changes an order and its time of change; false when there is none.</summary>
    internal bool Change(long id, Action<JsonObject> change)
    {
        lock (door)
        {
            if (!orders.TryGetValue(id, out var order))
            {
                return false;
            }

            change(order);
            order["updated_at"] = Now;
            return true;
        }
    }

    internal JsonObject? Read(long id)
    {
        lock (door)
        {
            return orders.TryGetValue(id, out var order) ? (JsonObject)order.DeepClone() : null;
        }
    }

    /// <summary>Asks over a table's own rows, which may not leave it.</summary>
    internal T Ask<T>(string table, Func<IEnumerable<JsonObject>, T> question)
    {
        lock (door)
        {
            return question(Table(table).Values);
        }
    }

    /// <summary>Copies of an order's shipments or credit memos.</summary>
    internal List<JsonNode> PartsOf(string table, long order) => Ask(table, rows => rows.Where(row => row["order_id"]!.GetValue<long>() == order).Select(row => row.DeepClone()).ToList());

    /// <summary>Adds a shipment or credit memo; gives its id.</summary>
    internal long Add(string table, long order, JsonObject row)
    {
        lock (door)
        {
            long id = ++lastPart;
            row["entity_id"] = id;
            row["increment_id"] = id.ToString("D9", CultureInfo.InvariantCulture);
            row["order_id"] = order;
            row["created_at"] = Now;
            row["updated_at"] = Now;
            Table(table)[id] = row;
            return id;
        }
    }

    internal bool ChangePart(string table, long id, Action<JsonObject> change)
    {
        lock (door)
        {
            if (!Table(table).TryGetValue(id, out var row))
            {
                return false;
            }

            change(row);
            row["updated_at"] = Now;
            return true;
        }
    }

    internal void Tell(long order, string what)
    {
        lock (door)
        {
            (told.TryGetValue(order, out var list) ? list : told[order] = []).Add(what);
        }
    }

    internal IReadOnlyList<string> ToldOf(long order)
    {
        lock (door)
        {
            return told.TryGetValue(order, out var list) ? [.. list] : [];
        }
    }

    private SortedDictionary<long, JsonObject> Table(string table) => table switch
    {
        "orders" => orders,
        "shipments" => shipments,
        _ => creditMemos,
    };
}
