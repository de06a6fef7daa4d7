using Crossdock.Server;
using Xunit;

namespace Crossdock.Tests.Server;

/// <summary>What the hub adds to an operator's connection string.</summary>
public sealed class HubDatabaseTests
{
    [Fact]
    public void Statements_are_prepared_and_connections_bounded_where_the_operator_says_nothing()
    {
        var connection = HubDatabase.Connection("Host=db;Database=crossdock");
        Assert.Equal((60, 60, "crossdock"), (connection.MaxAutoPrepare, connection.MaxPoolSize, connection.ApplicationName));
    }

    [Theory]
    [InlineData("Host=db;Max Auto Prepare=0;Maximum Pool Size=7")]
    [InlineData("Host=db;max auto prepare=0;maximum pool size=7")]
    public void What_the_operator_says_is_kept(string text)
    {
        var connection = HubDatabase.Connection(text);
        Assert.Equal((0, 7), (connection.MaxAutoPrepare, connection.MaxPoolSize));
    }
}
