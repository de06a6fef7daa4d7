using Crossdock.Model.Connectors;

namespace Crossdock.Access;

/// <summary>One connection's rate limit on this node: a bucket that fills at the platform's pace, corrected by what the platform's headers say, and a bound on calls at once.
/// Callers wait by urgency. The less urgent ones leave a reserve in the bucket, so that what is urgent never finds it empty because of them; who waits for long has its turn all the same.</summary>
internal sealed class RequestBudget : IDisposable
{
    // A platform's headers tell of the calls it has seen; one that is still under way is counted by us. Longer than that it is not under way.
    private static readonly TimeSpan Underway = TimeSpan.FromSeconds(20);

    private readonly Lock gate = new();
    private readonly TimeProvider clock;
    private readonly ITimer timer;
    private readonly WaitingLine waiting, atDoor;
    private readonly Queue<(long At, double Cost)> underway = new();
    private RequestPace pace;
    private double capacity, perSecond, tokens;
    private long filledAt;
    private long pausedUntil = long.MinValue;
    private int inside;

    public RequestBudget(RequestPace pace, TimeProvider clock)
    {
        (this.pace, this.clock) = (pace, clock);
        (waiting, atDoor) = (new(clock), new(clock));
        (capacity, perSecond) = (Math.Max(1, pace.Burst), Math.Max(1e-6, pace.PerSecond));
        tokens = capacity;
        filledAt = clock.GetTimestamp();
        timer = clock.CreateTimer(_ => Serve(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The same limit as one ability sees it.</summary>
    public IRequestBudget For(RequestPriority priority) => new View(this, priority);

    /// <summary>A connector's settings may have brought another pace; what the platform said itself stays in force until it says something else.</summary>
    public void Use(RequestPace wanted)
    {
        lock (gate)
        {
            if (wanted == pace)
            {
                return;
            }

            Fill();
            pace = wanted;
            (capacity, perSecond) = (Math.Max(1, wanted.Burst), Math.Max(1e-6, wanted.PerSecond));
            tokens = Math.Min(tokens, capacity);
        }

        Serve();
        Admit();
    }

    public async ValueTask WaitAsync(RequestPriority priority, double cost, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiter = new Waiter(priority, cost);
        lock (gate)
        {
            waiting.Enqueue(waiter);
        }

        Serve();
        await waiter.UntilServedAsync(cancellationToken);
    }

    /// <summary>Waits until one more call may be made at once; disposing the answer ends it.</summary>
    public async ValueTask<IDisposable> EnterAsync(RequestPriority priority, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiter = new Waiter(priority, 0);
        lock (gate)
        {
            atDoor.Enqueue(waiter);
        }

        Admit();
        await waiter.UntilServedAsync(cancellationToken);
        return new Stay(this);
    }

    public void Report(double remaining, double limit, double? restoredPerSecond)
    {
        lock (gate)
        {
            Fill();
            capacity = Math.Max(1, limit);
            perSecond = restoredPerSecond is > 0 ? restoredPerSecond.Value : Math.Max(1e-6, pace.PerSecond);
            // This answer's own call is in what the platform says; the others under way may not be.
            underway.TryDequeue(out _);
            while (underway.TryPeek(out var oldest) && clock.GetElapsedTime(oldest.At) > Underway)
            {
                underway.Dequeue();
            }

            tokens = Math.Min(capacity, remaining) - underway.Sum(call => call.Cost);
        }

        Serve();
    }

    public void Pause(TimeSpan duration)
    {
        lock (gate)
        {
            pausedUntil = Math.Max(pausedUntil, clock.GetTimestamp() + (long)(duration.TotalSeconds * clock.TimestampFrequency));
        }
    }

    public void Dispose() => timer.Dispose();

    private static double ReserveOf(RequestPriority priority) => priority switch
    {
        RequestPriority.Status or RequestPriority.Fetch => 0,
        RequestPriority.Poll => 0.05,
        RequestPriority.Reconcile => 0.1,
        RequestPriority.Backfill => 0.2,
    };

    private void Serve()
    {
        lock (gate)
        {
            Fill();
            while (waiting.TryPeek(out var waiter, out bool isOverdue))
            {
                var pause = clock.GetElapsedTime(clock.GetTimestamp(), Math.Max(pausedUntil, clock.GetTimestamp()));
                // A call that costs more than the bucket holds goes when it is full.
                double missing = Math.Min(waiter.Cost + (isOverdue ? 0 : ReserveOf(waiter.Priority) * capacity), capacity) - tokens;
                if (pause > TimeSpan.Zero || missing > 1e-6)
                {
                    double seconds = Math.Max(pause.TotalSeconds, missing / perSecond);
                    timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(seconds * 1000), 1, 60_000)), Timeout.InfiniteTimeSpan);
                    return;
                }

                waiting.Dequeue(waiter);
                if (waiter.TryServe())
                {
                    tokens -= waiter.Cost;
                    underway.Enqueue((clock.GetTimestamp(), waiter.Cost));
                    if (underway.Count > 256)
                    {
                        underway.Dequeue();
                    }
                }
            }
        }
    }

    private void Admit()
    {
        lock (gate)
        {
            while (atDoor.TryPeek(out var waiter, out bool isOverdue))
            {
                // One place stays free for what is urgent where there are enough of them.
                int places = pace.Concurrency >= 3 && waiter.Priority >= RequestPriority.Reconcile && !isOverdue ? pace.Concurrency - 1 : Math.Max(1, pace.Concurrency);
                if (inside >= places)
                {
                    return;
                }

                atDoor.Dequeue(waiter);
                inside += waiter.TryServe() ? 1 : 0;
            }
        }
    }

    private void Leave()
    {
        lock (gate)
        {
            inside--;
        }

        Admit();
    }

    private void Fill()
    {
        long now = clock.GetTimestamp();
        tokens = Math.Min(capacity, tokens + (clock.GetElapsedTime(filledAt, now).TotalSeconds * perSecond));
        filledAt = now;
    }

    private sealed class Stay(RequestBudget budget) : IDisposable
    {
        private int isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isOver, 1) == 0)
            {
                budget.Leave();
            }
        }
    }

    private sealed class View(RequestBudget budget, RequestPriority priority) : IRequestBudget
    {
        public ValueTask WaitAsync(double cost, CancellationToken cancellationToken) => budget.WaitAsync(priority, cost, cancellationToken);

        public void Report(double remaining, double limit, double? restoredPerSecond) => budget.Report(remaining, limit, restoredPerSecond);

        public void Pause(TimeSpan duration) => budget.Pause(duration);
    }
}
