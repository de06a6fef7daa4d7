using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crossdock.Model.Connectors;
using Crossdock.Reading;
using Crossdock.Review;
using Crossdock.Testing.Database;
using Crossdock.Tests.Conventions;
using Xunit;

namespace Crossdock.Tests.Replays;

/// <summary>Under the configuration that is in force a trial finds nothing, whatever the stores sent in whatever order, and whatever people did.</summary>
public sealed partial class UnchangedTests : IAsyncLifetime
{
    private const string Rules = """
        - { name: Some cities are not ours, when: { field: shipTo.city, in: [Talca] }, then: [ { exclude: order, because: not ours } ] }
        - { name: Look at some, when: { field: shipTo.city, in: [Ancud, Arica] }, then: [ { hold: far away } ] }
        - { name: Others go elsewhere, when: { field: shipTo.city, in: [Chaiten] }, then: [ { destinations: [second] }, { tag: south } ] }
        - { name: In twos, when: { field: line.quantity, atLeast: 2 }, then: [ { packages: { by: quantity, max: 2 } } ] }
        """;

    private static readonly string[] Cities = ["Talca", "Ancud", "Arica", "Chaiten", "Temuco", "Osorno"];
    private readonly TestDatabase database = new();

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    public static TheoryData<string, string, string> Platforms => new()
    {
        { "shopify", """{"shop":"acme.myshopify.com"}""", "orders/create order-pickup-point-pln 6120417755213;orders/updated order-delivered-refunded 6120417755301;orders/create order-old-shape-cod-chile 6120417755300;refunds/create refund ;fulfillments/create fulfilment ;order_transactions/create transaction ;orders/delete {\"id\":1} 1" },
        { "woocommerce", """{"siteUrl":"https://tienda.example/"}""", "order.updated cash-on-delivery 48213;order.updated chile-two-packages 9034;order.deleted {\"id\":48213} 48213" },
        { "prestashop", """{"shopUrl":"https://tienda.example/"}""", "order.state_changed gift-paid-by-wire 2077;order.read shipped-part-refunded 318" },
        { "magento", "{}", "order.saved module-order-saved 5120;orders/read read-bundle-shipped-refunded 5121;observer.sales_order_save_commit_after adobe-order-saved 5120" },
        { "vtex", """{"account":"andes"}""", "orders/read chile-two-warehouses 1493120655871-01;orders/read brazil-partly-sent SCP-880102018018-01;orders/read pickup-canceled v70530116abc-01;Fulfillment/ready-for-handling hook-ready " },
        { "jumpseller", "{}", "order_paid paid-chile 4187;order_updated pickup-colombia 812" },
        { "custom", "{}", "order.updated {\"externalId\":\"A-1\",\"number\":\"1001\",\"state\":\"new\",\"paymentStatus\":\"paid\",\"updatedAt\":\"2026-01-02T03:04:05Z\",\"currency\":\"EUR\",\"totals\":{\"total\":{\"amount\":\"24.90\",\"currency\":\"EUR\"}},\"shipTo\":{\"name\":\"Ana\",\"line1\":\"X1\",\"city\":\"Madrid\",\"country\":\"CL\"},\"lines\":[{\"id\":\"1\",\"sku\":\"MUG-1\",\"name\":\"Mug\",\"quantity\":3,\"currentQuantity\":3}]} A-1;order.deleted {\"type\":\"order.deleted\",\"timestamp\":\"2026-01-02T03:04:06Z\",\"data\":{\"externalId\":\"A-1\"}} A-1" },
        { "spreadsheet", """{"currency":"CLP","country":"CL","timeZone":"America/Santiago"}""", "row {\"file\":\"p.xlsx\",\"rows\":[{\"row\":2,\"cells\":{\"Order\\u0020number\":\"A-1002\",\"Recipient\":\"Luis\",\"Street\":\"Leones\",\"City\":\"Talca\",\"SKU\":\"MUG-1\",\"Quantity\":2,\"Total\":\"14.970\"}}]} A-1002" },
    };

