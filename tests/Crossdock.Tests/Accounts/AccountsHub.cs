using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crossdock.Accounts;
using Crossdock.Alerts;
using Crossdock.Connections;
using Crossdock.Model;
using Crossdock.Server;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Crossdock.Tests.Accounts;

/// <summary>One hub for all tests of accounts: what they make or change is their own, and of the orders only the third store's.</summary>
[CollectionDefinition(Name)]
public sealed class AccountsGroup : ICollectionFixture<AccountsHub>
{
    public const string Name = "accounts";
}

/// <summary>A whole hub with stores "mine", "theirs" and "third", each with an order, its delivery, a hold and an alert; and a person of every role.</summary>
public sealed class AccountsHub : IAsyncLifetime
{
    public const string Token = "cd_accounts-of-these-tests";
    public const string Password = "slow kettle under nine maps";
    private const string Secret = "the-secret-of-both-stores-0123456789";
    private readonly TestDatabase database = new();
    private readonly string folder = Directory.CreateTempSubdirectory("crossdock-accounts-").FullName;
    private readonly List<HttpClient> clients = [];
    private RunningHub? hub;

    public RunningHub Hub => hub!;

    public NpgsqlDataSource Database => database.DataSource;

    /// <summary>Where the hub's mail arrives.</summary>
    internal PostOffice Post { get; } = new();

    /// <summary>With the administrator's token.</summary>
    public HttpClient Admin { get; private set; } = null!;

