using System.Text.Json.Nodes;
using Crossdock.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Server;
using Crossdock.Server.Commands;
using Xunit;

namespace Crossdock.Tests.Server;

/// <summary>What <c>apply</c> sends: values of the environment arrive as they are, wherever their names stand in the file.</summary>
public sealed class EnvironmentTextTests
{
    public static TheoryData<string> Values => new(
        "plain", "say \"no\"", @"back\slash\n", "one #two", "key: value", "line\nbreak", "it's", "- item", "{a: b}", "[x]", " around ", "%&*!|>@`", "true", "null", "~", "0123", "12.50", "",
        "${OTHER}", "$${VALUE}", "tab\tbell\a", "Ñuñoa \u2028", "\ud83d\ude80", "\\ud83d\\ude80", "---");

    [Theory, MemberData(nameof(Values))]
    public void Value_arrives_as_the_text_it_is(string value)
    {
        foreach (string scalar in new[] { "${VALUE}", "\"${VALUE}\"", "'${VALUE}'", "|-\n    ${VALUE}" })
        {
            Assert.Equal(value, (string?)Sent($"secrets:\n  token: {scalar}\nafter: 7\n", value)["secrets"]!["token"]);
        }

        var sent = Sent("list: [ { a: ${VALUE}, b: \"${VALUE}\" } ] # ${VALUE}\nlong: before ${VALUE} and ${VALUE}/after\nafter: 7\n", value);
        Assert.Equal((value, value), ((string?)sent["list"]![0]!["a"], (string?)sent["list"]![0]!["b"]));
        Assert.Equal($"before {value} and {value}/after", (string?)sent["long"]);
        Assert.Equal(7m, (decimal?)sent["after"]);
    }

    [Fact]
    public void Everything_else_is_sent_as_it_is_written()
    {
        var sent = Sent("a: 007\nb: 7\nc: true\nd: \"true\"\ne: ~\nf: |\n  { \"x\": {{packages.length}} }\n\ng: 12.50\nh: [\"\\u0024{VALUE}\"]\n", "x");
        Assert.Equal("""{"a":"007","b":7,"c":true,"d":"true","e":null,"f":"{ \u0022x\u0022: {{packages.length}} }\n","g":12.50,"h":["${VALUE}"]}""", sent.ToJsonString());
    }

    [Fact]
    public void Names_that_are_not_set_are_told_by_the_hub_each_with_its_place()
    {
        List<SettingProblem> problems = [];
        ConfigurationYaml.Read(EnvironmentText.Fill("a: ${ONE}\nb: [ x${TWO}y${THREE} ]\n", static _ => null), static _ => null, problems);
        Assert.Equal([("a", "ONE"), ("b[0]", "TWO"), ("b[0]", "THREE")], problems.Select(problem => (problem.Path, problem.Problem.Split(' ')[^1].TrimEnd('.'))));
    }

    [Fact]
    public void File_that_is_no_yaml_is_told_with_its_line_before_anything_is_sent() =>
        Assert.Contains("line ", Assert.Throws<HubException>(() => EnvironmentText.Fill("a: 1\nb: [\n", static _ => null)).Message, StringComparison.Ordinal);

    private static JsonNode Sent(string yaml, string value)
    {
        List<SettingProblem> problems = [];
        var json = ConfigurationYaml.Read(EnvironmentText.Fill(yaml, name => name == "VALUE" ? value : null), static _ => null, problems);
        Assert.Empty(problems);
        return json!;
    }
}
