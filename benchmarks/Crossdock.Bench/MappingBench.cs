using System.Diagnostics;
using System.Text.Json;
using Crossdock.Connectors;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;

namespace Crossdock.Bench;

/// <summary>Shopify documents to canonical orders on one core, against a bare parse of the same bytes.</summary>
internal static class MappingBench
{
    public static void Run(int rounds)
    {
        var connector = BuiltInConnectors.All.Single(one => one.Manifest.Platform == "shopify");
        using var settings = JsonDocument.Parse("""{"shop":"bench.myshopify.com"}""");
        var mapping = ((IOrderMapper)connector).MappingFor(new ConnectionSettings("bench", "Bench", "shopify", settings.RootElement, new Dictionary<string, string> { ["webhookSecret"] = BenchStore.Secret }));
        var document = BenchStore.Document();
        var received = new ReceivedEvent(document, "orders/create", null, null, DateTimeOffset.UnixEpoch);
        if (mapping.Map(received) is not MappedOrder)
        {
            throw new InvalidOperationException($"the document does not map: {mapping.Map(received)}");
        }

        var map = new List<double>();
        var tokens = new List<double>();
        var trees = new List<double>();
        for (int round = 0; round <= rounds; round++)
        {
            double mapRate = Rate(document, () => mapping.Map(received));
            double tokenRate = Rate(document, () =>
            {
                var reader = new Utf8JsonReader(document);
                while (reader.Read())
                {
                }

                return null;
            });
            double treeRate = Rate(document, () =>
            {
                using var parsed = JsonDocument.Parse(document);
                return null;
            });
            if (round > 0)
            {
                map.Add(mapRate);
                tokens.Add(tokenRate);
                trees.Add(treeRate);
            }
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            mapping.Map(received);
        }

        long perOrder = (GC.GetAllocatedBytesForCurrentThread() - before) / 1000;
        Console.WriteLine(FormattableString.Invariant($"document {document.Length} bytes; medians of {rounds}: mapping {BenchMath.Median(map):F0} MB/s ({BenchMath.Median(map) * 1e6 / document.Length:F0} orders/s), bare token pass {BenchMath.Median(tokens):F0} MB/s, bare JsonDocument.Parse {BenchMath.Median(trees):F0} MB/s"));
        Console.WriteLine(FormattableString.Invariant($"mapping / token pass {BenchMath.Median(map.Zip(tokens, (ours, limit) => ours / limit)):P0}; mapping / JsonDocument.Parse {BenchMath.Median(map.Zip(trees, (ours, limit) => ours / limit)):P0}; allocated per order {perOrder} bytes"));
    }

    private static double Rate(byte[] document, Func<object?> once)
    {
        long started = Stopwatch.GetTimestamp();
        int count = 0;
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < 1)
        {
            for (int i = 0; i < 200; i++)
            {
                once();
            }

            count += 200;
        }

        return count * (double)document.Length / 1e6 / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
