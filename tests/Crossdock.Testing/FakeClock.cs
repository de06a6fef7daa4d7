namespace Crossdock.Testing;

/// <summary>A clock that stands still until a test moves it. Timers fire while it is moved, in order.</summary>
public sealed class FakeClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<FakeTimer> timers = [];
    private DateTimeOffset now = start.ToUniversalTime();

    /// <summary>A clock at a fixed moment of 2026.</summary>
    public FakeClock() : this(new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero)) { }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate) return now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>Moves the clock on and fires what falls due on the way.</summary>
    public void Advance(TimeSpan by) => Set(GetUtcNow() + by);

    /// <summary>Sets the clock; moving back fires nothing.</summary>
    public void Set(DateTimeOffset at)
    {
        while (true)
        {
            FakeTimer? due;
            lock (gate)
            {
                due = timers.Where(timer => timer.DueAt <= at).MinBy(timer => timer.DueAt);
                if (due is null)
                {
                    now = at.ToUniversalTime();
                    return;
                }
                if (due.DueAt > now) now = due.DueAt;
                due.Schedule(due.Period);
            }
            due.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class FakeTimer(FakeClock clock, TimerCallback callback, object? state) : ITimer
    {
        internal DateTimeOffset DueAt { get; private set; }
        internal TimeSpan Period { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool isImmediate;
            lock (clock.gate)
            {
                Period = period;
                isImmediate = dueTime == TimeSpan.Zero;
                Schedule(isImmediate ? period : dueTime);
            }
            if (isImmediate) Fire();
            return true;
        }

        internal void Schedule(TimeSpan after)
        {
            clock.timers.Remove(this);
            if (after <= TimeSpan.Zero) return;      // infinite, or a period of nothing: once
            DueAt = clock.now + after;
            clock.timers.Add(this);
        }

        internal void Fire() => callback(state);

        public void Dispose()
        {
            lock (clock.gate) clock.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
