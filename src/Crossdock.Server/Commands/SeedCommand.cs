using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Crossdock.Api;
using Crossdock.Connections;
using Crossdock.Connectors;
using Crossdock.Database;
using Crossdock.Seeding;

namespace Crossdock.Server.Commands;

/// <summary><c>seed</c>: fills a database with made-up stores and orders.</summary>
internal static class SeedCommand
{
    internal static Command Create()
    {
        var orders = new Option<int>("--orders") { Description = "How many orders; 1 to 20000000", DefaultValueFactory = _ => 1_000_000 };
        var seed = new Option<int>("--seed") { Description = "What chance begins from: the same number gives the same orders", DefaultValueFactory = _ => 1 };
        var days = new Option<int>("--days") { Description = "Over how many days back they arrived; 1 to 3650", DefaultValueFactory = _ => 365 };
        var database = new Option<string?>("--database") { Description = "Connection string; default Crossdock__Database, then the private PostgreSQL of the data folder" };
        var existing = new Option<bool>("--into-existing") { Description = "Also into a database that has connections already" };
        var data = new Option<string?>("--data") { Description = "The data folder; default Crossdock__DataFolder, then ./data" };
        var command = new Command("seed", "Fill a database with made-up stores, orders, deliveries and histories, to try the hub with as many as you want. Nothing of it reaches anybody: addresses end in .invalid and the destinations are switched off. Refuses a database that has connections already.")
        {
            orders, seed, days, database, existing, data,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            int count = parsed.GetValue(orders);
            if (count is < 1 or > 20_000_000 || parsed.GetValue(days) is < 1 or > 3650)
            {
                await Console.Error.WriteLineAsync("--orders must be between 1 and 20000000, --days between 1 and 3650.");
                return 2;
            }

            var settings = CommandLine.Settings(parsed.GetValue(data));
            if (parsed.GetValue(database) is { } own) settings = settings with { Database = own };
            string folder = Directory.CreateDirectory(settings.DataFolder).FullName;
            await using var opened = await HubDatabase.OpenAsync(settings with { DataFolder = folder }, cancellationToken);
            await new Migrator(opened.Source, TimeProvider.System).MigrateAsync(cancellationToken);
            await using var services = Services(opened, folder).BuildServiceProvider();
            long started = Stopwatch.GetTimestamp(), last = 0;
            string? refused = await new OrderSeeder(opened.Source, services.GetRequiredService<ConfigurationService>(), TimeProvider.System).RunAsync(
                count, parsed.GetValue(seed), parsed.GetValue(days), parsed.GetValue(existing), Tell, cancellationToken);
            if (refused is not null)
            {
                await Console.Error.WriteLineAsync(refused);
                return 1;
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count:N0} made-up orders in {Stopwatch.GetElapsedTime(started).TotalSeconds:N0} s. Start the hub on this database to see them; to be rid of them, drop the database."));
            return 0;

            void Tell(string what, long? done)
            {
                // A line every five seconds, and one for each step.
                long at = Interlocked.Read(ref last);
                if (done is not null && at != 0 && Stopwatch.GetElapsedTime(at).TotalSeconds < 5)
                {
                    return;
                }

                Interlocked.Exchange(ref last, Stopwatch.GetTimestamp());
                Console.WriteLine(done is { } some ? string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(started).TotalSeconds,5:N0} s  {what}: {some:N0} of {count:N0}") : string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(started).TotalSeconds,5:N0} s  {what}"));
            }
        });
        return command;
    }

    private static ServiceCollection Services(HubDatabase database, string folder)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddEnvironmentVariables().AddInMemoryCollection(new Dictionary<string, string?> { ["Crossdock:DataFolder"] = folder }).Build());
        services.AddSingleton(database.Source);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IReadOnlyList<Crossdock.Model.Connectors.IConnector>>(BuiltInConnectors.All);
        ConnectionsRegistration.AddConnections(services);
        services.AddQueries();
        return services;
    }
}