    /// <summary>Ids of what belongs to the stores, by store and kind: order, event, delivery, hold, alert.</summary>
    public Dictionary<(string Store, string What), string> Ids { get; } = [];

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        hub = await HubHost.StartAsync(new HubSettings { Database = database.ConnectionString, DataFolder = folder, Urls = "http://127.0.0.1:0", AdminToken = Token, PublicAddress = "https://hub.example" },
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["Crossdock:Connections:AllowPrivateAddresses"] = "true", ["Crossdock:SignIn:FailuresPerMinute"] = "0", ["Crossdock:SignIn:FailuresBeforeLock"] = "4", ["Crossdock:Mail:Host"] = "127.0.0.1", ["Crossdock:Mail:Port"] = $"{Post.Port}", ["Crossdock:Mail:StartTls"] = "false", ["Crossdock:Mail:From"] = "hub@example.com", ["Logging:LogLevel:Default"] = "None" });
        Admin = Bearer(Token);
        var applied = await hub.Application.Services.GetRequiredService<ConfigurationService>().ApplyAsync($$"""
            connections:
              - { key: courier, platform: http, settings: { create: { method: POST, url: "http://127.0.0.1:9/api", remoteId: /id }, limits: { attempts: 1, timeoutSeconds: 5, backoffSeconds: 1, breakerFailures: 100 } } }
              - { key: mine, name: My Store, platform: shopify, settings: { shop: mine.myshopify.com }, secrets: { webhookSecret: {{Secret}} }, destinations: [courier] }
              - { key: third, name: Third Store, platform: shopify, settings: { shop: third.myshopify.com }, secrets: { webhookSecret: {{Secret}} }, destinations: [courier] }
              - { key: theirs, name: Their Store, platform: shopify, settings: { shop: theirs.myshopify.com }, secrets: { webhookSecret: {{Secret}} }, destinations: [courier] }
            """, "tests", static _ => null);
        Assert.Empty(applied.Errors);
        long id = 8_100_000_001;
        var alerts = new AlertStore(Database, TimeProvider.System);
        foreach (string store in (string[])["mine", "theirs", "third"])
        {
            await SendAsync(store, TestHub.Order(id), "orders/updated");
            await SendAsync(store, "{\"nonsense\":", "orders/updated");
            await Database.UntilAsync($"SELECT count(*) FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '{id}' AND d.state = 'dead'", 1);
            Ids[(store, "order")] = $"{await Database.AskAsync($"SELECT id FROM orders WHERE external_id = '{id}'")}";
            Ids[(store, "event")] = $"{await Database.AskAsync($"SELECT event_id FROM orders WHERE external_id = '{id}'")}";
            Ids[(store, "delivery")] = $"{await Database.AskAsync($"SELECT id FROM deliveries WHERE order_id = '{Ids[(store, "order")]}'")}";
            using var held = await Admin.PostAsJsonAsync($"/api/v1/orders/{Ids[(store, "order")]}/hold", new { because = $"a look at {store}" });
            Assert.Equal(HttpStatusCode.NoContent, held.StatusCode);
            Ids[(store, "hold")] = $"{await Database.AskAsync($"SELECT id FROM holds WHERE order_id = '{Ids[(store, "order")]}'")}";
            int connection = (int)(await Database.AskAsync($"SELECT id FROM connections WHERE key = '{store}'"))!;
            await alerts.RaiseAsync(new NewAlert(AlertKind.StoreQuiet, new ConnectionId(connection), "", AlertSeverity.Warning, $"{store} has gone quiet."), default);
            Ids[(store, "alert")] = $"{await Database.AskAsync($"SELECT id FROM alerts WHERE connection_id = {connection}")}";
            id++;
        }

        await alerts.RaiseAsync(new NewAlert(AlertKind.OrdersMissing, null, "hub", AlertSeverity.Warning, "The hub as a whole misses something."), default);
        await Database.UntilAsync("SELECT count(*) FROM parked_events", 3);
        foreach (var role in Enum.GetValues<Role>())
        {
            await UserAsync(Roles.Name(role), role);
        }

        await UserAsync("merchant", Role.Operator, "mine");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients)
        {
            client.Dispose();
        }

        if (hub is not null)
        {
            await hub.DisposeAsync();
        }

        await Post.DisposeAsync();
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Makes a user with the usual password; answers the id.</summary>
    public async Task<Guid> UserAsync(string name, Role role, params string[] connections)
    {
        using var answer = await Admin.PostAsJsonAsync("/api/v1/users", new { name, role = Roles.Name(role), connections, password = Password });
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("user").GetProperty("id").GetGuid();
    }

    /// <summary>A client that follows no redirect and keeps cookies; not signed in.</summary>
    public HttpClient Stranger()
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(Hub.Address) };
        client.DefaultRequestHeaders.Add("Origin", Hub.Address);      // as every browser does
        clients.Add(client);
        return client;
    }

    /// <summary>A client with a token.</summary>
    public HttpClient Bearer(string token)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(Hub.Address), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        clients.Add(client);
        return client;
    }

    /// <summary>A client that is signed in as this person.</summary>
    public async Task<HttpClient> SignedInAsync(string name, string password = Password)
    {
        var client = Stranger();
        Assert.Equal("/", await SignInAsync(client, name, password));
        return client;
    }

    /// <summary>Where signing in leads to.</summary>
    public static async Task<string?> SignInAsync(HttpClient client, string name, string password)
    {
        using var form = new FormUrlEncodedContent([new("name", name), new("password", password)]);
        using var answer = await client.PostAsync(new Uri("/sign-in", UriKind.Relative), form);
        return answer.Headers.Location?.OriginalString;
    }

    /// <summary>Makes a token; answers it.</summary>
    public async Task<string> TokenAsync(string[] scopes, string[]? connections = null, DateTimeOffset? expiresAt = null)
    {
        using var answer = await Admin.PostAsJsonAsync("/api/v1/tokens", new { name = "tests", scopes, connections, expiresAt = expiresAt?.ToString("O") });
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
    }

    /// <summary>One of the stores sends an event, signed.</summary>
    public async Task SendAsync(string store, string body, string topic)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/in/{store}") { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("X-Shopify-Topic", topic);
        request.Headers.Add("X-Shopify-Shop-Domain", $"{store}.myshopify.com");
        request.Headers.Add("X-Shopify-Webhook-Id", Guid.NewGuid().ToString());
        request.Headers.Add("X-Shopify-Hmac-Sha256", Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), bytes)));
        using var answer = await Stranger().SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
