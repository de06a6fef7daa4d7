using System.CommandLine;

namespace Crossdock.Server.Commands;

/// <summary><c>emulate</c>: runs one emulator by itself, for trials with a hub elsewhere; without a name it lists them.</summary>
internal static class EmulateCommand
{
    internal static Command Create()
    {
        var name = new Argument<string?>("name") { Description = "Which one; left out, all are listed", Arity = ArgumentArity.ZeroOrOne };
        var port = new Option<int>("--port") { Description = "The loopback port; 0 for a free one", DefaultValueFactory = _ => 0 };
        var trouble = new Option<bool>("--trouble") { Description = "The courier fails now and then: slow, refusing, garbage, dropped connections" };
        var hub = new Option<Uri?>("--hub") { Description = "A shop announces its orders to this capture address, for example http://localhost:8080/in/mystore" };
        var secret = new Option<string>("--secret") { Description = "What a shop signs with", DefaultValueFactory = _ => new EmulatorWishes().Secret };
        var pace = new Option<double>("--orders-per-second") { Description = "How much a shop with --hub sells", DefaultValueFactory = _ => 0.2 };
        var command = new Command("emulate", "Run an emulator by itself, or list them.") { name, port, trouble, hub, secret, pace };
        command.SetAction((parsed, cancellationToken) => parsed.GetValue(name) is { } wanted
            ? RunAsync(wanted, new EmulatorWishes(parsed.GetValue(port), parsed.GetValue(trouble), parsed.GetValue(hub), parsed.GetValue(secret)!), parsed.GetValue(pace), cancellationToken)
            : ListAsync());
        return command;
    }

    private static async Task<int> ListAsync()
    {
        await Console.Out.WriteLineAsync($"./crossdock emulate NAME, one of:\n{EmulatorTable.List()}");
        return 0;
    }

    private static async Task<int> RunAsync(string name, EmulatorWishes wishes, double pace, CancellationToken cancellationToken)
    {
        var chosen = EmulatorTable.All.FirstOrDefault(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new HubException($"There is no emulator \"{name}\". Possible:\n{EmulatorTable.List()}");
        if (chosen.NeedsHub && wishes.Hub is null) throw new HubException($"{chosen.Name} needs --hub, the capture address it announces its orders to.");
        await using var running = await chosen.StartAsync(wishes);
        await Console.Out.WriteLineAsync(running.Says);
        if (wishes.Hub is not null && running.TradeAsync is { } trade) await trade(pace, cancellationToken);
        else await Task.Delay(Timeout.Infinite, cancellationToken);
        return 0;
    }
}
