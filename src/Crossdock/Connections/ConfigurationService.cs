using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Crossdock.Accounts;
using Crossdock.Database;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Rules;
using Npgsql;

namespace Crossdock.Connections;

/// <summary>What an apply did; with errors it did nothing.</summary>
public sealed record ConfigurationResult(IReadOnlyList<string> Created, IReadOnlyList<string> Updated, IReadOnlyList<string> Unchanged, IReadOnlyList<string> Deleted, IReadOnlyList<SettingProblem> Errors);

/// <summary>Configuration as a file: checked as a whole, applied in one transaction or not at all.</summary>
public sealed partial class ConfigurationService
{
    private static readonly string[] Parts = ["key", "name", "platform", "enabled", "settings", "secrets", "destinations", "rules", "approval", "polling", "timeZone"];
    private readonly NpgsqlDataSource _database;
    private readonly ConnectionStore _store;
    private readonly ConnectionDirectory _directory;
    private readonly SecretBox _secrets;
    private readonly IReadOnlyList<IConnector> _connectors;
    private readonly IConnectionWork _work;

    internal ConfigurationService(NpgsqlDataSource database, ConnectionStore store, ConnectionDirectory directory, SecretBox secrets, IReadOnlyList<IConnector> connectors, IConnectionWork work) =>
        (_database, _store, _directory, _secrets, _connectors, _work) = (database, store, directory, secrets, connectors, work);

    /// <summary>Fills in <c>${NAME}</c> from the environment of who sends the file; names that it does not have stay, for the hub to tell. The file comes back as JSON, which is YAML too.</summary>
    public static string Fill(string yaml, Func<string, string?> environment, ICollection<SettingProblem> problems) =>
        ConfigurationYaml.Read(yaml, name => environment(name) ?? ConfigurationYaml.Mark(name), problems) is { } file ? ConfigurationYaml.Write(file) : "";

    /// <summary>Applies a file. Connections that it does not name stay as they are, unless <paramref name="prune"/>; those with unfinished work are deleted only with <paramref name="force"/>,
    /// which makes dead letters of what waits for them.</summary>
    public Task<ConfigurationResult> ApplyAsync(
        string yaml, string actor, Func<string, string?>? environment = null, bool prune = false, bool force = false, CancellationToken cancellationToken = default) =>
        ApplyCheckedAsync(yaml, actor, environment ?? Environment.GetEnvironmentVariable, prune, force, null, cancellationToken);

