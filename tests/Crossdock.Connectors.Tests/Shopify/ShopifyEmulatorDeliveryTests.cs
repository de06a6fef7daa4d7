using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Crossdock.Connectors.Shopify.Emulator;
using Crossdock.Testing;
using Crossdock.Testing.Conformance;
using Xunit;

namespace Crossdock.Connectors.Tests.Shopify;

/// <summary>How the emulated Shopify delivers: deadline, retries and removal by its clock, ids, and what it can be told.</summary>
public sealed class ShopifyEmulatorDeliveryTests : IAsyncLifetime
{
    private readonly FakeClock clock = new();
    private Listener hub = null!;

    public async ValueTask InitializeAsync() => hub = await Listener.StartAsync();

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    [Fact]
    public async Task Headers_are_those_of_the_real_one()
    {
        await using var shop = await OpenAsync();
        long id = await shop.PlaceOrderAsync();
        var headers = hub.Calls.Single().Headers;
        Assert.Equal(
            ("orders/create", "andina-outdoor.myshopify.com", "2026-10", "application/json", "Shopify-Captain-Hook", id.ToString(CultureInfo.InvariantCulture)),
            (headers["X-Shopify-Topic"], headers["X-Shopify-Shop-Domain"], headers["X-Shopify-API-Version"], headers["Content-Type"], headers["User-Agent"], headers["X-Shopify-Order-Id"]));
        Assert.Equal(32, Convert.FromBase64String(headers["X-Shopify-Hmac-Sha256"]!).Length);
        Assert.Equal(clock.GetUtcNow(), DateTimeOffset.Parse(headers["X-Shopify-Triggered-At"]!, CultureInfo.InvariantCulture));
        Assert.True(Guid.TryParse(headers["X-Shopify-Webhook-Id"], out _));
    }

    [Fact]
    public async Task Topics_of_one_action_share_the_event_id_and_have_webhook_ids_of_their_own()
    {
        await using var shop = await OpenAsync();
        long id = await shop.PlaceOrderAsync();
        await shop.CancelAsync(id);
        var (cancelled, updated) = (hub.Calls.ElementAt(1).Headers, hub.Calls.ElementAt(2).Headers);
        Assert.Equal(cancelled["X-Shopify-Event-Id"], updated["X-Shopify-Event-Id"]);
        Assert.NotEqual(cancelled["X-Shopify-Webhook-Id"], updated["X-Shopify-Webhook-Id"]);
        Assert.NotEqual(hub.Calls.First().Headers["X-Shopify-Event-Id"], updated["X-Shopify-Event-Id"]);
        await shop.RepeatLastAsync();
        var repeat = hub.Calls.Last();
        Assert.Equal((updated["X-Shopify-Webhook-Id"], updated["X-Shopify-Event-Id"]), (repeat.Headers["X-Shopify-Webhook-Id"], repeat.Headers["X-Shopify-Event-Id"]));
        Assert.Equal(hub.Calls.ElementAt(2).Body, repeat.Body);
        var endpoint = ShopifySamples.Connector.Open(ShopifySamples.Settings());
        Assert.Equal(3, hub.Calls.Select(call => endpoint.ReadEnvelope(new SampleRequest(call.Body, call.Headers).At(clock.GetUtcNow())).DedupeKey).Distinct().Count());
    }

