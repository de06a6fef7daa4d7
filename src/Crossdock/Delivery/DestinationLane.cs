using System.Threading.Channels;
using Crossdock.Connections;
using Crossdock.Model.Connectors;

namespace Crossdock.Delivery;

/// <summary>One destination's own queue and workers: what hangs or fails here delays nobody else.</summary>
internal sealed class DestinationLane
{
    // Longer waits go back to the database, where a cancellation, a hold or another node can get at the row.
    private static readonly TimeSpan LongestWaitInMemory = TimeSpan.FromSeconds(2);

    private readonly Channel<DueDelivery> queue;
    private readonly CircuitBreaker breaker = new();
    private readonly RateLimit rate;
    private readonly DeliveryAttempt attempt;
    private readonly OutcomeWriter writer;
    private readonly TimeProvider clock;
    private readonly Action wake;
    private readonly Lock gate = new();
    private readonly List<Task> workers = [];
    private readonly CancellationToken stopping;
    private readonly CancellationToken aborting;
    private int inFlight;
    private long pausedUntilTicks;
    private volatile Connection connection;
    private volatile bool isClosed;
    private volatile string? lastError;
    private long lastSuccessTicks;

    /// <param name="connection">The destination.</param>
    /// <param name="options">Sizes.</param>
    /// <param name="attempt">Makes the calls.</param>
    /// <param name="writer">Stores how they ended.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="wake">Asks for more work.</param>
    /// <param name="stopping">No new call from then on.</param>
    /// <param name="aborting">Calls under way are given up.</param>
    internal DestinationLane(
        Connection connection, DeliveryOptions options, DeliveryAttempt attempt, OutcomeWriter writer, TimeProvider clock, Action wake, CancellationToken stopping, CancellationToken aborting)
    {
        this.connection = connection;
        this.attempt = attempt;
        this.writer = writer;
        this.clock = clock;
        this.wake = wake;
        this.stopping = stopping;
        this.aborting = aborting;
        rate = new RateLimit(clock);
        Size = options.QueueSize;
        ClaimSize = options.ClaimSize;
        queue = Channel.CreateBounded<DueDelivery>(Size);
        Apply(connection);
    }

    private int Size { get; }
    private int ClaimSize { get; }

    internal Connection Connection => connection;

    /// <summary>True when the database had more for it than was claimed: it asks again when it runs low.</summary>
    internal bool HasMore { get; set; }

    /// <summary>How many rows it would take now; none while it is not called.</summary>
    internal int Room
    {
        get
        {
            if (isClosed || connection is not { IsEnabled: true, Receiver: { } destination } || stopping.IsCancellationRequested)
            {
                return 0;
            }
            var now = clock.GetUtcNow();
            if (now.UtcTicks < Volatile.Read(ref pausedUntilTicks))
            {
                return 0;
            }
            if (breaker.State != BreakerState.Closed)
            {
                // One call is let through; more rows would only wait for it.
                return now < breaker.OpenUntil ? 0 : Math.Max(0, 1 - queue.Reader.Count - inFlight);
            }
            // Not more than ten seconds' worth, so that leases do not run out in the queue.
            int target = destination.Limits.PerSecond is { } perSecond ? (int)Math.Clamp(perSecond * 10, 1, Size) : Size;
            return Math.Max(0, target - queue.Reader.Count);
        }
    }

    /// <summary>How many rows to claim for it now: none while it still has enough.</summary>
    internal int Wants
    {
        get
        {
            int room = Math.Min(Room, ClaimSize);
            return queue.Reader.Count <= LowWater ? room : 0;
        }
    }

    private int LowWater => Math.Max(connection.Receiver?.Limits.Concurrency ?? 1, ClaimSize / 4);

    /// <summary>The connection is gone: what is queued is given back by the workers.</summary>
    internal void Close() => isClosed = true;

    internal bool TryAdd(DueDelivery due) => queue.Writer.TryWrite(due);

    /// <summary>Takes a newer configuration; starts the workers that its concurrency asks for.</summary>
    internal void Apply(Connection newer)
    {
        connection = newer;
        isClosed = false;
        int wanted = Math.Max(1, newer.Receiver?.Limits.Concurrency ?? 1);
        lock (gate)
        {
            while (workers.Count < wanted && !stopping.IsCancellationRequested)
            {
                int number = workers.Count;
                workers.Add(Task.Run(() => WorkAsync(number), CancellationToken.None));
            }
        }
    }

