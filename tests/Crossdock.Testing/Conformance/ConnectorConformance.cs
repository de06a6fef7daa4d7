using System.Text.Json;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Xunit;

namespace Crossdock.Testing.Conformance;

/// <summary>What every connector owes. A test class inherits one of the suites below; each contains this one.</summary>
public abstract class ConnectorConformance
{
    /// <summary>The connector under test.</summary>
    protected abstract IConnector Connector { get; }

    /// <summary>Settings and secrets that are right.</summary>
    protected abstract ConnectionSettings Valid { get; }

    /// <summary>Settings that are wrong, each with the path that must be named. May be empty when the manifest's types say everything.</summary>
    protected virtual IEnumerable<(ConnectionSettings Settings, string Path)> Wrong => [];

    /// <summary>Builds settings from JSON text.</summary>
    protected static ConnectionSettings Settings(string platform, string json, params ReadOnlySpan<(string Name, string Value)> secrets)
    {
        var table = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in secrets)
        {
            table[name] = value;
        }

        using var document = JsonDocument.Parse(json);
        return new ConnectionSettings("sample", "Sample", platform, document.RootElement.Clone(), table);
    }

    [Fact]
    public void Manifest_is_complete()
    {
        var manifest = Connector.Manifest;
        Assert.Matches("^[a-z0-9]+$", manifest.Platform);
        Assert.NotEmpty(manifest.Title);
        Assert.NotEmpty(manifest.Summary);
        foreach (var field in All(manifest.Settings.Concat(manifest.Secrets)))
        {
            Assert.Matches("^[a-z][A-Za-z0-9]*$", field.Name);
            Assert.False(string.IsNullOrWhiteSpace(field.Label), $"{field.Name} has no label");
            Assert.False(string.IsNullOrWhiteSpace(field.Help), $"{field.Name} has no help");
            Assert.True(field.Type != SettingType.Choice || field.Choices.Count > 1, $"{field.Name} is a choice of nothing");
            Assert.True(field.Choices.Count == 0 || field.Default is null || field.Choices.Contains(field.Default), $"the default of {field.Name} is not among its choices");
        }
    }

    [Fact]
    public void Secrets_are_never_settings()
    {
        string[] telling = ["secret", "password", "token", "apikey", "privatekey"];
        Assert.Empty(Connector.Manifest.Settings.Select(field => field.Name).Intersect(Connector.Manifest.Secrets.Select(field => field.Name)));
        Assert.DoesNotContain(All(Connector.Manifest.Settings), field => telling.Any(word => field.Name.EndsWith(word, StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void Right_settings_have_no_problems() => Assert.Empty(Connector.Check(Valid));

    [Fact]
    public void Wrong_settings_are_named_by_path()
    {
        foreach (var (settings, path) in Wrong)
        {
            var problems = Connector.Check(settings);
            Assert.True(problems.Any(problem => problem.Path == path), $"{path} is not named for {settings.Settings.GetRawText()}, only {string.Join(", ", problems)}");
            Assert.All(problems, problem => Assert.False(string.IsNullOrWhiteSpace(problem.Problem)));
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("""{"unknown":{"a":[1,null,true]}}""")]
    public void Odd_settings_never_throw(string json)
    {
        using var document = JsonDocument.Parse(json);
        var odd = Valid with { Settings = document.RootElement.Clone(), Secrets = new Dictionary<string, string>() };
        Assert.All(Connector.Check(odd), problem => Assert.True(problem.Path.StartsWith("settings", StringComparison.Ordinal) || problem.Path.StartsWith("secrets", StringComparison.Ordinal), problem.Path));
    }

    [Fact]
    public void Settings_of_any_type_never_throw()
    {
        string[] values = ["null", "true", "12", "-1e300", "\"\"", "\"x y\\u0000\"", "[]", "[1,[]]", "{}", """{"a":{"b":1}}"""];
        foreach (var field in Connector.Manifest.Settings)
        {
            foreach (string value in values)
            {
                using var document = JsonDocument.Parse($$"""{"{{field.Name}}":{{value}}}""");
                _ = Connector.Check(Valid with { Settings = document.RootElement.Clone() });
            }
        }
    }

    private static IEnumerable<SettingField> All(IEnumerable<SettingField> fields) => fields.SelectMany(field => All(field.Fields).Prepend(field));
}
