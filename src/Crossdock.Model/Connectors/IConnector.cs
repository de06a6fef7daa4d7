using Crossdock.Model.Connections;

namespace Crossdock.Model.Connectors;

/// <summary>The code for one platform. What it can do is said by the further interfaces it implements (<see cref="IWebhookSource"/>, <see cref="IOrderMapper"/>,
/// <see cref="IOrderStates"/>, <see cref="IOrderTarget"/>, <see cref="IOrderSource"/>, <see cref="IOrderFeedSource"/>, <see cref="ISubscriptionSource"/>, <see cref="IOrderStatusTarget"/>,
/// <see cref="IConnectionTest"/>); it never has a method that throws "not supported". Stateless and safe for any number of threads.</summary>
public interface IConnector
{
    /// <summary>What the platform is and what a connection to it needs.</summary>
    ConnectorManifest Manifest { get; }

    /// <summary>What is wrong with a connection's settings beyond what the manifest's types say; empty when nothing is. Each problem names its path.</summary>
    IReadOnlyList<SettingProblem> Check(ConnectionSettings connection);
}

/// <summary>What a platform is and what a connection to it needs. Forms, documentation and validation are made from it.</summary>
public sealed record ConnectorManifest
{
    /// <summary>Stable name in configuration: lower-case letters and digits, for example <c>shopify</c>.</summary>
    public required string Platform { get; init; }
    /// <summary>The platform's name as it writes it itself.</summary>
    public required string Title { get; init; }
    /// <summary>One or two sentences: what the connector does.</summary>
    public required string Summary { get; init; }
    /// <summary>The time zone that most of its shops keep, a name of the tz database: a new connection's form begins with it. Null where its shops are everywhere.</summary>
    public string? TimeZone { get; init; }
    /// <summary>Settings, in the order of a form.</summary>
    public IReadOnlyList<SettingField> Settings { get; init; } = [];
    /// <summary>Secrets, in the order of a form. Stored encrypted, never shown again.</summary>
    public IReadOnlyList<SettingField> Secrets { get; init; } = [];
}

/// <summary>The type of a setting.</summary>
public enum SettingType
{
    /// <summary>One line of text.</summary>
    Text = 0,
    /// <summary>Several lines, for example a template.</summary>
    MultilineText = 1,
    /// <summary>A whole number.</summary>
    Number = 2,
    /// <summary>True or false.</summary>
    Switch = 3,
    /// <summary>One of <see cref="SettingField.Choices"/>.</summary>
    Choice = 4,
    /// <summary>An absolute http or https address.</summary>
    Url = 5,
    /// <summary>An object with <see cref="SettingField.Fields"/>, or any object when there are none.</summary>
    Group = 6,
    /// <summary>A list of text.</summary>
    List = 7,
    /// <summary>A table from text to text.</summary>
    Table = 8,
}

/// <summary>One setting or secret of a connection.</summary>
public sealed record SettingField
{
    /// <summary>Name in configuration, camelCase.</summary>
    public required string Name { get; init; }
    /// <summary>Name in a form.</summary>
    public required string Label { get; init; }
    /// <summary>What it is, and where to find the value in the platform's own administration.</summary>
    public required string Help { get; init; }
    /// <summary>Its type.</summary>
    public SettingType Type { get; init; }
    /// <summary>True when the connection cannot work without it.</summary>
    public bool IsRequired { get; init; }
    /// <summary>What is used when it is left out, as text; null for nothing.</summary>
    public string? Default { get; init; }
    /// <summary>Smallest number allowed.</summary>
    public long? Minimum { get; init; }
    /// <summary>Largest number allowed.</summary>
    public long? Maximum { get; init; }
    /// <summary>Possible values of a choice.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];
    /// <summary>Of a secret: where it may be typed among the settings as well, as a dotted path (<c>auth.bearer</c>). When settings are applied it is moved to the secrets, and <c>true</c> stays in its place. Null for nowhere.</summary>
    public string? InSettings { get; init; }
    /// <summary>Of a table: its names are HTTP headers. When settings are applied, the value of each that signs in (<see cref="SecretHeaders"/>) is moved to the secret of the same path, for example <c>create.headers.X-Api-Key</c>, and <c>true</c> stays in its place.</summary>
    public bool HasHeaders { get; init; }
    /// <summary>Of an address: when settings are applied, the value of each parameter of its query that signs in (<see cref="SecretQuery"/>) is moved to the secret of the same path, for example <c>create.url.api_key</c>, and <c>true</c> stays in its place.</summary>
    public bool HasSecretQuery { get; init; }
    /// <summary>Settings of a group.</summary>
    public IReadOnlyList<SettingField> Fields { get; init; } = [];
}

/// <summary>One thing wrong with a connection's settings.</summary>
/// <param name="Path">Where: <c>settings.shop</c>, <c>secrets.webhookSecret</c>.</param>
/// <param name="Problem">What is wrong and what to do, one sentence.</param>
public sealed record SettingProblem(string Path, string Problem);
