using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crossdock.Testing;
using Xunit;

namespace Crossdock.EndToEnd;

/// <summary>A shop is connected by a person with a browser, and changed by people and programs.</summary>
public sealed partial class ConnectTests(ConsoleHub hub, Browser browser)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Person_connects_a_shop_and_sees_its_first_order_arrive()
    {
        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync("/connections");
        await desk.FollowAsync(desk.Page.Locator("a[href='/connect']").First, "/connect");
        await desk.FollowAsync(desk.Page.Locator("a[href='/connect/shopify']"), "/connect/shopify");
        await desk.Page.FillAsync("input[name='settings.shop']", "newcomer.myshopify.com");
        await desk.Page.FillAsync("input[name='secrets.webhookSecret']", ConsoleHub.Secret);
        await desk.Page.FillAsync("input[name=name]", "The Newcomer");
        await desk.Page.FillAsync("input[name=key]", "newcomer");
        await desk.Page.CheckAsync("input[name=destination][value=courier]");
        await desk.FollowAsync(desk.Page.Locator("form.connect button.primary"), "/connections/newcomer/start");
        string text = await desk.Page.Locator("main").InnerTextAsync();
        Assert.Contains("The Newcomer is connected.", text, StringComparison.Ordinal);
        Assert.Contains("There is no access token", text, StringComparison.Ordinal);
        Assert.Contains("set Crossdock__PublicAddress", text, StringComparison.Ordinal);
        Assert.Contains("/in/newcomer", text, StringComparison.Ordinal);
        Assert.Contains("Place a test order", text, StringComparison.Ordinal);

        long id = hub.NextId();
        await hub.SendAsync("newcomer", TestHub.Order(id, "2026-11-01T10:00:00Z"));
        await desk.Page.WaitForFunctionAsync("() => document.getElementById('first').innerText.includes('arrived and was understood')");
        await hub.UntilAsync(id, "EXISTS (SELECT 1 FROM deliveries d WHERE d.order_id = o.id AND d.state = 'delivered')");
    }

    [Fact]
    public async Task What_is_wrong_is_told_at_its_field_and_no_secret_comes_back()
    {
        using var client = await hub.ClientAsync();
        var (status, html) = await SubmitAsync(client, "/connect/shopify", ("key", "Not A Key"), ("name", "Typed Name"), ("settings.shop", "acme.example.com"), ("settings.pageSize", "300"), ("secrets.webhookSecret", "do-not-show-me"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("is not a shop&#x27;s permanent domain", html, StringComparison.Ordinal);
        Assert.Contains("300 is not possible", html, StringComparison.Ordinal);
        Assert.Contains("Needs lower-case letters", html, StringComparison.Ordinal);
        Assert.Contains("value=\"Typed Name\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("do-not-show-me", html, StringComparison.Ordinal);
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM connections WHERE name = 'Typed Name'"));

        (status, html) = await SubmitAsync(client, "/connect/shopify", ("key", "acme"), ("settings.shop", "other.myshopify.com"), ("secrets.webhookSecret", "another"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("There is a connection &quot;acme&quot; already", html, StringComparison.Ordinal);
        Assert.Equal("acme.myshopify.com", await hub.ScalarAsync("SELECT settings ->> 'shop' FROM connections WHERE key = 'acme'"));
    }

    [Fact]
    public async Task Settings_are_changed_with_stored_secrets_kept_and_nobody_overwritten()
    {
        await hub.ApplyAsync("edited", "courier", "approval: manual");
        using var client = await hub.ClientAsync();
        string page = await client.GetStringAsync(new Uri("/connections/edited/settings", UriKind.Relative), Stop);
        var (status, _) = await SubmitAsync(client, "/connections/edited/settings", page, ("settings.shipOnAuthorization", "true"), ("approval", "automatic"), ("destination", "courier"), ("settings.shop", "edited.myshopify.com"));
        Assert.Equal(HttpStatusCode.Found, status);
        Assert.Equal("true automatic", await hub.ScalarAsync("SELECT concat_ws(' ', settings ->> 'shipOnAuthorization', approval) FROM connections WHERE key = 'edited'"));

        // Its secret is still the one that was stored: what is signed with it is taken.
        await hub.OrderAsync("edited", hub.NextId());

        // The second of two who opened the same page is told.
        (status, string html) = await SubmitAsync(client, "/connections/edited/settings", page, ("name", "Second"), ("settings.shop", "edited.myshopify.com"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("Somebody changed this connection meanwhile", html, StringComparison.Ordinal);
        Assert.Equal("edited", await hub.ScalarAsync("SELECT name FROM connections WHERE key = 'edited'"));
    }

    [Fact]
    public async Task Time_zone_is_chosen_kept_and_taken_away()
    {
        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync("/connect/jumpseller");
        Assert.Equal("America/Santiago", await desk.Page.InputValueAsync("select[name=timeZone]"));
        await desk.Page.GotoAsync("/connect/prestashop");
        Assert.Equal(0, await desk.Page.Locator("select[name=timeZone]").CountAsync());
        await desk.Page.GotoAsync("/connect/shopify");
        Assert.Equal("", await desk.Page.InputValueAsync("select[name=timeZone]"));
        await desk.Page.FillAsync("input[name='settings.shop']", "zoned.myshopify.com");
        await desk.Page.FillAsync("input[name='secrets.webhookSecret']", ConsoleHub.Secret);
        await desk.Page.FillAsync("input[name=key]", "zoned");
        await desk.Page.SelectOptionAsync("select[name=timeZone]", "Europe/Madrid");
        await desk.FollowAsync(desk.Page.Locator("form.connect button.primary"), "/connections/zoned/start");
        Assert.Equal("Europe/Madrid", await hub.ScalarAsync("SELECT time_zone FROM connections WHERE key = 'zoned'"));

        await desk.Page.GotoAsync("/connections/zoned/settings");
        Assert.Equal("Europe/Madrid", await desk.Page.InputValueAsync("select[name=timeZone]"));
        await desk.Page.FillAsync("input[name=name]", "Zoned");
        await desk.FollowAsync(desk.Page.Locator("form.connect button.primary"), "/connections/zoned/start");
        Assert.Equal("Zoned Europe/Madrid", await hub.ScalarAsync("SELECT concat_ws(' ', name, time_zone) FROM connections WHERE key = 'zoned'"));

        // A program that does not speak of it keeps it; one that names none that exists is told.
        using var api = new HttpClient { BaseAddress = new Uri(hub.Address + "/api/v1/"), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", ConsoleHub.Token) } };
        var stored = await api.GetFromJsonAsync<JsonElement>("connections/zoned/settings", Stop);
        Assert.Equal("Europe/Madrid", stored.GetProperty("draft").GetProperty("timeZone").GetString());
        var change = JsonSerializer.Deserialize<Dictionary<string, object?>>(stored.GetProperty("draft").GetRawText())!;
        change["timeZone"] = "Europe/Madird";
        using (var wrong = await api.PutAsJsonAsync("connections/zoned/settings", change, Stop))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
            Assert.Contains("There is no time zone", await wrong.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }

        change.Remove("timeZone");
        using (var put = await api.PutAsJsonAsync("connections/zoned/settings", change, Stop)) Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal("Europe/Madrid", await hub.ScalarAsync("SELECT time_zone FROM connections WHERE key = 'zoned'"));

        await desk.Page.GotoAsync("/connections/zoned/settings");
        await desk.Page.SelectOptionAsync("select[name=timeZone]", "");
        await desk.FollowAsync(desk.Page.Locator("form.connect button.primary"), "/connections/zoned/start");
        Assert.Equal(DBNull.Value, await hub.ScalarAsync("SELECT time_zone FROM connections WHERE key = 'zoned'"));
    }

    [Fact]
    public async Task Programs_connect_and_change_with_versions()
    {
        using var api = new HttpClient { BaseAddress = new Uri(hub.Address + "/api/v1/"), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", ConsoleHub.Token) } };
        var form = await api.GetFromJsonAsync<JsonElement>("platforms/http", Stop);
        Assert.Contains(form.GetProperty("settings").EnumerateArray(), field => field.GetProperty("name").GetString() == "create" && field.GetProperty("required").GetBoolean());
        object draft = new { key = "depot", platform = "http", settings = new { create = new { url = hub.Courier.Address + "/api/shipments?api_key=first", headers = new Dictionary<string, string> { ["X-Api-Key"] = "hidden" } } } };
        using (var made = await api.PostAsJsonAsync("connections", draft, Stop)) Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        using (var again = await api.PostAsJsonAsync("connections", draft, Stop)) Assert.Equal(HttpStatusCode.UnprocessableEntity, again.StatusCode);

        var stored = await api.GetFromJsonAsync<JsonElement>("connections/depot/settings", Stop);
        Assert.DoesNotContain("hidden", stored.GetRawText(), StringComparison.Ordinal);
        var change = JsonSerializer.Deserialize<Dictionary<string, object?>>(stored.GetProperty("draft").GetRawText())!;
        change["name"] = "Depot";
        using (var put = await api.PutAsJsonAsync("connections/depot/settings", change, Stop)) Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        using (var late = await api.PutAsJsonAsync("connections/depot/settings", change, Stop)) Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Equal("create.headers.X-Api-Key create.url.api_key", await hub.ScalarAsync("SELECT string_agg(s, ' ' ORDER BY s) FROM connections, jsonb_object_keys(secrets) AS s WHERE key = 'depot'"));

        // What is typed anew in the place of a stored secret takes its place.
        stored = await api.GetFromJsonAsync<JsonElement>("connections/depot/settings", Stop);
        change = JsonSerializer.Deserialize<Dictionary<string, object?>>(stored.GetProperty("draft").GetRawText().Replace("api_key=true", "api_key=second", StringComparison.Ordinal))!;
        using (var put = await api.PutAsJsonAsync("connections/depot/settings", change, Stop)) Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        using (var versionless = await api.PutAsJsonAsync("connections/depot/settings", new { name = "x" }, Stop)) Assert.Equal(HttpStatusCode.BadRequest, versionless.StatusCode);
    }

    private static async Task<(HttpStatusCode Status, string Html)> SubmitAsync(HttpClient client, string address, params (string Name, string Value)[] fields) =>
        await SubmitAsync(client, address, await client.GetStringAsync(new Uri(address, UriKind.Relative), Stop), fields);

    private static async Task<(HttpStatusCode Status, string Html)> SubmitAsync(HttpClient client, string address, string page, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(
        [
            .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)),
            new("__RequestVerificationToken", Token().Match(page[page.IndexOf("class=\"stack connect\"", StringComparison.Ordinal)..]).Groups["token"].Value),
            new("version", Version().Match(page).Groups["version"].Value),
        ]);
        using var answer = await client.PostAsync(new Uri(address, UriKind.Relative), form, Stop);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Token();

    [GeneratedRegex("name=\"version\" value=\"(?<version>[0-9]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Version();
}
