namespace Crossdock.Emulators;

/// <summary>How an emulated shop sells by itself.</summary>
internal static class ShopTrade
{
    /// <summary>Calls again and again at a steady pace, one after another, until cancelled.</summary>
    /// <param name="ordersPerSecond">The pace, 0.001 to 1000.</param>
    /// <param name="clock">Whose time it is.</param>
    /// <param name="sellAsync">Sells one, with all that comes of it.</param>
    /// <param name="cancellationToken">Closes the shop.</param>
    internal static async Task RunAsync(double ordersPerSecond, TimeProvider clock, Func<CancellationToken, Task> sellAsync, CancellationToken cancellationToken)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1 / Math.Clamp(ordersPerSecond, 0.001, 1000)), clock);
        try
        {
            while (await pace.WaitForNextTickAsync(cancellationToken))
            {
                await sellAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The shop closes.
        }
    }
}
