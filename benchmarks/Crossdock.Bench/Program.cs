using System.Globalization;
using Crossdock.Bench;

int Option(string name, int otherwise) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
string? Text(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

switch (args.FirstOrDefault())
{
    case "serve" when args is [_, "pipeline", var port, var secret, var database, var courier]:
        await BarePipeline.ServeAsync(int.Parse(port, CultureInfo.InvariantCulture), secret, database, courier);
        return 0;
    case "serve" when args is [_, var kind, var port, var secret, var database]:
        await BareReceivers.ServeAsync(kind, int.Parse(port, CultureInfo.InvariantCulture), secret, database);
        return 0;
    case "capture":
        await CaptureBench.RunAsync(Option("--rounds", 5), Option("--seconds", 8), Option("--sustain", 60), Text("--only"));
        return 0;
    case "pipeline":
        return await PipelineBench.RunAsync(Option("--rounds", 5), Option("--seconds", 15), Option("--sustain", 60), Text("--only")) ? 0 : 1;
    case "mapping":
        MappingBench.Run(Option("--rounds", 5));
        return 0;
    case "shapes":
        ShapeBench.Run(Option("--rounds", 5));
        return 0;
    case "idle":
        await IdleBench.RunAsync(Option("--seconds", 20), Option("--orders", 100_000));
        return 0;
    case "faults":
        return await FaultsBench.RunAsync(Option("--runs", 1), Option("--seed", 1), Option("--orders", 1000), Option("--kills", 5));
    case "backfill":
        return await BackfillBench.RunAsync(Option("--seconds", 60), Option("--limit", 50)) ? 0 : 1;
    case "drops":
        return await DropsBench.RunAsync(Option("--orders", 20_000), Option("--percent", 1), Option("--every", 300), Option("--grace", 180)) ? 0 : 1;
    case "replay":
        return await ReplayBench.RunAsync(Option("--orders", 1_000_000), args.Contains("--wait")) ? 0 : 1;
    case "pages":
        return await PagesBench.RunAsync(Option("--orders", 1_000_000), Text("--database"), Option("--rounds", 30)) ? 0 : 1;
    default:
        Console.WriteLine("""
            ./bench capture    signed webhooks per second, against three bare receivers     [--rounds 5] [--seconds 8] [--sustain 60]
            ./bench pipeline   orders per second from webhook to courier, against a bare one [--rounds 5] [--seconds 15] [--sustain 60]
            ./bench mapping    Shopify documents to canonical orders, against a bare parse   [--rounds 5]
            ./bench shapes     what watching a document's shape adds to the main path        [--rounds 5]
            ./bench idle       CPU and memory of the hub with no traffic                     [--seconds 20] [--orders 100000]
            ./bench backfill   share of a platform's own limit that a backfill uses         [--seconds 60] [--limit 50]
            ./bench drops      shops that lose webhooks, until nothing is missing            [--orders 20000] [--percent 1] [--every 300] [--grace 180]
            ./bench replay     stored orders tried under other rules, against reading and mapping [--orders 1000000] [--wait]
            ./bench pages      the console's pages with many orders, every filter and order  [--orders 1000000] [--database CONNECTION] [--rounds 30]
            ./bench faults     kills hub and PostgreSQL with orders in flight, and counts    [--runs 1] [--seed 1] [--orders 1000] [--kills 5]
            """);
        return args.Length == 0 ? 0 : 2;
}
