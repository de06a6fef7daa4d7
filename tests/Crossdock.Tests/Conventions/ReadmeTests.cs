using System.Text.RegularExpressions;
using Xunit;

namespace Crossdock.Tests.Conventions;

public sealed partial class ReadmeTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("docs/operations.md")]
    [InlineData("docs/connectors.md")]
    public void Files_that_a_document_links_to_exist(string document)
    {
        string folder = Path.GetDirectoryName(document)!;
        string[] missing = [.. Link().Matches(SourceTree.Read(document)).Select(link => link.Groups["target"].Value.Split('#')[0])
            .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !Path.Exists(Path.Combine(SourceTree.Root, folder, target)))];
        Assert.Empty(missing);
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();
}
