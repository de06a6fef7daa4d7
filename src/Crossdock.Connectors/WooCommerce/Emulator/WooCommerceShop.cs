using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>The emulated shop's orders. Everything under one lock; documents are written as PHP writes them.</summary>
internal sealed class WooCommerceShop(WooCommerceEmulatorOptions options, TimeProvider clock)
{
    /// <summary>The shop's zone: local times of the documents are three hours behind.</summary>
    private static readonly TimeSpan Zone = TimeSpan.FromHours(-3);

    private readonly Lock door = new();
    private readonly Dictionary<long, JsonObject> orders = [];
#pragma warning disable CA5394 // Dice, not keys: a seed must give the same orders again.
    private readonly Random chance = new(options.Seed);
#pragma warning restore CA5394
    private long last = options.FirstId - 1;

    /// <summary>The shop's address with a slash at its end.</summary>
    internal string Site { get; set; } = "http://127.0.0.1/";

    /// <summary>True when the webhooks' owner lost the right to see orders: they then carry an error instead.</summary>
    internal bool HasOwnerLostRights { get; set; }

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

    internal long NewId() => Interlocked.Increment(ref last);

    internal bool Happens(double rate)
    {
        lock (door)
        {
#pragma warning disable CA5394 // Dice, not keys.
            return rate > 0 && chance.NextDouble() < rate;
#pragma warning restore CA5394
        }
    }

    internal long Place()
    {
        long id = NewId();
        bool isBad = Happens(options.BadAddressRate);
        lock (door)
        {
            orders[id] = WooCommerceShelf.Order(id, chance, clock.GetUtcNow(), "11.0.1", Site, isBad);
        }

        return id;
    }

    /// <summary>Changes an order and its time of change; false when there is no such order.</summary>
    internal bool Change(long id, Action<JsonObject> change)
    {
        lock (door)
        {
            if (!orders.TryGetValue(id, out var order))
            {
                return false;
            }

            change(order);
            Stamp(order, "date_modified", clock.GetUtcNow());
            return true;
        }
    }

    internal bool Remove(long id)
    {
        lock (door)
        {
            return orders.Remove(id);
        }
    }

    /// <summary>What a delivery carries, made when it is sent.</summary>
    internal byte[] Body(string topic, long id)
    {
        if (topic == "order.deleted")
        {
            return Php(new JsonObject { ["id"] = id });
        }

        if (HasOwnerLostRights)
        {
            return Php(Error("woocommerce_rest_cannot_view", "Sorry, you cannot view this resource.", 401));
        }

        return Read(id) is { } order ? Php(order) : Php(Error("woocommerce_rest_shop_order_invalid_id", "Invalid ID.", 404));
    }

    internal JsonObject? Read(long id)
    {
        lock (door)
        {
            return orders.TryGetValue(id, out var order) ? (JsonObject)order.DeepClone() : null;
        }
    }

    /// <summary>A page of the orders that are wanted, and how many there are in all. Only the page is copied.</summary>
    internal (List<JsonObject> Page, int Total) Read(Func<JsonObject, bool> isWanted, Func<IEnumerable<JsonObject>, IEnumerable<JsonObject>> sort, int skip, int take)
    {
        lock (door)
        {
            var found = sort(orders.Values.Where(isWanted)).ToList();
            return ([.. found.Skip(skip).Take(take).Select(order => (JsonObject)order.DeepClone())], found.Count);
        }
    }

    internal static JsonObject Error(string code, string message, int status) => new() { ["code"] = code, ["message"] = message, ["data"] = new JsonObject { ["status"] = status } };

    /// <summary>Non-ASCII as \uXXXX and slashes escaped, as PHP does: whoever signs a rewritten body gets another signature.</summary>
    internal static byte[] Php(JsonNode document) => JsonSerializer.SerializeToUtf8Bytes(document).AsSpan() is var plain && !plain.Contains((byte)'/')
        ? plain.ToArray() : System.Text.Encoding.ASCII.GetBytes(document.ToJsonString().Replace("/", "\\/", StringComparison.Ordinal));

    /// <summary>A time as WooCommerce writes it: local and in UTC, without a zone, in whole seconds.</summary>
    internal static void Stamp(JsonObject order, string name, DateTimeOffset? at)
    {
        order[name] = at?.ToOffset(Zone).DateTime.ToString("s", CultureInfo.InvariantCulture);
        order[name + "_gmt"] = at?.UtcDateTime.ToString("s", CultureInfo.InvariantCulture);
    }
}
