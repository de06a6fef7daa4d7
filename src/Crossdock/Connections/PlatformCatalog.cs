using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connections;

/// <summary>A platform that can be connected, with the form to fill in.</summary>
public sealed record PlatformRow
{
    /// <summary>Its name in configuration.</summary>
    public required string Platform { get; init; }
    /// <summary>As it writes itself.</summary>
    public required string Title { get; init; }
    public required string Summary { get; init; }
    /// <summary>What a connection to it may do, given the settings for it: <c>webhooks</c>, <c>reading</c>, <c>feed</c>, <c>files</c>, <c>webhook_care</c>, <c>status_back</c>, <c>test</c>, <c>destination</c>.</summary>
    public required IReadOnlyList<string> Abilities { get; init; }
    /// <summary>The time zone that most of its shops keep, for a new connection's <c>timeZone</c>; null where they are everywhere.</summary>
    public string? TimeZone { get; init; }
    public required IReadOnlyList<SettingRow> Settings { get; init; }
    /// <summary>Stored encrypted and never shown again.</summary>
    public required IReadOnlyList<SettingRow> Secrets { get; init; }
}

/// <summary>One field of a platform's form.</summary>
public sealed record SettingRow
{
    /// <summary>Name in configuration.</summary>
    public required string Name { get; init; }
    public required string Label { get; init; }
    /// <summary>What it is, and where to find the value in the platform's own administration.</summary>
    public required string Help { get; init; }
    /// <summary><c>text</c>, <c>multiline_text</c>, <c>number</c>, <c>switch</c>, <c>choice</c>, <c>url</c>, <c>group</c>, <c>list</c> or <c>table</c>.</summary>
    public required string Type { get; init; }
    public required bool Required { get; init; }
    /// <summary>What is used when it is left out; null for nothing.</summary>
    public string? Default { get; init; }
    public long? Minimum { get; init; }
    public long? Maximum { get; init; }
    public IReadOnlyList<string> Choices { get; init; } = [];
    /// <summary>Fields of a group.</summary>
    public IReadOnlyList<SettingRow> Fields { get; init; } = [];
}

/// <summary>The platforms that this hub can be connected to.</summary>
public sealed class PlatformCatalog(IReadOnlyList<IConnector> connectors)
{
    /// <summary>All of them, by title.</summary>
    public IReadOnlyList<PlatformRow> All { get; } = [.. connectors.OrderBy(one => one.Manifest.Title, StringComparer.OrdinalIgnoreCase).Select(Row)];

    /// <summary>One by its name in configuration; null when there is none.</summary>
    public PlatformRow? Find(string platform) => All.FirstOrDefault(one => one.Platform == platform);

    /// <summary>What a form is made from; null when there is no such platform.</summary>
    public ConnectorManifest? ManifestOf(string platform) => connectors.FirstOrDefault(one => one.Manifest.Platform == platform)?.Manifest;

    private static PlatformRow Row(IConnector connector) => new()
    {
        Platform = connector.Manifest.Platform,
        Title = connector.Manifest.Title,
        Summary = connector.Manifest.Summary,
        TimeZone = connector.Manifest.TimeZone,
        Abilities =
        [
            .. new (bool Has, string Name)[]
            {
                (connector is IWebhookSource, "webhooks"), (connector is IOrderSource, "reading"), (connector is IOrderFeedSource, "feed"), (connector is IFileSource, "files"),
                (connector is ISubscriptionSource, "webhook_care"), (connector is IOrderStatusTarget, "status_back"), (connector is IConnectionTest, "test"), (connector is IOrderTarget, "destination"),
            }.Where(one => one.Has).Select(one => one.Name),
        ],
        Settings = [.. connector.Manifest.Settings.Select(Row)],
        Secrets = [.. connector.Manifest.Secrets.Select(Row)],
    };

    private static SettingRow Row(SettingField field) => new()
    {
        Name = field.Name,
        Label = field.Label,
        Help = field.Help,
        Type = EnumNames<SettingType>.Of(field.Type),
        Required = field.IsRequired,
        Default = field.Default,
        Minimum = field.Minimum,
        Maximum = field.Maximum,
        Choices = field.Choices,
        Fields = [.. field.Fields.Select(Row)],
    };
}
