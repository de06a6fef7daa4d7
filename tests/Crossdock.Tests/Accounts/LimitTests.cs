using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crossdock.Accounts;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.Tests.Accounts;

/// <summary>Somebody limited to one store: what belongs to others is as if it were not there.</summary>
[Collection(AccountsGroup.Name)]
public sealed partial class LimitTests(AccountsHub hub)
{
    // What stands in answers about the other store.
    private static readonly string[] Traces = ["theirs", "Their Store", "8100000002"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lists_and_figures_leave_out_what_belongs_to_others_whoever_the_limited_caller_is()
    {
        var callers = new[] { await hub.SignedInAsync("merchant"), hub.Bearer(await hub.TokenAsync(["write"], ["mine"])) };
        int telling = 0;
        foreach (string address in RoleMatrix.Needs.Where(one => one.Value is Permission.Read or Permission.Analyse && one.Key.StartsWith("GET ", StringComparison.Ordinal) && !one.Key.Contains('{', StringComparison.Ordinal)).Select(one => one.Key[4..]))
        {
            string all = await TextAsync(hub.Admin, address);
            telling += Traces.Any(trace => all.Contains(trace, StringComparison.Ordinal)) ? 1 : 0;
            foreach (var caller in callers)
            {
                if (!address.StartsWith("/api/", StringComparison.Ordinal) && ReferenceEquals(caller, callers[1]))
                {
                    continue;
                }

                string seen = await TextAsync(caller, address);
                Assert.DoesNotContain(Traces, trace => seen.Contains(trace, StringComparison.Ordinal) && Fail(address, trace, seen));
            }
        }

        // The administrator does see the other store at these addresses: the lists are not merely empty.
        Assert.True(telling >= 8, $"only {telling} lists have anything of the other store");

        static bool Fail(string address, string trace, string seen) => throw new InvalidOperationException($"{address} tells of \"{trace}\": {seen[..Math.Min(seen.Length, 2000)]}");
    }

    [Fact]
    public async Task The_own_store_is_all_there()
    {
        var merchant = await hub.SignedInAsync("merchant");
        foreach (string address in (string[])["orders", "events", "deliveries", "dead-letters", "holds", "parked", "alerts", "connections"])
        {
            var items = (await merchant.GetFromJsonAsync<JsonElement>("/api/v1/" + address, Stop)).GetProperty("items");
            Assert.True(items.GetArrayLength() > 0, address);
        }

        var me = await merchant.GetFromJsonAsync<JsonElement>("/api/v1/me", Stop);
        Assert.Equal("[\"mine\"]", me.GetProperty("connections").GetRawText());
        var open = (await merchant.GetFromJsonAsync<JsonElement>("/api/v1/dashboard", Stop)).GetProperty("open");
        Assert.Equal((1, 1, 1), (open.GetProperty("heldOrders").GetInt32(), open.GetProperty("deadLetters").GetInt32(), open.GetProperty("parked").GetInt32()));
    }

    [Fact]
    public async Task One_thing_of_others_is_not_found_and_one_s_own_is()
    {
        var merchant = await hub.SignedInAsync("merchant");
        foreach (var (pattern, what) in ((string, string)[])
            [("orders/{0}", "order"), ("orders/{0}/timeline", "order"), ("orders/{0}/events", "order"), ("orders/{0}/deliveries", "order"), ("orders/{0}/shipments", "order"), ("orders/{0}/holds", "order"),
             ("events/{0}", "event"), ("events/{0}/raw", "event"), ("deliveries/{0}", "delivery"), ("deliveries/{0}/attempts", "delivery"), ("holds/{0}", "hold"), ("alerts/{0}", "alert")])
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(merchant, pattern, "mine", what));
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(merchant, pattern, "theirs", what));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(hub.Admin, pattern, "theirs", what));
        }

        // Every address of one connection, as the table lists them.
        foreach (string address in RoleMatrix.Needs.Where(one => one.Value is Permission.Read && one.Key.StartsWith("GET /api/v1/connections/{key}", StringComparison.Ordinal)).Select(one => one.Key[4..]))
        {
            string path = address.Replace("{day}", "2026-11-01", StringComparison.Ordinal).Replace("{id}", "none", StringComparison.Ordinal);
            using var theirs = await merchant.GetAsync(new Uri(path.Replace("{key}", "theirs", StringComparison.Ordinal), UriKind.Relative), Stop);
            Assert.True(theirs.StatusCode == HttpStatusCode.NotFound, $"{address}: {(int)theirs.StatusCode}");
        }

        using var own = await merchant.GetAsync(new Uri("/api/v1/connections/mine", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        foreach (string page in (string[])[$"/orders/{hub.Ids[("theirs", "order")]}", $"/deliveries/{hub.Ids[("theirs", "delivery")]}", $"/events/{hub.Ids[("theirs", "event")]}", "/connections/theirs", "/connections/theirs/documents", "/connections/theirs/start", "/connections/theirs/test"])
        {
            using var answer = await merchant.GetAsync(new Uri(page, UriKind.Relative), Stop);
            Assert.True(answer.StatusCode == HttpStatusCode.NotFound, $"{page}: {(int)answer.StatusCode}");
            string seen = await answer.Content.ReadAsStringAsync(Stop);
            Assert.DoesNotContain("Their Store", seen, StringComparison.Ordinal);
            Assert.DoesNotContain("8100000002", seen, StringComparison.Ordinal);
        }

        async Task<HttpStatusCode> StatusAsync(HttpClient client, string pattern, string store, string what)
        {
            using var answer = await client.GetAsync(new Uri("/api/v1/" + string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, hub.Ids[(store, what)]), UriKind.Relative), Stop);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task What_belongs_to_others_cannot_be_changed()
    {
        var merchant = await hub.SignedInAsync("merchant");
        string before = await StandingAsync();
        foreach (string action in (string[])["approve", "hold", "release", "cancel", "restore", "deliver"])
        {
            Assert.Equal(HttpStatusCode.NotFound, await PostAsync($"orders/{hub.Ids[("theirs", "order")]}/{action}", new { because = "not mine" }));
        }

        Assert.Equal(HttpStatusCode.NotFound, await PostAsync($"alerts/{hub.Ids[("theirs", "alert")]}/acknowledge", new { }));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync($"holds/{hub.Ids[("theirs", "hold")]}/release", new { }));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync($"deliveries/{hub.Ids[("theirs", "delivery")]}/edit-and-retry", new { body = "{}" }));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync("connections/theirs/backfills", new { from = "2026-01-01T00:00:00Z" }));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync("connections/theirs/reconcile", new { from = "2026-01-01" }));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync("connections/theirs/test", new { }));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync("connections/theirs/subscriptions", new { }));
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync("replays", new { from = "2026-01-01T00:00:00Z", connections = new[] { "theirs" } }));
        foreach (var (address, what) in ((string, string)[])[("holds/release", "hold"), ("deliveries/retry", "delivery"), ("deliveries/drop", "delivery"), ("dead-letters/drop", "delivery"), ("events/replay", "event"), ("parked/replay", "event"), ("parked/drop", "event")])
        {
            using var answer = await merchant.PostAsJsonAsync("/api/v1/" + address, new { ids = new[] { hub.Ids[("theirs", what)] }, because = "not mine" }, Stop);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            string said = await answer.Content.ReadAsStringAsync(Stop);
            Assert.True(said.Contains("not_found", StringComparison.Ordinal) || said.Contains("\"done\":false", StringComparison.Ordinal), $"{address}: {said}");
        }

        Assert.Equal(before, await StandingAsync());

        async Task<HttpStatusCode> PostAsync(string address, object body)
        {
            using var answer = await merchant.PostAsJsonAsync("/api/v1/" + address, body, Stop);
            return answer.StatusCode;
        }

        async Task<string> StandingAsync() => $"{await hub.Database.AskAsync($"""
            SELECT concat_ws(' ', o.state, o.held, o.version, (SELECT count(*) FROM holds WHERE order_id = o.id AND released_at IS NULL), (SELECT string_agg(d.state || d.attempts, ',') FROM deliveries d WHERE d.order_id = o.id),
                (SELECT count(*) FROM timeline t WHERE t.order_id = o.id), (SELECT count(*) FROM parked_events p WHERE p.connection_id = o.connection_id), (SELECT count(*) FROM replays), (SELECT count(*) FROM backfills))
            FROM orders o WHERE o.id = '{hub.Ids[("theirs", "order")]}'
            """)}";
    }

    [Fact]
    public async Task Whoever_can_give_rights_has_no_limits()
    {
        using var administrator = await hub.Admin.PostAsJsonAsync("/api/v1/users", new { name = "half-admin", role = "administrator", connections = new[] { "mine" }, password = AccountsHub.Password }, Stop);
        Assert.Equal(HttpStatusCode.Conflict, administrator.StatusCode);
        using var token = await hub.Admin.PostAsJsonAsync("/api/v1/tokens", new { name = "half", scopes = new[] { "configure" }, connections = new[] { "mine" } }, Stop);
        Assert.Equal(HttpStatusCode.Conflict, token.StatusCode);
        using var unknown = await hub.Admin.PostAsJsonAsync("/api/v1/users", new { name = "nowhere", role = "viewer", connections = new[] { "nobody" }, password = AccountsHub.Password }, Stop);
        Assert.Contains("There is no connection", await unknown.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    // Addresses of pages and forms name no store; the token of a form is chance and could contain anything.
    private static async Task<string> TextAsync(HttpClient client, string address)
    {
        using var answer = await client.GetAsync(new Uri(address, UriKind.Relative), Stop);
        return Chance().Replace(await answer.Content.ReadAsStringAsync(Stop), "");
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"[^\"]*\"")]
    private static partial Regex Chance();
}
