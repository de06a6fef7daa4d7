using System.Text.RegularExpressions;
using Xunit;

namespace Crossdock.Tests.Conventions;

public sealed partial class ProjectDependencyTests
{
    // Server -> Console -> Crossdock -> Model <- Connectors <- Emulators
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Crossdock.Model"] = [],
        ["Crossdock.Connectors"] = ["Crossdock.Model"],
        ["Crossdock.Emulators"] = ["Crossdock.Connectors"],
        ["Crossdock"] = ["Crossdock.Model"],
        ["Crossdock.Console"] = ["Crossdock"],
        ["Crossdock.Server"] = ["Crossdock.Console", "Crossdock.Emulators"],
    };

    [Fact]
    public void Projects_refer_only_downwards()
    {
        var projects = SourceTree.Files("src", "*.csproj");
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), projects.Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal));
        string[] wrong = [.. from file in projects
                             let project = Path.GetFileNameWithoutExtension(file)
                             from Match reference in Reference().Matches(SourceTree.Read(file))
                             let to = reference.Groups["name"].Value
                             where !Allowed[project].Contains(to, StringComparer.Ordinal)
                             select $"{project} refers to {to}"];
        Assert.Empty(wrong);
    }

    [Fact]
    public void Model_uses_no_packages() =>
        Assert.DoesNotContain("<PackageReference", SourceTree.Read("src/Crossdock.Model/Crossdock.Model.csproj"), StringComparison.Ordinal);

    [Fact]
    public void Only_the_server_names_a_concrete_connector()
    {
        string[] wrong = [.. from folder in (string[])["src/Crossdock", "src/Crossdock.Console", "src/Crossdock.Model"]
                             from file in SourceTree.Files(folder, "*.cs").Concat(SourceTree.Files(folder, "*.razor"))
                             where ConcreteConnector().IsMatch(SourceTree.Read(file))
                             select file];
        Assert.Empty(wrong);
    }

    [GeneratedRegex("""<ProjectReference Include="[^"]*/(?<name>[^/"]+)\.csproj""", RegexOptions.ExplicitCapture)]
    private static partial Regex Reference();

    // The contract is Crossdock.Model.Connectors; the code for platforms is Crossdock.Connectors.
    [GeneratedRegex(@"(using|[ (<])\s*(global::)?Crossdock\.Connectors\b")]
    private static partial Regex ConcreteConnector();
}
