using System.Text.RegularExpressions;
using Crossdock.Server;
using Xunit;

namespace Crossdock.Tests.Conventions;

public sealed partial class OptionsDocumentTests
{
    [Fact]
    public void Every_bound_section_is_listed()
    {
        var bound = from file in SourceTree.Files("src", "*.cs")
                    from Match binding in Binding().Matches(SourceTree.Read(file))
                    select $"{binding.Groups["section"].Value} {binding.Groups["type"].Value}";
        Assert.Equal(bound.Order(StringComparer.Ordinal), OptionList.Sections.Where(one => one.Section.Length > 0).Select(one => $"{one.Section} {one.Type.Name}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_option_is_documented_with_its_default_and_nothing_else_is()
    {
        var documented = Row().Matches(SourceTree.Read("docs/configuration.md")).Select(row => $"{row.Groups["name"].Value} = {row.Groups["default"].Value.Trim('`', ' ')}");
        Assert.Equal(OptionList.All().Select(one => $"{one.Name} = {one.Default}").Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"AddOptions<(?<type>\w+)>\(\)\s*\.BindConfiguration\(""Crossdock:(?<section>\w+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Binding();

    [GeneratedRegex(@"^\| `(?<name>Crossdock__\w+)` \| (?<default>[^|]*) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();
}
