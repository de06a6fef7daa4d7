using System.Net;
using System.Text.Json;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.Tests.Webhooks;

public sealed class WebhookTests(WebhookHub hub) : IClassFixture<WebhookHub>
{
    [Fact]
    public async Task What_happens_to_an_order_is_told_once_signed_and_in_words()
    {
        var (webhook, secret) = await hub.WebhookAsync("all");
        var (held, _) = await hub.WebhookAsync("held-only", types: ["order.held"]);
        var (boreal, _) = await hub.WebhookAsync("boreal-only", connections: ["boreal"]);
        var order = await hub.OrderAsync("acme");
        foreach (string action in (string[])["hold", "release", "cancel"])
        {
            await hub.AskAsync(HttpMethod.Post, $"orders/{order}/{action}", new { because = $"a test {action}s" }, HttpStatusCode.NoContent);
        }

        string types = "delivery.delivered, order.cancelled, order.created, order.held, order.released, order.state_changed";
        await hub.Database.UntilAsync(Told(webhook, order), types);
        await hub.Database.UntilAsync(Told(held, order), "order.held");
        var told = hub.Receiver.Of("all").Where(one => one.Body.Contains(order.ToString(), StringComparison.Ordinal)).ToList();
        Assert.All(told, one => Assert.True(one.IsSignedWith(secret), one.Body));
        Assert.All(told, one => Assert.False(one.IsSignedWith("whsec_" + Convert.ToBase64String(new byte[32]))));
        Assert.Equal(told.Count, told.Select(one => one.Id).Distinct(StringComparer.Ordinal).Count());
        var created = told.Single(one => one.Type == "order.created").Json.GetProperty("data");
        Assert.Equal("acme", created.GetProperty("order").GetProperty("store").GetString());
        Assert.Equal("CLP", created.GetProperty("order").GetProperty("total").GetProperty("currency").GetString());
        var stopped = told.First(one => one.Type == "order.held").Json.GetProperty("data");
        Assert.Contains("a test holds", stopped.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("courier", told.First(one => one.Type == "delivery.delivered").Json.GetProperty("data").GetProperty("delivery").GetProperty("destination").GetString());
        Assert.Equal("cancelled", told.Single(one => one.Type == "order.cancelled").Json.GetProperty("data").GetProperty("to").GetString());
        Assert.Equal(0L, await hub.Database.AskAsync($"SELECT count(*) FROM webhook_messages WHERE webhook_id = '{boreal}'"));
        Assert.Equal(0L, await hub.Database.AskAsync($"SELECT count(*) FROM webhook_messages m JOIN webhook_events e ON e.id = m.event_id WHERE m.webhook_id = '{held}' AND e.type <> 'order.held'"));
        Assert.Equal(0L, await hub.Database.AskAsync($"SELECT count(*) FROM webhooks w WHERE w::text LIKE '%{secret}%'"));
    }

    [Fact]
    public async Task What_is_not_taken_is_tried_again_with_the_same_id_and_everything_is_in_the_log()
    {
        hub.Receiver.Answer("shaky", 500);
        var (webhook, secret) = await hub.WebhookAsync("shaky", ["order.created"]);
        await hub.OrderAsync("acme");
        await hub.Database.UntilAsync($"SELECT count(*) FROM webhook_messages WHERE webhook_id = '{webhook}' AND state = 'waiting' AND attempts = 1 AND last_status = 500 AND next_attempt_at > now()", 1);
        hub.Receiver.Answer("shaky", 200);
        await hub.Database.UntilAsync($"SELECT string_agg(state || ' ' || attempts, '') FROM webhook_messages WHERE webhook_id = '{webhook}'", "delivered 2", [$"UPDATE webhook_messages SET next_attempt_at = now() WHERE webhook_id = '{webhook}' AND state = 'waiting'"]);
        var told = hub.Receiver.Of("shaky");
        Assert.Equal(2, told.Count);
        Assert.Equal(told[0].Id, told[1].Id);
        Assert.All(told, one => Assert.True(one.IsSignedWith(secret)));
        var row = Assert.Single((await hub.AskAsync(HttpMethod.Get, $"webhooks/{webhook}/events")).GetProperty("items").EnumerateArray());
        var one = await hub.AskAsync(HttpMethod.Get, $"webhooks/{webhook}/events/{row.GetProperty("id").GetString()}");
        Assert.Equal(JsonSerializer.Serialize(told[0].Json), JsonSerializer.Serialize(one.GetProperty("body")));
        Assert.Equal([500, 200], one.GetProperty("attempts").EnumerateArray().Select(attempt => attempt.GetProperty("status").GetInt32()));
        Assert.All(one.GetProperty("attempts").EnumerateArray(), attempt =>
        {
            Assert.Equal("this is shaky", attempt.GetProperty("responseBody").GetString());
            Assert.Contains($"webhook-id: {told[0].Id}", attempt.GetProperty("requestHeaders").GetString(), StringComparison.Ordinal);
            Assert.DoesNotContain("v1,", attempt.GetProperty("requestHeaders").GetString(), StringComparison.Ordinal);
        });
        Assert.Equal("delivered", row.GetProperty("state").GetString());

        // Again: one by its id, then all of a range; a receiver knows it by its id.
        await hub.AskAsync(HttpMethod.Post, $"webhooks/{webhook}/events/{row.GetProperty("id").GetString()}/replay", null, HttpStatusCode.NoContent);
        await hub.Database.UntilAsync($"SELECT count(*) FROM webhook_attempts WHERE webhook_id = '{webhook}'", 3);
        await hub.Database.UntilAsync($"SELECT state FROM webhook_messages WHERE webhook_id = '{webhook}'", "delivered");
        var none = await hub.AskAsync(HttpMethod.Post, $"webhooks/{webhook}/replay", new { from = "2026-01-01T00:00:00Z", to = "2026-01-02T00:00:00Z" });
        Assert.Equal(0, none.GetProperty("count").GetInt32());
        var failed = await hub.AskAsync(HttpMethod.Post, $"webhooks/{webhook}/replay", new { from = "2026-01-01T00:00:00Z", state = "failed" });
        Assert.Equal(0, failed.GetProperty("count").GetInt32());
        var all = await hub.AskAsync(HttpMethod.Post, $"webhooks/{webhook}/replay", new { from = "2026-01-01T00:00:00Z", types = (string[])["order.created"] });
        Assert.Equal(1, all.GetProperty("count").GetInt32());
        await hub.Database.UntilAsync($"SELECT count(*) FROM webhook_attempts WHERE webhook_id = '{webhook}'", 4);
        Assert.Single(hub.Receiver.Of("shaky").Select(received => received.Id).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_changed_secret_signs_beside_the_former_one()
    {
        var (webhook, former) = await hub.WebhookAsync("rotated", ["order.held"]);
        var changed = await hub.AskAsync(HttpMethod.Post, $"webhooks/{webhook}/secret");
        string secret = changed.GetProperty("secret").GetString()!;
        Assert.NotEqual(former, secret);
        Assert.True((await hub.AskAsync(HttpMethod.Post, $"webhooks/{webhook}/test")).GetProperty("isTaken").GetBoolean());
        var both = hub.Receiver.Of("rotated")[^1];
        Assert.Equal("webhook.test", both.Type);
        Assert.True(both.IsSignedWith(former));
        Assert.True(both.IsSignedWith(secret));
        await hub.Database.AskAsync($"UPDATE webhooks SET former_until = now() - interval '1 second' WHERE id = '{webhook}'");
        await hub.AskAsync(HttpMethod.Post, $"webhooks/{webhook}/test");
        var alone = hub.Receiver.Of("rotated")[^1];
        Assert.False(alone.IsSignedWith(former));
        Assert.True(alone.IsSignedWith(secret));
        hub.Receiver.Answer("rotated", 503);
        var refused = await hub.AskAsync(HttpMethod.Post, $"webhooks/{webhook}/test");
        Assert.Equal("It answered 503.", refused.GetProperty("because").GetString());
        Assert.Equal("this is rotated", refused.GetProperty("answer").GetString());
    }

    [Theory]
    [InlineData("gone", 410, "410")]
    [InlineData("dead", 500, "took nothing since")]
    public async Task One_that_is_gone_or_fails_for_long_is_switched_off_and_somebody_is_told(string name, int status, string because)
    {
        hub.Receiver.Answer(name, status);
        var (webhook, _) = await hub.WebhookAsync(name, ["order.created"]);
        await hub.Database.AskAsync($"UPDATE webhooks SET failing_since = now() - interval '121 hours' WHERE id = '{webhook}' AND {(status == 500 ? "true" : "false")}");
        await hub.OrderAsync("acme");
        await hub.Database.UntilAsync($"SELECT count(*) FROM alerts WHERE kind = 'webhook_off' AND subject = '{webhook}' AND ended_at IS NULL", 1);
        var off = await hub.AskAsync(HttpMethod.Get, $"webhooks/{webhook}");
        Assert.False(off.GetProperty("enabled").GetBoolean());
        Assert.Contains(because, off.GetProperty("disabledBecause").GetString(), StringComparison.Ordinal);
        hub.Receiver.Answer(name, 200);
        var on = await hub.AskAsync(HttpMethod.Patch, $"webhooks/{webhook}", new { enabled = true });
        Assert.True(on.GetProperty("enabled").GetBoolean());
        Assert.Equal(1L, await hub.Database.AskAsync($"SELECT count(*) FROM alerts WHERE kind = 'webhook_off' AND subject = '{webhook}' AND ended_at IS NOT NULL"));
        // What waited is told now.
        await hub.Database.UntilAsync($"SELECT count(*) FROM webhook_messages WHERE webhook_id = '{webhook}' AND state <> 'delivered'", 0, [$"UPDATE webhook_messages SET next_attempt_at = now() WHERE webhook_id = '{webhook}' AND state = 'waiting'"]);
    }

    [Fact]
    public async Task A_change_keeps_what_it_does_not_name_and_a_deletion_takes_all()
    {
        var (webhook, _) = await hub.WebhookAsync("mine", ["order.held"], ["acme"]);
        var changed = await hub.AskAsync(HttpMethod.Patch, $"webhooks/{webhook}", new { name = "ours" });
        Assert.Equal("ours", changed.GetProperty("name").GetString());
        Assert.Equal("order.held", Assert.Single(changed.GetProperty("types").EnumerateArray()).GetString());
        Assert.Equal("acme", Assert.Single(changed.GetProperty("connections").EnumerateArray()).GetString());
        using (var stale = new HttpRequestMessage(HttpMethod.Patch, $"webhooks/{webhook}") { Content = System.Net.Http.Json.JsonContent.Create(new { name = "theirs" }) })
        {
            stale.Headers.TryAddWithoutValidation("If-Match", "\"v1\"");
            using var answer = await hub.Api.SendAsync(stale);
            Assert.Equal(HttpStatusCode.PreconditionFailed, answer.StatusCode);
        }

        await hub.AskAsync(HttpMethod.Delete, $"webhooks/{webhook}", null, HttpStatusCode.NoContent);
        await hub.AskAsync(HttpMethod.Get, $"webhooks/{webhook}", null, HttpStatusCode.NotFound);
        Assert.Equal(1L, await hub.Database.AskAsync($"SELECT count(*) FROM audit WHERE action = 'webhook_deleted' AND subject_id = '{webhook}'"));
    }

    [Theory]
    [InlineData("""{"url":"https://erp.example.com"}""", "name")]
    [InlineData("""{"name":"erp","url":"erp.example.com"}""", "full address")]
    [InlineData("""{"name":"erp","url":"https://me:secret@erp.example.com/"}""", "no name and password")]
    [InlineData("""{"name":"erp","url":"https://erp.example.com","types":["order.eaten"]}""", "order.created")]
    [InlineData("""{"name":"erp","url":"https://erp.example.com","connections":["nobody"]}""", "nobody")]
    public async Task A_wrong_draft_is_refused_with_what_to_do(string draft, string said)
    {
        var answer = await hub.AskAsync(HttpMethod.Post, "webhooks", JsonSerializer.Deserialize<JsonElement>(draft), HttpStatusCode.Conflict);
        Assert.Contains(said, answer.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    // The types that a webhook took about an order.
    private static string Told(Guid webhook, Guid order) => $"""
        SELECT string_agg(DISTINCT e.type, ', ' ORDER BY e.type) FROM webhook_messages m JOIN webhook_events e ON e.id = m.event_id WHERE m.webhook_id = '{webhook}' AND m.state = 'delivered' AND e.body LIKE '%{order}%'
        """;
}
