using Crossdock.Access;
using Crossdock.Model.Connectors;
using Crossdock.Testing;
using Xunit;

namespace Crossdock.Tests.Access;

public sealed class RequestBudgetTests : IDisposable
{
    private readonly FakeClock clock = new();
    private readonly RequestBudget budget;

    public RequestBudgetTests() => budget = new RequestBudget(new RequestPace(10, 20, 4), clock);

    public void Dispose() => budget.Dispose();

    [Fact]
    public void Burst_goes_at_once_and_then_the_pace_holds()
    {
        Assert.Equal(20, Served(RequestPriority.Fetch, calls: 60));
        Advance(seconds: 1);
        Assert.Equal(30, served);
        Advance(seconds: 2);
        Assert.Equal(50, served);
    }

    [Fact]
    public void Backfill_leaves_a_fifth_of_the_bucket_and_live_traffic_finds_it()
    {
        Assert.Equal(16, Served(RequestPriority.Backfill, calls: 100));
        Assert.Equal(20, Served(RequestPriority.Fetch, calls: 8));
    }

    [Fact]
    public void Backfill_alone_reaches_the_whole_pace()
    {
        Served(RequestPriority.Backfill, calls: 1000);
        int before = served;
        for (int tenth = 0; tenth < 300; tenth++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        Settle();
        Assert.InRange(served - before, 300 * 95 / 100, 301);
    }

    [Fact]
    public void Backfill_alone_reaches_the_whole_pace_of_a_bucket_that_holds_one_call()
    {
        using var narrow = new RequestBudget(new RequestPace(2, 1, 1), clock);
        var calls = Enumerable.Range(0, 100).Select(_ => narrow.WaitAsync(RequestPriority.Backfill, 1, CancellationToken.None).AsTask()).ToList();
        clock.Advance(TimeSpan.FromSeconds(20));
        SpinWait.SpinUntil(() => calls.Count(call => call.IsCompletedSuccessfully) >= 40, TimeSpan.FromSeconds(5));
        Assert.InRange(calls.Count(call => call.IsCompletedSuccessfully), 40, 41);
    }

    [Fact]
    public async Task Urgent_call_goes_before_those_that_wait_longer()
    {
        Served(RequestPriority.Fetch, calls: 20);
        var order = new List<string>();
        var last = NoteAsync(RequestPriority.Backfill, "backfill", order);
        var middle = NoteAsync(RequestPriority.Poll, "poll", order);
        var first = NoteAsync(RequestPriority.Status, "status", order);
        for (int second = 0; second < 40; second++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            SpinWait.SpinUntil(() => order.Count > 2, 5);
        }

        await Task.WhenAll(first, middle, last).WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(["status", "poll", "backfill"], order);
    }

    [Fact]
    public void What_the_platform_says_is_left_corrects_the_bucket()
    {
        budget.Report(2, 40, 5);
        Assert.Equal(2, Served(RequestPriority.Fetch, calls: 30));
        Advance(seconds: 2);
        Assert.Equal(12, served);
    }

    [Fact]
    public void Cheaper_answer_than_feared_gives_the_difference_back()
    {
        // A query asked for with 20 points has cost 3, and the platform says so.
        Assert.True(budget.WaitAsync(RequestPriority.Fetch, 20, CancellationToken.None).AsTask().IsCompletedSuccessfully);
        Assert.Equal(0, Served(RequestPriority.Fetch, calls: 1));
        budget.Report(17, 20, 10);
        Settle();
        Assert.Equal(1, served);
        Assert.Equal(16, Served(RequestPriority.Fetch, calls: 40) - 1);
    }

    [Fact]
    public void Call_under_way_is_not_forgotten_when_an_earlier_answer_comes()
    {
        Assert.Equal(3, Served(RequestPriority.Fetch, calls: 3));
        budget.Report(19, 20, null);
        Assert.Equal(17, Served(RequestPriority.Fetch, calls: 40) - 3);
    }

    [Fact]
    public void Pause_stops_everybody_and_a_shorter_one_changes_nothing()
    {
        budget.Pause(TimeSpan.FromSeconds(30));
        budget.Pause(TimeSpan.FromSeconds(1));
        Assert.Equal(0, Served(RequestPriority.Status, calls: 1));
        Advance(seconds: 29);
        Assert.Equal(0, served);
        Advance(seconds: 2);
        Assert.Equal(1, served);
    }

    [Fact]
    public void Call_that_costs_more_than_the_bucket_holds_goes_when_it_is_full()
    {
        Assert.True(budget.WaitAsync(RequestPriority.Backfill, 50, CancellationToken.None).AsTask().IsCompletedSuccessfully);
        Assert.Equal(0, Served(RequestPriority.Fetch, calls: 1));
        Advance(seconds: 3);
        Assert.Equal(0, served);
        Advance(seconds: 1);
        Assert.Equal(1, served);
    }

    [Fact]
    public async Task Cancelled_caller_leaves_the_queue_and_spends_nothing()
    {
        Served(RequestPriority.Fetch, calls: 20);
        using var stop = new CancellationTokenSource();
        var waiting = budget.WaitAsync(RequestPriority.Fetch, 1, stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(10, Served(RequestPriority.Fetch, calls: 40) - 20);
    }

    [Fact]
    public async Task Calls_at_once_are_bounded_and_the_last_place_is_for_what_is_urgent()
    {
        var inside = new List<IDisposable>();
        for (int call = 0; call < 3; call++)
        {
            inside.Add(await budget.EnterAsync(RequestPriority.Backfill, CancellationToken.None));
        }

        var fourth = budget.EnterAsync(RequestPriority.Backfill, CancellationToken.None).AsTask();
        Assert.False(fourth.IsCompleted);
        inside.Add(await budget.EnterAsync(RequestPriority.Fetch, CancellationToken.None));
        var urgent = budget.EnterAsync(RequestPriority.Fetch, CancellationToken.None).AsTask();
        Assert.False(urgent.IsCompleted);
        inside[0].Dispose();
        inside[0].Dispose();
        inside.Add(await urgent.WaitAsync(TimeSpan.FromSeconds(5)));
        Assert.False(fourth.IsCompleted);
        inside[1].Dispose();
        Assert.False(fourth.IsCompleted);
        inside[3].Dispose();
        inside.Add(await fourth.WaitAsync(TimeSpan.FromSeconds(5)));
        inside.ForEach(stay => stay.Dispose());
    }

    private int served;

    private int Served(RequestPriority priority, int calls)
    {
        for (int call = 0; call < calls; call++)
        {
            _ = CountAsync(budget.WaitAsync(priority, 1, CancellationToken.None));
        }

        Settle();
        return served;
    }

    private async Task CountAsync(ValueTask wait)
    {
        await wait;
        Interlocked.Increment(ref served);
    }

    private async Task NoteAsync(RequestPriority priority, string name, List<string> order)
    {
        await budget.WaitAsync(priority, 1, CancellationToken.None);
        lock (order)
        {
            order.Add(name);
        }
    }

    private void Advance(int seconds)
    {
        clock.Advance(TimeSpan.FromSeconds(seconds));
        Settle();
    }

    // Continuations run elsewhere: wait until the count stands still.
    private void Settle()
    {
        int before;
        do
        {
            before = Volatile.Read(ref served);
            SpinWait.SpinUntil(() => Volatile.Read(ref served) != before, 500);
        }
        while (before != Volatile.Read(ref served));
    }
}