    [Fact]
    public async Task Answer_after_five_seconds_is_a_failure()
    {
        await using var shop = await OpenAsync();
        hub.Answer = (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted);
        var placing = shop.PlaceOrderAsync();
        await hub.UntilAsync(1);
        clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(placing.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.2));
        await placing;
        Assert.Null(shop.Sent.Single().Status);
    }

    [Fact]
    public async Task Eight_retries_spread_over_four_hours_and_then_the_subscription_goes()
    {
        await using var shop = await OpenAsync();
        hub.Says(503);
        await shop.PlaceOrderAsync();
        var placed = clock.GetUtcNow();
        double[] gaps = [10, 30, 120, 300, 900, 1800, 3600, 7200];
        foreach (double gap in gaps)
        {
            Assert.Contains(shop.Subscriptions, subscription => subscription.Topic == "orders/create");
            int before = shop.Sent.Count;
            await Task.Delay(20);                                   // the next wait begins a moment after an attempt was written down
            clock.Advance(TimeSpan.FromSeconds(gap - 2));
            Assert.Equal(before, shop.Sent.Count);
            for (int wait = 0; shop.Sent.Count == before; wait++)
            {
                Assert.True(wait < 20, $"the retry after {gap.ToString(CultureInfo.InvariantCulture)} s did not come");
                clock.Advance(TimeSpan.FromSeconds(2));
                await UntilAsync(() => shop.Sent.Count > before);
            }
        }

        await shop.SettleAsync();
        Assert.InRange(clock.GetUtcNow() - placed, TimeSpan.FromHours(3.5), TimeSpan.FromHours(4.5));
        Assert.DoesNotContain(shop.Subscriptions, subscription => subscription.Topic == "orders/create");
        Assert.Equal(Enumerable.Range(1, 9), shop.Sent.Select(sent => sent.Attempt));
        int calls = hub.Calls.Count;
        await shop.PlaceOrderAsync();
        Assert.Equal(calls, hub.Calls.Count);
    }

    [Fact]
    public async Task Retry_ends_with_the_first_success_and_carries_what_was_sent_first()
    {
        await using var shop = await OpenAsync(new ShopifyEmulatorOptions { Secret = ShopifySamples.Secret, TimeScale = 0 });
        int calls = 0;
        hub.Answer = (context, _) => Listener.WriteAsync(context, Interlocked.Increment(ref calls) < 3 ? 302 : 204, "");
        long id = await shop.PlaceOrderAsync();
        await shop.SettleAsync();
        Assert.Equal(3, hub.Calls.Count);
        Assert.Equal([302, 302, 204], shop.Sent.Select(sent => sent.Status));
        Assert.Single(hub.Calls.Select(call => Convert.ToHexString(call.Body)).Distinct());
        Assert.Equal(id, shop.Sent.First().OrderId);
    }

    [Fact]
    public async Task Subscription_of_the_merchant_stays_whatever_fails()
    {
        await using var shop = await OpenAsync(new ShopifyEmulatorOptions { Secret = ShopifySamples.Secret, TimeScale = 0, RemovesSubscriptions = false });
        hub.Says(500);
        await shop.PlaceOrderAsync();
        await shop.SettleAsync();
        Assert.Equal(9, hub.Calls.Count);
        Assert.Contains(shop.Subscriptions, subscription => subscription.Topic == "orders/create");
    }

    [Fact]
    public async Task Empty_bucket_throttles_in_the_body_and_fills_again()
    {
        await using var shop = await OpenAsync(new ShopifyEmulatorOptions { Secret = ShopifySamples.Secret, Clock = clock, GraphQlPoints = 300, GraphQlPointsPerSecond = 50 });
        using var http = Client(shop);
        async Task<(HttpStatusCode Status, JsonElement Body)> Ask()
        {
            using var answer = await http.PostAsJsonAsync(new Uri("/admin/api/2026-10/graphql.json", UriKind.Relative), new { query = "{ orders(first: 250) { nodes { id } } }" });
            return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
        }

        var (_, first) = await Ask();
        Assert.Equal(252, first.GetProperty("extensions").GetProperty("cost").GetProperty("actualQueryCost").GetInt32());
        var (status, throttled) = await Ask();
        var cost = throttled.GetProperty("extensions").GetProperty("cost");
        Assert.Equal((HttpStatusCode.OK, "THROTTLED", 252, 48, 50.0), (status, throttled.GetProperty("errors")[0].GetProperty("extensions").GetProperty("code").GetString(),
            cost.GetProperty("requestedQueryCost").GetInt32(), cost.GetProperty("throttleStatus").GetProperty("currentlyAvailable").GetInt32(), cost.GetProperty("throttleStatus").GetProperty("restoreRate").GetDouble()));
        Assert.Equal(JsonValueKind.Null, cost.GetProperty("actualQueryCost").ValueKind);
        Assert.False(throttled.TryGetProperty("data", out _));
        clock.Advance(TimeSpan.FromSeconds((252 - 48) / 50.0));
        Assert.True((await Ask()).Body.TryGetProperty("data", out _));
    }

    [Theory]
    [InlineData("{ planets { name } }", HttpStatusCode.OK)]
    [InlineData(null, HttpStatusCode.OK)]
    public async Task Unknown_operation_is_an_error_in_the_body(string? query, HttpStatusCode expected)
    {
        await using var shop = await OpenAsync();
        using var http = Client(shop);
        using var answer = await http.PostAsJsonAsync(new Uri("/admin/api/2026-10/graphql.json", UriKind.Relative), query is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["query"] = query });
        Assert.Equal(expected, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).TryGetProperty("errors", out _));
    }

    [Fact]
    public async Task GraphQl_wants_the_token_and_JSON()
    {
        await using var shop = await OpenAsync();
        using var http = Client(shop);
        using var broken = await http.PostAsync(new Uri("/admin/api/2026-10/graphql.json", UriKind.Relative), new StringContent("{"));
        Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
        http.DefaultRequestHeaders.Remove("X-Shopify-Access-Token");
        http.DefaultRequestHeaders.Add("X-Shopify-Access-Token", "shpat_other");
        using var refused = await http.PostAsJsonAsync(new Uri("/admin/api/2026-10/graphql.json", UriKind.Relative), new { query = "{ orders(first: 1) { nodes { id } } }" });
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task It_is_told_over_HTTP_what_to_do()
    {
        await using var shop = await OpenAsync();
        using var http = Client(shop);
        await TellAsync(http, "orders?reorder=true");
        await TellAsync(http, "repeat");
        Assert.Equal(["orders/updated", "orders/create", "orders/create"], hub.Calls.Select(call => call.Headers["X-Shopify-Topic"]));
        await TellAsync(http, "fail?count=2&status=502");
        var orders = new Uri("/admin/api/2026-10/orders.json", UriKind.Relative);
        using var first = await http.GetAsync(orders);
        using var second = await http.GetAsync(orders);
        using var third = await http.GetAsync(orders);
        Assert.Equal((502, 502, 200), ((int)first.StatusCode, (int)second.StatusCode, (int)third.StatusCode));
        Assert.Equal("2026-10", third.Headers.GetValues("X-Shopify-API-Version").Single());
        Assert.Equal(3, (await http.GetFromJsonAsync<JsonElement>(new Uri("/_emulator/sent", UriKind.Relative))).GetArrayLength());
        Assert.True((await http.GetFromJsonAsync<JsonElement>(new Uri("/_emulator/subscriptions", UriKind.Relative))).GetArrayLength() > 5);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (int wait = 0; wait < 100 && !isSo(); wait++)
        {
            await Task.Delay(5);
        }
    }

    private static async Task TellAsync(HttpClient http, string what)
    {
        using var answer = await http.PostAsync(new Uri("/_emulator/" + what, UriKind.Relative), null);
        Assert.True(answer.IsSuccessStatusCode, $"{what}: {answer.StatusCode}");
    }

    private static HttpClient Client(ShopifyEmulator shop) => new() { BaseAddress = shop.Address, DefaultRequestHeaders = { { "X-Shopify-Access-Token", "shpat_emulated" } } };

    private Task<ShopifyEmulator> OpenAsync(ShopifyEmulatorOptions? options = null) =>
        ShopifyEmulator.StartAsync((options ?? new ShopifyEmulatorOptions { Secret = ShopifySamples.Secret, Clock = clock }) with { HubAddress = new Uri(hub.Address + "/in/andina") });
}
