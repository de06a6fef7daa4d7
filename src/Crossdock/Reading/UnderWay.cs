using System.Collections.Concurrent;

namespace Crossdock.Reading;

/// <summary>Pieces of work that this node has under way side by side, one for each key. What keeps the nodes apart are the leases in the database.</summary>
/// <param name="clock">Whose time it is.</param>
/// <param name="waits">Told when a piece, or the look for more, ended because the database is away. Leases then run out by themselves.</param>
internal sealed class UnderWay<TKey>(TimeProvider clock, Action<Exception> waits) where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Task> running = new();

    internal int Count => running.Count;

    internal IReadOnlyCollection<TKey> Keys => [.. running.Keys];

    internal bool Has(TKey key) => running.ContainsKey(key);

    /// <summary>Begins a piece. Whatever it does, it is taken off when it ends.</summary>
    internal void Begin(TKey key, Func<Task> work)
    {
        var begin = new TaskCompletionSource();
        running[key] = RunAsync();
        begin.SetResult();

        async Task RunAsync()
        {
            await begin.Task.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            try
            {
                await work();
            }
            catch (Exception exception) when (ReadingRole.IsAway(exception))
            {
                waits(exception);
            }
            finally
            {
                running.TryRemove(key, out _);
            }
        }
    }

    /// <summary>Looks for work again and again until the node stops; then waits for what is under way.</summary>
    internal async Task LookAsync(TimeSpan tick, Func<CancellationToken, Task> look, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await look(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) when (ReadingRole.IsAway(exception))
            {
                waits(exception);
            }

            await Task.Delay(tick, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await EndAsync();
    }

    /// <summary>Waits for what is under way.</summary>
    internal Task EndAsync() => Task.WhenAll(running.Values);
}
