using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Crossdock.Database;
using Npgsql;

namespace Crossdock.Bench;

/// <summary>How long the console's pages take over HTTP, signed in, with many orders: the list under each filter and each order, its first and deep pages, each field of the search, and every main page.</summary>
internal static partial class PagesBench
{
    private const int Warm = 3;
    private const double Goal = 200;

    private static readonly string[] Sorts = ["-arrived", "arrived", "-placed", "placed", "number", "-number", "-total", "total", "state", "-state", "customer", "-customer", "store", "-store"];

    private static readonly (string Name, string Query)[] Filters =
    [
        ("a large store", "store=seed-andina"), ("a small store", "store=seed-wholesale"), ("two stores", "store=seed-polar,seed-lago"), ("a common state", "state=delivered"), ("a rare state", "state=awaiting_approval"), ("three states", "state=approved,excluded,cancelled"),
        ("held", "held=true"), ("not held", "held=false"), ("payment, common", "payment=paid"), ("payment, rare", "payment=partially_refunded"), ("fulfilment", "fulfilment=fulfilled"), ("country", "country=CL"), ("country, rare", "country=US"), ("region", "country=ES&region=M"), ("nothing matches", "country=FR"),
        ("a week of arrival", "from=FROM&to=TO"), ("a week of placing", "placedFrom=FROM&placedTo=TO"), ("total, common", "totalFrom=50000"), ("total, rare", "totalFrom=900000"), ("destination", "destination=seed-invoices"), ("delivery delivered", "delivery=delivered"),
        ("delivery dead", "delivery=dead"), ("delivery dead at a destination", "destination=seed-courier&delivery=dead"), ("tag", "tag=vip"), ("store and rare state", "store=seed-andina&state=excluded"), ("small store and state", "store=seed-wholesale&state=cancelled"), ("five at once", "store=seed-boreal&state=delivered&payment=authorized&country=CL&region=AN"),
    ];

    private static readonly string[] Pages =
        ["/", "/orders", "/orders/ID", "/alerts", "/approvals", "/holds", "/dead-letters", "/parked", "/deliveries", "/deliveries?state=dead", "/events", "/imports", "/connections", "/connections/seed-andina", "/completeness", "/backfills", "/replays", "/users", "/tokens", "/audit", "/account"];

    /// <param name="orders">How many orders are made, where no database is given.</param>
    /// <param name="database">A seeded database; null to make one.</param>
    /// <param name="rounds">Requests measured for each row.</param>
    /// <returns>False when a page took longer than 200 ms at the 95th percentile, or answered with an error.</returns>
    public static async Task<bool> RunAsync(int orders, string? database, int rounds)
    {
        await using var postgres = database is null ? await BenchPostgres.StartAsync() : null;
        database ??= await SeedAsync(postgres!, orders);
        await using var data = NpgsqlDataSource.Create(database);
        await new Migrator(data, TimeProvider.System).MigrateAsync();
        await using var hub = await BenchProcess.HubAsync(database, Directory.CreateTempSubdirectory("crossdock-bench-").FullName, "console");
        string size = await AskAsync(data, "SELECT count(*) || ' orders, ' || pg_size_pretty(pg_database_size(current_database())) || ' in the database; lists and search ' || pg_size_pretty(pg_total_relation_size('order_list') + pg_total_relation_size('order_search')) FROM orders");
        Console.WriteLine($"{size}; {rounds.ToString(CultureInfo.InvariantCulture)} requests for each row");
        using var http = await SignInAsync(hub.Port);
        var run = new Run(http, rounds);
        var sample = await SampleAsync(data);
        Console.WriteLine("\n| what | p50 ms | p95 ms | rows |\n| --- | --- | --- | --- |");
        foreach (string sort in Sorts)
        {
            await run.MeasureAsync($"all, by {sort}", [$"/orders?sort={sort}"]);
            await run.MeasureAsync($"all, by {sort}, pages 2 to {rounds + 1}", await run.DeepAsync($"/orders?sort={sort}", rounds));
        }

        foreach (var (name, query) in Filters)
        {
            string filter = query.Replace("FROM", sample.From, StringComparison.Ordinal).Replace("TO", sample.To, StringComparison.Ordinal);
            foreach (string sort in (string[])["-arrived", "-total", "customer", "store"])
            {
                await run.MeasureAsync($"{name}, by {sort}", [$"/orders?{filter}&sort={sort}"]);
            }
        }

        foreach (var (name, texts) in sample.Searches)
        {
            await run.MeasureAsync($"search: {name}", [.. texts.Select(text => "/orders?q=" + Uri.EscapeDataString(text))]);
            await run.MeasureAsync($"search: {name}, by -total", [.. texts.Select(text => $"/orders?q={Uri.EscapeDataString(text)}&sort=-total")]);
        }

        foreach (string page in Pages)
        {
            await run.MeasureAsync("page " + page, [page.Replace("ID", sample.Id, StringComparison.Ordinal)]);
        }

        Console.WriteLine(FormattableString.Invariant($"\n{run.Rows} rows; the slowest at p95 {run.Slowest:F0} ms ({run.SlowestName}); over {Goal} ms: {run.Over}; wrong answers: {run.Wrong}"));
        return run is { Over: 0, Wrong: 0 };
    }

    private static async Task<string> SeedAsync(BenchPostgres postgres, int orders)
    {
        string database = await BenchPostgres.DatabaseAsync(postgres, "pages");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Crossdock.Server.dll"), "seed", "--orders", orders.ToString(CultureInfo.InvariantCulture), "--database", database, "--data", Directory.CreateTempSubdirectory("crossdock-bench-").FullName]) { UseShellExecute = false };
        using var seeding = Process.Start(start)!;
        await seeding.WaitForExitAsync();
        return seeding.ExitCode == 0 ? database : throw new InvalidOperationException($"seeding ended with {seeding.ExitCode}");
    }

