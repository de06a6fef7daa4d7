using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Crossdock.Connectors.WooCommerce;
using Crossdock.Testing;
using Xunit;

namespace Crossdock.Connectors.Tests.WooCommerce;

/// <summary>The emulated shop's REST API and what it can be told.</summary>
public sealed class WooCommerceEmulatorApiTests : IAsyncLifetime
{
    private readonly FakeClock clock = new();
    private WooCommerceEmulator shop = null!;
    private HttpClient api = null!;

    public async ValueTask InitializeAsync()
    {
        shop = await WooCommerceEmulator.StartAsync(new WooCommerceEmulatorOptions { Clock = clock });
        api = WooCommerceEmulatorTests.Api(shop);
    }

    public ValueTask DisposeAsync()
    {
        api.Dispose();
        return shop.DisposeAsync();
    }

    [Fact]
    public async Task Orders_are_read_page_by_page()
    {
        await PlaceAsync(7);
        var seen = new List<long>();
        string? next = "/wp-json/wc/v3/orders?per_page=3&orderby=id&order=asc";
        for (int page = 1; next is not null; page++)
        {
            using var answer = await api.GetAsync(new Uri(next, UriKind.RelativeOrAbsolute));
            Assert.Equal(("7", "3"), (answer.Headers.GetValues("X-WP-Total").Single(), answer.Headers.GetValues("X-WP-TotalPages").Single()));
            seen.AddRange((await BodyAsync(answer)).AsArray().Select(order => order!["id"]!.GetValue<long>()));
            string[] links = answer.Headers.TryGetValues("Link", out var found) ? found.Single().Split(", ") : [];
            Assert.Equal(page > 1, links.Any(link => link.EndsWith("rel=\"prev\"", StringComparison.Ordinal)));
            next = links.FirstOrDefault(link => link.EndsWith("rel=\"next\"", StringComparison.Ordinal))?.Split('>')[0][1..];
        }

        Assert.Equal(Enumerable.Range(1001, 7).Select(id => (long)id), seen);
        using var beyond = await api.GetAsync(new Uri("/wp-json/wc/v3/orders?per_page=3&page=9", UriKind.Relative));
        Assert.Empty((await BodyAsync(beyond)).AsArray());
    }

    [Fact]
    public async Task Dates_are_the_shops_local_ones_unless_asked_for_GMT()
    {
        await PlaceAsync(1);
        string at = clock.GetUtcNow().UtcDateTime.ToString("s", CultureInfo.InvariantCulture);
        clock.Advance(TimeSpan.FromMinutes(10));
        long changed = await shop.PlaceOrderAsync();
        Assert.Equal([changed], await IdsAsync($"modified_after={at}&dates_are_gmt=true"));
        Assert.Empty(await IdsAsync($"modified_after={at}"));                                         // the shop is three hours behind
        Assert.Equal(2, (await IdsAsync($"modifed_after={at}&dates_are_gmt=true")).Count);              // a misspelt filter gives the whole shop
    }

    [Fact]
    public async Task Filters_and_fields_are_obeyed()
    {
        var ids = await PlaceAsync(3);
        await shop.UpdateStatusAsync(ids[0], "completed");
        await shop.TrashAsync(ids[1]);
        Assert.Equal([ids[0]], await IdsAsync("status=completed"));
        Assert.Equal([ids[1]], await IdsAsync("status=trash"));
        Assert.Equal([ids[2], ids[0]], await IdsAsync("status=any&orderby=id"));
        Assert.Equal([ids[2]], await IdsAsync($"include={ids[2].ToString(CultureInfo.InvariantCulture)}"));
        Assert.Equal([ids[0]], await IdsAsync("orderby=id&offset=1&per_page=1"));
        using var answer = await api.GetAsync(new Uri("/wp-json/wc/v3/orders?_fields=id,number&per_page=1", UriKind.Relative));
        Assert.Equal(["id", "number"], (await BodyAsync(answer))[0]!.AsObject().Select(field => field.Key).Order());
    }

