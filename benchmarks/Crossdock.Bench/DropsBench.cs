using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Crossdock.Connectors.Http;
using Npgsql;

namespace Crossdock.Bench;

/// <summary>How long it takes until every order of shops that lose webhooks is here and at the courier once.</summary>
internal static class DropsBench
{
    private const string OfStore = "AND connection_id = (SELECT id FROM connections WHERE key = $1)";
    private const string Here = $"SELECT count(*) FROM orders WHERE true {OfStore}";

    // Picked up in the shop, or nothing but gift cards: no courier's business.
    private const string NothingToSend = "SELECT count(*) FROM orders WHERE state = 'excluded'";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(45);

    /// <param name="orders">Orders, shared out over the shops.</param>
    /// <param name="percent">Share of webhooks that are lost, in percent.</param>
    /// <param name="everySeconds">How often the hub compares; its default is 300.</param>
    /// <param name="graceSeconds">How long an order may take by itself; the hub's default is 180.</param>
    /// <returns>False when an order is missing here or at the courier, came twice, or a store is not complete in time.</returns>
    public static async Task<bool> RunAsync(int orders, int percent, int everySeconds, int graceSeconds)
    {
        await using var postgres = await BenchPostgres.StartAsync();
        string database = await BenchPostgres.DatabaseAsync(postgres, "drops");
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await BenchProcess.HubAsync(database, Directory.CreateTempSubdirectory("crossdock-bench-").FullName, "capture,process,deliver,schedule,console", new Dictionary<string, string>
        {
            ["Crossdock__Reconciliation__EverySeconds"] = Number(everySeconds), ["Crossdock__Reconciliation__GraceSeconds"] = Number(graceSeconds), ["Logging__LogLevel__Default"] = "Error",
        });
        var shops = await DropStore.OpenAllAsync();
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{hub.Port}"), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", BenchStore.Token) } };
            await ConfigureAsync(http, shops, courier.Address);
            using var control = new HttpClient();
            int unanswered = 0;
            foreach (var shop in shops)
            {
                await shop.ConnectAsync($"http://127.0.0.1:{hub.Port}/in/{shop.Key}");
                await shop.LoseAsync(control, percent / 100.0);
            }

            // What is sold before the hub has read a store for the first time is its history, which nobody owes the courier.
            await UntilAsync(async () => (await CompletenessAsync(http)).All(store => store.ComparedAt is not null), TimeSpan.FromMinutes(2));
            int each = orders / shops.Count;
            long started = Stopwatch.GetTimestamp();
            await Task.WhenAll(shops.Select(shop => Task.Run(async () =>
            {
                for (int sold = 0; sold < each; sold++)
                {
                    await shop.SellAsync();
                }
            })));
            double selling = Stopwatch.GetElapsedTime(started).TotalSeconds;
            Console.WriteLine(FormattableString.Invariant($"{each * shops.Count} orders sold by {shops.Count} shops in {selling:F0} s; {percent} % of the webhooks are lost; compared every {everySeconds} s, after {graceSeconds} s of grace"));

            await using var data = NpgsqlDataSource.Create(database);
            var completeAfter = new Dictionary<string, double>(StringComparer.Ordinal);
            long last = Stopwatch.GetTimestamp();
            await UntilAsync(async () =>
            {
                List<Standing> standing;
                try
                {
                    standing = await CompletenessAsync(http);
                }
                catch (HttpRequestException failure)
                {
                    Console.WriteLine($"the hub could not say how it stands: {failure.Message}{(unanswered++ == 0 ? Environment.NewLine + hub.Told : "")}");
                    return false;
                }

                foreach (var store in standing)
                {
                    if (store.Listed == each && store.Here == each && store.IsComplete)
                    {
                        completeAfter.TryAdd(store.Key, Stopwatch.GetElapsedTime(last).TotalSeconds);
                    }
                }

                return completeAfter.Count == shops.Count && courier.Accepted + await CountAsync(data, NothingToSend) >= each * shops.Count;
            }, Patience);
            bool isRight = await ReportAsync(http, control, data, shops, courier, each, completeAfter);
            Console.WriteLine(FormattableString.Invariant($"the last store was complete {completeAfter.Values.DefaultIfEmpty(double.NaN).Max():F0} s after the last order, with everything at the courier {Stopwatch.GetElapsedTime(last).TotalSeconds:F0} s after it; shipments made twice: {courier.Duplicates}"));
            Console.WriteLine(isRight ? "every order is here, complete by the shops' own lists, and at the courier once" : "WRONG: a book does not balance");
            return isRight;
        }
        finally
        {
            foreach (var shop in shops)
            {
                await shop.DisposeAsync();
            }
        }
    }

    private static async Task<bool> ReportAsync(HttpClient http, HttpClient control, NpgsqlDataSource data, List<DropStore> shops, CourierEmulator courier, int each, Dictionary<string, double> completeAfter)
    {
        bool isRight = courier.Duplicates == 0;
        var completeness = (await CompletenessAsync(http)).ToDictionary(store => store.Key, StringComparer.Ordinal);
        var delivered = courier.References.GroupBy(reference => reference.Split('-')[0], StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        Console.WriteLine("store        sold  announced  lost  here  found by comparing  nothing to send  at the courier once  complete      after the last order");
        foreach (var shop in shops)
        {
            var (announced, lost) = await shop.BooksAsync(control);
            var store = completeness[shop.Key];
            int once = delivered.GetValueOrDefault(shop.Key);
            long here = await CountAsync(data, Here, shop.Key), nothing = await CountAsync(data, $"{NothingToSend} {OfStore}", shop.Key);
            bool isBalanced = here == each && once + nothing == each && store.Here == each && store.Listed == each && store.IsComplete;
            isRight &= isBalanced;
            string after = completeAfter.TryGetValue(shop.Key, out double seconds) ? FormattableString.Invariant($"{seconds:F0} s") : "never";
            Console.WriteLine(FormattableString.Invariant($"{shop.Key,-11} {each,5} {announced,10} {lost,5} {here,5} {store.Healed,19} {nothing,16} {once,20}  {$"{store.Here} of {store.Listed}",-13} {after}{(isBalanced ? "" : "   WRONG")}"));
        }

        return isRight;
    }

    private static async Task<long> CountAsync(NpgsqlDataSource data, string sql, string? key = null)
    {
        await using var ask = data.CreateCommand(sql);
        if (key is not null)
        {
            ask.Parameters.Add(new() { Value = key });
        }

        return (long)(await ask.ExecuteScalarAsync())!;
    }

    private static async Task<List<Standing>> CompletenessAsync(HttpClient http)
    {
        var answer = await http.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/completeness", UriKind.Relative));
        return [.. answer.GetProperty("items").EnumerateArray().Select(store =>
        {
            var days = store.GetProperty("days").EnumerateArray().ToList();
            long Sum(string name) => days.Sum(day => day.GetProperty(name).GetInt64());
            return new Standing(store.GetProperty("connection").GetString()!, store.TryGetProperty("comparedAt", out var at) ? at.GetString() : null, Sum("listed"), Sum("here"), Sum("healed"), days.TrueForAll(day => day.GetProperty("isComplete").GetBoolean()));
        })];
    }

    private static async Task ConfigureAsync(HttpClient http, List<DropStore> shops, string courier)
    {
        var yaml = new StringBuilder("connections:\n");
        foreach (var shop in shops)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"  - key: {shop.Key}\n    timeZone: America/Santiago\n    destinations: [courier]\n    {shop.Platform.ReplaceLineEndings("\n    ")}\n");
        }

        yaml.Append($$"""
              - key: courier
                platform: http
                settings:
                  create: { method: POST, url: "{{courier}}/api/shipments", body: '{"reference":"REFERENCE"}', remoteId: /id }
                  find: { method: GET, url: "{{courier}}/api/shipments?reference=REFERENCE", remoteId: /items/0/id }
                  limits: { concurrency: 16, attempts: 8 }
            """.Replace("REFERENCE", "{{store}}-{{externalId}}", StringComparison.Ordinal));
        using var answer = await http.PostAsync(new Uri("/api/v1/configuration", UriKind.Relative), new StringContent(yaml.ToString(), Encoding.UTF8, "application/yaml"));
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"the configuration was refused: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}\n{yaml}");
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo, TimeSpan patience)
    {
        long started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (!await isSo() && Stopwatch.GetElapsedTime(started) < patience)
        {
            await timer.WaitForNextTickAsync();
        }
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record Standing(string Key, string? ComparedAt, long Listed, long Here, long Healed, bool IsComplete);
}