    private static async Task<HttpClient> SignInAsync(int port)
    {
        string address = $"http://127.0.0.1:{port}";
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(address) };
        http.DefaultRequestHeaders.Add("Origin", address);
        using var form = new FormUrlEncodedContent([new("token", BenchStore.Token)]);
        using var answer = await http.PostAsync(new Uri("/sign-in", UriKind.Relative), form);
        return answer.Headers.Location?.OriginalString == "/" ? http : throw new InvalidOperationException($"the sign-in answered {(int)answer.StatusCode}");
    }

    private sealed record Sample(string Id, string From, string To, IReadOnlyList<(string Name, IReadOnlyList<string> Texts)> Searches);

    /// <summary>What people would type: from orders all over the year, whole and cut short as one types.</summary>
    private static async Task<Sample> SampleAsync(NpgsqlDataSource data)
    {
        List<(string Number, string External, string Name, string Mail, string Phone, string Sku, string Tracking)> found = [];
        await using (var ask = data.CreateCommand("""
            SELECT o.number, o.external_id, o.customer_name, o.customer_email, o.document #>> '{customer,phone}', o.document #>> '{lines,0,sku}', s.tracking_number
            FROM orders o JOIN shipments s ON s.order_id = o.id WHERE o.customer_email IS NOT NULL AND o.id IN (SELECT id FROM order_list WHERE state = 6 ORDER BY md5(id::text) LIMIT 20)
            """))
        await using (var reader = await ask.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                found.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetString(6)));
            }
        }

        string id = await AskAsync(data, "SELECT id FROM orders ORDER BY id DESC OFFSET 500 LIMIT 1");
        string from = await AskAsync(data, "SELECT to_char(max(placed_at) - interval '60 days', 'YYYY-MM-DD') FROM orders"), to = await AskAsync(data, "SELECT to_char(max(placed_at) - interval '53 days', 'YYYY-MM-DD') FROM orders");
        IReadOnlyList<string> Each(Func<(string Number, string External, string Name, string Mail, string Phone, string Sku, string Tracking), string> text) => [.. found.Select(text)];
        return new Sample(id, from, to,
        [
            ("number", Each(one => one.Number)), ("half a number", Each(one => one.Number[..^3])), ("external id", Each(one => one.External)), ("customer's name", Each(one => one.Name)), ("family name", Each(one => one.Name.Split(' ')[1])),
            ("mail", Each(one => one.Mail)), ("half a mail", Each(one => one.Mail[..(one.Mail.Length / 2)])), ("phone", Each(one => one.Phone)), ("phone, national", Each(one => one.Phone[^9..])), ("SKU", Each(one => one.Sku)), ("half an SKU", Each(one => one.Sku[..6])),
            ("tracking number", Each(one => one.Tracking)), ("half a tracking number", Each(one => one.Tracking[..6])), ("one letter", ["a", "m", "z", "s", "1"]), ("name and SKU", Each(one => one.Name.Split(' ')[1] + " " + one.Sku)), ("nothing", ["there-is-no-such-order"]),
        ]);
    }

    private static async Task<string> AskAsync(NpgsqlDataSource data, string sql)
    {
        await using var ask = data.CreateCommand(sql);
        ask.CommandTimeout = 300;
        return (await ask.ExecuteScalarAsync())!.ToString()!;
    }

    private sealed class Run(HttpClient http, int rounds)
    {
        public int Rows { get; private set; }
        public int Over { get; private set; }
        public int Wrong { get; private set; }
        public double Slowest { get; private set; }
        public string SlowestName { get; private set; } = "";

        public async Task MeasureAsync(string name, IReadOnlyList<string> addresses)
        {
            for (int i = 0; i < Warm; i++)
            {
                await GetAsync(addresses[i % addresses.Count]);
            }

            var times = new List<double>(rounds);
            int rows = 0;
            for (int i = 0; i < rounds; i++)
            {
                long started = Stopwatch.GetTimestamp();
                string text = await GetAsync(addresses[i % addresses.Count]);
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                rows = text.Split("<tr>").Length - 2;
            }

            times.Sort();
            double high = times[(int)Math.Ceiling(times.Count * 0.95) - 1];
            Rows++;
            Over += high > Goal ? 1 : 0;
            if (high > Slowest)
            {
                (Slowest, SlowestName) = (high, name);
            }

            Console.WriteLine(FormattableString.Invariant($"| {name} | {times[times.Count / 2]:F0} | {high:F0}{(high > Goal ? " **over**" : "")} | {Math.Max(0, rows)} |"));
        }

        /// <summary>The addresses of the pages that follow the first.</summary>
        public async Task<IReadOnlyList<string>> DeepAsync(string first, int pages)
        {
            List<string> all = [];
            string at = first;
            while (all.Count < pages && Next().Match(await GetAsync(at)) is { Success: true } next)
            {
                all.Add(at = WebUtility.HtmlDecode(next.Groups["to"].Value));
            }

            return all.Count == 0 ? [first] : all;
        }

        private async Task<string> GetAsync(string address)
        {
            using var answer = await http.GetAsync(new Uri(address, UriKind.Relative));
            Wrong += answer.StatusCode is HttpStatusCode.OK ? 0 : 1;
            return await answer.Content.ReadAsStringAsync();
        }
    }

    [GeneratedRegex("rel=\"next\" href=\"(?<to>[^\"]+)\"")]
    private static partial Regex Next();
}