    [Theory]
    [InlineData("per_page=101")]
    [InlineData("per_page=0")]
    [InlineData("per_page=many")]
    [InlineData("page=0")]
    [InlineData("modified_after=yesterday")]
    public async Task Wrong_parameter_is_named(string query)
    {
        using var answer = await api.GetAsync(new Uri("/wp-json/wc/v3/orders?" + query, UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = await BodyAsync(answer);
        Assert.Equal(("rest_invalid_param", 400), (error["code"]!.GetValue<string>(), error["data"]!["status"]!.GetValue<int>()));
        Assert.NotNull(error["data"]!["params"]![query.Split('=')[0]]);
    }

    [Theory]
    [InlineData(null, "", "woocommerce_rest_cannot_view")]
    [InlineData("ck_other:cs_emulated", "", "woocommerce_rest_authentication_error")]
    [InlineData("ck_emulated:cs_other", "", "woocommerce_rest_authentication_error")]
    [InlineData(null, "?consumer_key=ck_emulated&consumer_secret=wrong", "woocommerce_rest_authentication_error")]
    [InlineData("ck_emulated:cs_emulated", "", null)]
    [InlineData(null, "?consumer_key=ck_emulated&consumer_secret=cs_emulated", null)]
    public async Task Key_and_secret_are_checked_in_header_and_query(string? credentials, string query, string? code)
    {
        using var http = WooCommerceEmulatorTests.Api(shop, credentials ?? "");
        http.DefaultRequestHeaders.Authorization = credentials is null ? null : http.DefaultRequestHeaders.Authorization;
        using var answer = await http.GetAsync(new Uri("/wp-json/wc/v3/orders" + query, UriKind.Relative));
        Assert.Equal(code is null ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, answer.StatusCode);
        if (code is not null)
        {
            var error = await BodyAsync(answer);
            Assert.Equal((code, 401), (error["code"]!.GetValue<string>(), error["data"]!["status"]!.GetValue<int>()));
            Assert.NotEmpty(error["message"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task Key_for_reading_may_not_write()
    {
        await using var guarded = await WooCommerceEmulator.StartAsync(new WooCommerceEmulatorOptions { KeyMayWrite = false });
        using var http = WooCommerceEmulatorTests.Api(guarded);
        using var refused = await http.PostAsync(new Uri("/wp-json/wc/v3/webhooks", UriKind.Relative), WooCommerceEmulatorTests.Json("{}"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var read = await http.GetAsync(new Uri("/wp-json/wc/v3/orders", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
    }

    [Fact]
    public async Task Shop_without_pretty_addresses_takes_the_route_as_a_parameter()
    {
        long id = (await PlaceAsync(1))[0];
        using var answer = await api.GetAsync(new Uri($"/?rest_route=/wc/v3/orders/{id.ToString(CultureInfo.InvariantCulture)}", UriKind.Relative));
        Assert.Equal(id, (await BodyAsync(answer))["id"]!.GetValue<long>());
    }

    [Fact]
    public async Task Webhook_lives_through_creation_listing_change_and_deletion()
    {
        await using var hub = await Listener.StartAsync();
        using var made = await api.PostAsync(new Uri("/wp-json/wc/v3/webhooks", UriKind.Relative), WooCommerceEmulatorTests.Json($$"""{"name":"Hub","topic":"order.updated","delivery_url":"{{hub.Address}}/in/tienda","secret":"{{Woo.Secret}}"}"""));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var hook = await BodyAsync(made);
        string address = $"/wp-json/wc/v3/webhooks/{hook["id"]!.GetValue<long>().ToString(CultureInfo.InvariantCulture)}";
        Assert.Equal(("active", "order", "updated", $"{hub.Address}/in/tienda"), (hook["status"]!.GetValue<string>(), hook["resource"]!.GetValue<string>(), hook["event"]!.GetValue<string>(), hook["delivery_url"]!.GetValue<string>()));
        Assert.Null(hook["secret"]);
        Assert.Single(hub.Calls);      // the ping

        using var listed = await api.GetAsync(new Uri("/wp-json/wc/v3/webhooks", UriKind.Relative));
        Assert.Single((await BodyAsync(listed)).AsArray());
        using var paused = await api.PutAsync(new Uri(address, UriKind.Relative), WooCommerceEmulatorTests.Json("""{"status":"paused"}"""));
        long id = (await PlaceAsync(1))[0];
        await shop.UpdateStatusAsync(id, "completed");
        Assert.Single(hub.Calls);      // a paused webhook sends nothing, also not later
        using var woken = await api.PutAsync(new Uri(address, UriKind.Relative), WooCommerceEmulatorTests.Json("""{"status":"active"}"""));
        Assert.Equal(2, hub.Calls.Count);
        await shop.UpdateStatusAsync(id, "processing");
        Assert.Equal("order.updated", hub.Calls.Last().Headers["X-WC-Webhook-Topic"]);
        using var wrong = await api.PutAsync(new Uri(address, UriKind.Relative), WooCommerceEmulatorTests.Json("""{"status":"asleep"}"""));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);

        using var kept = await api.DeleteAsync(new Uri(address, UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotImplemented, kept.StatusCode);
        Assert.Equal("woocommerce_rest_trash_not_supported", (await BodyAsync(kept))["code"]!.GetValue<string>());
        using var gone = await api.DeleteAsync(new Uri(address + "?force=true", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, gone.StatusCode);
        using var missing = await api.GetAsync(new Uri(address, UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Theory]
    [InlineData("""{"topic":"order","delivery_url":"https://hub.example/"}""", "woocommerce_rest_webhook_invalid_topic")]
    [InlineData("""{"topic":"order.created","delivery_url":"hub"}""", "woocommerce_rest_webhook_invalid_delivery_url")]
    [InlineData("nonsense", "woocommerce_rest_webhook_invalid_topic")]
    public async Task Wrong_webhook_is_refused(string body, string code)
    {
        using var answer = await api.PostAsync(new Uri("/wp-json/wc/v3/webhooks", UriKind.Relative), WooCommerceEmulatorTests.Json(body));
        Assert.Equal((HttpStatusCode.BadRequest, code), (answer.StatusCode, (await BodyAsync(answer))["code"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Order_is_read_changed_and_deleted()
    {
        long id = (await PlaceAsync(1))[0];
        string address = $"/wp-json/wc/v3/orders/{id.ToString(CultureInfo.InvariantCulture)}";
        using var changed = await api.PutAsync(new Uri(address, UriKind.Relative), WooCommerceEmulatorTests.Json("""{"status":"completed"}"""));
        Assert.Equal("completed", (await BodyAsync(changed))["status"]!.GetValue<string>());
        using var trashed = await api.DeleteAsync(new Uri(address, UriKind.Relative));
        Assert.Equal("trash", (await BodyAsync(trashed))["status"]!.GetValue<string>());
        using var again = await api.DeleteAsync(new Uri(address, UriKind.Relative));
        Assert.Equal(HttpStatusCode.Gone, again.StatusCode);
        await shop.RefundAsync(id, 5m, "una");
        using var refunds = await api.GetAsync(new Uri(address + "/refunds", UriKind.Relative));
        Assert.Equal("-5", (await BodyAsync(refunds))[0]!["total"]!.GetValue<string>());
        using var forced = await api.DeleteAsync(new Uri(address + "?force=true", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, forced.StatusCode);
        using var missing = await api.GetAsync(new Uri(address, UriKind.Relative));
        Assert.Equal((HttpStatusCode.NotFound, "woocommerce_rest_shop_order_invalid_id"), (missing.StatusCode, (await BodyAsync(missing))["code"]!.GetValue<string>()));
        using var nowhere = await api.GetAsync(new Uri("/wp-json/wc/v3/nothing", UriKind.Relative));
        Assert.Equal((HttpStatusCode.NotFound, "rest_no_route"), (nowhere.StatusCode, (await BodyAsync(nowhere))["code"]!.GetValue<string>()));
    }

    [Fact]
    public async Task It_is_told_over_HTTP_what_to_do()
    {
        await using var hub = await Listener.StartAsync();
        await shop.SubscribeAsync("order.created", hub.Address, Woo.Secret);
        await shop.SubscribeAsync("order.updated", hub.Address, Woo.Secret);
        await TellAsync("orders");
        await TellAsync("repeat");
        await TellAsync("orders?reorder=true");
        Assert.Equal(["order.created", "order.created", "order.updated", "order.created"], hub.Calls.Skip(2).Select(call => call.Headers["X-WC-Webhook-Topic"]));
        Assert.Equal(hub.Calls.ElementAt(2).Body, hub.Calls.ElementAt(3).Body);

        await TellAsync("pause");
        await TellAsync("orders");
        Assert.Equal(1, (await StateAsync())["waiting"]!.GetValue<int>());
        await TellAsync("resume");
        Assert.Equal((0, false), ((await StateAsync())["waiting"]!.GetValue<int>(), (await StateAsync())["isPaused"]!.GetValue<bool>()));
        Assert.Equal(7, hub.Calls.Count);

        await TellAsync("fail?count=2&status=403");
        using var first = await api.GetAsync(new Uri("/wp-json/wc/v3/orders", UriKind.Relative));
        using var second = await api.GetAsync(new Uri("/wp-json/wc/v3/orders", UriKind.Relative));
        using var third = await api.GetAsync(new Uri("/wp-json/wc/v3/orders", UriKind.Relative));
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.OK), (first.StatusCode, second.StatusCode, third.StatusCode));
        Assert.Equal("text/html", first.Content.Headers.ContentType!.MediaType);

        await TellAsync("owner?lost=true");
        await TellAsync("orders");
        Assert.Equal("woocommerce_rest_cannot_view", hub.Calls.Last().Json["code"]!.GetValue<string>());
        Assert.Equal(8, JsonNode.Parse(await api.GetStringAsync(new Uri("/_emulator/sent", UriKind.Relative)))!.AsArray().Count);
    }

    private async Task<List<long>> PlaceAsync(int count)
    {
        var ids = new List<long>();
        for (int i = 0; i < count; i++)
        {
            ids.Add(await shop.PlaceOrderAsync());
        }

        return ids;
    }

    private async Task<List<long>> IdsAsync(string query)
    {
        using var answer = await api.GetAsync(new Uri("/wp-json/wc/v3/orders?" + query, UriKind.Relative));
        return [.. (await BodyAsync(answer)).AsArray().Select(order => order!["id"]!.GetValue<long>())];
    }

    private async Task TellAsync(string what)
    {
        using var answer = await api.PostAsync(new Uri("/_emulator/" + what, UriKind.Relative), null);
        Assert.True(answer.IsSuccessStatusCode, $"{what}: {answer.StatusCode}");
    }

    private async Task<JsonNode> StateAsync() => JsonNode.Parse(await api.GetStringAsync(new Uri("/_emulator", UriKind.Relative)))!;

    private static async Task<JsonNode> BodyAsync(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsByteArrayAsync())!;
}
