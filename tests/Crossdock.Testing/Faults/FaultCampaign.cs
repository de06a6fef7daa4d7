using System.Diagnostics;
using System.Globalization;

namespace Crossdock.Testing.Faults;

/// <summary>What is killed.</summary>
public enum Victim
{
    Hub = 0,
    Postgres = 1,
    Both = 2,
}

/// <summary>How one campaign goes.</summary>
public sealed record CampaignOptions
{
    /// <summary>Decides what is killed when, who gives up and what the courier does wrong.</summary>
    public required int Seed { get; init; }
    /// <summary>What is killed, in turn.</summary>
    public required IReadOnlyList<Victim> Kills { get; init; }
    /// <summary>Orders announced before each kill.</summary>
    public required int OrdersPerKill { get; init; }
    /// <summary>Connections of the shop.</summary>
    public int Connections { get; init; } = 48;
    /// <summary>Each kill comes within so many milliseconds of its orders' announcement.</summary>
    public int WithinMilliseconds { get; init; } = 1500;
    /// <summary>How long everything acknowledged may take to arrive after the last kill.</summary>
    public TimeSpan SettleWithin { get; init; } = TimeSpan.FromMinutes(5);
    /// <summary>Further options of the hub.</summary>
    public IReadOnlyDictionary<string, string>? Hub { get; init; }
}

/// <summary>One kill.</summary>
/// <param name="Victim">What was killed.</param>
/// <param name="AfterMs">So long after its orders began to be announced.</param>
/// <param name="AcknowledgedAgainMs">Until the hub acknowledged again what was sent after the kill.</param>
public sealed record Kill(Victim Victim, int AfterMs, double AcknowledgedAgainMs);

/// <summary>Kills the hub and its database while orders are in flight, and compares afterwards what the shop, the hub and the courier know.</summary>
public static class FaultCampaign
{
    /// <summary>Hub and database in turn, so often each.</summary>
    public static IReadOnlyList<Victim> Alternating(int each) => [.. Enumerable.Range(0, each).SelectMany(_ => (Victim[])[Victim.Hub, Victim.Postgres])];

    public static async Task<CampaignReport> RunAsync(CampaignOptions options, Action<string> tell)
    {
        var random = new Random(options.Seed);
        string folder = HubProcess.NewFolder();

        await using var courier = await StrictCourier.StartAsync(options.Seed);
        var hub = await HubProcess.StartAsync(folder, options.Hub);
        CampaignReport report;
        try
        {
            await hub.ApplyAsync(Configuration(courier.Address));
            await using var shop = new Announcer([hub.Address], options.Connections, TimeProvider.System);
            var kills = new List<Kill>();
            long firstId = 1_000_000;
            foreach (var victim in options.Kills)
            {
                var orders = Wave(firstId, options.OrdersPerKill, random);
                firstId += options.OrdersPerKill;
                kills.Add(await KillAsync(hub, shop, victim, orders, random, options));
                tell(string.Create(CultureInfo.InvariantCulture, $"  kill {kills.Count,2} {kills[^1].Victim,-8} after {kills[^1].AfterMs,5} ms; acknowledging again after {kills[^1].AcknowledgedAgainMs,6:F0} ms; at the courier {courier.Count}"));
            }

            if (!await shop.IsOverAsync(shop.All, TimeSpan.FromMinutes(2)))
            {
                throw new TimeoutException($"the hub does not acknowledge: {string.Join(", ", shop.Answers)}\n{hub.LastLines()}");
            }

            long settling = Stopwatch.GetTimestamp();
            await using var database = hub.Connect();
            var evidence = new Evidence(database, shop, courier);
            bool isSettled = await evidence.SettleAsync(options.SettleWithin);
            report = await evidence.JudgeAsync(options.Seed, kills, isSettled, Stopwatch.GetElapsedTime(settling));
        }
        catch (Exception)
        {
            tell("the hub's log: " + folder);
            throw;
        }
        finally
        {
            await hub.DisposeAsync();
        }

        if (report.IsFlawless)
        {
            Directory.Delete(folder, recursive: true);
        }
        else
        {
            tell("the hub's log: " + folder);
        }

        return report;
    }

