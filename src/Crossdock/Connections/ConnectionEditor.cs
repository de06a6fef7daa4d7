using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;

namespace Crossdock.Connections;

/// <summary>One connection as a form or a program sends it.</summary>
public sealed record ConnectionDraft
{
    /// <summary>Lower-case letters, digits and hyphens; it cannot be changed later.</summary>
    public string Key { get; init; } = "";
    /// <summary>What people call it; the key when empty.</summary>
    public string? Name { get; init; }
    /// <summary>The connector's platform name.</summary>
    public string Platform { get; init; } = "";
    public bool Enabled { get; init; } = true;
    /// <summary><c>automatic</c>; <c>manual</c> where a person approves every order; <c>four_eyes</c>, or <c>four_eyes above 500000</c> for orders above a total, where two different people have to.</summary>
    public string? Approval { get; init; }
    /// <summary><c>auto</c>, <c>on</c>, <c>off</c>, or how often in seconds.</summary>
    public string? Polling { get; init; }
    /// <summary>Time zone of the store's days, a name of the tz database such as <c>America/Santiago</c>. Of a connection that exists, null keeps what it has and an empty text takes it away.</summary>
    public string? TimeZone { get; init; }
    /// <summary>Keys of the destinations of its orders, in order.</summary>
    public IReadOnlyList<string>? Destinations { get; init; }
    public JsonObject? Settings { get; init; }
    /// <summary>Secrets in clear, by name. Of a connection that exists, those not named are kept; an empty one is taken away.</summary>
    public IReadOnlyDictionary<string, string>? Secrets { get; init; }
    /// <summary>The version that was looked at; 0 for a new connection. It is refused when somebody changed the connection meanwhile.</summary>
    public long Version { get; init; }
}

/// <summary>A connection to be edited: the draft as it is stored, without secrets.</summary>
/// <param name="Draft">As stored.</param>
/// <param name="StoredSecrets">Names of the secrets that it has.</param>
public sealed record EditedConnection(ConnectionDraft Draft, IReadOnlyCollection<string> StoredSecrets);

/// <summary>Makes and changes one connection, with the same checks as a configuration file.</summary>
public sealed class ConnectionEditor
{
    private readonly ConnectionStore store;
    private readonly ConfigurationService configuration;
    private readonly PlatformCatalog platforms;

    internal ConnectionEditor(ConnectionStore store, ConfigurationService configuration, PlatformCatalog platforms) => (this.store, this.configuration, this.platforms) = (store, configuration, platforms);

    /// <summary>A connection as it is stored; null when there is none with that key.</summary>
    public async Task<EditedConnection?> FindAsync(string key, CancellationToken cancellationToken) => await RowAsync(key, cancellationToken) is { } row ? new(new ConnectionDraft
    {
        Key = row.Key,
        Name = row.Name,
        Platform = row.Platform,
        Enabled = row.IsEnabled,
        Approval = row.Approval,
        Polling = row.Polling is { EverySeconds: { } seconds } ? seconds.ToString(CultureInfo.InvariantCulture) : row.Polling.Write().GetValue<string>(),
        TimeZone = row.TimeZone,
        Destinations = row.Destinations,
        Settings = JsonNode.Parse(row.Settings)!.AsObject(),
        Version = row.Version,
    }, [.. row.Secrets.Keys]) : null;

