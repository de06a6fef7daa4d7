using System.Net;
using System.Text;
using Crossdock.Connections;
using Crossdock.Relay;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Crossdock.Tests.Relay;

public sealed class PubSubTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Message_is_stored_acknowledged_and_becomes_an_order()
    {
        await using var all = await PubSubHub.StartAsync(database.DataSource);
        Assert.Equal(204, await all.PushAsync(PubSubHub.Wrapped(TestHub.Order(7001), "m-7001"), all.Token()));
        await all.Hub.UntilAsync("SELECT count(*) FROM orders WHERE external_id = '7001'", 1L);
        Assert.Equal("orders/create|pubsub m-7001", await all.Hub.ScalarAsync("SELECT topic || '|' || source FROM events WHERE order_key = '7001'"));
        Assert.Contains("X-Shopify-Shop-Domain: acme.myshopify.com", (string)(await all.Hub.ScalarAsync("SELECT headers FROM events WHERE order_key = '7001'"))!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Webhook_and_message_of_one_event_have_one_effect()
    {
        await using var all = await PubSubHub.StartAsync(database.DataSource);
        Assert.Equal(HttpStatusCode.OK, await all.Hub.SendAsync(TestHub.Order(7002), "same-7002", "orders/create"));
        Assert.Equal(204, await all.PushAsync(PubSubHub.Wrapped(TestHub.Order(7002), "m-7002", webhookId: "same-7002"), all.Token()));
        // Redelivered under the same message id, and forwarded by a dead-letter topic under another one.
        Assert.Equal(204, await all.PushAsync(PubSubHub.Wrapped(TestHub.Order(7002), "m-7002", webhookId: "same-7002"), all.Token()));
        Assert.Equal(204, await all.PushAsync(PubSubHub.Wrapped(TestHub.Order(7002), "m-7002-again", webhookId: "same-7002"), all.Token()));
        Assert.Equal(1L, await all.Hub.ScalarAsync("SELECT count(*) FROM events WHERE order_key = '7002'"));
        await all.Hub.UntilAsync("SELECT count(*) FROM orders WHERE external_id = '7002'", 1L);
    }

    [Fact]
    public async Task Subscription_without_wrapper_is_understood()
    {
        await using var all = await PubSubHub.StartAsync(database.DataSource);
        var headers = PubSubHub.Attributes("w-7003");
        headers["x-goog-pubsub-message-id"] = "m-7003";
        headers["x-goog-pubsub-subscription-name"] = "projects/project/subscriptions/shopify-orders";
        Assert.Equal(204, await all.PushAsync(Encoding.UTF8.GetBytes(TestHub.Order(7003)), all.Token(), headers));
        await all.Hub.UntilAsync("SELECT count(*) FROM orders WHERE external_id = '7003'", 1L);
        Assert.DoesNotContain("Bearer", (string)(await all.Hub.ScalarAsync("SELECT headers FROM events WHERE order_key = '7003'"))!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_a_token_made_for_this_subscription_is_trusted()
    {
        await using var all = await PubSubHub.StartAsync(database.DataSource);
        byte[] push = PubSubHub.Wrapped(TestHub.Order(7004), "m-7004");
        string good = all.Token();
        Assert.Equal(401, await all.PushAsync(push, null));
        Assert.Equal(401, await all.PushAsync(push, "garbage"));
        Assert.Equal(401, await all.PushAsync(push, good[..^4] + (good[^4..] == "AAAA" ? "BBBB" : "AAAA")));
        Assert.Equal(401, await all.PushAsync(push, all.Token(audience: PubSubHub.Audience + "/")));
        Assert.Equal(401, await all.PushAsync(push, all.Token(email: "somebody@gmail.com")));
        Assert.Equal(401, await all.PushAsync(push, all.Token(isVerified: false)));
        Assert.Equal(401, await all.PushAsync(push, all.Token(issuer: "https://accounts.example")));
        Assert.Equal(401, await all.PushAsync(push, all.Token(age: TimeSpan.FromMinutes(62))));
        Assert.Equal(401, await all.PushAsync(push, all.Token(age: TimeSpan.FromMinutes(-5))));
        Assert.Equal(401, await all.PushAsync(push, all.Token(algorithm: "HS256")));
        Assert.Equal(401, await all.PushAsync(push, Unsigned(good)));
        Assert.Equal(404, await all.PushAsync(push, good, connection: "nobody"));
        Assert.Equal(0L, await all.Hub.ScalarAsync("SELECT count(*) FROM events WHERE order_key = '7004'"));
        Assert.Equal(204, await all.PushAsync(push, good));
    }

    [Fact]
    public async Task Message_that_nobody_understands_is_parked_and_acknowledged()
    {
        await using var all = await PubSubHub.StartAsync(database.DataSource);
        Assert.Equal(204, await all.PushAsync("{\"message\":{\"data\":\"not base64!\",\"messageId\":\"m-1\"}}"u8.ToArray(), all.Token()));
        Assert.Equal(204, await all.PushAsync(PubSubHub.Wrapped(TestHub.Order(7005), "m-7005", shop: "other.myshopify.com"), all.Token()));
        Assert.Equal(204, await all.PushAsync("{\"message\":{\"data\":\"AQIDBA==\",\"messageId\":\"m-2\",\"attributes\":{\"X-Shopify-Shop-Domain\":\"acme.myshopify.com\",\"X-Shopify-Topic\":\"orders/create\"}}}"u8.ToArray(), all.Token()));
        await all.Hub.UntilAsync("SELECT count(*) FROM parked_events p JOIN events e ON e.id = p.event_id WHERE e.topic = 'relay/unreadable'", 1L);
        await all.Hub.UntilAsync("SELECT count(*) FROM parked_events p JOIN events e ON e.id = p.event_id WHERE e.topic = 'relay/other-shop' AND e.source = 'pubsub m-7005'", 1L);
        await all.Hub.UntilAsync("SELECT count(*) FROM parked_events p JOIN events e ON e.id = p.event_id WHERE e.source = 'pubsub m-2' AND e.topic = 'orders/create'", 1L);
        Assert.Equal(0L, await all.Hub.ScalarAsync("SELECT count(*) FROM orders WHERE external_id = '7005'"));
    }

    [Fact]
    public async Task Without_the_keys_the_message_stays_with_Google()
    {
        await using var all = await PubSubHub.StartAsync(database.DataSource);
        all.IsGoogleAway = true;
        Assert.Equal(503, await all.PushAsync(PubSubHub.Wrapped(TestHub.Order(7006), "m-7006"), all.Token()));
        Assert.Equal(0L, await all.Hub.ScalarAsync("SELECT count(*) FROM events WHERE order_key = '7006'"));
    }

    [Fact]
    public async Task New_key_is_fetched_at_most_once_a_minute_and_known_ones_outlive_an_absence()
    {
        await using var all = await PubSubHub.StartAsync(database.DataSource);
        var clock = new FakeClock();
        using var http = new OutgoingHttp(Options.Create(new ConnectionsOptions { AllowPrivateAddresses = true }));
        using var keys = new GoogleKeys(http, Options.Create(new RelayOptions { GoogleKeysUrl = all.KeysAddress.ToString() }), clock, NullLogger<GoogleKeys>.Instance);
        all.IsGoogleAway = true;
        await Assert.ThrowsAsync<HttpRequestException>(async () => await keys.FindAsync("key-1", default));
        await Assert.ThrowsAsync<HttpRequestException>(async () => await keys.FindAsync("key-1", default));
        Assert.Equal(1, all.KeysAsked);

        all.IsGoogleAway = false;
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull(await keys.FindAsync("key-1", default));
        Assert.NotNull(await keys.FindAsync("key-1", default));
        Assert.Equal(2, all.KeysAsked);

        all.Rotate("key-2");
        Assert.Null(await keys.FindAsync("key-2", default));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull(await keys.FindAsync("key-2", default));
        Assert.Null(await keys.FindAsync("key-1", default));
        Assert.Equal(3, all.KeysAsked);

        // Their time is over and Google cannot be reached: the known ones go on.
        all.IsGoogleAway = true;
        clock.Advance(TimeSpan.FromHours(6));
        Assert.NotNull(await keys.FindAsync("key-2", default));
        Assert.Equal(4, all.KeysAsked);
    }

    [Fact]
    public void Published_messages_are_read_and_the_sample_token_names_its_key()
    {
        string token = Encoding.UTF8.GetString(SharedPayloads.Read("pubsub/oidc-test-token.txt")).Trim();
        var keys = new Microsoft.IdentityModel.Tokens.JsonWebKeySet(Encoding.UTF8.GetString(SharedPayloads.Read("pubsub/oidc-test-jwks.json")));
        var read = new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(token);
        Assert.Contains(keys.GetSigningKeys(), key => key.KeyId == read.Kid);
        foreach (string file in SharedPayloads.Files("pubsub").Where(file => Path.GetFileName(file).StartsWith("message-", StringComparison.Ordinal)))
        {
            var message = PubSubMessage.Read(File.ReadAllBytes(file), new HeaderDictionary());
            Assert.False(string.IsNullOrEmpty(message?.Id), file);
            Assert.NotEmpty(message.Data);
        }
    }

    private static string Unsigned(string token)
    {
        string header = Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode("{\"alg\":\"none\",\"kid\":\"key-1\",\"typ\":\"JWT\"}");
        return $"{header}.{token.Split('.')[1]}.";
    }
}
