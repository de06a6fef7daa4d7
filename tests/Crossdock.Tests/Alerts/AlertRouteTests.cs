using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crossdock.Alerts;
using Crossdock.Testing.Database;
using Crossdock.Tests.Accounts;
using Xunit;

namespace Crossdock.Tests.Alerts;

/// <summary>Routes of a whole hub to real receivers on loopback. Every route here is limited to a kind that nothing else raises.</summary>
[Collection(AccountsGroup.Name)]
public sealed class AlertRouteTests(AccountsHub hub)
{
    private const string Nudge = "UPDATE alert_routes SET next_at = now() - interval '1 second', leased_until = NULL WHERE next_at > now()";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_alert_is_told_once_by_every_channel_and_so_is_its_end()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        var made = await MakeAsync(new { name = "ours", channel = "webhook", address = $"{receiver.Address}/hook?key=marker-in-address", kinds = new[] { "capture_slow" }, groupMinutes = 0 });
        string secret = made.GetProperty("secret").GetString()!;
        await MakeAsync(new { name = "chat", channel = "slack", address = $"{receiver.Address}/slack/T0/B0/marker-of-slack", kinds = new[] { "capture_slow" }, groupMinutes = 0 });
        await MakeAsync(new { name = "team", channel = "teams", address = $"{receiver.Address}/teams", kinds = new[] { "capture_slow" }, groupMinutes = 0 });
        await MakeAsync(new { name = "post", channel = "mail", mails = new[] { "desk@example.com", "night@example.com" }, kinds = new[] { "capture_slow" }, groupMinutes = 0 });
        await MakeAsync(new { name = "grave", channel = "webhook", address = $"{receiver.Address}/grave", kinds = new[] { "capture_slow" }, severity = "critical", groupMinutes = 0 });

        var alerts = new AlertStore(hub.Database, TimeProvider.System);
        await alerts.RaiseAsync(new NewAlert(AlertKind.CaptureSlow, null, "of this test", AlertSeverity.Warning, "The node answers slowly.", "Look at its disk."), Stop);
        var hook = await receiver.NextAsync("/hook", Stop);
        using (var body = JsonDocument.Parse(hook.Body))
        {
            Assert.Equal("alert.opened", body.RootElement.GetProperty("type").GetString());
            var alert = Assert.Single(body.RootElement.GetProperty("data").GetProperty("alerts").EnumerateArray());
            Assert.Equal("The node answers slowly.", alert.GetProperty("sentence").GetString());
        }

