using System.CommandLine;
using System.Globalization;

namespace Crossdock.Server.Commands;

/// <summary><c>config</c>: every option with its default and the value in force here.</summary>
internal static class ConfigCommand
{
    internal static Command Create()
    {
        var command = new Command("config", "List every option, its default and what the environment sets.");
        command.SetAction(_ =>
        {
            foreach (var option in OptionList.All())
            {
                string? set = Environment.GetEnvironmentVariable(option.Name);
                bool isSecret = option.Name.EndsWith("Token", StringComparison.Ordinal) || option.Name.EndsWith("Database", StringComparison.Ordinal);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{option.Name,-48} default {option.Default,-24}{(set is null ? "" : isSecret ? " set" : " set to " + set)}"));
            }
            return 0;
        });
        return command;
    }
}
