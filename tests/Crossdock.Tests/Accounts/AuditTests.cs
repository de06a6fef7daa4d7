using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Crossdock.Accounts;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.Tests.Accounts;

[Collection(AccountsGroup.Name)]
public sealed class AuditTests(AccountsHub hub)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_of_a_user_says_who_what_before_after_and_from_where()
    {
        var boss = await hub.SignedInAsync("administrator");
        var id = await hub.UserAsync("changed", Role.Viewer);
        using var answer = await boss.PatchAsJsonAsync($"/api/v1/users/{id}", new { role = "operator", connections = new[] { "mine" } }, Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var row = Assert.Single(await SearchAsync($"action=user_changed&subjectId={id}"));
        Assert.Equal(("user", "administrator", "viewer", "operator"), (row.GetProperty("actorKind").GetString(), row.GetProperty("actor").GetString(), row.GetProperty("before").GetProperty("role").GetString(), row.GetProperty("after").GetProperty("role").GetString()));
        Assert.Equal("mine", row.GetProperty("after").GetProperty("connections")[0].GetString());
        Assert.Contains(row.GetProperty("address").GetString(), new[] { "127.0.0.1", "::1", "::ffff:127.0.0.1" });
    }

    [Fact]
    public async Task A_change_of_a_connection_is_kept_without_its_secrets()
    {
        const string Hidden = "a-secret-that-nobody-may-see-0987654321";
        using var content = new StringContent($$"""connections: [ { key: courier, platform: http, name: Renamed, settings: { create: { method: POST, url: "http://127.0.0.1:9/api", remoteId: /id }, auth: { bearer: "{{Hidden}}" } } } ]""", Encoding.UTF8, "application/yaml");
        using var applied = await hub.Admin.PostAsync(new Uri("/api/v1/configuration", UriKind.Relative), content, Stop);
        Assert.True(applied.StatusCode == HttpStatusCode.OK, await applied.Content.ReadAsStringAsync(Stop));
        var row = (await SearchAsync("action=connection_changed&subjectId=courier"))[0];
        Assert.Equal(("courier", "Renamed"), (row.GetProperty("before").GetProperty("name").GetString(), row.GetProperty("after").GetProperty("name").GetString()));
        Assert.DoesNotContain(Hidden, $"{await hub.Database.AskAsync("SELECT string_agg(a::text, ' ') FROM audit a")}", StringComparison.Ordinal);
        Assert.DoesNotContain(AccountsHub.Password, $"{await hub.Database.AskAsync("SELECT string_agg(a::text, ' ') FROM audit a")}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_person_does_to_an_order_is_kept_with_the_reason_and_once()
    {
        var person = await hub.SignedInAsync("operator");
        string order = hub.Ids[("third", "order")];
        using var cancelled = await person.PostAsJsonAsync($"/api/v1/orders/{order}/cancel", new { because = "the buyer rang" }, Stop);
        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
        var row = Assert.Single(await SearchAsync($"subject=order&subjectId={order}&actor=operator"));
        Assert.Equal(("order_cancelled", "the buyer rang", "third"), (row.GetProperty("action").GetString(), row.GetProperty("because").GetString(), row.GetProperty("connection").GetString()));

        // Refused: nothing changed, nothing is kept.
        using var again = await person.PostAsJsonAsync($"/api/v1/orders/{order}/cancel", new { because = "once more" }, Stop);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Single(await SearchAsync($"subject=order&subjectId={order}&actor=operator"));
    }

    [Fact]
    public async Task Acknowledged_alert_is_kept_with_who_did_it()
    {
        var person = await hub.SignedInAsync("operator");
        using var known = await person.PostAsJsonAsync($"/api/v1/alerts/{hub.Ids[("third", "alert")]}/acknowledge", new { }, Stop);
        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
        Assert.Equal("operator", Assert.Single(await SearchAsync("action=alert_acknowledged")).GetProperty("actor").GetString());
    }

    [Fact]
    public async Task What_keeps_nothing_itself_is_kept_as_it_was_asked_for()
    {
        var person = await hub.SignedInAsync("operator");
        using var begun = await person.PostAsJsonAsync("/api/v1/replays", new { from = "2020-01-01T00:00:00Z", to = "2020-01-02T00:00:00Z", connections = new[] { "third" }, because = "to be seen in the log" }, Stop);
        Assert.True(begun.IsSuccessStatusCode, await begun.Content.ReadAsStringAsync(Stop));
        Assert.Contains(await SearchAsync("action=replays&actor=operator"), row => row.GetRawText().Contains("to be seen in the log", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Signing_in_and_failing_to_are_kept()
    {
        await hub.UserAsync("watched", Role.Viewer);
        await AccountsHub.SignInAsync(hub.Stranger(), "watched", "not the right one");
        await hub.SignedInAsync("watched");
        Assert.Single(await SearchAsync("action=signed_in&actor=watched"));
        string id = $"{await hub.Database.AskAsync("SELECT id FROM users WHERE name = 'watched'")}";
        Assert.Equal("nobody", Assert.Single(await SearchAsync($"action=sign_in_failed&subjectId={id}")).GetProperty("actorKind").GetString());
    }

    [Fact]
    public async Task It_is_exported_as_a_table_in_which_nothing_is_a_formula()
    {
        await hub.UserAsync("exported", Role.Viewer);
        using var replayed = await hub.Admin.PostAsJsonAsync("/api/v1/events/replay", new { ids = new[] { hub.Ids[("third", "event")] }, because = "=HYPERLINK(\"http://evil.example\")" }, Stop);
        Assert.Equal(HttpStatusCode.OK, replayed.StatusCode);
        string csv = await hub.Admin.GetStringAsync(new Uri("/api/v1/audit/export", UriKind.Relative), Stop);
        Assert.StartsWith("at,actor_kind,actor,address,action,subject,subject_id,connection,before,after,because\r\n", csv, StringComparison.Ordinal);
        Assert.Contains("user_created", csv, StringComparison.Ordinal);
        Assert.Contains("\"'=HYPERLINK(\"\"http://evil.example\"\")\"", csv, StringComparison.Ordinal);
        int rows = (int)(long)(await hub.Database.AskAsync("SELECT count(*) FROM audit"))!;
        Assert.InRange(csv.Split("\r\n").Length - 2, rows - 5, rows);
    }

    private async Task<List<JsonElement>> SearchAsync(string query) =>
        [.. (await hub.Admin.GetFromJsonAsync<JsonElement>($"/api/v1/audit?{query}", Stop)).GetProperty("items").EnumerateArray()];
}
