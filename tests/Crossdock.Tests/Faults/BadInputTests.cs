using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Http;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.Tests.Faults;

/// <summary>Bad input as it comes over the wire, written to the socket by hand where no client would send it. docs/bad-input.md lists all cases.</summary>
public sealed class BadInputTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Body_shorter_than_its_content_length_is_refused_and_stores_nothing()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        byte[] body = Encoding.UTF8.GetBytes(TestHub.Order(41_000));
        using var socket = await ConnectAsync(hub);
        // The signature fits what is sent: only the length tells that something is missing.
        await socket.SendAsync(Head(body, $"Content-Length: {body.Length + 100}"));
        await socket.SendAsync(body);
        socket.Shutdown(SocketShutdown.Send);
        string answer = await ReadAsync(socket);
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 400", StringComparison.Ordinal), answer);
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM events WHERE order_key = '41000'"));
        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(TestHub.Order(41_001), "w-41001"));
    }

    [Fact]
    public async Task Endless_chunked_body_is_cut_at_the_limit()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource, options: new() { ["Crossdock:Capture:MaxBodyBytes"] = "65536" });
        using var socket = await ConnectAsync(hub);
        await socket.SendAsync(Head([], "Transfer-Encoding: chunked"));
        byte[] chunk = [.. "2000\r\n"u8, .. new byte[0x2000], .. "\r\n"u8];
        int sent = 0;
        try
        {
            while (socket.Available == 0 && sent < 100)
            {
                await socket.SendAsync(chunk);
                sent++;
                await Task.Delay(5);
            }
        }
        catch (SocketException)
        {
            // It has answered and closed.
        }

        Assert.InRange(sent, 8, 90);
        Assert.StartsWith("HTTP/1.1 413", await ReadAsync(socket), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_that_trickles_in_is_given_up_and_keeps_nobody_waiting()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        byte[] body = Encoding.UTF8.GetBytes(TestHub.Order(41_010));
        using var socket = await ConnectAsync(hub);
        await socket.SendAsync(Head(body, $"Content-Length: {body.Length}"));
        long started = Stopwatch.GetTimestamp();
        try
        {
            for (int index = 0; index < 60 && socket.Available == 0; index++)
            {
                await socket.SendAsync(body.AsMemory(index, 1));
                Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(TestHub.Order(41_100 + index), $"w-{41_100 + index}"));
                await Task.Delay(250);
            }
        }
        catch (SocketException)
        {
            // It has answered and closed.
        }

        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(14), "a body of one byte a quarter second is still waited for");
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM events WHERE order_key = '41010'"));
    }

    [Fact]
    public async Task Body_beyond_the_memory_for_bodies_is_answered_503_and_the_memory_comes_back()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource, options: new() { ["Crossdock:Capture:BodyBytes"] = "1048576" });
        for (int round = 0; round < 3; round++)
        {
            using var large = hub.Signed(new byte[2 * 1024 * 1024], "w-41200");
            using var answer = await hub.Http.SendAsync(large);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
            byte[] fitting = Encoding.UTF8.GetBytes(TestHub.Order(41_200 + round) + new string(' ', 700_000));

            // The refused call's memory comes back when its connection is done with, which may be after its answer.
            HttpStatusCode status;
            int attempts = 0;
            do
            {
                using var chunked = hub.Signed(fitting, $"w-4121{round}");
                chunked.Headers.TransferEncodingChunked = round == 1;
                using var accepted = await hub.Http.SendAsync(chunked);
                status = accepted.StatusCode;
            }
            while (status == HttpStatusCode.ServiceUnavailable && ++attempts < 1000);

            Assert.Equal(HttpStatusCode.OK, status);
        }

        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);      // the next test's courier is to get none of them
    }

    [Fact]
    public async Task Length_that_is_only_said_takes_no_memory()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource, options: new() { ["Crossdock:Capture:BodyBytes"] = "4194304" });
        var sockets = new List<Socket>();
        try
        {
            for (int i = 0; i < 100; i++)
            {
                sockets.Add(await ConnectAsync(hub));
                await sockets[i].SendAsync(Head([], "Content-Length: 5000000"));
                await sockets[i].SendAsync(new byte[100]);
            }

            Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(TestHub.Order(41_300), "w-41300"));
            Assert.All(sockets, socket => Assert.Equal(0, socket.Available));      // all are still being read, none was answered
            await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task Unknown_address_and_wrong_signature_take_the_same_time()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        byte[] body = Encoding.UTF8.GetBytes(TestHub.Order(41_020));
        var times = new Dictionary<string, List<double>> { ["acme"] = [], ["nobody"] = [] };
        for (int round = 0; round < 400; round++)
        {
            foreach (var (connection, taken) in times)
            {
                using var request = hub.Signed(body, "w-41020", connection: connection, secret: "wrong");
                long started = Stopwatch.GetTimestamp();
                using var answer = await hub.Http.SendAsync(request);
                taken.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        double known = Median(times["acme"]), unknown = Median(times["nobody"]);
        Assert.True(Math.Abs(known - unknown) < Math.Max(0.25, 0.5 * Math.Min(known, unknown)), string.Create(CultureInfo.InvariantCulture, $"medians: known {known:F3} ms, unknown {unknown:F3} ms"));
    }

    [Fact]
    public async Task Content_type_says_nothing_to_whoever_cannot_sign()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        using var request = hub.Signed(Encoding.UTF8.GetBytes(TestHub.Order(41_021)), "w-41021", secret: "wrong");
        request.Content!.Headers.ContentType = new("text/xml");
        using var answer = await hub.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Words_that_the_platform_never_used_before_are_kept_and_hinder_nothing()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        string order = TestHub.Order(41_030, financial: "half_paid_in_kind").Replace("\"fulfillment_status\":null", "\"fulfillment_status\":\"teleported\"", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(order, "w-41030"));
        await hub.UntilAsync("SELECT payment_status FROM orders WHERE external_id = '41030'", "unknown");
        Assert.Equal(1L, await hub.ScalarAsync("SELECT count(*) FROM events WHERE order_key = '41030' AND convert_from(body, 'UTF8') LIKE '%half_paid_in_kind%'"));
    }

    [Fact]
    public async Task Whatever_field_is_gone_the_event_becomes_an_order_or_is_parked_with_a_reason()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        var names = JsonNode.Parse(TestHub.Order(1))!.AsObject().Select(field => field.Key).Where(name => name != "id").ToList();
        for (int index = 0; index < names.Count; index++)
        {
            var document = JsonNode.Parse(TestHub.Order(42_000 + index))!.AsObject();
            document.Remove(names[index]);
            Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(document.ToJsonString(), $"w-42-{names[index]}"));
        }

        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
        Assert.Equal((long)names.Count, await hub.ScalarAsync("""
            SELECT (SELECT count(*) FROM orders WHERE external_id LIKE '420__') + (SELECT count(*) FROM parked_events WHERE order_key LIKE '420__' AND length(reason) > 10)
            """));
        Assert.True((long)(await hub.ScalarAsync("SELECT count(*) FROM orders WHERE external_id LIKE '420__'"))! >= names.Count - 3);
    }

    [Theory]
    [InlineData(43_001, "2026-11-01T10:00:05Z", "2026-11-01T07:00:09-03:00", "2026-11-01T12:00:07+02:00")]      // three offsets
    [InlineData(43_002, "2026-10-25T02:30:00+02:00", "2026-10-25T02:10:00+01:00", "2026-10-25T02:50:00+02:00")] // the hour that Berlin has twice
    [InlineData(43_003, "2026-09-06T03:59:59Z", "2026-09-06T01:00:01-03:00", "2026-09-05T23:59:59-04:00")]      // the hour that Santiago leaves out
    public async Task What_is_newer_is_told_by_the_moment_not_by_the_digits(long id, string first, string newer, string older)
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        await hub.SendAsync(TestHub.Order(id, first), $"w-{id}-1");
        await hub.UntilAsync($"SELECT count(*) FROM orders WHERE external_id = '{id}'", 1);
        await hub.SendAsync(TestHub.Order(id, newer, quantity: 2), $"w-{id}-2");
        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
        await hub.SendAsync(TestHub.Order(id, older, quantity: 3), $"w-{id}-3");
        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
        Assert.Equal("2", await hub.ScalarAsync($"SELECT document -> 'lines' -> 0 ->> 'quantity' FROM orders WHERE external_id = '{id}'"));
    }

    [Fact]
    public async Task Platform_whose_clock_is_ahead_of_ours_is_believed_among_its_own_times()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        var ahead = TimeProvider.System.GetUtcNow().AddHours(2);
        await ThreeAsync(hub, 43_010, ahead, ahead.AddSeconds(5), ahead.AddSeconds(2));
        Assert.Equal("2", await hub.ScalarAsync("SELECT document -> 'lines' -> 0 ->> 'quantity' FROM orders WHERE external_id = '43010'"));
    }

    [Fact]
    public async Task Time_that_cannot_be_true_does_not_shut_out_every_later_change()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        var now = TimeProvider.System.GetUtcNow();
        await ThreeAsync(hub, 43_011, now.AddYears(70), now, now.AddSeconds(1));
        Assert.Equal("3", await hub.ScalarAsync("SELECT document -> 'lines' -> 0 ->> 'quantity' FROM orders WHERE external_id = '43011'"));
    }

    [Theory]
    [InlineData(44_001, CourierMood.Slow)]
    [InlineData(44_002, CourierMood.Garbage)]
    [InlineData(44_003, CourierMood.Drop)]
    [InlineData(44_004, CourierMood.ServerError)]
    [InlineData(44_005, CourierMood.Throttle)]
    [InlineData(44_006, CourierMood.ErrorInside)]
    public async Task Courier_that_misbehaves_gets_the_order_once_or_a_person_is_asked(long id, CourierMood mood)
    {
        await using var courier = await CourierEmulator.StartAsync(behaviour: new CourierBehaviour { SlowMilliseconds = 4000, RetryAfterSeconds = 1 });
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address);

        // What another test's hub had stored and not worked when it was stopped goes to this courier first.
        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'waiting'", 0);
        courier.Next(mood);
        await hub.SendAsync(TestHub.Order(id), $"w-{id}");
        await hub.UntilAsync($"SELECT d.state IN ('delivered', 'held') FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '{id}'", true);
        string state = (string)(await hub.ScalarAsync($"SELECT d.state FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '{id}'"))!;
        Assert.Equal(state == "delivered", courier.References.Contains($"#{id}"));
        Assert.Equal((0L, 0L), (courier.Duplicates, courier.Repeats));
        Assert.True(state == "delivered" || mood == CourierMood.ErrorInside, $"{mood} ended as {state}");
    }

    private static async Task ThreeAsync(TestHub hub, long id, params DateTimeOffset[] times)
    {
        for (int index = 0; index < times.Length; index++)
        {
            await hub.SendAsync(TestHub.Order(id, times[index].ToString("yyyy-MM-ddTHH:mm:ssK", CultureInfo.InvariantCulture), quantity: index + 1), $"w-{id}-{index}");
            await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
            await hub.UntilAsync($"SELECT count(*) FROM orders WHERE external_id = '{id}'", 1);
        }
    }

    private static byte[] Head(byte[] body, string length) => Encoding.ASCII.GetBytes(
        "POST /in/acme HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Shopify-Topic: orders/updated\r\nX-Shopify-Shop-Domain: acme.myshopify.com\r\nX-Shopify-Webhook-Id: w-raw\r\n"
        + $"X-Shopify-Hmac-Sha256: {Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(TestHub.Secret), body))}\r\n{length}\r\n\r\n");

    private static async Task<Socket> ConnectAsync(TestHub hub)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, hub.Http.BaseAddress!.Port);
        return socket;
    }

    private static async Task<string> ReadAsync(Socket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        byte[] buffer = new byte[8192];
        try
        {
            return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, patience.Token));
        }
        catch (SocketException)
        {
            return "";
        }
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
