using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>What seldom changes, kept for hours: states, countries, regions, currencies, languages, carriers, configuration.</summary>
internal sealed class PrestaShopReference(PrestaShopClient client) : IDisposable
{
    private const int MostPerCall = 100;

    private static readonly TimeSpan GoodFor = TimeSpan.FromHours(6);

    private static readonly string[] Configurations = ["PS_TIMEZONE", "PS_WEIGHT_UNIT", .. PrestaShopStates.ConfigurationKeys];

    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, JsonObject?>> tables = new(StringComparer.Ordinal);
    private readonly DateTimeOffset readAt = client.Clock.GetUtcNow();
    private volatile Dictionary<string, string>? configuration;

    /// <summary>True when it should be read anew.</summary>
    internal bool IsOld => client.Clock.GetUtcNow() - readAt > GoodFor;

    /// <summary>Values by name; empty where the key may not read them.</summary>
    internal IReadOnlyDictionary<string, string> Configuration => configuration ?? [];

    internal JsonObject? Find(string resource, string? id) => id is not null && tables.TryGetValue(resource, out var table) && table.TryGetValue(id, out var row) ? row : null;

    internal IEnumerable<JsonObject> All(string resource) => tables.TryGetValue(resource, out var table) ? table.Values.OfType<JsonObject>() : [];

    /// <summary>The configuration key of a default state; null for one of the shop's own.</summary>
    internal string? KeyOf(string? state) => state is null ? null : PrestaShopStates.ConfigurationKeys.Where(key => Configuration.GetValueOrDefault(key) == state).Order(StringComparer.Ordinal).FirstOrDefault();

    /// <summary>Sees that these rows are here.</summary>
    /// <returns>Null when they are, otherwise how it failed. A resource that the key may not read counts as read only when it is not required.</returns>
    internal async Task<ShopAnswer?> NeedAsync(string resource, IEnumerable<string?> ids, bool isRequired, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            var table = tables.GetOrAdd(resource, _ => new(StringComparer.Ordinal));
            foreach (string[] missing in ids.OfType<string>().Where(id => !table.ContainsKey(id)).Distinct(StringComparer.Ordinal).Chunk(MostPerCall))
            {
                var answer = await client.GetAsync(resource, PrestaShopClient.Join(PrestaShopClient.Any("id", missing), "display=full"), cancellationToken);
                if (answer is ShopRows found)
                {
                    foreach (var row in found.Rows)
                    {
                        if (PrestaShopAnswers.Id(row) is { } id)
                        {
                            table[id] = row;
                        }
                    }
                }
                else if (answer is not ShopNothing && (isRequired || answer is not ShopForbidden))
                {
                    return answer;
                }

                // Rows that were deleted, or that nobody may see, are not asked for again and again.
                foreach (string id in missing)
                {
                    table.TryAdd(id, null);
                }
            }

            return null;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Sees that states and configuration are here; again when an order has a state that was not there yet.</summary>
    internal async Task<ShopAnswer?> PrepareAsync(IEnumerable<string?> states, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (configuration is null)
            {
                var answer = await client.GetAsync("configurations", PrestaShopClient.Join(PrestaShopClient.Any("name", Configurations), "display=full"), cancellationToken);
                if (answer is not (ShopRows or ShopForbidden or ShopNothing))
                {
                    return answer;
                }

                Dictionary<string, string> values = new(StringComparer.Ordinal);
                foreach (var row in answer is ShopRows found ? found.Rows : [])
                {
                    if (PrestaShopAnswers.Text(row, "name") is { } name && PrestaShopAnswers.Text(row, "value") is { } value)
                    {
                        values[name] = value;
                    }
                }

                configuration = values;
            }

            if (!tables.TryGetValue("order_states", out var table) || states.Any(id => id is not null && !table.ContainsKey(id)))
            {
                var answer = await client.GetAsync("order_states", "display=full", cancellationToken);
                if (answer is not ShopRows found)
                {
                    return answer;
                }

                table = new(StringComparer.Ordinal);
                foreach (var row in found.Rows)
                {
                    if (PrestaShopAnswers.Id(row) is { } id)
                    {
                        table[id] = row;
                    }
                }

                foreach (string id in states.OfType<string>())
                {
                    table.TryAdd(id, null);
                }

                tables["order_states"] = table;
            }

            return null;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();
}
