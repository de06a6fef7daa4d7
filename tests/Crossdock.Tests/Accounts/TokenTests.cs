using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.Tests.Accounts;

[Collection(AccountsGroup.Name)]
public sealed class TokenTests(AccountsHub hub)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_is_shown_once_and_stored_as_a_hash()
    {
        string clear = await hub.TokenAsync(["write"], ["mine"]);
        Assert.StartsWith("cdt_", clear, StringComparison.Ordinal);
        string kept = $"{await hub.Database.AskAsync("SELECT string_agg(t::text, ' ') FROM api_tokens t")} {await hub.Database.AskAsync("SELECT string_agg(a::text, ' ') FROM audit a")}";
        Assert.DoesNotContain(clear, kept, StringComparison.Ordinal);
        string list = await hub.Admin.GetStringAsync(new Uri("/api/v1/tokens", UriKind.Relative), Stop);
        Assert.DoesNotContain(clear, list, StringComparison.Ordinal);
        Assert.Contains(clear[^4..], list, StringComparison.Ordinal);
        var me = await hub.Bearer(clear).GetFromJsonAsync<JsonElement>("/api/v1/me", Stop);
        Assert.Equal("[\"read\",\"write\"]", me.GetProperty("permissions").GetRawText());
        Assert.Equal("token", me.GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Its_use_is_noted_and_its_end_is_the_end()
    {
        string clear = await hub.TokenAsync(["read"]);
        string id = $"{await hub.Database.AskAsync("SELECT id FROM api_tokens ORDER BY id DESC LIMIT 1")}";
        Assert.Equal(true, await hub.Database.AskAsync($"SELECT used_at IS NULL FROM api_tokens WHERE id = '{id}'"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(clear));
        Assert.Equal(true, await hub.Database.AskAsync($"SELECT used_at IS NOT NULL AND used_from IS NOT NULL FROM api_tokens WHERE id = '{id}'"));
        using var revoked = await hub.Admin.DeleteAsync(new Uri($"/api/v1/tokens/{id}", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(clear));
        using var again = await hub.Admin.DeleteAsync(new Uri($"/api/v1/tokens/{id}", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task One_that_has_run_out_opens_nothing()
    {
        string clear = await hub.TokenAsync(["read"], expiresAt: TimeProvider.System.GetUtcNow().AddHours(1));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(clear));
        await hub.Database.AskAsync("UPDATE api_tokens SET expires_at = now() - interval '1 second' WHERE id = (SELECT id FROM api_tokens ORDER BY id DESC LIMIT 1)");
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(clear));
        using var past = await hub.Admin.PostAsJsonAsync("/api/v1/tokens", new { name = "late", scopes = new[] { "read" }, expiresAt = "2020-01-01T00:00:00Z" }, Stop);
        Assert.Equal(HttpStatusCode.Conflict, past.StatusCode);
    }

    [Theory]
    [InlineData("cdt_0000000000000000000000000000000000000000")]
    [InlineData("cdt_")]
    [InlineData("cdt_'; DROP TABLE api_tokens; --")]
    public async Task Made_up_ones_open_nothing(string token) => Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(token));

    [Fact]
    public async Task What_a_program_does_carries_its_name()
    {
        var program = hub.Bearer(await hub.TokenAsync(["write"]));
        // Another test cancels the third store's order.
        using var held = await program.PostAsJsonAsync($"/api/v1/orders/{hub.Ids[("theirs", "order")]}/hold", new { because = "the program says so" }, Stop);
        Assert.Equal(HttpStatusCode.NoContent, held.StatusCode);
        Assert.Equal("token tests", await hub.Database.AskAsync("SELECT opened_by FROM holds WHERE reason = 'the program says so'"));
        Assert.Equal("token tests", await hub.Database.AskAsync("SELECT actor_kind || ' ' || actor FROM audit WHERE subject = 'orders' OR subject = 'order' ORDER BY id DESC LIMIT 1"));
    }

    private async Task<HttpStatusCode> AskAsync(string token)
    {
        using var answer = await hub.Bearer(token).GetAsync(new Uri("/api/v1/orders", UriKind.Relative), Stop);
        return answer.StatusCode;
    }
}
