using System.Globalization;
using System.Text.Json;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Configuration;

/// <summary>Reads one object of a connection's settings and notes everything that is wrong with it, by path: also the names nobody asked for.</summary>
internal sealed class SettingsReader(JsonElement element, string path, List<SettingProblem> problems)
{
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    internal string Path => path;

    internal void Problem(string? name, string problem) => problems.Add(new SettingProblem(name is null ? path : $"{path}.{name}", problem));

    internal bool Has(string name) => Find(name, out _);

    internal JsonElement? Raw(string name) => Find(name, out var value) ? value : null;

    internal string? Text(string name, bool isRequired = false)
    {
        if (!Find(name, out var value))
        {
            if (isRequired)
            {
                Problem(name, "is missing");
            }

            return null;
        }

        if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
        {
            Problem(name, "must be text");
            return null;
        }

        return JsonPointer.Scalar(value);
    }

    internal double? Number(string name, double minimum, double maximum)
    {
        if (!Find(name, out var value))
        {
            return null;
        }

        if (double.TryParse(JsonPointer.Scalar(value), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        Problem(name, string.Create(CultureInfo.InvariantCulture, $"must be a number from {minimum} to {maximum}, not {value.GetRawText()}"));
        return null;
    }

    internal int Whole(string name, int usual, int minimum, int maximum)
    {
        double? number = Number(name, minimum, maximum);
        if (number is { } given && given != Math.Floor(given))
        {
            Problem(name, "must be a whole number");
            return usual;
        }

        return (int?)number ?? usual;
    }

    internal string Choice(string name, string usual, params string[] choices)
    {
        if (Text(name) is not { } text)
        {
            return usual;
        }

        if (choices.Contains(text, StringComparer.OrdinalIgnoreCase))
        {
            return choices.First(choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase));
        }

        Problem(name, $"'{text}' is not possible here; possible are {string.Join(", ", choices)}");
        return usual;
    }

    internal JsonPointer? Pointer(string name)
    {
        if (!Find(name, out var value) || value.ValueKind != JsonValueKind.String)
        {
            if (Has(name))
            {
                Problem(name, "must be a JSON pointer such as /order/id");
            }

            return null;
        }

        var pointer = JsonPointer.Parse(value.GetString()!);
        if (pointer is null)
        {
            Problem(name, $"'{value.GetString()}' is not a JSON pointer; it starts with a slash, for example /order/id");
        }

        return pointer;
    }

    internal SettingsReader? Group(string name)
    {
        if (!Find(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return new SettingsReader(value, $"{path}.{name}", problems);
        }

        Problem(name, "must be an object");
        return null;
    }

    internal IReadOnlyDictionary<string, string> Table(string name)
    {
        var table = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Find(name, out var value))
        {
            if (value.ValueKind != JsonValueKind.Object)
            {
                Problem(name, "must be an object from text to text");
                return table;
            }

            foreach (var entry in value.EnumerateObject())
            {
                table[entry.Name] = JsonPointer.Scalar(entry.Value) ?? "";
            }
        }

        return table;
    }

    /// <summary>A list of text; a single text counts as a list of one.</summary>
    internal IReadOnlyList<string> List(string name) => !Find(name, out var value)
        ? []
        : value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(JsonPointer.Scalar).OfType<string>()]
            : JsonPointer.Scalar(value) is { } one ? [one] : [];

    internal IEnumerable<(string Name, JsonElement Value)> Everything()
    {
        foreach (var property in element.EnumerateObject())
        {
            asked.Add(property.Name);
            yield return (property.Name, property.Value);
        }
    }

    /// <summary>Notes the names that nobody asked for.</summary>
    internal void Close()
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var property in element.EnumerateObject().Where(property => !asked.Contains(property.Name)))
        {
            Problem(property.Name, $"is not known here; possible are {string.Join(", ", asked.Order(StringComparer.Ordinal))}");
        }
    }

    private bool Find(string name, out JsonElement value)
    {
        asked.Add(name);
        value = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined);
    }
}
