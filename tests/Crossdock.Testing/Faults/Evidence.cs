using System.Globalization;
using Npgsql;

namespace Crossdock.Testing.Faults;

/// <summary>What a campaign found, in the words of Jepsen's set tests.</summary>
public sealed record CampaignReport
{
    public required int Seed { get; init; }
    public required IReadOnlyList<Kill> Kills { get; init; }
    /// <summary>Orders announced.</summary>
    public required int Attempted { get; init; }
    /// <summary>Orders of which at least one announcement was answered 200.</summary>
    public required int Acknowledged { get; init; }
    /// <summary>Requests, with all that were sent again.</summary>
    public required int Requests { get; init; }
    /// <summary>Acknowledged, but not at the courier.</summary>
    public required IReadOnlyList<string> Lost { get; init; }
    /// <summary>At the courier more than once.</summary>
    public required IReadOnlyList<string> Duplicated { get; init; }
    /// <summary>At the courier, but never announced.</summary>
    public required IReadOnlyList<string> Unexpected { get; init; }
    /// <summary>Never answered 200 and given up by the shop, yet taken: allowed, once.</summary>
    public required int Recovered { get; init; }
    /// <summary>What the hub's own tables say that does not fit what happened.</summary>
    public required IReadOnlyList<string> Inconsistent { get; init; }
    /// <summary>Answers that the courier lost after accepting, and look-ups that it was asked for.</summary>
    public required (long LostAnswers, long LookUps) Courier { get; init; }
    /// <summary>From the last acknowledgement until everything was at rest; and whether it came to rest.</summary>
    public required (bool IsSettled, TimeSpan After) Settled { get; init; }
    public required string Answers { get; init; }