        // As Standard Webhooks' own verification computes it.
        string signed = "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{hook.Headers["webhook-id"]}.{hook.Headers["webhook-timestamp"]}.{hook.Body}")));
        Assert.Equal(signed, hook.Headers["webhook-signature"]);
        Assert.Contains("The node answers slowly.", (await receiver.NextAsync("/slack/T0/B0/marker-of-slack", Stop)).Body, StringComparison.Ordinal);
        Assert.Contains("AdaptiveCard", (await receiver.NextAsync("/teams", Stop)).Body, StringComparison.Ordinal);
        string letter = await NextLetterAsync("The node answers slowly.");
        Assert.Contains("night@example.com", letter, StringComparison.Ordinal);

        await alerts.EndAsync(AlertKind.CaptureSlow, null, "of this test", "It answers in time again.", Stop);
        Assert.Contains("\"alert.ended\"", (await receiver.NextAsync("/hook", Stop)).Body, StringComparison.Ordinal);
        Assert.Contains("It answers in time again.", (await receiver.NextAsync("/slack/T0/B0/marker-of-slack", Stop)).Body, StringComparison.Ordinal);
        await receiver.NextAsync("/teams", Stop);
        await NextLetterAsync("It answers in time again.");
        await hub.Database.UntilAsync("SELECT count(*) FROM alert_messages WHERE state = 'waiting'", 0, [Nudge]);
        Assert.Equal((0, 0, 0), (receiver.Left("/hook"), receiver.Left("/teams"), receiver.Left("/grave")));

        // Nothing secret comes out again, and what is stored is protected.
        string everything = await hub.Admin.GetStringAsync(new Uri("/api/v1/alert-routes", UriKind.Relative), Stop) + await hub.Admin.GetStringAsync(new Uri("/api/v1/audit", UriKind.Relative), Stop)
            + await hub.Database.AskAsync("SELECT string_agg(to_jsonb(r)::text, '') FROM alert_routes r");
        Assert.DoesNotContain("marker-", everything, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, everything, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_route_that_fails_says_so_is_tried_again_and_a_test_shows_it()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        receiver.Broken["/gone"] = 410;
        var made = await MakeAsync(new { name = "broken", channel = "slack", address = $"{receiver.Address}/gone", kinds = new[] { "work_waiting" }, groupMinutes = 0 });
        string id = made.GetProperty("route").GetProperty("id").GetString()!;
        using (var tested = await hub.Admin.PostAsync(new Uri($"/api/v1/alert-routes/{id}/test", UriKind.Relative), null, Stop))
        {
            Assert.Equal(HttpStatusCode.Accepted, tested.StatusCode);
        }

        await hub.Database.UntilAsync($"SELECT failures >= 3 FROM alert_routes WHERE id = '{id}'", true, [Nudge, "UPDATE alert_messages SET next_at = now() - interval '1 second' WHERE state = 'waiting'"]);
        await hub.Database.UntilAsync($"SELECT count(*) FROM alerts WHERE kind = 'route_failing' AND subject = '{id}' AND ended_at IS NULL", 1);
        var route = await hub.Admin.GetFromJsonAsync<JsonElement>($"/api/v1/alert-routes/{id}", Stop);
        Assert.Contains("HTTP 410", route.GetProperty("problem").GetString(), StringComparison.Ordinal);
        var messages = await hub.Admin.GetFromJsonAsync<JsonElement>($"/api/v1/alert-routes/{id}/messages", Stop);
        Assert.Equal("failed", messages.GetProperty("items")[0].GetProperty("state").GetString());

        receiver.Broken.Clear();
        using (var changed = await hub.Admin.PatchAsJsonAsync(new Uri($"/api/v1/alert-routes/{id}", UriKind.Relative), new { address = $"{receiver.Address}/mended" }, Stop))
        {
            Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        }

        await hub.Database.UntilAsync($"SELECT count(*) FROM alerts WHERE kind = 'route_failing' AND subject = '{id}' AND ended_at IS NULL", 0);
        using (var tested = await hub.Admin.PostAsync(new Uri($"/api/v1/alert-routes/{id}/test", UriKind.Relative), null, Stop))
        {
            Assert.Contains("This is a test", (await receiver.NextAsync("/mended", Stop)).Body, StringComparison.Ordinal);
        }

        using var deleted = await hub.Admin.DeleteAsync(new Uri($"/api/v1/alert-routes/{id}", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }

    [Fact]
    public async Task Two_nodes_write_one_message_and_a_lost_lease_writes_none()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        var made = await MakeAsync(new { name = "raced", channel = "slack", address = $"{receiver.Address}/raced", kinds = new[] { "shape_changed" }, groupMinutes = 0, enabled = false });
        var id = made.GetProperty("route").GetProperty("id").GetGuid();
        await hub.Database.AskAsync($"UPDATE alert_routes SET leased_by = '{Guid.NewGuid()}', leased_until = now() + interval '1 hour', next_at = now() + interval '1 hour' WHERE id = '{id}'");
        var store = new RouteStore(hub.Database, Crossdock.Database.NodeIdentity.New());
        var route = new RouteWork { Id = id, Name = "raced", Channel = RouteChannel.Slack, Mails = [], Policy = new(TimeSpan.Zero, null, true, null), Failures = 0, IsEnabled = true };
        var alert = new RouteAlert { Id = Guid.NewGuid(), Kind = "shape_changed", Severity = "warning", Sentence = "x", OpenedAt = DateTimeOffset.UnixEpoch };
        await store.WriteAsync(route, new([new("opened", "x", [alert])], [], []), TimeProvider.System.GetUtcNow(), Stop);
        Assert.Equal(0L, await hub.Database.AskAsync($"SELECT count(*) FROM alert_messages WHERE route_id = '{id}'"));
    }

    [Theory]
    [InlineData("""{ "name": "x", "channel": "pigeon" }""", "channel is one of mail, webhook, slack, teams")]
    [InlineData("""{ "name": "x", "channel": "mail", "mails": ["no mail"] }""", "mail addresses")]
    [InlineData("""{ "name": "x", "channel": "slack", "address": "ftp://files.example" }""", "https://")]
    [InlineData("""{ "name": "x", "channel": "webhook", "address": "https://a.example", "secret": "short" }""", "whsec_")]
    [InlineData("""{ "name": "x", "channel": "slack", "address": "https://a.example", "kinds": ["storm"] }""", "no alerts of the kind")]
    [InlineData("""{ "name": "x", "channel": "slack", "address": "https://a.example", "quietFrom": "22:00" }""", "two different times")]
    [InlineData("""{ "name": "x", "channel": "slack", "address": "https://a.example", "quietFrom": "22:00", "quietTo": "07:00", "quietZone": "Nowhere/Land" }""", "no time zone")]
    [InlineData("""{ "name": "x", "channel": "slack", "address": "https://a.example", "connections": ["nobody"] }""", "no connection")]
    public async Task What_is_wrong_with_a_route_is_said(string body, string said)
    {
        using var answer = await hub.Admin.PostAsync(new Uri("/api/v1/alert-routes", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(said, text, StringComparison.Ordinal);
    }

    // Other tests have mail sent, too.
    private async Task<string> NextLetterAsync(string with)
    {
        while (true)
        {
            string letter = await hub.Post.NextAsync(Stop);
            if (Plain(letter).Contains(with, StringComparison.Ordinal))
            {
                return letter;
            }
        }
    }

    private static string Plain(string letter) => letter.Replace("=\n", "", StringComparison.Ordinal);

    private async Task<JsonElement> MakeAsync(object wanted)
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/v1/alert-routes", wanted, Stop);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Stop));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }
}
