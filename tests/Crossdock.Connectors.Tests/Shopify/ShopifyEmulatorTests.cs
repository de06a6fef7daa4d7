using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Crossdock.Connectors.Shopify.Emulator;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing.Conformance;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Crossdock.Connectors.Tests.Shopify;

public sealed class ShopifyEmulatorTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<SampleRequest> received = new();
    private WebApplication hub = null!;
    private Uri address = null!;
    private volatile int answer = 200;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        hub = builder.Build();
        hub.Run(async call =>
        {
            using var body = new MemoryStream();
            await call.Request.Body.CopyToAsync(body);
            received.Enqueue(new SampleRequest(body.ToArray(), new SampleHeaders(call.Request.Headers.Select(header => (header.Key, header.Value.ToString())))));
            call.Response.StatusCode = answer;
        });
        await hub.StartAsync();
        address = new Uri(new Uri(hub.Urls.First()), "/in/andina");
    }

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    [Fact]
    public async Task Webhook_verifies_and_maps()
    {
        await using var shop = await StartAsync();
        long id = await shop.PlaceOrderAsync();
        var request = Assert.Single(received);
        var endpoint = ShopifySamples.Connector.Open(ShopifySamples.Settings());
        var call = request.At(TimeProvider.System.GetUtcNow());
        Assert.True(endpoint.CheckSignature(call).IsValid);
        var envelope = endpoint.ReadEnvelope(call);
        Assert.Equal(("orders/create", $"{id}"), (envelope.Topic, envelope.OrderKey));
        var order = Assert.IsType<MappedOrder>(ShopifySamples.Map(request.Body)).Order;
        Assert.Equal(OrderState.New, order.State);
        Assert.Empty(order.Concerns);
        Assert.NotNull(order.ShipTo?.Line1);
    }

    [Fact]
    public async Task Retries_carry_the_original_body_and_the_subscription_goes_after_eight()
    {
        answer = 500;
        await using var shop = await StartAsync();
        await shop.PlaceOrderAsync();
        await shop.SettleAsync();
        Assert.Equal(9, received.Count);
        Assert.Single(received.Select(request => Convert.ToHexString(request.Body)).Distinct());
        Assert.Single(received.Select(request => request.Headers["X-Shopify-Webhook-Id"]).Distinct());
        Assert.DoesNotContain(shop.Subscriptions, subscription => subscription.Topic == "orders/create");
    }

    [Fact]
    public async Task Everything_that_happens_to_an_order_is_told()
    {
        await using var shop = await StartAsync();
        long id = await shop.PlaceOrderAsync(lines: 2, updateFirst: true);
        await shop.RepeatLastAsync();
        await shop.UpdateAsync(id);
        await shop.RefundAsync(id);
        await shop.FulfilAsync(id, delivered: true);
        await shop.CancelAsync(id);
        await shop.DeleteAsync(id);
        Assert.Equal(
            ["orders/updated", "orders/create", "orders/create", "orders/updated", "orders/updated", "refunds/create", "orders/fulfilled", "orders/updated", "fulfillments/update", "orders/cancelled", "orders/updated", "orders/delete"],
            received.Select(request => request.Headers["X-Shopify-Topic"]));
        var outcomes = received.Select(request => ShopifySamples.Map(request.Body, request.Headers["X-Shopify-Topic"]!)).ToList();
        Assert.All(outcomes, outcome => Assert.True(outcome is MappedOrder or MappedChange, outcome.ToString()));
        Assert.Equal(
            [OrderState.New, OrderState.New, OrderState.New, OrderState.New, OrderState.New, OrderState.Delivered, OrderState.Delivered, OrderState.Cancelled, OrderState.Cancelled],
            outcomes.OfType<MappedOrder>().Select(mapped => mapped.Order.State));
        Assert.True(Mapped(outcomes[0]).UpdatedAt > Mapped(outcomes[1]).UpdatedAt);
    }

    [Fact]
    public async Task Test_orders_and_withheld_addresses_are_recognised()
    {
        await using var shop = await StartAsync();
        await shop.PlaceOrderAsync(isTest: true);
        await shop.PlaceOrderAsync(badAddress: true);
        var orders = received.Select(request => Mapped(ShopifySamples.Map(request.Body))).ToList();
        Assert.True(orders[0].IsTest);
        Assert.Equal("address_withheld", Assert.Single(orders[1].Concerns).Code);
    }

    [Fact]
    public async Task Orders_are_read_page_by_page()
    {
        await using var shop = await StartAsync();
        for (int i = 0; i < 5; i++)
        {
            await shop.PlaceOrderAsync();
        }
        using var http = Client(shop);
        var seen = new List<long>();
        string? next = "/admin/api/2026-10/orders.json?status=any&limit=2";
        while (next is not null)
        {
            using var response = await http.GetAsync(new Uri(next, UriKind.RelativeOrAbsolute));
            using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
            seen.AddRange(body.RootElement.GetProperty("orders").EnumerateArray().Select(order => order.GetProperty("id").GetInt64()));
            next = response.Headers.TryGetValues("Link", out var links) ? links.First().Split('>')[0][1..] : null;
        }
        Assert.Equal(5, seen.Distinct().Count());
        Assert.Equal(5, seen.Count);
    }

    [Fact]
    public async Task Full_bucket_is_answered_429_and_a_wrong_token_401()
    {
        await using var shop = await StartAsync();
        using var http = Client(shop);
        HttpStatusCode last = HttpStatusCode.OK;
        for (int i = 0; i < 60 && last != HttpStatusCode.TooManyRequests; i++)
        {
            using var response = await http.GetAsync(new Uri("/admin/api/2026-10/webhooks.json", UriKind.Relative));
            last = response.StatusCode;
            Assert.Contains("/40", response.Headers.GetValues("X-Shopify-Shop-Api-Call-Limit").Single(), StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, last);
        http.DefaultRequestHeaders.Remove("X-Shopify-Access-Token");
        using var refused = await http.GetAsync(new Uri("/admin/api/2026-10/orders.json", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task Subscriptions_are_made_listed_and_deleted_by_GraphQL()
    {
        await using var shop = await ShopifyEmulator.StartAsync(new ShopifyEmulatorOptions { Secret = ShopifySamples.Secret });
        using var http = Client(shop);
        async Task<JsonElement> Ask(string query, object? variables = null)
        {
            using var response = await http.PostAsJsonAsync(new Uri("/admin/api/2026-10/graphql.json", UriKind.Relative), new { query, variables });
            return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
        }
        const string Create = "mutation($topic: WebhookSubscriptionTopic!, $webhookSubscription: WebhookSubscriptionInput!) { webhookSubscriptionCreate(topic: $topic, webhookSubscription: $webhookSubscription) { webhookSubscription { id } userErrors { message } } }";
        var arguments = new { topic = "ORDERS_PARTIALLY_FULFILLED", webhookSubscription = new { uri = "https://hub.example/in/andina" } };
        string id = (await Ask(Create, arguments)).GetProperty("webhookSubscriptionCreate").GetProperty("webhookSubscription").GetProperty("id").GetString()!;
        Assert.Equal(1, (await Ask(Create, arguments)).GetProperty("webhookSubscriptionCreate").GetProperty("userErrors").GetArrayLength());
        Assert.Equal("orders/partially_fulfilled", Assert.Single(shop.Subscriptions).Topic);
        Assert.Equal(1, (await Ask("{ webhookSubscriptions(first: 10) { nodes { id topic uri } } }")).GetProperty("webhookSubscriptions").GetProperty("nodes").GetArrayLength());
        await Ask("mutation($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId } }", new { id });
        Assert.Empty(shop.Subscriptions);
    }

    [Fact]
    public void Generated_documents_are_repeatable_and_of_a_real_size()
    {
        var at = new DateTimeOffset(2026, 10, 14, 12, 0, 0, TimeSpan.Zero);
        byte[] one = ShopifyDocuments.Order(6120417755213, new Random(7), at);
        Assert.Equal(one, ShopifyDocuments.Order(6120417755213, new Random(7), at));
        Assert.InRange(one.Length, 7_000, 10_500);
        Assert.IsType<MappedOrder>(ShopifySamples.Map(one));
    }

    private static Order Mapped(MappingOutcome outcome) => Assert.IsType<MappedOrder>(outcome).Order;

    private static HttpClient Client(ShopifyEmulator shop) => new() { BaseAddress = shop.Address, DefaultRequestHeaders = { { "X-Shopify-Access-Token", "shpat_emulated" } } };

    private Task<ShopifyEmulator> StartAsync() => ShopifyEmulator.StartAsync(new ShopifyEmulatorOptions { Secret = ShopifySamples.Secret, HubAddress = address, TimeScale = 0 });
}
