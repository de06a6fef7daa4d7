using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Crossdock.Tests.Conventions;

public sealed partial class NumberedStepsTests
{
    [Fact]
    public void Steps_of_the_main_path_stand_at_the_lines_of_code_that_the_document_names()
    {
        var written = Row().Matches(SourceTree.Read("docs/main-path.md"))
            .Select(row => $"{row.Groups["number"].Value} {row.Groups["text"].Value.Trim()} in {row.Groups["file"].Value}");
        var coded = from file in SourceTree.Files("src", "*.cs")
                    from Match step in Step().Matches(SourceTree.Read(file))
                    select (Number: int.Parse(step.Groups["number"].Value, CultureInfo.InvariantCulture), Line: $"{step.Groups["number"].Value} {step.Groups["text"].Value.Trim()} in {file}");
        Assert.Equal(written, coded.OrderBy(step => step.Number).Select(step => step.Line));
        Assert.Equal(16, written.Count());
    }

    [GeneratedRegex(@"^\| (?<number>\d+) \| (?<text>[^|]+) \| `(?<file>[^`]+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();

    [GeneratedRegex(@"// :: Step (?<number>\d+): (?<text>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Step();
}
