using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crossdock.Capture;
using Crossdock.Connections;
using Crossdock.Connectors;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Model;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Normalise;
using Crossdock.Orders;
using Crossdock.Relay;
using Crossdock.Rules;
using Crossdock.Testing.Database;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crossdock.Testing;

/// <summary>Capture, processing and delivery over real HTTP and a real database, with connections given in code: one Shopify store "acme" and, where asked for, one HTTP destination "courier".</summary>
public sealed class TestHub : IAsyncDisposable
{
    public const string Secret = "the-secret-of-acme-0123456789";
    /// <summary>What the courier signs its calls with, as Standard Webhooks has it.</summary>
    public const string CourierSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private readonly WebApplication application;
    private readonly NpgsqlDataSource database;
    private readonly FixedDirectory directory;
    private readonly SocketsHttpHandler handler = new() { AllowAutoRedirect = false };

    private TestHub(WebApplication application, NpgsqlDataSource database, FixedDirectory directory) => (this.application, this.database, this.directory) = (application, database, directory);

    public HttpClient Http { get; } = new();
    public NpgsqlDataSource Database => database;
    public IServiceProvider Services => application.Services;

    /// <param name="database">A migrated database.</param>
    /// <param name="courier">Address of a courier; null for a store without destinations.</param>
    /// <param name="rules">The store's rules; null to let everything through.</param>
    /// <param name="options">Further options by full name.</param>
    /// <param name="needsApproval">Orders wait for a person.</param>
    /// <param name="store">The store's settings as JSON.</param>
    /// <param name="told">What is told how the store's orders get on; null for nothing.</param>
    /// <param name="status">The courier's settings of its news as JSON; null for none.</param>
    /// <param name="second">Address of a second courier "other"; null for none.</param>
    /// <param name="shape">What is critical in the store's documents; null for what its connector declares.</param>
    /// <param name="canFind">Whether couriers can be asked what they have.</param>
    /// <param name="approval">Who lets the store's orders through; null for what <paramref name="needsApproval"/> says.</param>
    /// <param name="canUpdate">Whether couriers can be told of changes; what they get then names the city too.</param>
    public static async Task<TestHub> StartAsync(NpgsqlDataSource database, string? courier = null, IStoreRules? rules = null, Dictionary<string, string?>? options = null, bool needsApproval = false, string store = """{"shop":"acme.myshopify.com"}""",
        IDestination? told = null, string? status = null, string? second = null, DocumentShape? shape = null, bool canFind = true, bool canUpdate = false, ApprovalSetting? approval = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(options ?? []);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var directory = new FixedDirectory();
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(database).AddSingleton(NodeIdentity.New()).AddSingleton<IConnectionDirectory>(directory);
        builder.Services.AddDelivery().AddProcessing(isOpen: true).AddCapture().AddRelays().AddSingleton<OutgoingHttp>();
        builder.Services.Configure<ConnectionsOptions>(options => builder.Configuration.GetSection("Crossdock:Connections").Bind(options));
        var application = builder.Build();
        application.MapCapture().MapRelays();
        var hub = new TestHub(application, database, directory);
        await hub.ConnectAsync(store, courier, rules ?? new OpenRules(), needsApproval, told, status, second, shape, canFind, canUpdate, approval);
        await application.StartAsync();
        hub.Http.BaseAddress = new Uri(application.Urls.First());
        return hub;
    }

