using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors;
using Crossdock.Drift;
using Crossdock.Model;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Normalise;

namespace Crossdock.Bench;

/// <summary>What watching a document's shape adds to the main path: one look at a Shopify order that is known, on one core, beside its mapping and a bare pass over its tokens.</summary>
internal static class ShapeBench
{
    public static void Run(int rounds)
    {
        var connector = BuiltInConnectors.All.Single(one => one.Manifest.Platform == "shopify");
        using var settings = JsonDocument.Parse("""{"shop":"bench.myshopify.com"}""");
        var connection = new ConnectionSettings("bench", "Bench", "shopify", settings.RootElement, new Dictionary<string, string> { ["webhookSecret"] = BenchStore.Secret });
        var mapping = ((IOrderMapper)connector).MappingFor(connection);
        byte[][] documents = [.. Enumerable.Range(0, 64).Select(Document)];
        var outcomes = documents.Select(document => mapping.Map(new ReceivedEvent(document, "orders/create", null, null, DateTimeOffset.UnixEpoch))).ToArray();
        var book = new ShapeBook("orders/create", ((IDocumentShape)connector).ShapeOf(connection), new DriftOptions());
        var seen = new Observation();
        var known = new Dictionary<string, KnownDrift>();
        var items = documents.Select(document => new InboxItem
        {
            InboxId = Guid.NewGuid(), EventId = Guid.NewGuid(), Kind = InboxKind.Event, ConnectionId = new ConnectionId(1), OrderKey = null, Topic = "orders/create", OccurredAt = null, ReceivedAt = DateTimeOffset.UnixEpoch, Body = document,
        }).ToArray();
        int at = 0;
        Look();
        for (int warm = 0; warm < 20_000; warm++)
        {
            Look();
        }

        if (!book.IsLearned || known.Count > 0)
        {
            throw new InvalidOperationException("the documents are not known");
        }

        List<double> looks = [], maps = [], tokens = [];
        for (int round = 0; round <= rounds; round++)
        {
            double look = Micros(() => Look()), map = Micros(() => mapping.Map(new ReceivedEvent(documents[at++ & 63], "orders/create", null, null, DateTimeOffset.UnixEpoch))), token = Micros(() => Tokens(documents[at++ & 63]));
            if (round > 0)
            {
                looks.Add(look);
                maps.Add(map);
                tokens.Add(token);
            }
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Look();
        }

        long allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / 1000;
        Console.WriteLine(FormattableString.Invariant($"document {documents[0].Length} bytes, {book.Criticals.Count} critical places; medians of {rounds}: look {BenchMath.Median(looks):F1} us, mapping {BenchMath.Median(maps):F1} us, bare token pass {BenchMath.Median(tokens):F1} us; allocated per look {allocated} bytes"));

        void Look()
        {
            int place = at++ & 63;
            if (ShapeLook.At(book, items[place], outcomes[place], known, seen) is { } found)
            {
                throw new InvalidOperationException(found[0].Sentence);
            }
        }
    }

    private static byte[] Document(int number)
    {
        var order = JsonNode.Parse(BenchStore.Document())!;
        order["id"] = 6120417755213 + number;
        return JsonSerializer.SerializeToUtf8Bytes(order);
    }

    private static void Tokens(byte[] document)
    {
        var reader = new Utf8JsonReader(document);
        while (reader.Read())
        {
        }
    }

    private static double Micros(Action once)
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

        return Stopwatch.GetElapsedTime(started).TotalMicroseconds / count;
    }
}
