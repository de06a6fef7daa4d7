using Npgsql;

namespace Crossdock.Reading;

/// <summary>Keeps a row's lease while work on it goes on, however long a call or a rate limit takes; when another node has taken over, or the database was away for too long, the work is called off.</summary>
internal sealed class Lease : IAsyncDisposable
{
    private readonly CancellationTokenSource stop;
    private readonly CancellationTokenSource over = new();
    private readonly Task keeping;

    public Lease(TimeSpan length, Func<DateTimeOffset, CancellationToken, Task<bool>> keep, TimeProvider clock, CancellationToken cancellationToken)
    {
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        keeping = KeepAsync(length, keep, clock);
    }

    /// <summary>Cancelled when the lease is lost, or the hub stops.</summary>
    public CancellationToken Token => stop.Token;

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await keeping;
        stop.Dispose();
        over.Dispose();
    }

    private async Task KeepAsync(TimeSpan length, Func<DateTimeOffset, CancellationToken, Task<bool>> keep, TimeProvider clock)
    {
        long keptAt = clock.GetTimestamp();
        while (!over.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(length / 4, clock, over.Token);
                if (!await keep(clock.GetUtcNow() + length, over.Token))
                {
                    await stop.CancelAsync();
                    return;
                }

                keptAt = clock.GetTimestamp();
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException)
            {
                if (clock.GetElapsedTime(keptAt) > length * 0.75)
                {
                    await stop.CancelAsync();
                    return;
                }
            }
        }
    }
}
