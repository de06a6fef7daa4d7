using System.Text.RegularExpressions;
using Crossdock.Rules;
using Crossdock.Tests.Conventions;
using Xunit;

namespace Crossdock.Tests.Rules;

/// <summary>docs/rules.md says what the code can do, no more and no less.</summary>
public sealed partial class RulesDocumentTests
{
    private static readonly string Document = SourceTree.Read("docs/rules.md");

    [Fact]
    public void Every_example_of_the_document_can_be_applied()
    {
        var blocks = Blocks().Matches(Document);
        Assert.NotEmpty(blocks);
        Assert.All(blocks, block =>
        {
            var (rules, problems) = RuleText.Read(block.Groups["yaml"].Value);
            Assert.Empty(problems);
            Assert.NotEmpty(rules.Rules);
        });
    }

    [Fact]
    public void Operators_of_the_document_are_those_of_the_code() => Same(Operators.All, FirstColumn("### Operators"));

    [Fact]
    public void Fields_of_the_document_are_those_of_the_code() => Same(Fields.Names, FirstColumn("### Fields"));

    [Fact]
    public void Actions_of_the_document_are_those_of_the_code() => Same(RuleReader.ActionNames, FirstColumn("## Actions"));

    [Fact]
    public void Settable_fields_of_the_document_are_those_of_the_code() => Same(SettableFields.Names, Names(LineWith("`set` can write")).Where(name => name != "set"));

    [Fact]
    public void Ways_to_pack_of_the_document_are_those_of_the_code() =>
        Same(PackagePlan.Kinds, Names(LineWith("`by` is")).Except(["by", "max", "maxGrams"]));

    [Fact]
    public void Every_operator_action_and_packing_stands_in_an_example()
    {
        string examples = string.Concat(Blocks().Matches(Document).Select(block => block.Groups["yaml"].Value));
        Assert.All(Operators.All.Except(["equals"]), name => Assert.Matches($@"\b{name}:", examples));
        Assert.All(RuleReader.ActionNames, name => Assert.Matches($@"\b{name}:", examples));
        Assert.All(PackagePlan.Kinds, name => Assert.Contains($"by: {name}", examples, StringComparison.Ordinal));
    }

    private static void Same(IEnumerable<string> code, IEnumerable<string> document) =>
        Assert.Equal(code.Order(StringComparer.Ordinal), document.Order(StringComparer.Ordinal));

    private static IEnumerable<string> FirstColumn(string heading)
    {
        string section = Document[(Document.IndexOf($"\n{heading}\n", StringComparison.Ordinal) + heading.Length + 2)..];
        int end = section.IndexOf("\n#", StringComparison.Ordinal);
        return (end < 0 ? section : section[..end]).Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).SelectMany(line => Names(line.Split('|')[1]));
    }

    private static string LineWith(string text) => Document.Split('\n').Single(line => line.Contains(text, StringComparison.Ordinal));

    private static IEnumerable<string> Names(string text) => Name().Matches(text).Select(match => match.Groups["name"].Value);

    [GeneratedRegex("```yaml\n(?<yaml>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Blocks();

    [GeneratedRegex("`(?<name>[^`]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}
