using System.Text.RegularExpressions;
using Crossdock.Model.Orders;
using Crossdock.Orders;
using Xunit;

namespace Crossdock.Tests.Conventions;

public sealed partial class LifecycleDrawingTests
{
    [Fact]
    public void Drawing_shows_exactly_the_legal_moves()
    {
        var drawn = Arrow().Matches(SourceTree.Read("docs/order-lifecycle.md")).Select(arrow => $"{arrow.Groups["from"].Value} --> {arrow.Groups["to"].Value}");
        var legal = from move in OrderLifecycle.Moves
                    from to in move.Value
                    select $"{EnumNames<OrderState>.Of(move.Key)} --> {EnumNames<OrderState>.Of(to)}";
        Assert.Equal(legal.Order(StringComparer.Ordinal), drawn.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^\s*(?<from>[a-z_]+) --> (?<to>[a-z_]+)\s*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Arrow();
}
