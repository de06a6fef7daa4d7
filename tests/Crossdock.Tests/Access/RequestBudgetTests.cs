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
        Ask(RequestPriority.Fetch, calls: 60);
        AssertServed(20);
        Advance(seconds: 1);
        AssertServed(30);
        Advance(seconds: 2);
        AssertServed(50);
    }

    [Fact]
    public void Backfill_leaves_a_fifth_of_the_bucket_and_live_traffic_finds_it()
    {
        Ask(RequestPriority.Backfill, calls: 100);
        AssertServed(16);
        Ask(RequestPriority.Fetch, calls: 8);
        AssertServed(20);
    }

    [Fact]
    public void Backfill_alone_reaches_the_whole_pace()
    {
        Ask(RequestPriority.Backfill, calls: 1000);
        AssertServed(16);
        for (int tenth = 0; tenth < 300; tenth++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        // 30 seconds at 10 a second, beside the sixteen of the full bucket.
        AssertServed(16 + 300);
    }

    [Fact]
    public void Backfill_alone_reaches_the_whole_pace_of_a_bucket_that_holds_one_call()
    {
        using var narrow = new RequestBudget(new RequestPace(2, 1, 1), clock);
        var calls = Enumerable.Range(0, 100).Select(_ => narrow.WaitAsync(RequestPriority.Backfill, 1, CancellationToken.None).AsTask()).ToList();
        clock.Advance(TimeSpan.FromSeconds(20));
        SpinWait.SpinUntil(() => calls.Count(call => call.IsCompletedSuccessfully) >= 40, TimeSpan.FromSeconds(60));
        Assert.InRange(calls.Count(call => call.IsCompletedSuccessfully), 40, 41);
    }

    [Fact]
    public async Task Urgent_call_goes_before_those_that_wait_longer()
    {
        Ask(RequestPriority.Fetch, calls: 20);
        AssertServed(20);
        var last = budget.WaitAsync(RequestPriority.Backfill, 1, CancellationToken.None).AsTask();
        var middle = budget.WaitAsync(RequestPriority.Poll, 1, CancellationToken.None).AsTask();
        var first = budget.WaitAsync(RequestPriority.Status, 1, CancellationToken.None).AsTask();
        clock.Advance(TimeSpan.FromMilliseconds(100));
        await first.WaitAsync(TimeSpan.FromSeconds(60));
        // Polling leaves a twentieth of the bucket for what is urgent, a backfill a fifth.
        clock.Advance(TimeSpan.FromMilliseconds(190));
        Assert.False(middle.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(20));
        await middle.WaitAsync(TimeSpan.FromSeconds(60));
        clock.Advance(TimeSpan.FromMilliseconds(380));
        Assert.False(last.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(20));
        await last.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void What_the_platform_says_is_left_corrects_the_bucket()
    {
        budget.Report(2, 40, 5);
        Ask(RequestPriority.Fetch, calls: 30);
        AssertServed(2);
        Advance(seconds: 2);
        AssertServed(12);
    }

    [Fact]
    public void Cheaper_answer_than_feared_gives_the_difference_back()
    {
        // A query asked for with 20 points has cost 3, and the platform says so.
        Assert.True(budget.WaitAsync(RequestPriority.Fetch, 20, CancellationToken.None).AsTask().IsCompletedSuccessfully);
        Ask(RequestPriority.Fetch, calls: 1);
        AssertServed(0);
        budget.Report(17, 20, 10);
        AssertServed(1);
        Ask(RequestPriority.Fetch, calls: 40);
        AssertServed(17);
    }

    [Fact]
    public void Call_under_way_is_not_forgotten_when_an_earlier_answer_comes()
    {
        Ask(RequestPriority.Fetch, calls: 3);
        AssertServed(3);
        budget.Report(19, 20, null);
        Ask(RequestPriority.Fetch, calls: 40);
        AssertServed(20);
    }

    [Theory]
    [InlineData(RequestPriority.Fetch, 5)]
    [InlineData(RequestPriority.Poll, 15)]
    [InlineData(RequestPriority.Reconcile, 30)]
    [InlineData(RequestPriority.Backfill, 60)]
    public async Task Limit_that_is_full_of_what_is_urgent_keeps_the_others_late_and_not_for_ever(RequestPriority priority, int seconds)
    {
        // Twice as many shops to be told as the platform lets us.
        Ask(RequestPriority.Status, calls: 20 + (20 * (seconds + 5)));
        AssertServed(20);
        var waiting = budget.WaitAsync(priority, 1, CancellationToken.None).AsTask();
        clock.Advance(TimeSpan.FromSeconds(seconds));
        AssertServed(20 + (10 * seconds));
        Assert.False(waiting.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        await waiting.WaitAsync(TimeSpan.FromSeconds(60));
        AssertServed(20 + (10 * seconds) + 9);
    }

    [Fact]
    public async Task Place_is_given_in_the_end_to_who_waits_behind_the_urgent()
    {
        var inside = new Queue<IDisposable>();
        for (int call = 0; call < 4; call++)
        {
            inside.Enqueue(await budget.EnterAsync(RequestPriority.Status, CancellationToken.None));
        }

        var waiting = budget.EnterAsync(RequestPriority.Reconcile, CancellationToken.None).AsTask();
        clock.Advance(TimeSpan.FromSeconds(29));
        var urgent = budget.EnterAsync(RequestPriority.Status, CancellationToken.None).AsTask();
        inside.Dequeue().Dispose();
        inside.Enqueue(await urgent.WaitAsync(TimeSpan.FromSeconds(60)));
        clock.Advance(TimeSpan.FromSeconds(2));
        _ = budget.EnterAsync(RequestPriority.Status, CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);
        inside.Dequeue().Dispose();
        (await waiting.WaitAsync(TimeSpan.FromSeconds(60))).Dispose();
    }

    [Fact]
    public void Pause_stops_everybody_and_a_shorter_one_changes_nothing()
    {
        budget.Pause(TimeSpan.FromSeconds(30));
        budget.Pause(TimeSpan.FromSeconds(1));
        Ask(RequestPriority.Status, calls: 1);
        AssertServed(0);
        Advance(seconds: 29);
        AssertServed(0);
        Advance(seconds: 2);
        AssertServed(1);
    }

    [Fact]
    public void Call_that_costs_more_than_the_bucket_holds_goes_when_it_is_full()
    {
        Assert.True(budget.WaitAsync(RequestPriority.Backfill, 50, CancellationToken.None).AsTask().IsCompletedSuccessfully);
        Ask(RequestPriority.Fetch, calls: 1);
        AssertServed(0);
        Advance(seconds: 3);
        AssertServed(0);
        Advance(seconds: 1);
        AssertServed(1);
    }

    [Fact]
    public async Task Cancelled_caller_leaves_the_queue_and_spends_nothing()
    {
        Ask(RequestPriority.Fetch, calls: 20);
        AssertServed(20);
        using var stop = new CancellationTokenSource();
        var waiting = budget.WaitAsync(RequestPriority.Fetch, 1, stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        clock.Advance(TimeSpan.FromSeconds(1));
        Ask(RequestPriority.Fetch, calls: 40);
        AssertServed(30);
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

    private void Ask(RequestPriority priority, int calls)
    {
        for (int call = 0; call < calls; call++)
        {
            _ = CountAsync(budget.WaitAsync(priority, 1, CancellationToken.None));
        }
    }

    private async Task CountAsync(ValueTask wait)
    {
        await wait;
        Interlocked.Increment(ref served);
    }

    private void Advance(int seconds) => clock.Advance(TimeSpan.FromSeconds(seconds));

    // The budget decides at once; what it has let go is counted on other threads, which may be busy. So many, and after a while still not more.
    private void AssertServed(int wanted)
    {
        SpinWait.SpinUntil(() => Volatile.Read(ref served) >= wanted, TimeSpan.FromSeconds(60));
        SpinWait.SpinUntil(() => Volatile.Read(ref served) > wanted, 100);
        Assert.Equal(wanted, Volatile.Read(ref served));
    }
}
