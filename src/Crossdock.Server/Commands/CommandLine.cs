using System.CommandLine;
using Crossdock.Database;

namespace Crossdock.Server.Commands;

/// <summary>The command line <c>./crossdock</c>.</summary>
public static class CommandLine
{
    /// <summary>Runs one command. Answers the exit code: see <see cref="ExitCodes"/>, and 130 when it was interrupted.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = Root();
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(error.Message);
            await Console.Error.WriteLineAsync($"See ./crossdock {Examples.PathOf(parsed.CommandResult.Command)}{(parsed.CommandResult.Command is RootCommand ? "" : " ")}--help");
            return ExitCodes.Usage;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(60) });
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
        catch (Exception failure) when (failure is HubException or PrivatePostgresException or Npgsql.NpgsqlException or HttpRequestException or IOException or Microsoft.Extensions.Options.OptionsValidationException)
        {
            await Console.Error.WriteLineAsync(failure switch
            {
                Npgsql.NpgsqlException => "The database does not answer: " + failure.Message,
                HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } => $"No hub answers: {failure.Message}. Start one with ./run or ./crossdock serve, or say with --url where it is.",
                _ => failure.Message,
            });
            return ExitCodes.Failed;
        }
    }

    /// <summary>The commands' names.</summary>
    internal static IReadOnlyList<string> Names => [.. Root().Subcommands.Select(command => command.Name)];

    internal static RootCommand Root()
    {
        var root = new RootCommand("Crossdock: from a shop's webhook to the courier, once.")
        {
            ServeCommand.Serve(), ServeCommand.Demo(), MigrateCommand.Create(),
            OrdersCommand.Orders(), OrdersCommand.Holds(), OrdersCommand.Deliveries(), OrdersCommand.DeadLetters(), OrdersCommand.Alerts(), WebhooksCommand.Create(),
            RemoteCommands.Apply(), RemoteCommands.Export(), RemoteCommands.Events(), BackfillCommand.Create(), CompletenessCommands.Completeness(), CompletenessCommands.Reconcile(), ReplayCommand.Create(), ImportCommand.Create(), DriftCommand.Create(), ConnectCommand.Create(), TestConnectionCommand.Create(), SubscriptionsCommand.Create(), TokenCommand.Create(), PrivacyCommand.Create(), KeysCommand.Create(),
            EmulateCommand.Create(), ConfigCommand.Create(), DoctorCommand.Create(), BackupCommands.Backup(), BackupCommands.Restore(), SeedCommand.Create(),
        };
        root.Add(CompletionCommand.Create(Root));
        Examples.AddTo(root);
        return root;
    }

    /// <summary>The settings from the environment, with what the command line says on top.</summary>
    internal static HubSettings Settings(string? data = null, int? port = null)
    {
        var settings = HubSettings.From(new ConfigurationBuilder().AddEnvironmentVariables().Build());
        if (data is not null) settings = settings with { DataFolder = data };
        if (port is not null) settings = settings with { Urls = $"http://localhost:{port}" };
        return settings;
    }
}
