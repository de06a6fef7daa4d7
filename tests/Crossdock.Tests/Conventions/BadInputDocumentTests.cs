using System.Text.RegularExpressions;
using Xunit;

namespace Crossdock.Tests.Conventions;

public sealed partial class BadInputDocumentTests
{
    [Fact]
    public void Every_test_that_the_list_of_bad_input_names_exists()
    {
        string tests = string.Concat(SourceTree.Files("tests", "*.cs").Select(SourceTree.Read));
        string[] named = [.. Test().Matches(SourceTree.Read("docs/bad-input.md")).Select(match => match.Groups["name"].Value)];
        Assert.True(named.Length > 30, "the list is shorter than it was");
        string[] missing = [.. named.Where(name => !tests.Contains($" {name}(", StringComparison.Ordinal))];
        Assert.Empty(missing);
    }

    [GeneratedRegex("`(?<name>[A-Z][A-Za-z0-9]*(_[A-Za-z0-9]+){2,})`", RegexOptions.ExplicitCapture)]
    private static partial Regex Test();
}
