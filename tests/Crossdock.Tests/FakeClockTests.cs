using Crossdock.Testing;
using Xunit;

namespace Crossdock.Tests;

public sealed class FakeClockTests
{
    [Fact]
    public async Task Delay_ends_when_the_clock_passes_it_and_not_before()
    {
        var clock = new FakeClock();
        var delay = Task.Delay(TimeSpan.FromSeconds(10), clock);
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(delay.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        await delay;
    }

    [Fact]
    public void Periodic_timer_fires_once_a_period()
    {
        var clock = new FakeClock();
        int fired = 0;
        using var timer = clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(3, fired);
    }
}
