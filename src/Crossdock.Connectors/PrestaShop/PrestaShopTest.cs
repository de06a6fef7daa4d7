using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Crossdock.Model.Connectors;
using NodaTime;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>Tries one connection's settings without changing anything in the shop.</summary>
internal sealed class PrestaShopTest(ConnectionAccess access) : IDisposable
{
    private static readonly string[] Needed = ["orders", "order_details", "addresses", "customers", "countries", "states", "currencies", "order_states"];
    private static readonly string[] Wanted = ["order_carriers", "order_payments", "order_cart_rules", "order_histories", "order_slip", "carriers", "languages", "configurations", "messages", "customer_threads", "customer_messages"];

    private readonly PrestaShopClient client = new(access);
    private readonly List<TestFinding> findings = [];

    internal async Task<IReadOnlyList<TestFinding>> RunAsync(CancellationToken cancellationToken)
    {
        if (access.Settings.Secret("webserviceKey") is null)
        {
            return [new("Webservice", TestVerdict.Warning, "No webservice key is given: orders come from the module only, and what it could not send is not found. Press Test on the module's page in the shop to try the way from there.")];
        }

        var root = await client.RootAsync(client.Settings.KeyInQuery, cancellationToken);
        if (root is not ShopRows)
        {
            await ExplainAsync(root, cancellationToken);
            return findings;
        }

        Add("Address and key", TestVerdict.Passed, "The webservice answers and accepts the key.");
        CheckClock(root.Date);
        if (!CheckRights(root.Body))
        {
            return findings;
        }

        using var reference = new PrestaShopReference(client);
        if (await reference.PrepareAsync([], cancellationToken) is { } trouble)
        {
            Add("Order states", TestVerdict.Failed, PrestaShopReader.Because(trouble));
            return findings;
        }

        CheckZone(reference);
        CheckStates(reference);
        await CheckOrderAsync(cancellationToken);
        return findings;
    }

    public void Dispose() => client.Dispose();

    private void Add(string what, TestVerdict verdict, string message) => findings.Add(new(what, verdict, message));

    // A lost header and a wrong key look alike; sent in the address, the key tells them apart.
    private async Task ExplainAsync(ShopAnswer root, CancellationToken cancellationToken)
    {
        if (root is ShopRefused { Status: 401 } && !client.Settings.KeyInQuery)
        {
            var again = await client.RootAsync(keyInQuery: true, cancellationToken);
            if (again is ShopRows)
            {
                Add("Address and key", TestVerdict.Failed, "The key is right, but the shop's web server takes the Authorization header away. Add CGIPassAuth On (or SetEnvIf Authorization \"(.*)\" HTTP_AUTHORIZATION=$1) to the shop's .htaccess. Only where that is impossible, set signIn to query.");
                return;
            }
        }

        Add("Address and key", TestVerdict.Failed, PrestaShopReader.Because(root));
    }

    private void CheckClock(DateTimeOffset? date)
    {
        if (date is not { } shop)
        {
            Add("Clock", TestVerdict.Warning, "The shop does not tell its time.");
            return;
        }

        double seconds = Math.Round((shop - access.Clock.GetUtcNow()).TotalSeconds);
        string difference = string.Create(CultureInfo.InvariantCulture, $"The shop's clock is {Math.Abs(seconds)} s {(seconds < 0 ? "behind" : "ahead of")} the hub's.");
        Add("Clock", Math.Abs(seconds) > 60 ? TestVerdict.Warning : TestVerdict.Passed, Math.Abs(seconds) > 60 ? $"{difference} Beyond 300 s what the module sends is refused: have the server's clock set by NTP." : difference);
    }

