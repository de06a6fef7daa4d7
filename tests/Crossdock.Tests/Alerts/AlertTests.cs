using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Crossdock.Alerts;
using Crossdock.Model;
using Crossdock.Tests.Api;
using Xunit;

namespace Crossdock.Tests.Alerts;

public sealed class AlertTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_found_again_is_open_once_until_it_ends()
    {
        var store = new AlertStore(host.Database, TimeProvider.System);
        var acme = await AcmeAsync();
        var quiet = new NewAlert(AlertKind.StoreQuiet, acme, "", AlertSeverity.Warning, "Acme has sent nothing for 3 hours.", "Look whether the shop works.");
        bool[] opened = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => store.RaiseAsync(quiet, Stop)));
        Assert.Single(opened, isNew => isNew);
        var row = Assert.Single(await OpenAsync("store_quiet"));
        Assert.Equal(5, row.GetProperty("count").GetInt32());
        Assert.Equal("acme", row.GetProperty("connection").GetString());

        // Somebody knows of it, until it gets graver.
        var known = await PostAsync($"alerts/{row.GetProperty("id").GetGuid()}/acknowledge", HttpStatusCode.OK);
        Assert.False(known.GetProperty("needsPerson").GetBoolean());
        Assert.Equal("operator admin", known.GetProperty("acknowledgedBy").GetString());
        Assert.False(await store.RaiseAsync(quiet with { Sentence = "Acme has sent nothing for 4 hours." }, Stop));
        Assert.False(Assert.Single(await OpenAsync("store_quiet")).GetProperty("needsPerson").GetBoolean());
        Assert.False(await store.RaiseAsync(quiet with { Severity = AlertSeverity.Critical, Sentence = "Acme has sent nothing for 9 hours." }, Stop));
        row = Assert.Single(await OpenAsync("store_quiet"));
        Assert.True(row.GetProperty("needsPerson").GetBoolean());
        Assert.Equal("Acme has sent nothing for 9 hours.", row.GetProperty("sentence").GetString());

        Assert.Equal(1, await store.EndAsync(AlertKind.StoreQuiet, acme, null, "an order came after 9 hours", Stop));
        Assert.Equal(0, await store.EndAsync(AlertKind.StoreQuiet, acme, null, "again", Stop));
        Assert.Empty(await OpenAsync("store_quiet"));
        await PostAsync($"alerts/{row.GetProperty("id").GetGuid()}/acknowledge", HttpStatusCode.NotFound);
        Assert.True(await store.RaiseAsync(quiet, Stop));
        var all = await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/alerts?ended=true&connection=acme", Stop);
        Assert.Equal(["an order came after 9 hours", null], all.GetProperty("items").EnumerateArray().Where(one => one.GetProperty("kind").GetString() == "store_quiet")
            .Select(one => one.GetProperty("endedBecause").GetString()).Order(StringComparer.Ordinal).Reverse());
    }

    [Fact]
    public async Task Alerts_of_the_hub_stand_beside_those_of_connections_and_what_is_off_needs_nobody()
    {
        var store = new AlertStore(host.Database, TimeProvider.System);
        var acme = await AcmeAsync();
        foreach (ConnectionId? whose in (ConnectionId?[])[null, acme])
        {
            Assert.True(await store.RaiseAsync(new NewAlert(AlertKind.OrdersMissing, whose, "2026-03-01", AlertSeverity.Critical, "3 orders are missing."), Stop));
        }

        Assert.Equal(2, (await OpenAsync("orders_missing")).Count);
        await ExecuteAsync("UPDATE connections SET enabled = false WHERE key = 'acme'");
        try
        {
            Assert.Equal(JsonValueKind.Null, Assert.Single(await OpenAsync("orders_missing")).GetProperty("connection").ValueKind);
        }
        finally
        {
            await ExecuteAsync("UPDATE connections SET enabled = true WHERE key = 'acme'");
        }

        Assert.Equal(1, await store.EndAsync(AlertKind.OrdersMissing, null, "2026-03-01", "they were read", Stop));
        Assert.Equal("acme", Assert.Single(await OpenAsync("orders_missing")).GetProperty("connection").GetString());
    }

    private async Task<List<JsonElement>> OpenAsync(string kind) =>
        [.. (await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/alerts", Stop)).GetProperty("items").EnumerateArray().Where(one => one.GetProperty("kind").GetString() == kind)];

    private async Task<JsonElement> PostAsync(string path, HttpStatusCode expected)
    {
        using var answer = await host.Client.PostAsJsonAsync(new Uri("/api/v1/" + path, UriKind.Relative), new { }, Stop);
        Assert.Equal(expected, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private async Task<ConnectionId> AcmeAsync()
    {
        await using var command = host.Database.CreateCommand("SELECT id FROM connections WHERE key = 'acme'");
        return new ConnectionId((int)(await command.ExecuteScalarAsync(Stop))!);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = host.Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Stop);
    }
}