    public bool IsFlawless => Lost.Count + Duplicated.Count + Unexpected.Count + Inconsistent.Count == 0 && Settled.IsSettled;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        seed {Seed}: {Kills.Count} kills ({string.Join(", ", Kills.GroupBy(kill => kill.Victim).Select(group => $"{group.Key} {group.Count()}"))}), {Requests} requests ({Answers})
        attempted {Attempted}  acknowledged {Acknowledged}  lost {Lost.Count}  duplicated {Duplicated.Count}  unexpected {Unexpected.Count}  recovered {Recovered}  inconsistent {Inconsistent.Count}
        courier lost {Courier.LostAnswers} answers and was asked {Courier.LookUps} times; acknowledging again after median {Median(Kills.Select(kill => kill.AcknowledgedAgainMs)):F0} ms, at most {Kills.Select(kill => kill.AcknowledgedAgainMs).DefaultIfEmpty().Max():F0} ms; all at rest {Settled.After.TotalSeconds:F1} s after the last acknowledgement{(Settled.IsSettled ? "" : ": NOT AT REST")}
        {string.Join('\n', Lost.Take(5).Select(one => "lost " + one).Concat(Duplicated.Take(5).Select(one => "duplicated " + one)).Concat(Unexpected.Take(5).Select(one => "unexpected " + one)).Concat(Inconsistent.Take(12)))}
        """).TrimEnd();

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : sorted[sorted.Length / 2];
    }
}

/// <summary>Compares the shop's record, the hub's tables and the courier's books.</summary>
public sealed class Evidence(NpgsqlDataSource database, Announcer shop, StrictCourier courier)
{
    private const string AtWork = """
        SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM deliveries WHERE state = 'waiting')
        """;

    // Each answers nothing when the tables fit together.
    private static readonly (string What, string Sql)[] Contradictions =
    [
        ("orders without exactly one delivery", "SELECT o.external_id FROM orders o LEFT JOIN deliveries d ON d.order_id = o.id GROUP BY o.id HAVING count(d.id) <> 1"),
        ("orders not processing, or held", "SELECT external_id || ' ' || state || CASE WHEN held THEN ' held' ELSE '' END FROM orders WHERE state <> 'processing' OR held"),
        ("deliveries not delivered", "SELECT o.external_id || ' ' || d.state || coalesce(' ' || d.last_error, '') FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE d.state <> 'delivered'"),
        ("deliveries delivered without the courier's id or with a lease", "SELECT o.external_id FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE d.remote_id IS DISTINCT FROM 'S-' || o.number OR d.leased_by IS NOT NULL OR d.done_at IS NULL"),
        ("delivered without an attempt that says so, or with two", """
            SELECT o.external_id || ' ' || count(a.id) FROM orders o JOIN deliveries d ON d.order_id = o.id
            LEFT JOIN attempts a ON a.delivery_id = d.id AND a.outcome IN ('delivered', 'has') GROUP BY o.id HAVING count(a.id) <> 1
            """),
        ("timelines that do not tell of one receipt, one plan, one delivery and one move to processing", """
            SELECT o.external_id || ' ' || string_agg(e ->> 'kind', ',') FROM orders o JOIN timeline t ON t.order_id = o.id CROSS JOIN LATERAL json_array_elements(t.entries) e
            GROUP BY o.id
            HAVING count(*) FILTER (WHERE e ->> 'kind' = 'received') <> 1 OR count(*) FILTER (WHERE e ->> 'kind' = 'planned') <> 1
                OR count(*) FILTER (WHERE e ->> 'kind' = 'delivery') <> 1 OR count(*) FILTER (WHERE e ->> 'kind' = 'state' AND e ->> 'text' LIKE '%from approved to processing.') <> 1
            """),
        ("events parked", "SELECT order_key || ' ' || reason FROM parked_events"),
        ("events without a key or keys without an event", "SELECT coalesce(e.id, k.event_id)::text FROM events e FULL JOIN event_keys k ON k.event_id = e.id WHERE e.id IS NULL OR k.event_id IS NULL"),
        ("holds", "SELECT code || ' ' || reason FROM holds"),
    ];

    /// <summary>Waits until nothing is left to do; false when that takes too long.</summary>
    public async Task<bool> SettleAsync(TimeSpan patience)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < patience)
        {
            await using var ask = database.CreateCommand(AtWork);
            if ((long)(await ask.ExecuteScalarAsync())! == 0)
            {
                return true;
            }

            await Task.Delay(100);
        }

        return false;
    }

    public async Task<CampaignReport> JudgeAsync(int seed, IReadOnlyList<Kill> kills, bool isSettled, TimeSpan settledAfter)
    {
        var announced = shop.All.GroupBy(one => one.OrderId).ToDictionary(group => "#" + group.Key.ToString(CultureInfo.InvariantCulture), group => group.Any(one => one.IsAcknowledged), StringComparer.Ordinal);
        var books = courier.Books;
        var known = (await ListAsync("SELECT number FROM orders")).ToHashSet(StringComparer.Ordinal);
        var inconsistent = new List<string>();
        foreach (var (what, sql) in Contradictions)
        {
            var found = await ListAsync(sql);
            if (found.Count > 0)
            {
                inconsistent.Add($"{found.Count} {what}: {string.Join("; ", found.Take(4))}");
            }
        }

        inconsistent.AddRange(known.Where(number => !books.ContainsKey(number)).Select(number => $"{number} is an order and not at the courier"));
        inconsistent.AddRange(books.Keys.Where(number => !known.Contains(number)).Select(number => $"{number} is at the courier and not an order"));
        return new CampaignReport
        {
            Seed = seed,
            Kills = kills,
            Attempted = announced.Count,
            Acknowledged = announced.Count(pair => pair.Value),
            Requests = shop.All.Sum(one => one.Sent),
            Lost = [.. announced.Where(pair => pair.Value && !books.ContainsKey(pair.Key)).Select(pair => pair.Key)],
            Duplicated = [.. books.Where(pair => pair.Value.Count > 1).Select(pair => $"{pair.Key}: {string.Join(", ", pair.Value)}")],
            Unexpected = [.. books.Keys.Where(number => !announced.ContainsKey(number))],
            Recovered = announced.Count(pair => !pair.Value && books.ContainsKey(pair.Key)),
            Inconsistent = inconsistent,
            Courier = (courier.LostAnswers, courier.LookUps),
            Settled = (isSettled, settledAfter),
            Answers = string.Join(", ", shop.Answers.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Key}: {pair.Value.ToString(CultureInfo.InvariantCulture)}")),
        };
    }

    private async Task<List<string>> ListAsync(string sql)
    {
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var all = new List<string>();
        while (await reader.ReadAsync())
        {
            all.Add(reader.IsDBNull(0) ? "" : reader.GetString(0));
        }

        return all;
    }
}
