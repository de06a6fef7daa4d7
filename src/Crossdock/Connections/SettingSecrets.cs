using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;

namespace Crossdock.Connections;

/// <summary>Secrets that people type among the settings, where they would be shown: moved to the encrypted ones before anything is stored.</summary>
internal static class SettingSecrets
{
    /// <summary>Moves what the manifest says is secret out of <paramref name="settings"/>; <c>true</c> stays in its place. Two different values for one secret are a problem.</summary>
    public static void Move(JsonObject settings, IDictionary<string, string> secrets, ConnectorManifest manifest, string path, ICollection<SettingProblem> problems)
    {
        foreach (var secret in manifest.Secrets.Where(secret => secret.InSettings is not null))
        {
            string[] names = secret.InSettings!.Split('.');
            JsonNode? group = settings;
            foreach (string name in names[..^1])
            {
                group = (group as JsonObject)?[name];
            }

            MoveOne(group, names[^1], secret.Name, secrets, $"{path}.settings.{secret.InSettings}", problems);
        }

        MoveNamed(settings, manifest.Settings, "", secrets, $"{path}.settings.", problems);
    }

    // What is secret by its name: headers and parameters of a query.
    private static void MoveNamed(JsonObject settings, IReadOnlyList<SettingField> fields, string at, IDictionary<string, string> secrets, string path, ICollection<SettingProblem> problems)
    {
        foreach (var field in fields)
        {
            string here = at + field.Name;
            if (field.HasSecretQuery && settings[field.Name] is JsonValue address && address.GetValueKind() == JsonValueKind.String)
            {
                settings[field.Name] = SecretQuery.Replace(address.GetValue<string>(), (name, value) =>
                {
                    // "true" is what stays here; a value of the order is no secret of ours.
                    bool isSecret = value.Length > 0 && value != "true" && !value.Contains("{{", StringComparison.Ordinal);
                    if (isSecret)
                    {
                        Keep($"{here}.{name}", value, secrets, path + here, problems);
                    }

                    return isSecret ? "true" : null;
                });
            }

            if (settings[field.Name] is not JsonObject inner)
            {
                continue;
            }

            MoveNamed(inner, field.Fields, $"{here}.", secrets, path, problems);
            foreach (string name in field.HasHeaders ? inner.Select(header => header.Key).Where(SecretHeaders.Contains).ToArray() : [])
            {
                MoveOne(inner, name, $"{here}.{name}", secrets, $"{path}{here}.{name}", problems);
            }
        }
    }

    private static void MoveOne(JsonNode? group, string name, string secret, IDictionary<string, string> secrets, string path, ICollection<SettingProblem> problems)
    {
        if (group is not JsonObject holder || holder[name] is not JsonValue value || value.GetValueKind() is not (JsonValueKind.String or JsonValueKind.Number))
        {
            return;
        }

        string text = value.GetValueKind() is JsonValueKind.Number ? value.GetValue<decimal>().ToString(CultureInfo.InvariantCulture) : value.GetValue<string>();
        Keep(secret, text, secrets, path, problems);
        holder[name] = true;
    }

    private static void Keep(string secret, string text, IDictionary<string, string> secrets, string path, ICollection<SettingProblem> problems)
    {
        if (secrets.TryGetValue(secret, out string? other) && other.Length > 0 && other != text)
        {
            problems.Add(new SettingProblem(path, $"Differs from secrets.{secret}, which is the same secret: give one of the two."));
        }
        else
        {
            secrets[secret] = text;
        }
    }

    /// <summary>What stands in an export for a stored secret: a name to be found in the environment.</summary>
    public static string PlaceholderName(string connection, string secret) =>
        $"{(char.IsAsciiDigit(connection[0]) ? "_" : "")}{string.Concat($"{connection}_{secret}".ToUpperInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'))}";

    /// <summary>Lets an exported file be applied where the environment does not have its secrets: a placeholder that names a secret's own stored value keeps that value.
    /// Only under the same name of the same connection, so that no secret can be brought to light by naming it elsewhere.</summary>
    public static void KeepStored(JsonArray connections, IReadOnlyDictionary<string, ConnectionRow> known, SecretBox box, List<SettingProblem> problems)
    {
        for (int i = 0; i < connections.Count; i++)
        {
            if (connections[i] is not JsonObject connection || connection["secrets"] is not JsonObject secrets || connection["key"]?.ToString() is not { } key || !known.TryGetValue(key, out var row))
            {
                continue;
            }

            IReadOnlyDictionary<string, string>? stored = null;
            foreach (string name in row.Secrets.Keys.Where(secrets.ContainsKey))
            {
                string path = $"connections[{i}].secrets.{name}", missing = ConfigurationYaml.Missing(PlaceholderName(key, name));
                int index = problems.FindIndex(problem => problem.Path == path && problem.Problem == missing);
                stored ??= index >= 0 ? box.Open(key, row.Secrets) : null;
                if (index >= 0 && secrets[name]?.ToString() == "" && stored is not null)
                {
                    problems.RemoveAt(index);
                    secrets[name] = stored[name];
                }
            }
        }
    }
}
