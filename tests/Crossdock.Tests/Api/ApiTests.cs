using Xunit;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Crossdock.Tests.Api;

public sealed class ApiTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("orders")]
    [InlineData("connections")]
    [InlineData("dashboard")]
    [InlineData("events")]
    [InlineData("orders/01900000-0000-7000-8000-000000000001/timeline")]
    public async Task Without_the_token_nothing_is_said(string address)
    {
        using var answer = await host.Stranger.GetAsync(new Uri("/api/v1/" + address, UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer realm=\"crossdock\"", answer.Headers.WwwAuthenticate.ToString());
        Assert.Contains("Authorization: Bearer", await DetailAsync(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bearer cd_wrong")]
    [InlineData("Bearer ")]
    [InlineData("Basic Y2RfcmlnaHQ=")]
    [InlineData("Bearer cd_right2")]
    public async Task A_wrong_token_is_refused(string header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/orders");
        request.Headers.TryAddWithoutValidation("Authorization", header);
        using var answer = await host.Stranger.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Sign_in_gives_a_strict_cookie_that_opens_the_API()
    {
        using var form = new FormUrlEncodedContent([new("token", ApiHost.Token), new("returnUrl", "//evil.example")]);
        using var answer = await host.Stranger.PostAsync(new Uri("/sign-in", UriKind.Relative), form, Stop);
        Assert.Equal("/", answer.Headers.Location!.ToString());
        string cookie = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/orders");
        request.Headers.Add("Cookie", cookie.Split(';')[0]);
        using var opened = await host.Stranger.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
    }

    [Fact]
    public async Task Sign_in_with_a_wrong_token_gives_no_cookie()
    {
        using var form = new FormUrlEncodedContent([new("token", "nonsense")]);
        using var answer = await host.Stranger.PostAsync(new Uri("/sign-in", UriKind.Relative), form, Stop);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.StartsWith("/sign-in?", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("orders", 120, "id")]
    [InlineData("events", 120, "id")]
    [InlineData("deliveries", 60, "id")]
    [InlineData("dead-letters", 20, "id")]
    [InlineData("orders?store=acme", 60, "id")]
    [InlineData("orders?search=ext-7", 1, "id")]
    [InlineData("orders?search=10", 99, "id")]
    [InlineData("orders?number=1120", 1, "id")]
    [InlineData("orders?number=%231120", 1, "id")]
    [InlineData("orders?externalId=ext-12", 1, "id")]
    [InlineData("orders?customer=BUYER12%40", 1, "id")]
    [InlineData("orders?store=nobody", 0, "id")]
    [InlineData("orders?to=2020-01-01T00:00:00Z", 0, "id")]
    [InlineData("orders?from=2020-01-01T00:00:00Z", 120, "id")]
    [InlineData("deliveries?state=waiting&destination=courier&store=acme", 10, "id")]
    [InlineData("events?connection=acme&orderKey=ext-8", 1, "id")]
    public async Task Paging_gives_every_row_exactly_once(string address, int count, string id)
    {
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await JsonAsync($"/api/v1/{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=7{(cursor is null ? "" : "&cursor=" + cursor)}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(row => row.GetProperty(id).GetString()!));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);
        Assert.Equal(count, seen.Count);
        Assert.Equal(count, seen.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData("orders?cursor=garbage", "Leave it out")]
    [InlineData("orders?cursor=AAAAAAAAAAAAAAAAAAAAAAAA", "Leave it out")]
    [InlineData("orders?limit=0", "between 1 and 500")]
    [InlineData("orders?limit=many", "between 1 and 500")]
    [InlineData("orders?state=lost", "awaiting_payment")]
    [InlineData("orders?held=perhaps", "true or false")]
    [InlineData("orders?from=yesterday", "2026-03-01T00:00:00Z")]
    [InlineData("orders?colour=red", "no parameter colour")]
    [InlineData("events?orderKey=5", "needs connection")]
    [InlineData("deliveries?state=gone", "superseded")]
    public async Task A_bad_question_is_answered_with_what_to_do(string address, string said)
    {
        using var answer = await host.Client.GetAsync(new Uri("/api/v1/" + address, UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains(said, await DetailAsync(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("' OR 1=1 --")]
    [InlineData("'; DROP TABLE orders; --")]
    [InlineData("%")]
    [InlineData("_")]
    [InlineData("\\")]
    [InlineData("a\0b")]
    public async Task What_looks_like_SQL_is_only_text(string text)
    {
        foreach (string name in (string[])["search", "number", "externalId", "customer", "store"])
        {
            var page = await JsonAsync($"/api/v1/orders?{name}={Uri.EscapeDataString(text)}");
            Assert.Equal(0, page.GetProperty("items").GetArrayLength());
        }
    }

    [Theory]
    [InlineData("orders/01900000-0000-7000-8000-999999999999")]
    [InlineData("orders/not-an-id")]
    [InlineData("events/01900000-0000-7000-8001-999999999999/raw")]
    [InlineData("deliveries/01900000-0000-7000-8001-999999999999/attempts")]
    [InlineData("connections/nobody")]
    [InlineData("nothing-here")]
    public async Task What_is_not_there_is_a_problem_with_a_sentence(string address)
    {
        using var answer = await host.Client.GetAsync(new Uri("/api/v1/" + address, UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.NotEmpty(await DetailAsync(answer));
    }

    [Fact]
    public async Task One_order_comes_with_document_timeline_events_and_deliveries()
    {
        var order = await JsonAsync($"/api/v1/orders/{Rows.Order(12)}");
        Assert.Equal("#1012", order.GetProperty("order").GetProperty("number").GetString());
        Assert.Equal("ext-12", order.GetProperty("document").GetProperty("externalId").GetString());
        Assert.Equal("received", Single(await JsonAsync($"/api/v1/orders/{Rows.Order(12)}/timeline")).GetProperty("kind").GetString());
        Assert.Equal(Rows.Event(12), Single(await JsonAsync($"/api/v1/orders/{Rows.Order(12)}/events")).GetProperty("id").GetGuid());
        Assert.Equal(Rows.Delivery(12), Single(await JsonAsync($"/api/v1/orders/{Rows.Order(12)}/deliveries")).GetProperty("id").GetGuid());
        Assert.Equal(Rows.Hold(11), Single(await JsonAsync($"/api/v1/orders/{Rows.Order(11)}/holds")).GetProperty("id").GetGuid());
        Assert.Equal(201, Single(await JsonAsync($"/api/v1/deliveries/{Rows.Delivery(1)}/attempts")).GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task An_event_s_bytes_come_as_a_file_never_as_a_page()
    {
        using var answer = await host.Client.GetAsync(new Uri($"/api/v1/events/{Rows.Event(3)}/raw", UriKind.Relative), Stop);
        Assert.Equal("""{"id":3}""", await answer.Content.ReadAsStringAsync(Stop));
        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task Approving_moves_the_order_once_and_has_it_worked_again()
    {
        using var first = await PostAsync($"orders/{Rows.Order(15)}/approve", new { because = "checked" });
        Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
        using var second = await PostAsync($"orders/{Rows.Order(15)}/approve", new { });
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Equal(1L, await CountAsync("SELECT count(*) FROM inbox WHERE kind = 2 AND order_key = 'ext-15'"));
        var last = (await JsonAsync($"/api/v1/orders/{Rows.Order(15)}/timeline")).GetProperty("items").EnumerateArray().Single(entry => entry.GetProperty("kind").GetString() is "state");
        Assert.Equal("operator admin", last.GetProperty("actor").GetString());
        Assert.Equal("checked", last.GetProperty("because").GetString());
    }

    [Fact]
    public async Task Cancelling_keeps_back_what_was_not_sent_and_holds_what_cannot_be_told()
    {
        using var waiting = await PostAsync($"orders/{Rows.Order(2)}/cancel", new { because = "out of stock" });
        Assert.Equal(HttpStatusCode.NoContent, waiting.StatusCode);
        Assert.Equal(1L, await CountAsync($"SELECT count(*) FROM orders o JOIN deliveries d ON d.order_id = o.id WHERE o.id = '{Rows.Order(2)}' AND o.state = 'cancelled'"));
    }

    [Fact]
    public async Task Hold_and_release_of_an_order_are_told()
    {
        using var held = await PostAsync($"orders/{Rows.Order(23)}/hold", new { because = "ask the buyer" });
        Assert.Equal(HttpStatusCode.NoContent, held.StatusCode);
        using var again = await PostAsync($"orders/{Rows.Order(23)}/hold", new { because = "ask the buyer" });
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        using var released = await PostAsync($"orders/{Rows.Order(23)}/release", new { because = "asked" });
        Assert.Equal(HttpStatusCode.NoContent, released.StatusCode);
        Assert.Equal(1L, await CountAsync($"SELECT count(*) FROM orders WHERE id = '{Rows.Order(23)}' AND NOT held"));
    }

    [Fact]
    public async Task Parked_events_are_replayed_once_and_dropped_ones_keep_their_payload()
    {
        using var answer = await PostAsync("parked/replay", new { ids = new[] { Rows.Event(101), Rows.Event(1) }, because = "mended" });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var items = (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("items");
        Assert.True(items[0].GetProperty("done").GetBoolean());
        Assert.False(items[1].GetProperty("done").GetBoolean());
        Assert.Equal(1L, await CountAsync($"SELECT count(*) FROM inbox WHERE kind = 2 AND event_id = '{Rows.Event(101)}'"));
        using var dropped = await PostAsync("parked/drop", new { ids = new[] { Rows.Event(102) } });
        Assert.Equal(HttpStatusCode.OK, dropped.StatusCode);
        Assert.Equal(0L, await CountAsync($"SELECT count(*) FROM parked_events WHERE event_id IN ('{Rows.Event(101)}', '{Rows.Event(102)}')"));
        Assert.Equal(1L, await CountAsync($"SELECT count(*) FROM events WHERE id = '{Rows.Event(102)}'"));
        using var replayed = await PostAsync("events/replay", new { ids = new[] { Rows.Event(102), Rows.Event(103) } });
        Assert.Equal(2L, await CountAsync($"SELECT count(*) FROM inbox WHERE kind = 2 AND event_id IN ('{Rows.Event(102)}', '{Rows.Event(103)}')"));
    }

    [Theory]
    [InlineData("""{"ids":[]}""")]
    [InlineData("""{"ids":["x"]}""")]
    [InlineData("""{"id":["01900000-0000-7000-8000-000000000001"]}""")]
    [InlineData("[")]
    [InlineData("null")]
    public async Task A_body_that_is_not_understood_changes_nothing(string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await host.Client.PostAsync(new Uri("/api/v1/holds/release", UriKind.Relative), content, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotEmpty(await DetailAsync(answer));
    }

    [Fact]
    public async Task Dead_letters_are_retried_edited_and_dropped_each_with_its_answer()
    {
        using var retried = await PostAsync("dead-letters/retry", new { ids = new[] { Rows.Delivery(4), Rows.Delivery(999) }, because = "courier is back" });
        var items = (await retried.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("items");
        Assert.Equal("done", items[0].GetProperty("answer").GetString());
        Assert.Equal("not_found", items[1].GetProperty("answer").GetString());
        using var edited = await PostAsync($"dead-letters/{Rows.Delivery(7)}/edit-and-retry", new { body = "{}", because = "street mended" });
        Assert.Equal(HttpStatusCode.NoContent, edited.StatusCode);
        using var dropped = await PostAsync("deliveries/drop", new { ids = new[] { Rows.Delivery(10) } });
        Assert.Equal(1L, await CountAsync($"SELECT count(*) FROM deliveries WHERE id = '{Rows.Delivery(10)}' AND state = 'dropped'"));
        // Put back, so that the paging test finds its rows whatever ran before.
        await CountAsync($"WITH back AS (UPDATE deliveries SET state = 'dead' WHERE id IN ('{Rows.Delivery(4)}', '{Rows.Delivery(7)}', '{Rows.Delivery(10)}') RETURNING 1) SELECT count(*) FROM back");
    }

    [Fact]
    public async Task Connections_statistics_and_dashboard_count()
    {
        var acme = await JsonAsync("/api/v1/connections/acme");
        Assert.Equal(7, acme.GetProperty("received").GetInt32());
        Assert.Equal(5, acme.GetProperty("orders").GetInt32());
        Assert.Equal(3, (await JsonAsync("/api/v1/connections")).GetProperty("items").GetArrayLength());
        Assert.Equal(2, (await JsonAsync("/api/v1/connections/acme/statistics")).GetProperty("items").GetArrayLength());
        var dashboard = await JsonAsync("/api/v1/dashboard");
        Assert.Equal(60, dashboard.GetProperty("minutes").GetArrayLength());
        Assert.Equal("acme", dashboard.GetProperty("stores")[0].GetProperty("store").GetString());
    }

    [Fact]
    public async Task A_switch_in_the_address_is_a_known_parameter()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/configuration?prune=true&colour=red")
        {
            Content = new StringContent("connections: []", System.Text.Encoding.UTF8, "application/yaml"),
        };
        using var answer = await host.Client.SendAsync(request, Stop);
        string said = await answer.Content.ReadAsStringAsync(Stop);
        Assert.Contains("colour", said, StringComparison.Ordinal);
        Assert.DoesNotContain("no parameter prune", said, StringComparison.Ordinal);
        Assert.Contains("Possible are prune", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_description_names_every_address()
    {
        var description = await JsonAsync("/openapi/v1.json");
        var paths = description.GetProperty("paths").EnumerateObject().Select(path => path.Name.TrimEnd('/')).ToList();
        Assert.Contains("/api/v1/orders", paths);
        Assert.Contains("/api/v1/dead-letters/retry", paths);
        Assert.Contains("/api/v1/holds/{id}/release", paths);
    }

    private static JsonElement Single(JsonElement page) => Assert.Single(page.GetProperty("items").EnumerateArray());

    private Task<HttpResponseMessage> PostAsync(string address, object body) => host.Client.PostAsJsonAsync("/api/v1/" + address, body, Stop);

    private async Task<JsonElement> JsonAsync(string address)
    {
        using var answer = await host.Client.GetAsync(new Uri(address, UriKind.Relative), Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.StatusCode is HttpStatusCode.OK, $"{address}: {answer.StatusCode} {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var command = host.Database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Stop))!;
    }

    private static async Task<string> DetailAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("detail").GetString()!;
}