    [Theory]
    [MemberData(nameof(Platforms))]
    public async Task Trial_under_the_rules_in_force_finds_no_difference(string platform, string settings, string samples)
    {
        await using var hub = await new ReplayHub(database).StartAsync();
        var store = await hub.ConnectAsync("acme", platform, settings, Rules);
        var documents = samples.Split(';').Select(one => Sample(platform, one)).ToList();
        var chance = new Random(20261121);
        var events = new List<ReadEvent>();
        for (int i = 0; i < 150; i++)
        {
            var (topic, text, known) = documents[chance.Next(documents.Count)];
            string id = Renamed(known, chance.Next(12));
            string body = Edited(known.Length == 0 ? text : Regex.Replace(text, $"(?<![\\w-]){Regex.Escape(known)}(?![\\w-])", id), chance);
            if (known.Length == 0 && documents.Find(document => document.Id.Length > 0) is { Id.Length: > 0 } owner && OrderIn(body) is { Length: > 0 } named)
            {
                body = body.Replace(named, Renamed(owner.Id, chance.Next(12)), StringComparison.Ordinal);
            }

            byte[] payload = Encoding.UTF8.GetBytes(body);
            events.Add(new ReadEvent(topic, $"e-{i}", KeyOf(store.Mapping!.Map(new ReceivedEvent(payload, topic, null, null, DateTimeOffset.UnixEpoch))), null, payload, "webhook 127.0.0.1"));
        }

        // In batches without two events of one order: what is decided must not hang on whether a delivery was done between two of them.
        foreach (var batch in Apart(events))
        {
            await hub.Get<ReadCapture>().StoreAsync(store, batch, skipsKnown: false, CancellationToken.None);
            await hub.SettleAsync();
        }

        await DecideAsync(hub);
        long orders = (long)(await hub.ScalarAsync("SELECT count(*) FROM orders"))!;
        Assert.True(orders >= 6, $"only {orders} orders came of 150 events: the samples are wrong");
        string before = await hub.FingerprintAsync();
        var row = await hub.TryAsync();
        var found = await hub.DifferencesAsync(row.Id);
        Assert.True(found.Count == 0, JsonSerializer.Serialize(found));
        Assert.Equal(("done", 150L, orders, 0L), (row.State, row.Read, row.Orders, row.Different));
        Assert.Equal(before, await hub.FingerprintAsync());
    }

    private static IEnumerable<List<ReadEvent>> Apart(List<ReadEvent> events)
    {
        var batch = new List<ReadEvent>();
        foreach (var one in events)
        {
            if (batch.Exists(other => other.OrderKey == one.OrderKey))
            {
                yield return batch;
                batch = [];
            }

            batch.Add(one);
        }

        yield return batch;
    }

    private static async Task DecideAsync(ReplayHub hub)
    {
        var actions = hub.Get<OrderActions>();
        int i = 0;
        foreach (var id in (Guid[])(await hub.ScalarAsync("""
            SELECT array_agg(id ORDER BY id) FROM orders o WHERE NOT EXISTS (SELECT FROM holds h WHERE h.order_id = o.id AND h.code = 'cancelled_after_delivery')
            """))!)
        {
            switch (i++ % 4)
            {
                case 0:
                    await actions.CancelAsync(id, "operator eva", "asked by phone", CancellationToken.None);
                    break;
                case 1:
                    await actions.ReleaseAsync(id, "operator eva", "looked at", CancellationToken.None);
                    break;
            }
        }

        await hub.SettleAsync();
    }

    private static (string Topic, string Text, string Id) Sample(string platform, string described)
    {
        string[] parts = described.Split(' ');
        if (parts[1].StartsWith('{'))
        {
            return (parts[0], parts[1], parts[2]);
        }

        string folder = platform switch { "shopify" => "Shopify", "woocommerce" => "WooCommerce", "prestashop" => "PrestaShop", "magento" => "Magento", "vtex" => "Vtex", _ => "Jumpseller" };
        return (parts[0], SourceTree.Read($"tests/Crossdock.Connectors.Tests/{folder}/Payloads/{parts[1]}.json"), parts[2]);
    }

    // Another order of the same shape: as many digits, the last ones changed.
    private static string Renamed(string id, int number) => id.Length == 0 ? "" : DigitsAtEnd().Replace(id, match =>
        (match.Value.Length > 2 ? match.Value[..^2] : match.Value) + (number + 10).ToString(CultureInfo.InvariantCulture), 1);

    // Another time of change, so that what comes later may be older; another city, so that the rules decide otherwise.
    private static string Edited(string text, Random chance) => City().Replace(
        Change().Replace(text, match => match.Groups["before"].Value + chance.Next(10, 59).ToString(CultureInfo.InvariantCulture) + match.Groups["after"].Value),
        match => $"{match.Groups["name"].Value}\"{Cities[chance.Next(Cities.Length)]}\"");

    private static string OrderIn(string text) => OrderReference().Match(text) is { Success: true } found ? found.Groups["id"].Value : "";

    private static string? KeyOf(MappingOutcome outcome) => outcome switch
    {
        MappedOrder mapped => mapped.Order.ExternalId,
        MappedOrders many => many.Orders[0].ExternalId,
        MappedChange change => change.ExternalId,
        Announced announced => announced.ExternalId,
        _ => null,
    };

    [GeneratedRegex(@"\d+(?=(-\d\d)?$)", RegexOptions.ExplicitCapture)]
    private static partial Regex DigitsAtEnd();

    [GeneratedRegex("""(?<before>"(updated_at|updatedAt|date_modified_gmt|date_modified|date_upd|lastChange)"\s*:\s*"[^"]*\d\d:\d\d:)\d\d(?<after>)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Change();

    [GeneratedRegex("""(?<name>"(city|City|Comuna|municipality)"\s*:\s*)["][^"]*["]""", RegexOptions.ExplicitCapture)]
    private static partial Regex City();

    [GeneratedRegex("""["]order_id"\s*:\s*(?<id>\d+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex OrderReference();
}
