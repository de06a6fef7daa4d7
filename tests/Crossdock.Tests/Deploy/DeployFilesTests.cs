using System.Diagnostics;
using System.Text.RegularExpressions;
using Crossdock.Server;
using Crossdock.Tests.Conventions;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace Crossdock.Tests.Deploy;

/// <summary>What lies under deploy/: read by the programs it is for where they are here, and held against the options and addresses that exist.</summary>
public sealed partial class DeployFilesTests
{
    private static readonly string[] WithOptions = ["deploy/Dockerfile", "deploy/compose.yaml", "deploy/systemd/crossdock.service", "deploy/kubernetes/crossdock.yaml"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Files => [.. WithOptions];

    [Theory]
    [MemberData(nameof(Files))]
    public void Options_that_a_file_sets_exist(string file)
    {
        string[] used = [.. Option().Matches(SourceTree.Read(file)).Select(match => match.Value).Distinct()];
        Assert.NotEmpty(used);
        Assert.Subset(OptionList.All().Select(one => one.Name).ToHashSet(StringComparer.Ordinal), used.ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Systemd_takes_the_unit()
    {
        // It says of this machine what it lacks (the program, the user); what is wrong with the unit itself names its line or its key.
        var (code, said) = await RunAsync("systemd-analyze", "verify", "--man=no", Path.Combine(SourceTree.Root, "deploy/systemd/crossdock.service"));
        Assert.SkipWhen(code == 127, "systemd-analyze is not here");
        string[] wrong = [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.Contains("crossdock.service", StringComparison.Ordinal) && !line.Contains("is not executable", StringComparison.Ordinal))];
        Assert.Empty(wrong);
        string unit = SourceTree.Read("deploy/systemd/crossdock.service");
        Assert.Contains("\nUser=crossdock\n", unit, StringComparison.Ordinal);
        Assert.Contains("DOTNET_GCgen0size=4000000", unit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compose_file_is_whole_and_docker_takes_it()
    {
        var compose = Documents("deploy/compose.yaml").Single();
        var services = (YamlMappingNode)compose["services"];
        string[] names = [.. services.Children.Keys.Select(key => ((YamlScalarNode)key).Value!)];
        foreach (var (_, service) in services.Children)
        {
            var map = (YamlMappingNode)service;
            if (!map.Children.TryGetValue("depends_on", out var waits)) continue;
            Assert.Subset(names.ToHashSet(StringComparer.Ordinal), ((YamlMappingNode)waits).Children.Keys.Select(key => ((YamlScalarNode)key).Value!).ToHashSet(StringComparer.Ordinal));
        }

        Assert.Equal("deploy/Dockerfile", ((YamlScalarNode)services["hub"]["build"]["dockerfile"]).Value);
        string[] volumes = [.. ((YamlMappingNode)compose["volumes"]).Children.Keys.Select(key => ((YamlScalarNode)key).Value!)];
        Assert.Equal(["data", "database"], volumes.Order(StringComparer.Ordinal));

        var (code, said) = await RunAsync("docker", "compose", "version");
        Assert.SkipWhen(code != 0, "docker compose is not here");
        (code, said) = await RunAsync("env", "POSTGRES_PASSWORD=x", "CROSSDOCK_ADMIN_TOKEN=y", "docker", "compose", "-f", Path.Combine(SourceTree.Root, "deploy/compose.yaml"), "config", "--quiet");
        Assert.True(code == 0, said);
    }

    [Fact]
    public void Image_runs_as_an_ordinary_user_asks_for_its_health_and_copies_what_exists()
    {
        string[] lines = [.. SourceTree.Read("deploy/Dockerfile").ReplaceLineEndings("\n").Replace("\\\n", " ", StringComparison.Ordinal).Split('\n').Where(line => line.Length > 0 && line[0] != '#')];
        Assert.All(lines, line => Assert.Matches("^(FROM|WORKDIR|COPY|RUN|ENV|USER|VOLUME|EXPOSE|HEALTHCHECK|STOPSIGNAL|ENTRYPOINT|CMD) ", line));
        Assert.Equal(2, lines.Count(line => line.StartsWith("FROM ", StringComparison.Ordinal)));
        Assert.Equal("USER 10001:10001", lines.Last(line => line.StartsWith("USER ", StringComparison.Ordinal)));
        Assert.Contains("/health/ready", Assert.Single(lines, line => line.StartsWith("HEALTHCHECK ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(SourceTree.Root, "src/Crossdock.Server/Crossdock.Server.csproj")));
        Assert.Contains("CMD [\"serve\"]", lines);
        Assert.Contains("ENTRYPOINT [\"dotnet\", \"/opt/crossdock/Crossdock.Server.dll\"]", lines);
    }

    [Fact]
    public void Kubernetes_has_every_role_each_node_non_root_with_its_probes_and_nothing_points_nowhere()
    {
        var all = Documents("deploy/kubernetes/crossdock.yaml");
        Assert.All(all, one => Assert.True(one.Children.ContainsKey("apiVersion") && one.Children.ContainsKey("kind")));
        Assert.All(all.Skip(1), one => Assert.Equal("crossdock", Text(one["metadata"]["namespace"])));
        HashSet<string> named = [.. all.Select(one => $"{Text(one["kind"])} {Text(one["metadata"]["name"])}")];
        var deployments = all.Where(one => Text(one["kind"]) == "Deployment").ToList();
        List<string> roles = [];
        foreach (var deployment in deployments)
        {
            Assert.Equal(deployment["spec"]["selector"]["matchLabels"].ToString(), deployment["spec"]["template"]["metadata"]["labels"].ToString());
            var pod = (YamlMappingNode)deployment["spec"]["template"]["spec"];
            Assert.Equal("true", Text(pod["securityContext"]["runAsNonRoot"]));
            string[] volumes = [.. ((YamlSequenceNode)pod["volumes"]).Select(volume => Text(volume["name"]))];
            foreach (var container in ((YamlSequenceNode)pod["containers"]).Concat((YamlSequenceNode)pod["initContainers"]))
            {
                Assert.Equal("true", Text(container["securityContext"]["readOnlyRootFilesystem"]));
                Assert.All((YamlSequenceNode)container["volumeMounts"], mount => Assert.Contains(Text(mount["name"]), volumes));
                Assert.Contains(Text(((YamlSequenceNode)container["args"]).Single()), new[] { "serve", "migrate" });
                Assert.Contains($"ConfigMap {Text(container["envFrom"][0]["configMapRef"]["name"])}", named);
                Assert.Contains($"Secret {Text(container["envFrom"][1]["secretRef"]["name"])}", named);
            }

            var hub = pod["containers"][0];
            Assert.Equal(("/health/ready", "/health/live"), (Text(hub["readinessProbe"]["httpGet"]["path"]), Text(hub["livenessProbe"]["httpGet"]["path"])));
            Assert.Contains($"PersistentVolumeClaim {Text(pod["volumes"][0]["persistentVolumeClaim"]["claimName"])}", named);
            roles.AddRange(new HubSettings { Roles = Text(hub["env"][0]["value"]) }.RoleSet());
        }

        Assert.Equal(HubSettings.AllRoles.Order(StringComparer.Ordinal), roles.Order(StringComparer.Ordinal));
        var service = all.Single(one => Text(one["kind"]) == "Service");
        Assert.Contains(deployments, one => one["spec"]["selector"]["matchLabels"].ToString() == service["spec"]["selector"].ToString());
        Assert.Contains($"Service {Text(all.Single(one => Text(one["kind"]) == "Ingress")["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"])}", named);
    }

    [Fact]
    public void Commands_in_the_operations_document_exist()
    {
        string[] commands = [.. Command().Matches(SourceTree.Read("docs/operations.md")).Select(match => match.Groups["name"].Value).Distinct()];
        Assert.True(commands.Length > 8);
        Assert.All(commands, name => Assert.Contains(name, Crossdock.Server.Commands.CommandLine.Names));
    }

    private static List<YamlMappingNode> Documents(string file)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(SourceTree.Read(file));
        stream.Load(reader);
        return [.. stream.Documents.Select(document => (YamlMappingNode)document.RootNode)];
    }

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    private static async Task<(int Code, string Said)> RunAsync(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(Stop);
            string errors = await process.StandardError.ReadToEndAsync(Stop);
            await process.WaitForExitAsync(Stop);
            return (process.ExitCode, await output + errors);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (127, "");
        }
    }

    [GeneratedRegex(@"\bCrossdock__\w+")]
    private static partial Regex Option();

    [GeneratedRegex(@"\./crossdock (?<name>[a-z][a-z-]*)", RegexOptions.ExplicitCapture)]
    private static partial Regex Command();
}