    /// <summary>A signed Shopify delivery.</summary>
    public HttpRequestMessage Signed(byte[] body, string webhookId, string topic = "orders/updated", string connection = "acme", string secret = Secret)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/in/{connection}") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("X-Shopify-Topic", topic);
        request.Headers.Add("X-Shopify-Shop-Domain", "acme.myshopify.com");
        request.Headers.Add("X-Shopify-Webhook-Id", webhookId);
        request.Headers.Add("X-Shopify-Hmac-Sha256", Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body)));
        return request;
    }

    /// <summary>Sends what a courier says, signed; answers the status.</summary>
    public async Task<HttpStatusCode> SayAsync(string body, string? id = null, string connection = "courier", string secret = CourierSecret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/in/{connection}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        id ??= Guid.NewGuid().ToString("N");
        string at = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", at);
        request.Headers.Add("webhook-signature", "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{id}.{at}.{body}"))));
        using var answer = await Http.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>Sends a signed delivery and answers its status.</summary>
    public async Task<HttpStatusCode> SendAsync(string body, string webhookId, string topic = "orders/updated")
    {
        using var request = Signed(Encoding.UTF8.GetBytes(body), webhookId, topic);
        using var answer = await Http.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>A small Shopify order.</summary>
    public static string Order(long id, string updatedAt = "2026-11-01T10:00:00Z", string financial = "paid", string total = "\"25990.00\"", int quantity = 1, string? cancelledAt = null) => $$"""
        {"id":{{id}},"name":"#{{id}}","currency":"CLP","financial_status":"{{financial}}","fulfillment_status":null,"created_at":"2026-11-01T09:59:00Z","processed_at":"2026-11-01T09:59:00Z",
         "updated_at":"{{updatedAt}}","cancelled_at":{{(cancelledAt is null ? "null" : $"\"{cancelledAt}\"")}},"total_price":{{total}},"subtotal_price":"25990.00","email":"ana@example.com","test":false,
         "shipping_address":{"name":"Ana Rojas","address1":"Av. Siempre Viva 742","city":"Santiago","province":"Santiago Metropolitan","province_code":"RM","country_code":"CL","zip":"8320000","phone":"+56911112222"},
         "line_items":[{"id":1,"sku":"SKU-1","title":"Boots","name":"Boots","quantity":{{quantity}},"current_quantity":{{quantity}},"price":"25990.00","requires_shipping":true,"grams":900}]}
        """;

    /// <summary>Waits until a query answers what is wanted.</summary>
    public Task UntilAsync(string sql, object wanted) => database.UntilAsync(sql, wanted, explain: """
        SELECT (SELECT string_agg(concat_ws(' ', 'delivery', o.external_id, d.state, d.attempts, d.leased_until, d.last_error), E'\n') FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE d.state <> 'delivered')
            || E'\n' || coalesce((SELECT string_agg(concat_ws(' ', 'attempt', outcome, status, because, error, request_body), E'\n') FROM attempts), 'no attempts')
        """);

    public Task<object?> ScalarAsync(string sql) => database.AskAsync(sql);

    /// <summary>Everything the timeline of an order says, one entry a line: kind and text.</summary>
    public async Task<List<TimelineEntry>> TimelineAsync(string externalId)
    {
        await using var command = database.CreateCommand("SELECT t.entries::text FROM timeline t JOIN orders o ON o.id = t.order_id WHERE o.external_id = $1 ORDER BY t.id");
        command.Parameters.Add(new() { Value = externalId });
        await using var reader = await command.ExecuteReaderAsync();
        var all = new List<TimelineEntry>();
        while (await reader.ReadAsync())
        {
            all.AddRange(JsonSerializer.Deserialize(reader.GetString(0), TimelineJson.Default.ListTimelineEntry)!);
        }

        return all;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await application.StopAsync();
        await application.DisposeAsync();
        handler.Dispose();
    }

    private async Task ConnectAsync(string storeSettings, string? courier, IStoreRules rules, bool needsApproval, IDestination? told, string? status, string? second, DocumentShape? shape, bool canFind, bool canUpdate, ApprovalSetting? approval)
    {
        var all = new List<Connection>();
        var store = Settings("acme", "shopify", storeSettings, new() { ["webhookSecret"] = Secret });
        var shopify = Connector("shopify");
        all.Add(new Connection
        {
            Id = await InsertAsync(store), Settings = store, IsEnabled = true, Version = 1, Connector = shopify, Endpoint = ((IWebhookSource)shopify).Open(store),
            Mapping = ((IOrderMapper)shopify).MappingFor(store), Rules = rules, Destinations = [.. courier is null ? [] : (string[])["courier"], .. second is null ? [] : (string[])["other"]], Approval = approval ?? (needsApproval ? new(true, false, null) : ApprovalSetting.Automatic),
            StatusDestination = told,
            Shape = shape ?? (shopify as IDocumentShape)?.ShapeOf(store) ?? DocumentShape.None,
        });
        foreach (var (key, address) in new[] { ("courier", courier), ("other", second) })
        {
            if (address is null)
            {
                continue;
            }

            const string number = "{{number}}", remote = "{{remoteId}}", withCity = "\"{\\\"reference\\\":\\\"{{number}}\\\",\\\"city\\\":\\\"{{shipTo.city}}\\\"}\"", plain = "\"{\\\"reference\\\":\\\"{{number}}\\\"}\"";
            string body = canUpdate ? withCity : plain;
            var target = Settings(key, "http", $$"""
                {"create":{"method":"POST","url":"{{address}}/api/shipments","body":{{body}},"remoteId":"/id"},
                 {{(canUpdate ? $"\"update\":{{\"method\":\"PUT\",\"url\":\"{address}/api/shipments/{remote}\",\"body\":{withCity}}}," : "")}}
                 {{(canFind ? $"\"find\":{{\"method\":\"GET\",\"url\":\"{address}/api/shipments?reference={number}\",\"remoteId\":\"/items/0/id\"}}," : "")}}
                 "limits":{"concurrency":8,"attempts":6,"timeoutSeconds":2,"backoffSeconds":1}{{(status is null ? "" : $",\"status\":{status}")}} }
                """, status is null ? [] : new() { ["webhookSecret"] = CourierSecret });
            var http = Connector("http");
            var problems = http.Check(target);
            if (problems.Count > 0)
            {
                throw new InvalidOperationException(string.Join("; ", problems));
            }

            var news = ((IDeliveryNewsSource)http).OpenNews(target);
            all.Add(new Connection
            {
                Id = await InsertAsync(target), Settings = target, IsEnabled = true, Version = 1, Connector = http, Rules = new OpenRules(), News = news, Endpoint = news?.Endpoint,
                Destination = ((IOrderTarget)http).Open(target, new HttpClient(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan }, TimeProvider.System),
            });
        }

        directory.Set(all);
    }

    private static IConnector Connector(string platform) => BuiltInConnectors.All.Single(connector => connector.Manifest.Platform == platform);

    private static ConnectionSettings Settings(string key, string platform, string settings, Dictionary<string, string> secrets) =>
        new(key, key, platform, JsonDocument.Parse(settings).RootElement, secrets);

    private async Task<ConnectionId> InsertAsync(ConnectionSettings settings)
    {
        await using var command = database.CreateCommand("INSERT INTO connections (key, name, platform, created_at, updated_at) VALUES ($1, $1, $2, now(), now()) ON CONFLICT (key) DO UPDATE SET updated_at = now() RETURNING id");
        command.Parameters.Add(new() { Value = settings.Key });
        command.Parameters.Add(new() { Value = settings.Platform });
        return new ConnectionId((int)(await command.ExecuteScalarAsync())!);
    }

    private sealed class FixedDirectory : IConnectionDirectory
    {
        public ConnectionSnapshot Current { get; private set; } = ConnectionSnapshot.Empty;
        public event Action? Changed;

        public void Set(List<Connection> all)
        {
            Current = new ConnectionSnapshot(all);
            Changed?.Invoke();
        }
    }

    private sealed class OpenRules : IStoreRules
    {
        public int Version => 0;

        public RuleDecision Decide(Order order, IReadOnlyList<string> destinations, DateTimeOffset at) =>
            new(order with { Packages = [new Package { Number = 1, Lines = [.. order.Lines.Select(line => new PackageLine(line.Id, line.CurrentQuantity))] }] }, [], null, [], destinations);
    }
}
