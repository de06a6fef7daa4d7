using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crossdock.Connections;
using Crossdock.Server;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Crossdock.Tests.Webhooks;

/// <summary>A whole hub with two stores and a courier, and systems of the user's that it tells.</summary>
public sealed class WebhookHub : IAsyncLifetime
{
    private const string Token = "cd_webhooks-of-these-tests", Secret = "the-secret-of-both-stores-0123456789";
    private readonly TestDatabase database = new();
    private readonly string folder = Directory.CreateTempSubdirectory("crossdock-webhooks-").FullName;
    private RunningHub? hub;
    private long orders = 9_100_000_000;

    public WebhookReceiver Receiver { get; private set; } = null!;
    public HttpClient Api { get; private set; } = null!;
    public NpgsqlDataSource Database => database.DataSource;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        Receiver = await WebhookReceiver.StartAsync();
        hub = await HubHost.StartAsync(new HubSettings { Database = database.ConnectionString, DataFolder = folder, Urls = "http://127.0.0.1:0", AdminToken = Token },
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["Crossdock:Connections:AllowPrivateAddresses"] = "true", ["Crossdock:Webhooks:TickMilliseconds"] = "100", ["Logging:LogLevel:Default"] = "None" });
        Api = new HttpClient { BaseAddress = new Uri(hub.Address + "/api/v1/"), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Token) } };
        var applied = await hub.Application.Services.GetRequiredService<ConfigurationService>().ApplyAsync($$"""
            connections:
              - { key: courier, platform: http, settings: { create: { method: POST, url: "{{Receiver.Address}}/courier", remoteId: /id } } }
              - { key: acme, name: Acme, platform: shopify, settings: { shop: acme.myshopify.com }, secrets: { webhookSecret: {{Secret}} }, destinations: [courier] }
              - { key: boreal, name: Boreal, platform: shopify, settings: { shop: boreal.myshopify.com }, secrets: { webhookSecret: {{Secret}} }, destinations: [courier] }
            """, "tests", static _ => null);
        Assert.Empty(applied.Errors);
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await hub!.DisposeAsync();
        await Receiver.DisposeAsync();
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>An order of that store that the courier has; answers its id.</summary>
    public async Task<Guid> OrderAsync(string store)
    {
        long id = Interlocked.Increment(ref orders);
        byte[] body = Encoding.UTF8.GetBytes(TestHub.Order(id));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(hub!.Address), $"/in/{store}")) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("X-Shopify-Topic", "orders/create");
        request.Headers.Add("X-Shopify-Shop-Domain", $"{store}.myshopify.com");
        request.Headers.Add("X-Shopify-Webhook-Id", Guid.NewGuid().ToString());
        request.Headers.Add("X-Shopify-Hmac-Sha256", Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), body)));
        using var answer = await Api.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Database.UntilAsync($"SELECT count(*) FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '{id}' AND d.state = 'delivered'", 1);
        return (Guid)(await Database.AskAsync($"SELECT id FROM orders WHERE external_id = '{id}'"))!;
    }

    /// <summary>Makes a webhook that tells a system of that name; answers its id and secret.</summary>
    public async Task<(Guid Id, string Secret)> WebhookAsync(string name, string[]? types = null, string[]? connections = null)
    {
        using var answer = await Api.PostAsJsonAsync("webhooks", new { name, url = $"{Receiver.Address}/told/{name}", types, connections });
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        var made = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (made.GetProperty("webhook").GetProperty("id").GetGuid(), made.GetProperty("secret").GetString()!);
    }

    /// <summary>Sends and expects that status; answers the body.</summary>
    public async Task<JsonElement> AskAsync(HttpMethod method, string address, object? body = null, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(method, address) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await Api.SendAsync(request);
        string said = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{method} {address}: {answer.StatusCode} {said}");
        return said.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(said);
    }
}
