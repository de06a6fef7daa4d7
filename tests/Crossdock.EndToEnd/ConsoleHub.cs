using System.Net;
using System.Security.Cryptography;
using System.Text;
using Crossdock.Connections;
using Crossdock.Connectors.Http;
using Crossdock.Server;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

[assembly: AssemblyFixture(typeof(Crossdock.EndToEnd.ConsoleHub))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Crossdock.EndToEnd;

/// <summary>One real hub for all tests, over a database of its own, with stores that each show something else and emulated couriers. Each test brings its own orders.</summary>
public sealed class ConsoleHub : IAsyncLifetime
{
    public const string Token = "cd_the-token-of-these-tests";
    internal const string OwnSecret = "whsec_dGhlLXNlY3JldC1vZi1vdXItb3duLXNob3A=";
    internal const string Secret = "the-secret-of-all-stores-0123456789";

    private readonly TestDatabase database = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("crossdock-e2e-");
    private readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
    private RunningHub? hub;
    private CourierEmulator? courier;
    private CourierEmulator? broken;
    private long lastId = 7_000_000_000;

    /// <summary>Without a slash at the end.</summary>
    public string Address => hub!.Address;

    /// <summary>Takes everything.</summary>
    internal CourierEmulator Courier => courier!;

    /// <summary>Answers 500 until it is told otherwise; the hub gives up after one attempt.</summary>
    internal CourierEmulator Broken => broken!;

    internal NpgsqlDataSource Database => database.DataSource;

    internal IServiceProvider Services => hub!.Application.Services;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        courier = await CourierEmulator.StartAsync();
        broken = await CourierEmulator.StartAsync(behaviour: new CourierBehaviour { ServerError = 1 });
        hub = await StartAsync(database.ConnectionString, folder.FullName);
        var applied = await hub.Application.Services.GetRequiredService<ConfigurationService>().ApplyAsync(Configuration(courier.Address, broken.Address), "tests", static _ => null);
        Assert.Empty(applied.Errors);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (hub is not null) await hub.DisposeAsync();
        if (courier is not null) await courier.DisposeAsync();
        if (broken is not null) await broken.DisposeAsync();
        await database.DisposeAsync();
        folder.Delete(recursive: true);
    }

    internal static Task<RunningHub> StartAsync(string connectionString, string folder) => HubHost.StartAsync(
        new HubSettings { Database = connectionString, DataFolder = folder, Urls = "http://127.0.0.1:0", AdminToken = Token },
        new Dictionary<string, string?>(StringComparer.Ordinal) { ["Crossdock:Connections:AllowPrivateAddresses"] = "true", ["Logging:LogLevel:Default"] = "Critical" });

    /// <summary>Puts one more Shopify store in force, or other settings for it.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="destination">Where its orders go; empty for nowhere.</param>
    /// <param name="more">Further parts, for example <c>rules: []</c>.</param>
    internal async Task ApplyAsync(string key, string destination, string more)
    {
        var applied = await hub!.Application.Services.GetRequiredService<ConfigurationService>().ApplyAsync("connections:\n" + Store(key, key, destination, more), "tests", static _ => null);
        Assert.Empty(applied.Errors);
    }

    /// <summary>Puts one more courier in force, or switches it on or off.</summary>
    internal async Task ApplyCourierAsync(string key, bool enabled)
    {
        var applied = await hub!.Application.Services.GetRequiredService<ConfigurationService>().ApplyAsync(
            $$"""connections: [ { key: {{key}}, platform: http, enabled: {{(enabled ? "true" : "false")}}, settings: { create: { method: POST, url: "{{courier!.Address}}/api/shipments", remoteId: /id } } } ]""", "tests", static _ => null);
        Assert.Empty(applied.Errors);
    }

    /// <summary>An id that no other test's order has.</summary>
    internal long NextId() => Interlocked.Increment(ref lastId);

    /// <summary>The store sends a version of an order; answers the order's id once the query about it (with the order as <c>o</c>) is true.</summary>
    internal async Task<Guid> OrderAsync(string store, long id, string until = "true", string updatedAt = "2026-11-01T10:00:00Z", int quantity = 1)
    {
        await SendAsync(store, TestHub.Order(id, updatedAt, quantity: quantity));
        return await UntilAsync(id, until);
    }

    /// <summary>Waits until the query about the order (as <c>o</c>) is true, and answers its id.</summary>
    internal async Task<Guid> UntilAsync(long id, string until)
    {
        for (int attempt = 0; attempt < 600; attempt++)
        {
            if (await ScalarAsync($"SELECT o.id FROM orders o WHERE o.external_id = '{id}' AND {until}") is Guid found) return found;
            await Task.Delay(50);
        }

        throw new TimeoutException($"order {id} never came to: {until}. It says:\n{await TimelineAsync(id)}");
    }

    internal async Task SendAsync(string store, string body, string topic = "orders/updated")
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Address}/in/{store}") { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("X-Shopify-Topic", topic);
        request.Headers.Add("X-Shopify-Shop-Domain", $"{store}.myshopify.com");
        request.Headers.Add("X-Shopify-Webhook-Id", Guid.NewGuid().ToString());
        request.Headers.Add("X-Shopify-Hmac-Sha256", Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), bytes)));
        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    internal async Task<object?> ScalarAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>One line per entry: actor, text, reason.</summary>
    internal async Task<string> TimelineAsync(long id) => (string?)await ScalarAsync($"""
        SELECT string_agg(concat_ws(' | ', e ->> 'actor', e ->> 'text', e ->> 'because'), E'\n' ORDER BY t.id)
        FROM timeline t JOIN orders o ON o.id = t.order_id, LATERAL json_array_elements(t.entries) e WHERE o.external_id = '{id}'
        """) ?? "";

    /// <summary>A client that is signed in, and follows no redirect.</summary>
    internal async Task<HttpClient> ClientAsync(string? address = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(address ?? Address) };
        client.DefaultRequestHeaders.Add("Origin", address ?? Address);      // as every browser does
        using var form = new FormUrlEncodedContent([new("token", Token)]);
        using var answer = await client.PostAsync(new Uri("/sign-in", UriKind.Relative), form);
        Assert.Equal("/", answer.Headers.Location?.OriginalString);
        return client;
    }

    private static string Configuration(string courier, string broken) => $$"""
        connections:
          - key: courier
            name: Good Courier
            platform: http
            settings:
              create: { method: POST, url: "{{courier}}/api/shipments", body: '{"reference":"{{"{{number}}"}}","name":"{{"{{shipTo.name}}"}}"}', remoteId: /id }
              cancel: { method: DELETE, url: "{{courier}}/api/shipments/{{"{{remoteId}}"}}" }
              find: { method: GET, url: "{{courier}}/api/shipments?reference={{"{{number}}"}}", remoteId: /items/0/id }
              limits: { concurrency: 8, attempts: 4, timeoutSeconds: 5, backoffSeconds: 1 }
          - key: broken
            name: Broken Courier
            platform: http
            settings:
              create: { method: POST, url: "{{broken}}/api/shipments", body: '{"reference":"{{"{{number}}"}}"}', remoteId: /id }
              limits: { attempts: 1, timeoutSeconds: 5, backoffSeconds: 1, breakerFailures: 100 }
        {{Store("acme", "Acme Outdoor", "courier", "rules: [ { name: Large orders, when: { field: quantity, atLeast: 9 }, then: [ { hold: 'nine pieces or more: call the buyer' } ] } ]")}}
        {{Store("careful", "Careful Shop", "courier", "approval: manual")}}
        {{Store("capital", "Regions Only", "courier", "rules: [ { name: The capital is not ours, when: { field: shipTo.region, in: [RM] }, then: [ { exclude: order, because: we deliver to the regions only } ] } ]")}}
        {{Store("fragile", "Fragile Shop", "broken", "")}}
        {{Store("paged", "Many Orders", "courier", "approval: manual")}}
        {{Store("silent", "Silent Shop", "courier", "")}}
          - key: own
            name: Own Shop
            platform: custom
            secrets: { webhookSecret: {{OwnSecret}} }
            destinations: [courier]
        """;

    private static string Store(string key, string name, string destination, string more) => $$"""
          - key: {{key}}
            name: {{name}}
            platform: shopify
            settings: { shop: {{key}}.myshopify.com }
            secrets: { webhookSecret: {{Secret}} }
            destinations: [{{destination}}]
            {{more}}
        """;
}
