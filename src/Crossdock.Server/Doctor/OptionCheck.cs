using System.Collections;
using System.ComponentModel.DataAnnotations;
using Crossdock.Diagnosis;

namespace Crossdock.Server.Doctor;

/// <summary>Looks at the options: names that nobody reads, values that do not fit.</summary>
internal static class OptionCheck
{
    private const string Prefix = "Crossdock__";

    /// <param name="environment">Names and values; those that do not begin with <c>Crossdock__</c> are passed over.</param>
    internal static IReadOnlyList<Finding> Look(IDictionary environment)
    {
        var set = environment.Cast<DictionaryEntry>().Select(one => (Name: (string)one.Key, Value: one.Value as string ?? ""))
            .Where(one => one.Name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)).OrderBy(one => one.Name, StringComparer.Ordinal).ToList();
        string[] known = [.. OptionList.All().Select(option => option.Name)];
        List<Finding> found = [];
        foreach (var (name, _) in set.Where(one => !known.Contains(one.Name, StringComparer.OrdinalIgnoreCase)))
        {
            string nearest = known.MinBy(one => Distance(one, name))!;
            found.Add(Finding.Wrong("options", $"{name} is set and is no option: nobody reads it.", Distance(nearest, name) <= 6 ? $"Perhaps {nearest} is meant. ./crossdock config lists all options." : "./crossdock config lists all options."));
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(set.Select(one => KeyValuePair.Create(one.Name.Replace("__", ":", StringComparison.Ordinal), (string?)one.Value))).Build();
        foreach (var (section, type) in OptionList.Sections)
        {
            found.AddRange(Values(configuration.GetSection(section.Length == 0 ? "Crossdock" : $"Crossdock:{section}"), section, type));
        }

        try
        {
            var settings = HubSettings.From(configuration);
            _ = settings.RoleSet();
            _ = settings.PublicUri();
        }
        catch (HubException wrong)
        {
            found.Add(Finding.Wrong("options", wrong.Message, "Correct it where the hub's environment is set (docs/configuration.md)."));
        }
        catch (InvalidOperationException)
        {
            // Told with the section's values already.
        }

        return found.Count > 0 ? found : [Finding.Good("options", set.Count == 0 ? "No option is set: all have their defaults." : $"{set.Count} options are set, and all fit.")];
    }

    private static IEnumerable<Finding> Values(IConfigurationSection values, string section, Type type)
    {
        const string Remedy = "Correct it where the hub's environment is set (docs/configuration.md has the limits).";
        object options = Activator.CreateInstance(type)!;
        try
        {
            values.Bind(options);
        }
        catch (InvalidOperationException unreadable)
        {
            return [Finding.Wrong("options", $"{Prefix}{section}: {unreadable.Message}", Remedy)];
        }

        List<ValidationResult> problems = [];
        Validator.TryValidateObject(options, new ValidationContext(options), problems, validateAllProperties: true);
        return problems.Select(problem => Finding.Wrong("options", $"{string.Join(", ", problem.MemberNames.Select(name => $"{Prefix}{(section.Length == 0 ? "" : section + "__")}{name}"))}: {problem.ErrorMessage}", Remedy));
    }

    /// <summary>How many letters have to be changed, added or taken out, whatever their case.</summary>
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]) ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
