using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Crossdock.Server.Commands;
using Xunit;

namespace Crossdock.Tests.Api;

public sealed class BackfillApiTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Backfill_tells_how_far_it_is_and_can_be_stopped_and_resumed()
    {
        var id = await InsertAsync("running");
        var row = await host.Client.GetFromJsonAsync<JsonElement>($"/api/v1/backfills/{id}", Stop);
        Assert.Equal("acme", row.GetProperty("connection").GetString());
        Assert.Equal(0.25, row.GetProperty("progress").GetDouble());
        Assert.Equal(50, row.GetProperty("perSecond").GetDouble());
        Assert.Equal(15, row.GetProperty("secondsLeft").GetInt64());
        Assert.Equal("running 25.0 %: 250 of 1,000 read, 200 new, 50 a second, 15 s left", BackfillCommand.Line(row));

        Assert.Equal("stopped", (await PostAsync($"backfills/{id}/stop", HttpStatusCode.OK)).GetProperty("state").GetString());
        Assert.Contains("is stopped", (await PostAsync($"backfills/{id}/stop", HttpStatusCode.Conflict)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("running", (await PostAsync($"backfills/{id}/resume", HttpStatusCode.OK)).GetProperty("state").GetString());
        await PostAsync($"backfills/{Guid.NewGuid()}/stop", HttpStatusCode.NotFound);
        var list = await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/connections/acme/backfills", Stop);
        Assert.Contains(list.GetProperty("items").EnumerateArray(), one => one.GetProperty("id").GetGuid() == id);
        Assert.Empty((await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/connections/boreal/backfills", Stop)).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("{}", "Say from when")]
    [InlineData("""{"from":"yesterday"}""", "from must be a time")]
    [InlineData("""{"from":"2026-01-01","until":"2026-02-01"}""", "is not the JSON")]
    public async Task Wrong_range_is_told(string body, string said)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await host.Client.PostAsync(new Uri("/api/v1/connections/acme/backfills", UriKind.Relative), content, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(said, await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Order_that_is_no_history_cannot_be_delivered_as_such()
    {
        Assert.Contains("not read as history", (await PostAsync($"orders/{Rows.Order(7)}/deliver", HttpStatusCode.Conflict)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        var order = await host.Client.GetFromJsonAsync<JsonElement>($"/api/v1/orders/{Rows.Order(7)}", Stop);
        Assert.False(order.GetProperty("order").GetProperty("isHistory").GetBoolean());
    }

    private async Task<JsonElement> PostAsync(string path, HttpStatusCode expected)
    {
        using var answer = await host.Client.PostAsJsonAsync(new Uri("/api/v1/" + path, UriKind.Relative), new { }, Stop);
        Assert.Equal(expected, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private async Task<Guid> InsertAsync(string state)
    {
        var id = Guid.CreateVersion7();
        await using var command = host.Database.CreateCommand("""
            INSERT INTO backfills (id, connection_id, from_at, to_at, deliver, state, total, read, new, known, worked_ms, next_at, created_at, created_by)
            SELECT $1, id, now() - interval '9 days', now(), false, $2, 1000, 250, 200, 50, 5000, now(), now(), 'operator eva' FROM connections WHERE key = 'acme'
            """);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = state });
        await command.ExecuteNonQueryAsync(Stop);
        return id;
    }
}
