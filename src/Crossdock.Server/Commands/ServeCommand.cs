using System.CommandLine;
using System.Globalization;
using Crossdock.Accounts;
using Crossdock.Server.Sandbox;

namespace Crossdock.Server.Commands;

/// <summary><c>serve</c> runs the hub; <c>demo</c> runs it with the sandbox around it.</summary>
internal static class ServeCommand
{
    private static Option<string?> Data() => new("--data") { Description = "The data folder; default Crossdock__DataFolder, then ./data" };

    private static Option<int?> Port() => new("--port") { Description = "The port on localhost; default what Crossdock__Urls says, then 8080" };

    internal static Command Serve()
    {
        var data = Data();
        var port = Port();
        var command = new Command("serve", "Run the hub.") { data, port };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var hub = await HubHost.StartAsync(CommandLine.Settings(parsed.GetValue(data), parsed.GetValue(port)), cancellationToken: cancellationToken);
            if (hub.MadeUpToken is { } token) Console.WriteLine($"The administrator's token, shown once: {token}   (kept in {Path.Combine(hub.DataFolder, FirstToken.FileName)})");
            Console.WriteLine($"Crossdock runs on {hub.Address}");
            await hub.WaitForShutdownAsync(cancellationToken);
            return 0;
        });
        return command;
    }

    internal static Command Demo()
    {
        var data = Data();
        var port = Port();
        var empty = new Option<bool>("--empty") { Description = "Without the sandbox: no stores, no courier" };
        var rate = new Option<double>("--rate") { Description = "Orders per second of all emulated stores together; default 3", DefaultValueFactory = _ => 3 };
        var command = new Command("demo", "Run the hub with a sandbox: emulated stores that sell, and an emulated courier.") { data, port, empty, rate };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            Console.WriteLine("Starting PostgreSQL and the hub ...");
            var settings = CommandLine.Settings(parsed.GetValue(data), parsed.GetValue(port));
            // The sandbox's shops are in this process: they reach the hub where it listens.
            if (string.IsNullOrWhiteSpace(settings.PublicAddress)) settings = settings with { PublicAddress = settings.Urls.Split(';')[0].Trim() };
            await using var hub = await HubHost.StartAsync(settings, SandboxTown.HubOptions, mayMigrate: true, cancellationToken);
            string token = await TokenAsync(hub, cancellationToken);
            await using var sandbox = parsed.GetValue(empty) ? null : await SandboxTown.StartAsync(hub, parsed.GetValue(rate), cancellationToken);
            Console.WriteLine();
            Console.WriteLine($"  Console   {hub.Address}/");
            Console.WriteLine($"  Sign in   with the administrator's token: {token}");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  Sandbox   {(sandbox is null ? "none (--empty)" : sandbox.Describe())}"));
            Console.WriteLine("  Stop      Ctrl-C");
            Console.WriteLine();
            await hub.WaitForShutdownAsync(cancellationToken);
            Console.WriteLine("Stopping ...");
            return 0;
        });
        return command;
    }

    private static async Task<string> TokenAsync(RunningHub hub, CancellationToken cancellationToken)
    {
        string file = Path.Combine(hub.DataFolder, FirstToken.FileName);
        return hub.MadeUpToken ?? (File.Exists(file) ? (await File.ReadAllTextAsync(file, cancellationToken)).Trim()
            : throw new HubException($"The token file {file} is gone. Set Crossdock__AdminToken to a token of your choice and start again."));
    }
}
