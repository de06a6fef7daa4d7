using System.CommandLine;
using System.Globalization;

namespace Crossdock.Server.Commands;

/// <summary><c>config</c>: every option with its default and the value in force here.</summary>
internal static class ConfigCommand
{
    internal static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "As JSON: name, default and what is set; secrets only as set or not" };
        var command = new Command("config", "List every option, its default and what the environment sets.") { json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(json))
            {
                Console.WriteLine(System.Text.Json.JsonSerializer.Serialize(OptionList.All().Select(option => new { name = option.Name, @default = option.Default, isSet = Set(option) is not null, value = IsSecret(option) ? null : Set(option) })));
                return ExitCodes.Done;
            }

            foreach (var option in OptionList.All())
            {
                string? set = Set(option);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{option.Name,-48} default {option.Default,-24}{(set is null ? "" : IsSecret(option) ? " set" : " set to " + set)}"));
            }
            return 0;
        });
        return command;
    }

    private static string? Set(OptionLine option) => Environment.GetEnvironmentVariable(option.Name);

    // A connection string and a mail server's password are nobody's to read over a shoulder.
    private static bool IsSecret(OptionLine option) => ((string[])["Token", "Database", "Password", "Journal"]).Any(end => option.Name.EndsWith(end, StringComparison.Ordinal));
}