    private static async Task<Kill> KillAsync(HubProcess hub, Announcer shop, Victim victim, List<Announcement> orders, Random random, CampaignOptions options)
    {
        foreach (var one in orders)
        {
            shop.Announce(one);
        }

        int after = random.Next(options.WithinMilliseconds);
        await Task.Delay(after);
        long killedAt = Stopwatch.GetTimestamp();
        if (victim is Victim.Hub or Victim.Both)
        {
            hub.Kill();
        }

        if (victim is Victim.Postgres or Victim.Both)
        {
            await hub.KillPostgresAsync();
        }

        if (victim is Victim.Hub or Victim.Both)
        {
            await hub.RestartAsync();
        }

        // Something must be sent for an acknowledgement: one more order, should all others be through already.
        shop.Announce(new Announcement { OrderId = orders[^1].OrderId + 500_000_000, WebhookId = $"probe-{orders[^1].OrderId}", UpdatedAt = At(0), IsPatient = true });
        while (!shop.HasAcknowledgedSince(killedAt))
        {
            if (Stopwatch.GetElapsedTime(killedAt) > TimeSpan.FromMinutes(2))
            {
                throw new TimeoutException($"nothing was acknowledged within two minutes after killing {victim}: {string.Join(", ", shop.Answers)}\n{hub.LastLines()}");
            }

            await Task.Delay(5);
        }

        return new Kill(victim, after, Stopwatch.GetElapsedTime(killedAt).TotalMilliseconds);
    }

    /// <summary>Orders with what real shops add: the same webhook again, a newer version of equal content, an older one late. One shop in twelve gives up at once.</summary>
    private static List<Announcement> Wave(long firstId, int count, Random random)
    {
        var wave = new List<Announcement>(count + (count / 3));
        for (long id = firstId; id < firstId + count; id++)
        {
            bool isPatient = random.Next(12) != 0;
            wave.Add(new Announcement { OrderId = id, WebhookId = $"w-{id}", UpdatedAt = At(10), IsPatient = isPatient });
            switch (random.Next(10))
            {
                case 0:
                    wave.Add(new Announcement { OrderId = id, WebhookId = $"w-{id}", UpdatedAt = At(10), IsPatient = isPatient });
                    break;
                case 1:
                    wave.Add(new Announcement { OrderId = id, WebhookId = $"w-{id}-newer", UpdatedAt = At(20), IsPatient = isPatient });
                    break;
                case 2:
                    wave.Add(new Announcement { OrderId = id, WebhookId = $"w-{id}-older", UpdatedAt = At(1), IsPatient = isPatient });
                    break;
            }
        }

        return wave;
    }

    private static string At(int second) => string.Create(CultureInfo.InvariantCulture, $"2026-11-01T10:00:{second:00}Z");

    /// <summary>A store "acme" and a courier that can be looked up.</summary>
    internal static string Configuration(string courier, string approval = "automatic") => $$$"""
        connections:
          - key: acme
            name: Acme
            platform: shopify
            settings: { shop: acme.myshopify.com }
            secrets: { webhookSecret: {{{Announcer.Secret}}} }
            destinations: [courier]
            approval: {{{approval}}}
          - key: courier
            name: Courier
            platform: http
            settings:
              create: { method: POST, url: "{{{courier}}}/api/shipments", body: '{"reference":"{{number}}"}', remoteId: /id }
              find: { method: GET, url: "{{{courier}}}/api/shipments?reference={{number}}", remoteId: /items/0/id }
              limits: { concurrency: 16, attempts: 40, timeoutSeconds: 5, backoffSeconds: 1, backoffMaximumSeconds: 2 }
        """;
}