    /// <summary>Waits until no call is under way, then answers what was not sent.</summary>
    internal async Task<IReadOnlyList<DueDelivery>> StopAsync()
    {
        queue.Writer.TryComplete();
        Task[] running;
        lock (gate)
        {
            running = [.. workers];
        }
        await Task.WhenAll(running);
        List<DueDelivery> rest = [];
        while (queue.Reader.TryRead(out var due))
        {
            rest.Add(due);
        }
        return rest;
    }

    internal DestinationStatus Status()
    {
        var now = clock.GetUtcNow();
        long paused = Volatile.Read(ref pausedUntilTicks);
        long success = Volatile.Read(ref lastSuccessTicks);
        var limits = connection.Receiver?.Limits;
        var state = breaker.State;
        return new DestinationStatus(
            connection.Id, connection.Key, state, state == BreakerState.Closed ? null : breaker.OpenUntil, breaker.FailuresInRow,
            paused > now.UtcTicks ? new DateTimeOffset(paused, TimeSpan.Zero) : null, queue.Reader.Count, Volatile.Read(ref inFlight),
            limits?.Concurrency ?? 0, limits?.PerSecond, lastError, success == 0 ? null : new DateTimeOffset(success, TimeSpan.Zero));
    }

    private async Task WorkAsync(int number)
    {
        try
        {
            while (!stopping.IsCancellationRequested && await queue.Reader.WaitToReadAsync(stopping))
            {
                // The concurrency was lowered: this worker sleeps until it is raised again.
                while (number >= (connection.Receiver?.Limits.Concurrency ?? 1) && number > 0)
                {
                    await Task.Delay(LongestWaitInMemory, clock, stopping);
                }
                while (!stopping.IsCancellationRequested && queue.Reader.TryRead(out var due))
                {
                    if (HasMore && queue.Reader.Count == LowWater)
                    {
                        wake();
                    }
                    await WorkOneAsync(due);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What is left in the queue is given back by StopAsync.
        }
        finally
        {
            wake();
        }
    }

    private async Task WorkOneAsync(DueDelivery due)
    {
        Interlocked.Increment(ref inFlight);
        try
        {
            var current = connection;
            if (isClosed || !current.IsEnabled || current.ReceiverOf(due.Kind) is not { } destination || !await MayCallAsync(due, destination.Limits))
            {
                writer.GiveBack(due, isUnclear: false);
                return;
            }
            try
            {
                var (finished, outcome) = await attempt.MakeAsync(due, current, destination, aborting);
                Watch(outcome, destination.Limits, finished.At, finished.Ruling);
                await writer.AddAsync(finished);
            }
            catch (OperationCanceledException) when (aborting.IsCancellationRequested)
            {
                // Cut off by the hub's own end: it may have arrived.
                breaker.Abstained();
                writer.GiveBack(due, isUnclear: true);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            writer.GiveBack(due, isUnclear: false);
        }
        finally
        {
            Interlocked.Decrement(ref inFlight);
        }
    }

    private async Task<bool> MayCallAsync(DueDelivery due, DestinationLimits limits)
    {
        while (true)
        {
            var now = clock.GetUtcNow();
            // Whoever sends after the lease may send beside another node.
            var left = due.LeasedUntil - now - TimeSpan.FromSeconds(limits.TimeoutSeconds + 5);
            if (left < TimeSpan.Zero)
            {
                return false;
            }
            var wait = new DateTimeOffset(Volatile.Read(ref pausedUntilTicks), TimeSpan.Zero) - now;
            if (wait <= TimeSpan.Zero)
            {
                if (rate.TryTake(limits.PerSecond, left < TimeSpan.FromSeconds(30) ? left : TimeSpan.FromSeconds(30)) is not { } turn)
                {
                    return false;
                }
                if (turn > TimeSpan.Zero)
                {
                    await Task.Delay(turn, clock, stopping);
                }
                if (breaker.TryEnter(clock.GetUtcNow(), out wait))
                {
                    return true;
                }
            }
            if (wait > LongestWaitInMemory)
            {
                return false;
            }
            await Task.Delay(wait, clock, stopping);
        }
    }

    private void Watch(Outcome outcome, DestinationLimits limits, DateTimeOffset now, in DeliveryRuling ruling)
    {
        lastError = ruling.Error;
        switch (outcome)
        {
            case RetryLater { IsThrottled: true }:
                // The rate was wrong, for everybody: the whole lane waits.
                breaker.Abstained();
                Volatile.Write(ref pausedUntilTicks, ruling.NextAttemptAt.UtcTicks);
                break;
            case RetryLater or Unclear:
                breaker.Failed(now, limits.BreakerFailures, TimeSpan.FromSeconds(limits.BreakerSeconds));
                break;
            default:
                breaker.Succeeded();
                Volatile.Write(ref lastSuccessTicks, now.UtcTicks);
                break;
        }
    }
}
