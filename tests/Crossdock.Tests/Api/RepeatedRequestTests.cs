using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Crossdock.Api;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.Tests.Api;

/// <summary>Idempotency keys, ETags and limits, on real nodes over one database.</summary>
public sealed class RepeatedRequestTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_request_with_the_same_key_is_done_once_and_answered_alike_on_every_node()
    {
        string name = Name();
        using var first = await SendAsync(host.Client, HttpMethod.Post, "tokens", Token(name), ("Idempotency-Key", name));
        using var again = await SendAsync(host.Client, HttpMethod.Post, "tokens", Token(name), ("Idempotency-Key", name));
        using var restarted = await host.NodeAsync();
        using var elsewhere = await SendAsync(restarted, HttpMethod.Post, "tokens", Token(name), ("Idempotency-Key", name));

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.False(first.Headers.Contains("Idempotent-Replayed"));
        string said = await first.Content.ReadAsStringAsync(Stop);
        foreach (var repeat in (HttpResponseMessage[])[again, elsewhere])
        {
            Assert.Equal(HttpStatusCode.Created, repeat.StatusCode);
            Assert.Equal("true", repeat.Headers.GetValues("Idempotent-Replayed").Single());
            Assert.Equal(first.Headers.Location, repeat.Headers.Location);
            Assert.Equal(first.Content.Headers.ContentType, repeat.Content.Headers.ContentType);
            Assert.Equal(said, await repeat.Content.ReadAsStringAsync(Stop));
        }

        Assert.Equal(1L, await host.Database.AskAsync($"SELECT count(*) FROM api_tokens WHERE name = '{name}'"));
        Assert.Equal(1L, await host.Database.AskAsync($"SELECT count(*) FROM audit WHERE action = 'token_created' AND after::text LIKE '%{name}%'"));
        // What is shown once is not readable in the database.
        string shown = JsonSerializer.Deserialize<JsonElement>(said).GetProperty("token").GetString()!;
        Assert.Equal(0L, await host.Database.AskAsync($"SELECT count(*) FROM idempotent_requests r WHERE r::text LIKE '%{shown}%'"));
    }

    [Fact]
    public async Task Eight_at_once_make_one()
    {
        string name = Name();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync(host.Client, HttpMethod.Post, "tokens", Token(name), ("Idempotency-Key", name))));
        Assert.Equal(1L, await host.Database.AskAsync($"SELECT count(*) FROM api_tokens WHERE name = '{name}'"));
        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict, $"{answer.StatusCode}"));
        Assert.Contains(answers, answer => answer.StatusCode is HttpStatusCode.Created);
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task While_the_first_is_under_way_the_repeat_is_told_to_come_back()
    {
        string name = Name();
        await using var connection = await host.Database.OpenConnectionAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        await using (var stop = connection.CreateCommand())
        {
            stop.CommandText = "LOCK TABLE api_tokens IN EXCLUSIVE MODE";
            await stop.ExecuteNonQueryAsync(Stop);
        }

        var first = SendAsync(host.Client, HttpMethod.Post, "tokens", Token(name), ("Idempotency-Key", name));
        await host.Database.UntilAsync($"SELECT count(*) FROM idempotent_requests WHERE key = '{name}' AND outcome IS NULL", 1);
        using (var repeat = await SendAsync(host.Client, HttpMethod.Post, "tokens", Token(name), ("Idempotency-Key", name)))
        {
            Assert.Equal(HttpStatusCode.Conflict, repeat.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(1), repeat.Headers.RetryAfter!.Delta);
            Assert.Contains("under way", await DetailAsync(repeat), StringComparison.Ordinal);
        }

        await transaction.CommitAsync(Stop);
        using var done = await first;
        Assert.Equal(HttpStatusCode.Created, done.StatusCode);
        using var later = await SendAsync(host.Client, HttpMethod.Post, "tokens", Token(name), ("Idempotency-Key", name));
        Assert.Equal(await done.Content.ReadAsStringAsync(Stop), await later.Content.ReadAsStringAsync(Stop));
    }

    [Theory]
    [InlineData("body")]
    [InlineData("address")]
    [InlineData("method")]
    public async Task Another_request_with_the_same_key_is_refused(string other)
    {
        string name = Name();
        using var first = await SendAsync(host.Client, HttpMethod.Post, "tokens", Token(name), ("Idempotency-Key", name));
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        using var second = await (other switch
        {
            "body" => SendAsync(host.Client, HttpMethod.Post, "tokens", Token(name + "x"), ("Idempotency-Key", name)),
            "address" => SendAsync(host.Client, HttpMethod.Post, "users", Token(name), ("Idempotency-Key", name)),
            _ => SendAsync(host.Client, HttpMethod.Delete, $"tokens/{Guid.NewGuid()}", null, ("Idempotency-Key", name)),
        });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, second.StatusCode);
        Assert.Contains("Make a new key", await DetailAsync(second), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_of_two_tokens_have_nothing_to_do_with_each_other()
    {
        string name = Name();
        using var made = await SendAsync(host.Client, HttpMethod.Post, "tokens", new { name, scopes = (string[])["administer"] });
        using var other = await host.NodeAsync();
        other.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await made.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("token").GetString());
        using var mine = await SendAsync(host.Client, HttpMethod.Post, "tokens", Token(name + "-a"), ("Idempotency-Key", name));
        using var theirs = await SendAsync(other, HttpMethod.Post, "tokens", Token(name + "-b"), ("Idempotency-Key", name));
        Assert.Equal(HttpStatusCode.Created, mine.StatusCode);
        Assert.Equal(HttpStatusCode.Created, theirs.StatusCode);
    }

    [Fact]
    public async Task What_broke_off_is_not_done_again_by_itself()
    {
        string name = Name();
        using var first = await SendAsync(host.Client, HttpMethod.Post, "tokens", Token(name), ("Idempotency-Key", name));
        await host.Database.AskAsync($"UPDATE idempotent_requests SET outcome = NULL, answer = NULL, started_at = now() - interval '11 minutes' WHERE key = '{name}'");
        using var second = await SendAsync(host.Client, HttpMethod.Post, "tokens", Token(name), ("Idempotency-Key", name));
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Null(second.Headers.RetryAfter);
        Assert.Contains("with a new key", await DetailAsync(second), StringComparison.Ordinal);
        Assert.Equal(1L, await host.Database.AskAsync($"SELECT count(*) FROM api_tokens WHERE name = '{name}'"));
    }

    [Fact]
    public async Task After_a_day_the_key_is_free_and_forgotten()
    {
        string name = Name();
        using var first = await SendAsync(host.Client, HttpMethod.Post, "tokens", Token(name), ("Idempotency-Key", name));
        await host.Database.AskAsync($"UPDATE idempotent_requests SET started_at = now() - interval '25 hours' WHERE key = '{name}'");
        using var second = await SendAsync(host.Client, HttpMethod.Post, "tokens", Token(name), ("Idempotency-Key", name));
        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.Equal(2L, await host.Database.AskAsync($"SELECT count(*) FROM api_tokens WHERE name = '{name}'"));
        await host.Database.AskAsync($"UPDATE idempotent_requests SET started_at = '2026-01-01' WHERE key = '{name}'");
        Assert.Equal(1, await new IdempotencyStore(host.Database).ForgetAsync(new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero), Stop));
    }

    [Fact]
    public async Task A_key_that_is_none_is_refused()
    {
        using var answer = await SendAsync(host.Client, HttpMethod.Post, "tokens", Token("never"), ("Idempotency-Key", new string('k', 256)));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(0L, await host.Database.AskAsync("SELECT count(*) FROM api_tokens WHERE name = 'never'"));
    }

    [Fact]
    public async Task A_read_that_knows_the_version_gets_no_body()
    {
        string address = $"orders/{Rows.Order(7)}";
        using var first = await SendAsync(host.Client, HttpMethod.Get, address, null);
        string tag = first.Headers.ETag!.ToString();
        Assert.Equal("\"v1\"", tag);
        foreach (string known in (string[])[tag, "W/" + tag, "\"v9\", " + tag, "*"])
        {
            using var again = await SendAsync(host.Client, HttpMethod.Get, address, null, ("If-None-Match", known));
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
            Assert.Equal(tag, again.Headers.ETag!.ToString());
            Assert.Empty(await again.Content.ReadAsByteArrayAsync(Stop));
        }

        using var other = await SendAsync(host.Client, HttpMethod.Get, address, null, ("If-None-Match", "\"v9\""));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task A_change_of_what_somebody_changed_meanwhile_is_refused()
    {
        using var made = await SendAsync(host.Client, HttpMethod.Post, "users", new { name = Name()[..20], role = "viewer" });
        string address = "users/" + (await made.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("user").GetProperty("id").GetString();
        using var read = await SendAsync(host.Client, HttpMethod.Get, address, null);
        string tag = read.Headers.ETag!.ToString();
        using var changed = await SendAsync(host.Client, HttpMethod.Patch, address, new { role = "analyst" }, ("If-Match", tag));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        string now = changed.Headers.ETag!.ToString();
        Assert.NotEqual(tag, now);
        foreach (string stale in (string[])[tag, "W/" + now])
        {
            using var refused = await SendAsync(host.Client, HttpMethod.Patch, address, new { role = "operator" }, ("If-Match", stale));
            Assert.Equal(HttpStatusCode.PreconditionFailed, refused.StatusCode);
            Assert.Equal(now, refused.Headers.ETag!.ToString());
        }

        using var after = await SendAsync(host.Client, HttpMethod.Get, address, null);
        Assert.Equal("analyst", (await after.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("role").GetString());
        using var any = await SendAsync(host.Client, HttpMethod.Patch, address, new { role = "operator" }, ("If-Match", "*"));
        Assert.Equal(HttpStatusCode.OK, any.StatusCode);
    }

    [Fact]
    public async Task A_token_that_asks_too_often_is_told_to_wait_and_nobody_else_is()
    {
        using var node = await host.NodeAsync(("Crossdock:Api:RequestsPerMinute", "20"));
        string name = Name();
        using var made = await SendAsync(host.Client, HttpMethod.Post, "tokens", Token(name));
        string token = (await made.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("token").GetString()!;
        HttpResponseMessage answer;
        int asked = 0;
        do
        {
            answer = await SendAsync(node, HttpMethod.Get, "me", null);
            Assert.Equal("20", answer.Headers.GetValues("RateLimit-Limit").Single());
            Assert.InRange(int.Parse(answer.Headers.GetValues("RateLimit-Remaining").Single(), CultureInfo.InvariantCulture), 0, 19);
            Assert.InRange(int.Parse(answer.Headers.GetValues("RateLimit-Reset").Single(), CultureInfo.InvariantCulture), 1, 60);
        }
        while (answer.StatusCode is HttpStatusCode.OK && ++asked < 1000);
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.True(asked >= 20, $"only {asked}");
        Assert.Equal(TimeSpan.FromSeconds(3), answer.Headers.RetryAfter!.Delta);
        Assert.Contains("20 requests a minute", await DetailAsync(answer), StringComparison.Ordinal);
        node.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var other = await SendAsync(node, HttpMethod.Get, "me", null);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    private static string Name() => $"test-{Guid.NewGuid():N}";

    private static object Token(string name) => new { name, scopes = (string[])["read"] };

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string address, object? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, "/api/v1/" + address) { Content = body is null ? null : JsonContent.Create(body) };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request, Stop);
    }

    private static async Task<string> DetailAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("detail").GetString()!;
}
