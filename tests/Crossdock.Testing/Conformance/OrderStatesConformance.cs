using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Xunit;

namespace Crossdock.Testing.Conformance;

/// <summary>What every platform's table of state words owes.</summary>
public abstract class OrderStatesConformance : ConnectorConformance
{
    private IOrderStates States => (IOrderStates)Connector;

    [Fact]
    public void Platform_words_mean_states_that_a_mapping_may_say()
    {
        Assert.NotEmpty(States.FromPlatform);
        Assert.All(States.FromPlatform, word =>
        {
            Assert.False(string.IsNullOrWhiteSpace(word.Key));
            Assert.True(word.Value is not (OrderState.AwaitingApproval or OrderState.Approved or OrderState.Excluded), $"'{word.Key}' means {word.Value}, which is the hub's own");
        });
    }

    [Fact]
    public void Words_told_to_the_platform_are_words_it_knows() =>
        Assert.All(Enum.GetValues<OrderState>(), state =>
        {
            if (States.ToPlatform(state) is { } word)
            {
                Assert.True(States.FromPlatform.ContainsKey(word), $"{state} is told as '{word}', which the platform does not use");
            }
        });
}
