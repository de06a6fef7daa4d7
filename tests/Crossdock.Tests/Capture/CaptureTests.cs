using System.Net;
using System.Net.Sockets;
using System.Text;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.Tests.Capture;

/// <summary>What a caller gets, and what is stored, for good and bad input.</summary>
public sealed class CaptureTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Signed_order_is_stored_with_its_headers_before_it_is_answered()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(TestHub.Order(1001), "w-1001"));
        Assert.Equal(1L, await hub.ScalarAsync("SELECT count(*) FROM events WHERE order_key = '1001' AND headers LIKE '%X-Shopify-Webhook-Id: w-1001%' AND source LIKE 'webhook 127.0.0.1' AND convert_from(body, 'UTF8') LIKE '%Ana Rojas%'"));
    }

    [Fact]
    public async Task Wrong_signature_and_unknown_address_say_the_same_and_store_nothing()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        long before = (long)(await hub.ScalarAsync("SELECT count(*) FROM events"))!;
        var body = Encoding.UTF8.GetBytes(TestHub.Order(1002));
        using var wrong = await hub.Http.SendAsync(hub.Signed(body, "w-1002", secret: "somebody else's"));
        using var unknown = await hub.Http.SendAsync(hub.Signed(body, "w-1002", connection: "nobody"));
        using var unsigned = await hub.Http.PostAsync("/in/acme", new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } });
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.NotFound, HttpStatusCode.Unauthorized), (wrong.StatusCode, unknown.StatusCode, unsigned.StatusCode));
        Assert.Equal(await wrong.Content.ReadAsStringAsync(), await unknown.Content.ReadAsStringAsync());
        Assert.Equal(before, await hub.ScalarAsync("SELECT count(*) FROM events"));
    }

    [Fact]
    public async Task Six_megabytes_are_refused_with_413_by_length_and_in_chunks()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        using var whole = await hub.Http.SendAsync(hub.Signed(new byte[6 * 1024 * 1024], "w-big"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, whole.StatusCode);
        using var chunked = hub.Signed(new byte[6 * 1024 * 1024], "w-big2");
        chunked.Headers.TransferEncodingChunked = true;
        using var answer = await hub.Http.SendAsync(chunked);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Body_broken_off_in_the_middle_stores_nothing_and_the_hub_goes_on()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            await socket.ConnectAsync(IPAddress.Loopback, hub.Http.BaseAddress!.Port);
            await socket.SendAsync(Encoding.ASCII.GetBytes("POST /in/acme HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{\"id\":1003"));
        }

        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(TestHub.Order(1004), "w-1004"));
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM events WHERE order_key = '1003'"));
    }

    [Theory]
    [InlineData("half a document", """{"id":1005,"name":"#1005","currency":"CL""")]
    [InlineData("no currency", """{"id":1006,"name":"#1006","total_price":"1.00","updated_at":"2026-11-01T10:00:00Z"}""")]
    [InlineData("an amount that is none", """{"id":1007,"name":"#1007","currency":"CLP","total_price":"a lot","updated_at":"2026-11-01T10:00:00Z"}""")]
    [InlineData("a list", "[]")]
    [InlineData("null", "null")]
    public async Task Signed_document_that_cannot_be_understood_is_kept_and_parked_with_its_reason(string what, string body)
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(body, "w-" + what));
        await hub.UntilAsync($"SELECT count(*) FROM parked_events p JOIN events e ON e.id = p.event_id WHERE length(p.reason) > 10 AND e.headers LIKE '%w-{what}%'", 1);
    }

    [Fact]
    public async Task Invalid_utf8_is_kept_byte_for_byte_and_parked()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        byte[] body = [.. "{\"id\":1008,\"name\":\""u8, 0xC3, 0x28, 0xFF, 0x00, .. "\"}"u8];
        using var answer = await hub.Http.SendAsync(hub.Signed(body, "w-1008"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await hub.UntilAsync("SELECT count(*) FROM parked_events p JOIN events e ON e.id = p.event_id WHERE position('\\xC328FF00'::bytea in e.body) > 0", 1);
    }

    [Fact]
    public async Task Numbers_as_text_and_text_as_numbers_are_understood()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(TestHub.Order(1009, total: "25990.5").Replace("\"id\":1009", "\"id\":\"1009\"", StringComparison.Ordinal), "w-1009"));
        await hub.UntilAsync("SELECT total FROM orders WHERE external_id = '1009'", 25990.5m);
    }

    [Fact]
    public async Task Content_type_that_the_platform_never_sends_is_answered_415()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        using var request = hub.Signed(Encoding.UTF8.GetBytes(TestHub.Order(1010)), "w-1010");
        request.Content!.Headers.ContentType = new("text/xml");
        using var answer = await hub.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
    }

    [Fact]
    public async Task Two_hundred_orders_at_once_are_all_there()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        var answers = await Task.WhenAll(Enumerable.Range(20_000, 200).Select(id => hub.SendAsync(TestHub.Order(id), $"w-{id}")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer));
        await hub.UntilAsync("SELECT count(*) FROM orders WHERE external_id LIKE '20___'", 200);
        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
    }

    [Fact]
    public async Task Same_deliveries_sent_many_times_at_once_among_new_ones_are_kept_once_each()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(TestHub.Order(21_000), "w-21000"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => hub.SendAsync(TestHub.Order(21_000 + (i % 40)), $"w-{21_000 + (i % 40)}")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer));
        Assert.Equal(40L, await hub.ScalarAsync("SELECT count(*) FROM events WHERE order_key LIKE '210__'"));
        Assert.Equal(40L, await hub.ScalarAsync("SELECT count(*) FROM event_keys k JOIN events e ON e.id = k.event_id WHERE e.order_key LIKE '210__' AND convert_from(e.body, 'UTF8') LIKE '%\"id\":' || e.order_key || ',%'"));
        await hub.UntilAsync("SELECT count(*) FROM orders WHERE external_id LIKE '210__'", 40);
        await hub.UntilAsync("SELECT count(*) FROM timeline t JOIN orders o ON o.id = t.order_id, LATERAL json_array_elements(t.entries) e WHERE o.external_id LIKE '210__' AND e ->> 'kind' = 'repeated'", 361);
    }
}
