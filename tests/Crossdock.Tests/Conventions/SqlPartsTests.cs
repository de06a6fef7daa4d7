using System.Text.RegularExpressions;
using Xunit;

namespace Crossdock.Tests.Conventions;

public sealed partial class SqlPartsTests
{
    [Fact]
    public void Text_that_is_joined_to_another_does_not_end_in_a_comment_that_would_swallow_it()
    {
        var wrong = new List<string>();
        int parts = 0;
        foreach (string file in SourceTree.Files("src", "*.cs"))
        {
            string text = SourceTree.Read(file);
            foreach (Match constant in Constant().Matches(text))
            {
                string name = constant.Groups["name"].Value;
                if (!Regex.IsMatch(text, $$"""(\+\s*{{name}}\b|\b{{name}}\s*\+|\{{{name}}\})"""))
                {
                    continue;
                }

                parts++;
                if (constant.Groups["last"].Value.Contains("--", StringComparison.Ordinal))
                {
                    wrong.Add($"{file}: {name}");
                }
            }
        }

        Assert.True(parts > 3, "no joined SQL was found: the pattern is wrong");
        Assert.Empty(wrong);
    }

    // A raw string constant, and its last line.
    [GeneratedRegex(""""const string (?<name>\w+) = \$?"""\n(?:(?!\s*""").*\n)*?(?<last>(?!\s*""").*)\n\s*"""[;,]?"""", RegexOptions.ExplicitCapture)]
    private static partial Regex Constant();
}
