using System.Text.Json.Nodes;
using Crossdock.Connections;
using Crossdock.Connectors;
using Crossdock.Model.Connectors;
using Crossdock.Server.Commands;
using Xunit;

namespace Crossdock.Tests.Connections;

public sealed class SettingTextTests
{
    private static readonly IReadOnlyList<SettingField> Fields =
    [
        new() { Name = "shop", Label = "Shop", Help = "h" },
        new() { Name = "size", Label = "Size", Help = "h", Type = SettingType.Number },
        new() { Name = "tell", Label = "Tell", Help = "h", Type = SettingType.Switch, Default = "false" },
        new() { Name = "kinds", Label = "Kinds", Help = "h", Type = SettingType.List },
        new() { Name = "free", Label = "Free", Help = "h", Type = SettingType.Group },
        new() { Name = "call", Label = "Call", Help = "h", Type = SettingType.Group, Fields = [new() { Name = "headers", Label = "Headers", Help = "h", Type = SettingType.Table, HasHeaders = true }, new() { Name = "body", Label = "Body", Help = "h", Type = SettingType.MultilineText }] },
    ];

    [Fact]
    public void What_is_written_is_read_the_same()
    {
        var settings = JsonNode.Parse("""{"shop":"acme","size":25,"tell":true,"kinds":["a","b"],"free":{"x":[1]},"call":{"headers":{"X-Api-Key":true,"Accept":"text/plain"},"body":" {\n}\n"},"unknown":{"kept":1}}""")!.AsObject();
        var texts = SettingText.Write(Fields, settings);
        Assert.Equal("a\nb", texts["kinds"]);
        Assert.Equal("X-Api-Key: true\nAccept: text/plain", texts["call.headers"]);
        var read = settings.DeepClone().AsObject();
        List<SettingProblem> problems = [];
        SettingText.Read(Fields, read, path => texts.GetValueOrDefault(path)?.Replace("\n", "\r\n", StringComparison.Ordinal), problems);
        Assert.Empty(problems);
        Assert.True(JsonNode.DeepEquals(settings, read), read.ToJsonString());
    }

    [Fact]
    public void Empty_is_taken_out_default_is_left_out_and_nonsense_is_told()
    {
        var settings = JsonNode.Parse("""{"shop":"acme","call":{"body":"x"}}""")!.AsObject();
        var texts = new Dictionary<string, string> { ["shop"] = "", ["tell"] = "false", ["size"] = "many", ["call.body"] = " ", ["free"] = "no object", ["call.headers"] = "no pair" };
        List<SettingProblem> problems = [];
        SettingText.Read(Fields, settings, texts.GetValueOrDefault, problems);
        Assert.Equal("""{"size":"many"}""", settings.ToJsonString());
        Assert.Equal(["settings.free", "settings.call.headers"], problems.Select(problem => problem.Path));
    }

    [Fact]
    public void Every_platform_has_a_form_whose_fields_say_what_to_do()
    {
        Assert.All(BuiltInConnectors.All, connector =>
        {
            string form = ConnectCommand.Form(connector.Manifest);
            Assert.All(connector.Manifest.Settings.Concat(connector.Manifest.Secrets), field =>
            {
                Assert.Contains($" {field.Name}=", form, StringComparison.Ordinal);
                Assert.True(field.Help.Length > 10, $"{connector.Manifest.Platform}.{field.Name} has no help");
            });
        });
    }
}