    private bool CheckRights(byte[] body)
    {
        var api = PrestaShopAnswers.Xml(body)?.Element("api");
        string[] missing = [.. Needed.Where(resource => !May(api, resource, "get"))];
        if (missing.Length > 0)
        {
            Add("Permissions", TestVerdict.Failed, $"The key may not read {string.Join(", ", missing)}: tick View (GET) for them in Advanced Parameters → Webservice.");
            return false;
        }

        string[] lacking = [.. Wanted.Where(resource => !May(api, resource, "get"))];
        Add("Permissions", lacking.Length > 0 ? TestVerdict.Warning : TestVerdict.Passed,
            lacking.Length > 0 ? $"Orders can be read, but these parts of them stay empty: {string.Join(", ", lacking)}. Tick View (GET) for them." : "The key may read all that belongs to an order.");
        if (client.Settings.TellsStatus)
        {
            string[] closed = [.. new[] { ("order_carriers", "put"), ("order_histories", "post") }.Where(right => !May(api, right.Item1, right.Item2)).Select(right => $"{right.Item2.ToUpperInvariant()} {right.Item1}")];
            Add("Permission to tell the shop", closed.Length > 0 ? TestVerdict.Failed : TestVerdict.Passed,
                closed.Length > 0 ? $"tellStatus is on, but the key lacks {string.Join(" and ", closed)}." : "The key may write tracking numbers and states.");
        }

        return true;
    }

    private static bool May(XElement? api, string resource, string verb) => string.Equals(api?.Element(resource)?.Attribute(verb)?.Value, "true", StringComparison.OrdinalIgnoreCase);

    private void CheckZone(PrestaShopReference reference)
    {
        string? name = reference.Configuration.GetValueOrDefault("PS_TIMEZONE");
        bool isKnown = name is not null && DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) is not null;
        Add("Time zone", isKnown || client.Settings.Zone is not null ? TestVerdict.Passed : TestVerdict.Warning,
            isKnown ? $"The shop's times are {name}."
            : client.Settings.Zone is { } zone ? $"The shop does not tell its zone; by the settings its times are {zone.Id}."
            : "The shop does not tell its time zone and timeZone is not set: its times count as UTC, which is wrong for most shops.");
    }

    private void CheckStates(PrestaShopReference reference)
    {
        List<string> unknown = [];
        foreach (var row in reference.All("order_states").Where(row => !PrestaShopAnswers.IsSet(row, "deleted")))
        {
            string id = PrestaShopAnswers.Id(row)!;
            string? name = PrestaShopAnswers.Text(row, "name");
            var copy = row.DeepClone();
            copy["config_key"] = reference.KeyOf(id);
            var (_, isCertain) = PrestaShopStates.KindOf(JsonSerializer.SerializeToElement(copy), client.Settings.CashModules);
            if (!isCertain && !client.Settings.StateMap.ContainsKey(id) && (name is null || !client.Settings.StateMap.ContainsKey(name)))
            {
                unknown.Add(PrestaShopStates.Word(id, name));
            }
        }

        Add("Order states", unknown.Count > 0 ? TestVerdict.Warning : TestVerdict.Passed, unknown.Count > 0
            ? $"These states of the shop say nothing of payment or shipping; paid orders in them are held until stateMap says what they mean: {string.Join(", ", unknown.Take(20))}."
            : "Every state of the shop is understood.");
    }

    private async Task CheckOrderAsync(CancellationToken cancellationToken)
    {
        var answer = await client.GetAsync("orders", "sort=%5Bid_DESC%5D&limit=1&display=%5Bid%5D", cancellationToken);
        if (answer is not ShopRows { Rows: var rows })
        {
            Add("Reading orders", TestVerdict.Failed, PrestaShopReader.Because(answer));
        }
        else if (rows.FirstOrDefault() is not { } row || PrestaShopAnswers.Id(row) is not { } id)
        {
            Add("Reading orders", TestVerdict.Passed, "The shop has no orders yet.");
        }
        else
        {
            using var reader = new PrestaShopReader(access);
            var (verdict, message) = await reader.FetchAsync(id, cancellationToken) switch
            {
                Fetched fetched => new PrestaShopOrderMapping(client.Settings).Map(new ReceivedEvent(fetched.Order.Document!.Payload, PrestaShopReader.Topic, id, null, access.Clock.GetUtcNow())) switch
                {
                    MappedOrder mapped => (TestVerdict.Passed, $"The last order, {mapped.Order.Number} (#{id}), was read and understood."),
                    Unmappable unmappable => (TestVerdict.Warning, $"The last order (#{id}) was read but not understood: {unmappable.Because}"),
                    _ => (TestVerdict.Warning, $"The last order (#{id}) belongs to another shop of this installation."),
                },
                FetchLater later => (TestVerdict.Failed, later.Because),
                FetchRefused refused => (TestVerdict.Failed, refused.Because),
                _ => (TestVerdict.Warning, $"The last order (#{id}) was gone when it was read."),
            };
            Add("Reading orders", verdict, message);
        }
    }
}
