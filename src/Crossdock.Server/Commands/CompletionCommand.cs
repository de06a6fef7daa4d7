using System.CommandLine;
using System.Text;

namespace Crossdock.Server.Commands;

/// <summary><c>completion bash|zsh</c>: prints a script by which a shell completes commands and options.</summary>
internal static class CompletionCommand
{
    internal static Command Create(Func<Command> root)
    {
        var shell = new Argument<string>("shell") { Description = "bash or zsh" };
        shell.AcceptOnlyFromAmong("bash", "zsh");
        var command = new Command("completion", "Print a script that lets the shell complete commands and options.") { shell };
        command.SetAction(parsed =>
        {
            Console.Write(Script(root(), parsed.GetValue(shell)!));
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>The script: every command's words stand in it, so that completing starts no program.</summary>
    internal static string Script(Command root, string shell)
    {
        var script = new StringBuilder();
        script.Append(shell == "zsh" ? "# Completion of ./crossdock for zsh: source <(./crossdock completion zsh)\nautoload -U +X bashcompinit && bashcompinit\n" : "# Completion of ./crossdock for bash: source <(./crossdock completion bash)\n");
        script.Append("_crossdock() {\n  local at=\"\" word current=\"${COMP_WORDS[COMP_CWORD]}\" words=\"\" index\n  for ((index = 1; index < COMP_CWORD; index++)); do\n    word=\"${COMP_WORDS[index]}\"\n    case \"$at/$word\" in\n");
        foreach (string path in Paths(root, "").Select(one => one.Path).Where(path => path.Length > 0))
        {
            script.Append("      \"").Append(path).Append("\") at=\"$at/$word\" ;;\n");
        }

        script.Append("    esac\n  done\n  case \"$at\" in\n");
        foreach (var (path, command) in Paths(root, ""))
        {
            var words = command.Subcommands.Select(one => one.Name).Concat(command.Options.SelectMany(one => one.Aliases.Prepend(one.Name)).Where(name => name.StartsWith("--", StringComparison.Ordinal))).Append("--help")
                .Concat(command.Arguments.SelectMany(one => one.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty).Select(item => item.Label))).Distinct(StringComparer.Ordinal);
            script.Append("    \"").Append(path).Append("\") words=\"").Append(string.Join(' ', words)).Append("\" ;;\n");
        }

        return script.Append("  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n  [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- \"$current\"))\n}\ncomplete -F _crossdock crossdock ./crossdock\n").ToString();
    }

    private static IEnumerable<(string Path, Command Command)> Paths(Command command, string path) =>
        command.Subcommands.Where(one => !one.Hidden).SelectMany(one => Paths(one, $"{path}/{one.Name}")).Prepend((path, command));
}
