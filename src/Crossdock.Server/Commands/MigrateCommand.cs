using System.CommandLine;
using Crossdock.Database;

namespace Crossdock.Server.Commands;

/// <summary><c>migrate</c>: brings the database to this version's schema.</summary>
internal static class MigrateCommand
{
    internal static Command Create()
    {
        var data = new Option<string?>("--data") { Description = "The data folder; default Crossdock__DataFolder, then ./data" };
        var command = new Command("migrate", "Bring the database's schema up to date.") { data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var database = await HubDatabase.OpenAsync(CommandLine.Settings(parsed.GetValue(data)), cancellationToken);
            IReadOnlyList<string> applied;
            try
            {
                applied = await new Migrator(database.Source, TimeProvider.System).MigrateAsync(cancellationToken);
            }
            catch (InvalidOperationException conflict)
            {
                throw new HubException(conflict.Message, conflict);
            }
            foreach (string name in applied) Console.WriteLine($"applied {name}");
            Console.WriteLine(applied.Count == 0 ? "The schema is up to date." : $"The schema is up to date: {applied.Count} migrations applied.");
            return 0;
        });
        return command;
    }
}
