using Crossdock.Delivery;
using Crossdock.Testing.Database;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Crossdock.Tests.Delivery;

public sealed class OutcomeWriterTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Unforeseen_error_does_not_end_the_storing_of_outcomes()
    {
        await using DeliveryHub hub = new(database);
        var due = await hub.OrderAsync(await hub.AddAsync("courier", null), isLeased: true);
        StumblingClock clock = new() { Stumbles = 2 };
        OutcomeWriter writer = new(hub.Outcomes, hub.Statistics, clock, Options.Create(new DeliveryOptions()), NullLogger<OutcomeWriter>.Instance);
        writer.GiveBack(due, isUnclear: false);
        writer.Complete();
        await writer.RunAsync(TestContext.Current.CancellationToken);
        Assert.True(await hub.AskAsync<bool>("SELECT leased_by IS NULL FROM deliveries WHERE id = @id", new { id = due.Id.Value }));
        Assert.Equal(0, clock.Stumbles);
    }

    [Fact]
    public async Task What_can_never_be_stored_does_not_keep_the_next_from_it()
    {
        await using DeliveryHub hub = new(database);
        StumblingClock clock = new() { Stumbles = int.MaxValue };
        OutcomeWriter writer = new(hub.Outcomes, hub.Statistics, clock, Options.Create(new DeliveryOptions()), NullLogger<OutcomeWriter>.Instance);
        writer.GiveBack(await hub.OrderAsync(await hub.AddAsync("courier", null), isLeased: true), isUnclear: false);
        writer.Complete();
        await writer.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(int.MaxValue - 10, clock.Stumbles);
    }

    private sealed class StumblingClock : TimeProvider
    {
        internal int Stumbles { get; set; }

        public override DateTimeOffset GetUtcNow()
        {
            if (Stumbles == 0)
            {
                return base.GetUtcNow();
            }
            Stumbles--;
            throw new NotSupportedException("nobody foresaw this");
        }
    }
}
