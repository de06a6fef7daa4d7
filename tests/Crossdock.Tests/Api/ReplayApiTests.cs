using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Server.Commands;
using Xunit;

namespace Crossdock.Tests.Api;

public sealed class ReplayApiTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replay_tells_how_far_it_is_what_would_be_different_and_what_applying_would_do()
    {
        var id = await InsertAsync("running");
        var row = await host.Client.GetFromJsonAsync<JsonElement>($"/api/v1/replays/{id}", Stop);
        Assert.Equal(("acme", 0.25, 500, 2), (row.GetProperty("connections")[0].GetString(), row.GetProperty("progress").GetDouble(), row.GetProperty("perSecond").GetDouble(), row.GetProperty("secondsLeft").GetInt64()));
        Assert.Equal("running 25.0 %: 250 of 1,000 events, 240 orders, 2 different (excluded 1, fields 2), 3 no longer kept, 500 a second, 2 s left", ReplayCommand.Line(JsonNode.Parse(row.GetRawText())!));
        Assert.Contains("running", (await PostAsync($"replays/{id}/apply", new { all = true }, HttpStatusCode.Conflict)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("stopped", (await PostAsync($"replays/{id}/stop", new { }, HttpStatusCode.OK)).GetProperty("state").GetString());
        Assert.Contains("is stopped", (await PostAsync($"replays/{id}/stop", new { }, HttpStatusCode.Conflict)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("running", (await PostAsync($"replays/{id}/resume", new { }, HttpStatusCode.OK)).GetProperty("state").GetString());
        await PostAsync($"replays/{Guid.NewGuid()}/stop", new { }, HttpStatusCode.NotFound);
        Assert.Contains((await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/replays", Stop)).GetProperty("items").EnumerateArray(), one => one.GetProperty("id").GetGuid() == id);

        var first = await host.Client.GetFromJsonAsync<JsonElement>($"/api/v1/replays/{id}/differences?limit=1", Stop);
        Assert.Equal(1, first.GetProperty("items").GetArrayLength());
        var second = await host.Client.GetFromJsonAsync<JsonElement>($"/api/v1/replays/{id}/differences?limit=1&cursor={first.GetProperty("next").GetString()}", Stop);
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
        Assert.NotEqual(first.GetProperty("items")[0].GetProperty("id").GetGuid(), second.GetProperty("items")[0].GetProperty("id").GetGuid());
        var excluded = Assert.Single((await host.Client.GetFromJsonAsync<JsonElement>($"/api/v1/replays/{id}/differences?kind=excluded", Stop)).GetProperty("items").EnumerateArray());
        Assert.Equal("""{"path":"tags","before":null,"after":"[\"capital\"]"}""", excluded.GetProperty("told").GetProperty("fields")[0].GetRawText());

        // One of the two has changed since; the other one is not there any more.
        var preview = await PostAsync($"replays/{id}/apply", new { all = true, preview = true }, HttpStatusCode.OK);
        Assert.Equal((2, 0, 2), (preview.GetProperty("chosen").GetInt64(), preview.GetProperty("putBack").GetInt64(), preview.GetProperty("changed").GetInt64()));
    }

    [Theory]
    [InlineData("", "{}", "Say from when")]
    [InlineData("", """{"from":"yesterday"}""", "from must be a time")]
    [InlineData("", """{"from":"2026-01-01","until":"2026-02-01"}""", "is not the JSON")]
    [InlineData("/ID/apply", "{}", "Choose what to apply")]
    [InlineData("/ID/apply", """{"kinds":["exploded"]}""", "kinds must be one of excluded")]
    [InlineData("/ID/apply", """{"all":true,"kinds":["held"]}""", "all stands alone")]
    public async Task Wrong_request_is_told(string path, string body, string said)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await host.Client.PostAsync(new Uri("/api/v1/replays" + path.Replace("ID", Guid.NewGuid().ToString(), StringComparison.Ordinal), UriKind.Relative), content, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(said, await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Event_tells_who_did_what_with_it()
    {
        var id = (Guid)(await ScalarAsync("SELECT id FROM events ORDER BY id LIMIT 1"))!;
        var result = await PostAsync("events/replay", new { ids = new[] { id }, because = "mended" }, HttpStatusCode.OK);
        Assert.True(result.GetProperty("items")[0].GetProperty("done").GetBoolean());
        var action = (await host.Client.GetFromJsonAsync<JsonElement>($"/api/v1/events/{id}", Stop)).GetProperty("actions").EnumerateArray().Last();
        Assert.Equal(("Worked again on request.", "mended"), (action.GetProperty("text").GetString(), action.GetProperty("because").GetString()));
        Assert.StartsWith("operator ", action.GetProperty("actor").GetString(), StringComparison.Ordinal);
    }

    private async Task<JsonElement> PostAsync(string path, object body, HttpStatusCode expected)
    {
        using var answer = await host.Client.PostAsJsonAsync(new Uri("/api/v1/" + path, UriKind.Relative), body, Stop);
        Assert.Equal(expected, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = host.Database.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Stop);
    }

    private async Task<Guid> InsertAsync(string state)
    {
        var id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        await ScalarAsync($$"""
            INSERT INTO replays (id, from_at, to_at, connections, versions, configurations, rules_at, state, total, read, orders, different, not_kept, counts, worked_ms, next_at, created_at, created_by)
            SELECT '{{id}}', now() - interval '1 day', now(), ARRAY[id], ARRAY[version], ARRAY['x'], now(), '{{state}}', 1000, 250, 240, 2, 3, ARRAY[1,0,0,0,0,0,0,0,2,0,0,0], 500, now(), now(), 'operator eva' FROM connections WHERE key = 'acme'
            """);
        await ScalarAsync($$"""
            INSERT INTO replay_differences (replay_id, id, connection_id, order_id, external_id, number, kinds, state_before, state_after, version, base_event, events, told)
            SELECT '{{id}}', d.id, o.connection_id, d.id, o.external_id, o.number, d.kinds, o.state, 'excluded', 4711, o.event_id, ARRAY[o.event_id], '{"fields":[{"path":"tags","after":"[\"capital\"]"}]}'
            FROM (VALUES ('{{Rows.Order(7)}}'::uuid, 257), ('{{Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}}'::uuid, 256)) AS d (id, kinds), (SELECT * FROM orders ORDER BY id LIMIT 1) o
            """);
        return id;
    }
}