    /// <summary>The same; <paramref name="check"/> sees what is stored, by key, while nobody else can change it, and may refuse.</summary>
    internal async Task<ConfigurationResult> ApplyCheckedAsync(
        string yaml, string actor, Func<string, string?> environment, bool prune, bool force, Func<IReadOnlyDictionary<string, ConnectionRow>, SettingProblem?>? check, CancellationToken cancellationToken)
    {
        List<SettingProblem> problems = [];
        var root = ConfigurationYaml.Read(yaml, environment, problems);
        if (root is not JsonObject file || file["connections"] is not JsonArray list)
        {
            problems.Add(new SettingProblem("connections", "The file needs a list of connections."));
            return new([], [], [], [], problems);
        }

        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var known = (await ConnectionStore.LoadForChangeAsync(connection, cancellationToken)).ToDictionary(row => row.Key);
        if (check?.Invoke(known) is { } refusal)
        {
            return new([], [], [], [], [refusal]);
        }

        SettingSecrets.KeepStored(list, known, _secrets, problems);
        List<(ConnectionRow Row, IReadOnlyDictionary<string, string> Clear)> wanted = [.. list.Select((node, i) => Read(node, $"connections[{i}]", known, problems)).OfType<(ConnectionRow, IReadOnlyDictionary<string, string>)>()];
        CheckTogether(wanted.ConvertAll(one => one.Row), prune ? [] : known.Values, problems);
        if (problems.Count > 0)
        {
            return new([], [], [], [], problems);
        }

        List<string> created = [], updated = [], unchanged = [], deleted = prune ? [.. known.Keys.Except(wanted.Select(one => one.Row.Key))] : [];
        if (deleted.Count > 0 && !force && await _work.FindAsync(connection, deleted, cancellationToken) is { Count: > 0 } hanging)
        {
            return new([], [], [], [], [.. hanging.Select(work => new SettingProblem($"connections.{work.Key}", Refusal(work)))]);
        }

        List<AuditEntry> changes = [];
        foreach (var (row, clear) in wanted)
        {
            if (known.TryGetValue(row.Key, out var former) && IsSame(former, row, clear))
            {
                unchanged.Add(row.Key);
                continue;
            }

            (former is null ? created : updated).Add(row.Key);
            await _store.UpsertAsync(connection, row with { Secrets = _secrets.Protect(row.Key, clear) }, actor, cancellationToken);
            changes.Add(new AuditEntry(former is null ? "connection_created" : "connection_changed", "connection", row.Key, former?.Id.Value, former is null ? null : Told(former), Told(row with { Secrets = clear })));
        }

        foreach (string key in deleted)
        {
            await _store.DeleteAsync(connection, key, cancellationToken);
            changes.Add(new AuditEntry("connection_deleted", "connection", key, known[key].Id.Value, Told(known[key])));
        }

        // What the hub was started with is in force because somebody wrote it there, not because somebody asked for it now.
        if (Caller.Current is not null)
        {
            await AuditLog.KeepAsync(connection, changes, _store.Now, cancellationToken);
        }

        if (deleted.Count > 0)
        {
            await _work.EndAsync(connection, $"operator {actor}", cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        await _directory.RefreshAsync(cancellationToken);
        return new(created, updated, unchanged, deleted, []);
    }

    // Of secrets only the names: what they are never leaves the hub.
    private static object Told(ConnectionRow row) => new
    {
        row.Name, row.Platform, Enabled = row.IsEnabled, row.Approval, row.Destinations, polling = row.Polling.Write(), row.TimeZone,
        settings = JsonNode.Parse(row.Settings), rules = JsonNode.Parse(row.Rules), secrets = row.Secrets.Keys.Order(StringComparer.Ordinal).ToArray(),
    };

    /// <summary>The same shape as <see cref="ApplyAsync"/> takes, as JSON, which is YAML too; secrets are placeholders for the environment.</summary>
    public async Task<string> ExportAsync(CancellationToken cancellationToken = default)
    {
        var rows = await _store.LoadAsync(ids: null, cancellationToken);
        var list = new JsonArray([.. rows.Select(row => (JsonNode)new JsonObject
        {
            ["key"] = row.Key,
            ["name"] = row.Name,
            ["platform"] = row.Platform,
            ["enabled"] = row.IsEnabled,
            ["settings"] = JsonNode.Parse(row.Settings),
            ["secrets"] = new JsonObject(row.Secrets.Keys.Select(name => KeyValuePair.Create(name, (JsonNode?)ConfigurationYaml.Mark(SettingSecrets.PlaceholderName(row.Key, name))))),
            ["destinations"] = new JsonArray([.. row.Destinations.Select(key => (JsonNode)key)]),
            ["approval"] = ApprovalSetting.Parse(row.Approval).Write(),
            ["polling"] = row.Polling.Write(),
            ["timeZone"] = row.TimeZone,
            ["rules"] = JsonNode.Parse(row.Rules),
        })]);
        return ConfigurationYaml.Write(new JsonObject { ["connections"] = list });
    }

    private static string Refusal(HangingWork work)
    {
        string open = string.Join(", ", new (long Count, string What)[]
        {
            (work.Waiting, "deliveries waiting for it"), (work.Held, "deliveries that it refused and a person has to look at"), (work.Events, "events not worked yet"),
            (work.Orders, "orders held or to be approved"), (work.OwnDeliveries, "deliveries of its orders not done"),
        }.Where(part => part.Count > 0).Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Count} {part.What}")));
        return $"It is not in the file, and would be deleted with unfinished work: {open}. Let it finish or drop it first, or set enabled: false to keep it without using it; "
            + "with --force (force=true) it is deleted all the same: what waits for it becomes dead letters, and events not worked yet are parked.";
    }

    private (ConnectionRow Row, IReadOnlyDictionary<string, string> Clear)? Read(JsonNode? node, string path, Dictionary<string, ConnectionRow> known, List<SettingProblem> problems)
    {
        if (node is not JsonObject json)
        {
            problems.Add(new SettingProblem(path, "A connection is an object with key, name, platform."));
            return null;
        }

        int before = problems.Count;
        foreach (var (name, _) in json.Where(part => !Parts.Contains(part.Key)))
        {
            problems.Add(new SettingProblem($"{path}.{name}", $"A connection has no \"{name}\". {Suggestions.For(name, Parts)}"));
        }

        string key = json["key"]?.ToString() ?? "", platform = json["platform"]?.ToString() ?? "";
        string title = json["name"]?.ToString() is { Length: > 0 } given ? given : key;
        if (!Key().IsMatch(key))
        {
            problems.Add(new SettingProblem($"{path}.key", "Needs lower-case letters, digits and hyphens, 1 to 64."));
        }

        string approval = ApprovalSetting.Read(json["approval"], $"{path}.approval", problems).ToString();

        if ((json["enabled"] ?? true).GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
        {
            problems.Add(new SettingProblem($"{path}.enabled", "Possible: true, false."));
        }

        if ((json["settings"] ?? new JsonObject()) is not JsonObject || (json["secrets"] ?? new JsonObject()) is not JsonObject || (json["destinations"] ?? new JsonArray()) is not JsonArray)
        {
            problems.Add(new SettingProblem(path, "settings and secrets are objects, destinations is a list of keys."));
            return null;
        }

        Dictionary<string, string> clear = (json["secrets"] as JsonObject)?.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value!.ToString()) ?? [];
        var connector = _connectors.FirstOrDefault(one => one.Manifest.Platform == platform);
        if (connector is not null && json["settings"] is JsonObject typed)
        {
            SettingSecrets.Move(typed, clear, connector.Manifest, path, problems);
        }

        var polling = PollingSetting.Read(json["polling"], $"{path}.polling", problems);
        string? zone = json["timeZone"]?.ToString();
        if (zone is not null && NodaTime.DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is null)
        {
            problems.Add(new SettingProblem($"{path}.timeZone", $"There is no time zone \"{zone}\". {Suggestions.For(zone, [.. NodaTime.DateTimeZoneProviders.Tzdb.Ids])}"));
        }

        string settings = json["settings"]?.ToJsonString() ?? "{}", rules = json["rules"]?.ToJsonString() ?? "[]";
        StoreRules.Read(JsonElement.Parse(rules), 0, $"{path}.rules", problems);
        if (connector is null)
        {
            problems.Add(new SettingProblem($"{path}.platform", $"There is no platform \"{platform}\". {Suggestions.For(platform, [.. _connectors.Select(one => one.Manifest.Platform)])}"));
        }
        else
        {
            problems.AddRange(connector.Check(new ConnectionSettings(key, title, platform, JsonElement.Parse(settings), clear)).Select(problem => problem with { Path = $"{path}.{problem.Path}" }));
        }

        return problems.Count > before
            ? null
            : (new ConnectionRow(known.GetValueOrDefault(key)?.Id ?? default, key, title, platform, json["enabled"]?.GetValue<bool>() ?? true, settings, clear,
                [.. (json["destinations"] as JsonArray ?? []).Select(one => one?.ToString() ?? "")], rules, 0, approval, 0) { Polling = polling, TimeZone = zone }, clear);
    }

    private void CheckTogether(List<ConnectionRow> wanted, IReadOnlyCollection<ConnectionRow> others, List<SettingProblem> problems)
    {
        problems.AddRange(wanted.GroupBy(row => row.Key).Where(group => group.Count() > 1).Select(group => new SettingProblem("connections", $"The key \"{group.Key}\" stands more than once.")));
        string[] keys = [.. wanted.Select(row => row.Key).Union(others.Select(row => row.Key))];
        problems.AddRange(problems.Count > 0 ? [] : wanted.SelectMany(row => row.Destinations.Except(keys).Select(missing =>
            new SettingProblem($"connections.{row.Key}.destinations", $"There is no connection \"{missing}\". {Suggestions.For(missing, keys)}"))));
        problems.AddRange(problems.Count > 0 ? [] : wanted.SelectMany(row => StoreRules.Read(JsonElement.Parse(row.Rules), 0, "rules", []).Rules.SelectMany((rule, i) => rule.Named.Except(keys).Select(missing =>
            new SettingProblem($"connections.{row.Key}.rules[{i}]", $"There is no connection \"{missing}\", which the rule \"{rule.Name}\" names. {Suggestions.For(missing, keys)}")))));
        if (problems.Count > 0)
        {
            return;
        }

        // A stored connection of a platform that this build does not know may be a destination: it says itself that it cannot work.
        var byKey = wanted.Concat(others).DistinctBy(row => row.Key).ToLookup(row => _connectors.FirstOrDefault(one => one.Manifest.Platform == row.Platform) is null or IOrderTarget);
        var stores = byKey[false].ToDictionary(row => row.Key, row => row.Platform);
        string possible = byKey[true].Any() ? $"Possible: {string.Join(", ", byKey[true].Select(row => row.Key).Order(StringComparer.Ordinal))}." : "No connection here can.";
        foreach (var row in wanted)
        {
            problems.AddRange(row.Destinations.Where(stores.ContainsKey).Select(key => new SettingProblem($"connections.{row.Key}.destinations", $"\"{key}\" ({stores[key]}) cannot receive orders. {possible}")));
            problems.AddRange(StoreRules.Read(JsonElement.Parse(row.Rules), 0, "rules", []).Rules.SelectMany((rule, i) => rule.Named.Where(stores.ContainsKey).Select(key =>
                new SettingProblem($"connections.{row.Key}.rules[{i}]", $"\"{key}\" ({stores[key]}), which the rule \"{rule.Name}\" names, cannot receive orders. {possible}"))));
        }
    }

    private bool IsSame(ConnectionRow former, ConnectionRow row, IReadOnlyDictionary<string, string> clear) =>
        former.Name == row.Name && former.Platform == row.Platform && former.IsEnabled == row.IsEnabled && former.Approval == row.Approval && former.Polling == row.Polling && former.TimeZone == row.TimeZone
        && former.Destinations.SequenceEqual(row.Destinations)
        && JsonNode.DeepEquals(JsonNode.Parse(former.Settings), JsonNode.Parse(row.Settings))
        && JsonNode.DeepEquals(JsonNode.Parse(former.Rules), JsonNode.Parse(row.Rules))
        && _secrets.Open(former.Key, former.Secrets) is { } opened && opened.Count == clear.Count && opened.All(pair => clear.GetValueOrDefault(pair.Key) == pair.Value);

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Key();
}
