using System.Text.Json;
using Crossdock.Model.Connectors;

namespace Crossdock.Rules;

/// <summary>Makes a condition tree of its JSON. Every mistake is reported with its place; what stands there instead is never used.</summary>
internal static class ConditionReader
{
    private const int DeepestTree = 16;

    public static Condition Read(JsonElement json, string path, ICollection<SettingProblem> problems, int depth = 0)
    {
        if (depth > DeepestTree)
        {
            return Wrong(problems, path, $"Conditions are nested more than {DeepestTree} deep.");
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            return Wrong(problems, path, "A condition is an object: { field: shipTo.region, in: [RM] }, or { all: [...] }, { any: [...] }, { not: {...} }.");
        }

        if (json.TryGetProperty("field", out var field))
        {
            return ReadTest(json, field, path, problems);
        }

        JsonProperty[] parts = [.. json.EnumerateObject()];
        if (parts.Length != 1 || parts[0].Name is not ("all" or "any" or "not"))
        {
            return Wrong(problems, path, "A condition has a field with an operator, or exactly one of all, any, not."
                + (parts.Length > 0 ? $" Here: {string.Join(", ", parts.Select(part => part.Name))}." : ""));
        }

        var (name, value) = (parts[0].Name, parts[0].Value);
        if (name == "not")
        {
            return new Not(Read(value, $"{path}.not", problems, depth + 1), value.GetRawText());
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
        {
            return Wrong(problems, $"{path}.{name}", $"\"{name}\" takes a list of conditions with at least one.");
        }

        Condition[] inner = [.. value.EnumerateArray().Select((part, i) => Read(part, $"{path}.{name}[{i}]", problems, depth + 1))];
        return name == "all" ? new AllOf(inner) : new AnyOf(inner);
    }

    private static Condition ReadTest(JsonElement json, JsonElement named, string path, ICollection<SettingProblem> problems)
    {
        string? name = named.ValueKind == JsonValueKind.String ? named.GetString() : null;
        var field = name is null ? null : Fields.Find(name);
        if (field is null)
        {
            return Wrong(problems, $"{path}.field", $"There is no field \"{name ?? named.GetRawText()}\". {Suggestions.For(name ?? "", Fields.Names)}");
        }

        List<Predicate<string?>> text = [];
        List<Predicate<decimal?>> number = [];
        List<Predicate<bool?>> flag = [];
        List<Predicate<IEnumerable<string?>>> texts = [];
        List<string> words = [];
        bool isWrong = false;
        foreach (var part in json.EnumerateObject().Where(part => part.Name != "field"))
        {
            var possible = Operators.For(field.Kind);
            if (!possible.Contains(part.Name))
            {
                isWrong = true;
                problems.Add(new SettingProblem($"{path}.{part.Name}", Operators.All.Contains(part.Name)
                    ? $"\"{part.Name}\" does not fit {field.Name}. Possible: {string.Join(", ", possible)}."
                    : $"There is no operator \"{part.Name}\". {Suggestions.For(part.Name, [.. possible])}"));
                continue;
            }

            try
            {
                switch (field.Kind)
                {
                    case FieldKind.Text or FieldKind.Place:
                        text.Add(Operators.Text(part.Name, part.Value, field.Kind == FieldKind.Place));
                        break;
                    case FieldKind.Texts:
                        texts.Add(OfList(part));
                        break;
                    case FieldKind.Number or FieldKind.Time:
                        number.Add(Operators.Number(part.Name, part.Value, field.Kind == FieldKind.Time));
                        break;
                    case FieldKind.Flag:
                        flag.Add(Operators.Flag(part.Name, part.Value));
                        break;
                }

                words.Add(Operators.Words(part.Name, part.Value));
            }
            catch (FormatException e)
            {
                isWrong = true;
                problems.Add(new SettingProblem($"{path}.{part.Name}", $"{e.Message}. Here: {Cut(part.Value.GetRawText())}."));
            }
        }

        if (words.Count == 0 && !isWrong)
        {
            return Wrong(problems, path, $"Nothing is asked of {field.Name}. Possible: {string.Join(", ", Operators.For(field.Kind))}.");
        }

        return new Test(field, Both(text), Both(number), Both(flag), Both(texts), string.Join(" and ", words));
    }

    /// <summary>A list has a value when one element has it, and lacks it when no element has it.</summary>
    private static Predicate<IEnumerable<string?>> OfList(JsonProperty part)
    {
        var one = Operators.Text(part.Name, part.Value, isPlace: false);
        if (part.Name == "exists")
        {
            bool wanted = part.Value.GetBoolean();
            return list => list.Any(element => element is not null) == wanted;
        }

        return Operators.IsNegative(part.Name) ? list => list.All(element => one(element)) : list => list.Any(element => one(element));
    }

    private static Predicate<T>? Both<T>(List<Predicate<T>> all) => all switch
    {
        [] => null,
        [var only] => only,
        _ => value => all.TrueForAll(one => one(value)),
    };

    private static Always Wrong(ICollection<SettingProblem> problems, string path, string problem)
    {
        problems.Add(new SettingProblem(path, problem));
        return new Always();
    }

    private static string Cut(string text) => text.Length <= 60 ? text : $"{text.AsSpan(0, 59)}…";
}
