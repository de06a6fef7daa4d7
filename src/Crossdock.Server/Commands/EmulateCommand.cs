using System.CommandLine;
using Crossdock.Connectors.Http;

namespace Crossdock.Server.Commands;

/// <summary><c>emulate</c>: runs one emulator by itself, for trials with a hub elsewhere.</summary>
internal static class EmulateCommand
{
    internal static Command Create()
    {
        var port = new Option<int>("--port") { Description = "The loopback port; 0 for a free one", DefaultValueFactory = _ => 0 };
        var trouble = new Option<bool>("--trouble") { Description = "Fails now and then: slow, refusing, garbage, dropped connections" };
        var courier = new Command("courier", "A courier that accepts shipments and keeps books.") { port, trouble };
        courier.SetAction(async (parsed, cancellationToken) =>
        {
            await using var emulator = await CourierEmulator.StartAsync(parsed.GetValue(port), parsed.GetValue(trouble) ? Sandbox.SandboxTown.CourierTrouble : null);
            Console.WriteLine($"The courier listens on {emulator.Address}; its books: {emulator.Address}/_emulator");
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        });
        return new Command("emulate", "Run an emulator by itself.") { courier };
    }
}
