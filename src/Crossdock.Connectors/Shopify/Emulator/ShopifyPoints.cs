namespace Crossdock.Connectors.Shopify.Emulator;

/// <summary>The leaky bucket of query costs, one per app and shop.</summary>
internal sealed class ShopifyPoints(int most, int perSecond, TimeProvider clock)
{
    private readonly Lock door = new();
    private double available = most;
    private DateTimeOffset restoredAt = clock.GetUtcNow();

    /// <summary>Takes the cost; false when there is not enough, and then nothing is taken.</summary>
    internal bool Take(int cost, out double left)
    {
        lock (door)
        {
            var now = clock.GetUtcNow();
            available = Math.Min(most, available + ((now - restoredAt).TotalSeconds * perSecond));
            restoredAt = now;
            bool fits = cost <= available;
            available -= fits ? cost : 0;
            left = available;
            return fits;
        }
    }
}