    /// <summary>Puts it in force, or answers what is wrong and changes nothing. Paths of problems begin at the connection: <c>settings.shop</c>.</summary>
    public async Task<IReadOnlyList<SettingProblem>> SaveAsync(ConnectionDraft draft, string actor, CancellationToken cancellationToken)
    {
        var row = await RowAsync(draft.Key, cancellationToken);
        if (Refusal(draft, row) is { } early)
        {
            return [early];
        }

        var settings = draft.Settings?.DeepClone().AsObject() ?? [];
        var one = new JsonObject
        {
            ["key"] = draft.Key,
            ["name"] = draft.Name,
            ["platform"] = draft.Platform,
            ["enabled"] = draft.Enabled,
            ["approval"] = draft.Approval,
            ["polling"] = int.TryParse(draft.Polling, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? new JsonObject { ["every"] = seconds } : draft.Polling,
            ["timeZone"] = (draft.TimeZone ?? row?.TimeZone) is { Length: > 0 } zone ? zone : null,
            ["destinations"] = new JsonArray([.. (draft.Destinations ?? []).Select(key => (JsonNode)key)]),
            ["rules"] = row is null ? new JsonArray() : JsonNode.Parse(row.Rules),
            ["settings"] = settings,
            ["secrets"] = Secrets(draft, row, settings),
        };
        var result = await configuration.ApplyCheckedAsync(ConfigurationYaml.Write(new JsonObject { ["connections"] = new JsonArray(one) }), actor, static _ => null, prune: false, force: false,
            known => Refusal(draft, known.GetValueOrDefault(draft.Key)), cancellationToken);
        return [.. result.Errors.Select(error => error with { Path = Short(error.Path, draft.Key) })];
    }

    private static SettingProblem? Refusal(ConnectionDraft draft, ConnectionRow? row) => (draft.Version, row) switch
    {
        (0, not null) => new SettingProblem("key", $"There is a connection \"{draft.Key}\" already ({row.Platform}). Choose another key, or change that one."),
        (not 0, null) => new SettingProblem("version", "This connection was deleted meanwhile."),
        (not 0, not null) when row.Version != draft.Version => new SettingProblem("version", "Somebody changed this connection meanwhile. Load the page again and repeat your change; nothing was overwritten."),
        _ => null,
    };

    private async Task<ConnectionRow?> RowAsync(string key, CancellationToken cancellationToken) => (await store.LoadAsync(ids: null, cancellationToken)).FirstOrDefault(row => row.Key == key);

    // Those kept are placeholders for what is stored, as in an exported file.
    private JsonObject Secrets(ConnectionDraft draft, ConnectionRow? row, JsonObject settings)
    {
        var named = platforms.ManifestOf(draft.Platform)?.Secrets.Select(secret => secret.Name).ToHashSet(StringComparer.Ordinal) ?? [];
        var secrets = new JsonObject();
        foreach (string name in (row?.Secrets.Keys ?? []).Where(name => named.Contains(name) || StillMeans(settings, name)))
        {
            secrets[name] = ConfigurationYaml.Mark(SettingSecrets.PlaceholderName(draft.Key, name));
        }

        foreach (var (name, value) in draft.Secrets ?? new Dictionary<string, string>())
        {
            secrets.Remove(name);
            if (value.Length > 0)
            {
                secrets[name] = value;
            }
        }

        return secrets;
    }

    // A secret that was typed among the settings (create.headers.X-Api-Key, create.url.api_key) is kept while its place there still says "true".
    private static bool StillMeans(JsonObject settings, string path)
    {
        JsonNode? node = settings;
        string[] parts = path.Split('.');
        for (int i = 0; i < parts.Length; i++)
        {
            switch (node)
            {
                case JsonObject group when group.TryGetPropertyValue(string.Join('.', parts[i..]), out var rest):
                    return rest is JsonValue last && last.GetValueKind() is JsonValueKind.True;
                case JsonObject group:
                    node = group[parts[i]];
                    break;
                case JsonValue address when address.GetValueKind() is JsonValueKind.String:
                    return address.GetValue<string>().Contains($"{string.Join('.', parts[i..])}=true", StringComparison.Ordinal);
                default:
                    return false;
            }
        }

        return node is JsonValue value && value.GetValueKind() is JsonValueKind.True;
    }

    private static string Short(string path, string key)
    {
        foreach (string prefix in (ReadOnlySpan<string>)["connections[0].", $"connections.{key}."])
        {
            if (path.StartsWith(prefix, StringComparison.Ordinal))
            {
                return path[prefix.Length..];
            }
        }

        return path;
    }
}
