using System.Text.Json;
using Crossdock.Model.Connectors;

namespace Crossdock.Rules;

/// <summary>Makes rules of their JSON; every mistake is reported with its place and what is possible there.</summary>
internal static class RuleReader
{
    private static readonly string[] Parts = ["name", "when", "then"];

    private static readonly Dictionary<string, string[]> Actions = new()
    {
        ["exclude"] = ["because"],
        ["hold"] = [],
        ["tag"] = [],
        ["set"] = [],
        ["destinations"] = [],
        ["route"] = ["to"],
        ["packages"] = [],
    };

    public static IReadOnlyCollection<string> ActionNames => Actions.Keys;

    public static IReadOnlyList<Rule> ReadAll(JsonElement json, string path, ICollection<SettingProblem> problems)
    {
        if (json.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
        {
            return [];
        }

        if (json.ValueKind != JsonValueKind.Array)
        {
            problems.Add(new SettingProblem(path, "Rules are a list."));
            return [];
        }

        List<Rule> rules = [];
        int i = 0;
        foreach (var one in json.EnumerateArray())
        {
            int known = problems.Count;
            var rule = Read(one, $"{path}[{i++}]", problems);
            if (rule is not null && problems.Count == known)
            {
                rules.Add(rule);
            }
        }

        return rules;
    }

    private static Rule? Read(JsonElement json, string path, ICollection<SettingProblem> problems)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new SettingProblem(path, "A rule is an object with name, when and then."));
            return null;
        }

        foreach (var part in json.EnumerateObject().Where(part => !Parts.Contains(part.Name)))
        {
            problems.Add(new SettingProblem($"{path}.{part.Name}", $"A rule has no \"{part.Name}\". {Suggestions.For(part.Name, Parts)}"));
        }

        string? name = json.TryGetProperty("name", out var named) ? Operators.Scalar(named) : null;
        if (string.IsNullOrWhiteSpace(name))
        {
            problems.Add(new SettingProblem($"{path}.name", "A rule needs a name: the timeline tells it to people."));
        }

        var when = json.TryGetProperty("when", out var condition) ? ConditionReader.Read(condition, $"{path}.when", problems) : new Always();
        if (!json.TryGetProperty("then", out var then) || then.ValueKind != JsonValueKind.Array || then.GetArrayLength() == 0)
        {
            problems.Add(new SettingProblem($"{path}.then", $"A rule needs a list of actions with at least one. Possible: {string.Join(", ", Actions.Keys)}."));
            return null;
        }

        List<RuleAction> actions = [];
        int i = 0;
        foreach (var action in then.EnumerateArray())
        {
            if (ReadAction(action, $"{path}.then[{i++}]", problems) is { } read)
            {
                actions.Add(read);
            }
        }

        return new Rule(name ?? "", when, actions);
    }

    private static RuleAction? ReadAction(JsonElement json, string path, ICollection<SettingProblem> problems)
    {
        JsonProperty[] parts = json.ValueKind == JsonValueKind.Object ? [.. json.EnumerateObject()] : [];
        JsonProperty[] kinds = [.. parts.Where(part => Actions.ContainsKey(part.Name))];
        if (kinds.Length != 1)
        {
            string given = parts.FirstOrDefault().Value.ValueKind == JsonValueKind.Undefined ? "" : parts[0].Name;
            problems.Add(new SettingProblem(path, $"An action does exactly one thing. {Suggestions.For(given, Actions.Keys)}"));
            return null;
        }

        var (kind, value) = (kinds[0].Name, kinds[0].Value);
        foreach (var part in parts.Where(part => part.Name != kind && !Actions[kind].Contains(part.Name)))
        {
            problems.Add(new SettingProblem($"{path}.{part.Name}", $"\"{kind}\" has no \"{part.Name}\"." + (Actions[kind] is [var only] ? $" Possible: {only}." : "")));
        }

        string? text = Operators.Scalar(value);
        string? because = json.TryGetProperty("because", out var reason) ? Operators.Scalar(reason) : null;
        switch (kind)
        {
            case "exclude" when text == "order":
                return new ExcludeOrder(because);
            case "exclude" when text == "lines":
                return new ExcludeLines(because);
            case "exclude":
                problems.Add(new SettingProblem($"{path}.exclude", "Possible: order, lines."));
                return null;
            case "hold" when !string.IsNullOrWhiteSpace(text):
                return new HoldOrder(text);
            case "hold":
                problems.Add(new SettingProblem($"{path}.hold", "A hold needs its reason as text, for the person who looks at it."));
                return null;
            case "tag":
                return Keys(value, $"{path}.tag", problems) is { Count: > 0 } tags ? new TagOrder(tags) : null;
            case "set":
                return ReadSet(value, $"{path}.set", problems);
            case "destinations" when value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0:
                return new ChooseDestinations([]);
            case "destinations":
                return Keys(value, $"{path}.destinations", problems) is { } keys ? new ChooseDestinations(keys) : null;
            case "route" when text != "lines":
                problems.Add(new SettingProblem($"{path}.route", "Possible: lines."));
                return null;
            case "route":
                return Keys(json.TryGetProperty("to", out var to) ? to : default, $"{path}.to", problems) is { Count: > 0 } targets ? new RouteLines(targets) : null;
            default:
                return ReadPackages(value, $"{path}.packages", problems);
        }
    }

    private static SetField? ReadSet(JsonElement json, string path, ICollection<SettingProblem> problems)
    {
        string field = json.ValueKind == JsonValueKind.Object && json.TryGetProperty("field", out var named) ? Operators.Scalar(named) ?? "" : "";
        if (SettableFields.Find(field) is not { } write)
        {
            problems.Add(new SettingProblem($"{path}.field", $"\"{field}\" cannot be set. {Suggestions.For(field, SettableFields.Names)}"));
            return null;
        }

        if (!json.TryGetProperty("value", out var value) || value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
        {
            problems.Add(new SettingProblem($"{path}.value", "Needs a text, or null to clear the field."));
            return null;
        }

        return new SetField(field, Operators.Scalar(value), write);
    }

    private static MakePackages? ReadPackages(JsonElement json, string path, ICollection<SettingProblem> problems)
    {
        string by = json.ValueKind == JsonValueKind.Object && json.TryGetProperty("by", out var named) ? Operators.Scalar(named) ?? "" : "";
        if (!PackagePlan.Kinds.Contains(by))
        {
            problems.Add(new SettingProblem($"{path}.by", $"There is no way to pack by \"{by}\". {Suggestions.For(by, [.. PackagePlan.Kinds])}"));
            return null;
        }

        if (by is not ("quantity" or "weight"))
        {
            return new MakePackages(new PackagePlan(by, null));
        }

        string name = by == "weight" ? "maxGrams" : "max";
        if (json.TryGetProperty(name, out var most) && most.ValueKind == JsonValueKind.Number && most.TryGetDecimal(out decimal max) && max >= 1)
        {
            return new MakePackages(new PackagePlan(by, max));
        }

        problems.Add(new SettingProblem($"{path}.{name}", by == "weight" ? "Needs grams in one package, 1 or more." : "Needs pieces in one package, 1 or more."));
        return null;
    }

    private static List<string>? Keys(JsonElement json, string path, ICollection<SettingProblem> problems)
    {
        List<string?> all = json.ValueKind == JsonValueKind.Array ? [.. json.EnumerateArray().Select(Operators.Scalar)] : [json.ValueKind == JsonValueKind.Undefined ? null : Operators.Scalar(json)];
        if (all.Count == 0 || all.Exists(string.IsNullOrWhiteSpace))
        {
            problems.Add(new SettingProblem(path, "Takes a text or a list of texts."));
            return null;
        }

        return [.. all.Select(key => key!.Trim())];
    }
}
