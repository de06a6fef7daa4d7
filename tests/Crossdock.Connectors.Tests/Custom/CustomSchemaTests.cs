using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Custom;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Xunit;

namespace Crossdock.Connectors.Tests.Custom;

/// <summary>The published schema says what orders are: ours follow it, and what does not follow it is found out.</summary>
public sealed class CustomSchemaTests
{
    private const string Least = """{"externalId":"1","number":"#1","currency":"CLP","totals":{"total":{"amount":"5","currency":"CLP"}}}""";

    private static readonly JsonNode Schema = CustomSchema.Create();

    /// <summary>Canonical orders of every connector's tests.</summary>
    public static TheoryData<string> Samples => [.. Directory.GetFiles(Folder(), "*.expected.json", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder(), file))
        .Where(file => !file.StartsWith("bin", StringComparison.Ordinal) && !file.StartsWith("obj", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Samples))]
    public void Canonical_order_follows_the_schema(string sample) => Assert.Empty(SchemaCheck.Problems(Schema, JsonNode.Parse(File.ReadAllText(Path.Combine(Folder(), sample)))));

    [Fact]
    public void Least_order_follows_the_schema_as_it_comes_and_as_it_is_written_again()
    {
        Assert.Empty(SchemaCheck.Problems(Schema, JsonNode.Parse(Least)));
        Assert.Empty(SchemaCheck.Problems(Schema, JsonNode.Parse(OrderJson.Write(OrderJson.Read(Encoding.UTF8.GetBytes(Least))))));
    }

    [Theory]
    [InlineData("\"number\":\"#1\",", "", "/number is missing")]
    [InlineData("\"currency\":\"CLP\",\"totals\"", "\"currency\":7,\"totals\"", "/currency is 7")]
    [InlineData("\"number\"", "\"colour\":\"red\",\"number\"", "/colour is unknown")]
    [InlineData("\"number\"", "\"state\":\"dreaming\",\"number\"", "/state is \"dreaming\"")]
    [InlineData("\"number\"", "\"lines\":[{\"id\":\"1\"}],\"number\"", "/lines/0/quantity is missing")]
    [InlineData("\"amount\":\"5\",", "", "/totals/total/amount is missing")]
    public void Mistake_does_not_follow_the_schema(string what, string instead, string problem)
    {
        string document = Least.Replace(what, instead, StringComparison.Ordinal);
        Assert.NotEqual(Least, document);
        Assert.Contains(SchemaCheck.Problems(Schema, JsonNode.Parse(document)), found => found.StartsWith(problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"amount\":\"5\",")]
    [InlineData(",\"currency\":\"CLP\"}}")]
    public void Money_that_lacks_a_part_is_not_read_as_zero(string part)
    {
        string document = Least.Replace(part, part.EndsWith("}}", StringComparison.Ordinal) ? "}}" : "", StringComparison.Ordinal);
        Assert.IsType<Unmappable>(new CustomConnector().MappingFor(new ConnectionSettings("own", "Own", "custom", JsonElement.Parse("{}"), new Dictionary<string, string>()))
            .Map(new ReceivedEvent(Encoding.UTF8.GetBytes(document), "order.updated", null, null, DateTimeOffset.UnixEpoch)));
    }

    private static string Folder([CallerFilePath] string caller = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(caller)!, ".."));
}
