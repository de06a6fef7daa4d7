using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crossdock.Accounts;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.Tests.Accounts;

[Collection(AccountsGroup.Name)]
public sealed class SignInTests(AccountsHub hub)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_cookie_is_for_this_hub_alone_and_new_at_every_sign_in()
    {
        var browser = hub.Stranger();
        string first = await CookieAsync();
        Assert.Contains("httponly", first, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", first, StringComparison.OrdinalIgnoreCase);
        string second = await CookieAsync();
        Assert.NotEqual(first, second);

        // What somebody may have put into the browser beforehand opens nothing.
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/orders");
        request.Headers.Add("Cookie", first.Split(';')[0]);
        using var bare = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(hub.Hub.Address) };
        using var answer = await bare.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);

        // Neither the cookie nor its like stands in the database.
        string value = second.Split(';')[0].Split('=')[1];
        Assert.Equal(0L, await hub.Database.AskAsync($"SELECT count(*) FROM sessions WHERE key_hash = '{value}'"));

        async Task<string> CookieAsync()
        {
            using var content = new FormUrlEncodedContent([new("name", "viewer"), new("password", AccountsHub.Password)]);
            using var signed = await browser.PostAsync(new Uri("/sign-in", UriKind.Relative), content, Stop);
            return signed.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("crossdock=", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Behind_TLS_the_cookie_travels_over_TLS_only()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = new FormUrlEncodedContent([new("name", "viewer"), new("password", AccountsHub.Password)]) };
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        using var answer = await hub.Stranger().SendAsync(request, Stop);
        Assert.Contains("secure", answer.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("crossdock=", StringComparison.Ordinal)), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("nobody-at-all", AccountsHub.Password)]
    [InlineData("viewer", "slow kettle under ten maps")]
    [InlineData("viewer", "")]
    [InlineData("", "")]
    [InlineData("gone", AccountsHub.Password)]
    public async Task Unknown_wrong_and_switched_off_get_the_same_answer(string name, string password)
    {
        if (name == "gone" && await hub.Database.AskAsync("SELECT count(*) FROM users WHERE name = 'gone'") is 0L)
        {
            var id = await hub.UserAsync("gone", Role.Viewer);
            using var off = await hub.Admin.PatchAsJsonAsync($"/api/v1/users/{id}", new { disabled = true }, Stop);
            Assert.Equal(HttpStatusCode.OK, off.StatusCode);
        }

        var browser = hub.Stranger();
        using var form = new FormUrlEncodedContent([new("name", name), new("password", password)]);
        using var answer = await browser.PostAsync(new Uri("/sign-in", UriKind.Relative), form, Stop);
        Assert.Equal("/sign-in?failed=password&returnUrl=%2F", answer.Headers.Location!.OriginalString);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Too_many_wrong_passwords_lock_the_account_for_a_while()
    {
        await hub.UserAsync("guessed", Role.Viewer);
        for (int guess = 0; guess < 4; guess++)
        {
            Assert.StartsWith("/sign-in?failed", await AccountsHub.SignInAsync(hub.Stranger(), "guessed", $"wrong guess number {guess}"), StringComparison.Ordinal);
        }

        Assert.StartsWith("/sign-in?failed", await AccountsHub.SignInAsync(hub.Stranger(), "guessed", AccountsHub.Password), StringComparison.Ordinal);
        Assert.Equal(1L, await hub.Database.AskAsync("SELECT count(*) FROM audit a JOIN users u ON u.id::text = a.subject_id WHERE a.action = 'user_locked' AND u.name = 'guessed'"));
        await hub.Database.AskAsync("UPDATE users SET locked_until = now() - interval '1 second' WHERE name = 'guessed'");
        await hub.SignedInAsync("guessed");
    }

    [Theory]
    [InlineData("short", "at least 12")]
    [InlineData("elevenchars", "at least 12")]
    [InlineData("password1234", "guessed first")]
    [InlineData("P@ssw0rd2026!", "guessed first")]
    [InlineData("aaaaaaaaaaaa", "guessed first")]
    [InlineData("123456789012", "guessed first")]
    [InlineData("abcabcabcabc", "guessed first")]
    [InlineData("qwertyuiop12", "guessed first")]
    [InlineData("newcomer-2026", "guessed first")]
    [InlineData("Welcome.Admin1", "guessed first")]
    public async Task Short_and_common_passwords_are_refused(string password, string said)
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/v1/users", new { name = "newcomer", role = "viewer", password }, Stop);
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains(said, await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("maple ladder tundra")]
    [InlineData("correct horse battery staple")]
    [InlineData("xk29vqmz71ph")]
    [InlineData("tres tristes tigres trigaban")]
    [InlineData("                    a long way from here to there, and a hundred and twenty-eight characters are no limit at all for whoever likes to type sentences")]
    public void Long_ones_and_sentences_are_taken(string password) => Assert.Null(PasswordRules.Problem(password, "eva", "eva@example.com"));

    [Fact]
    public void The_list_of_common_ones_has_some_thousands() => Assert.InRange(CommonPasswords.Count, 3000, 20_000);

    [Fact]
    public async Task Sessions_are_listed_and_ended_at_once()
    {
        var id = await hub.UserAsync("traveller", Role.Viewer);
        var phone = await hub.SignedInAsync("traveller");
        var desk = await hub.SignedInAsync("traveller");
        var sessions = (await hub.Admin.GetFromJsonAsync<JsonElement>($"/api/v1/users/{id}/sessions", Stop)).GetProperty("items");
        Assert.Equal(2, sessions.GetArrayLength());

        // The person's own page: one is "this one", the other can be ended.
        string page = await desk.GetStringAsync(new Uri("/account", UriKind.Relative), Stop);
        string other = Value(page, "session");
        await PostAsync(desk, "/account", page, new("do", "end"), new("session", other));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(phone));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(desk));

        var left = (await hub.Admin.GetFromJsonAsync<JsonElement>($"/api/v1/users/{id}/sessions", Stop)).GetProperty("items");
        using var ended = await hub.Admin.DeleteAsync(new Uri($"/api/v1/sessions/{Assert.Single(left.EnumerateArray()).GetProperty("id").GetGuid()}", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(desk));
    }

    [Fact]
    public async Task Nobody_ends_the_session_of_somebody_else()
    {
        var theirs = await hub.SignedInAsync("operator");
        var mine = await hub.SignedInAsync("viewer");
        string session = $"{await hub.Database.AskAsync("SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.name = 'operator' ORDER BY s.id DESC LIMIT 1")}";
        string page = await mine.GetStringAsync(new Uri("/account", UriKind.Relative), Stop);
        await PostAsync(mine, "/account", page, new("do", "end"), new("session", session));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(theirs));
    }

    [Fact]
    public async Task Signing_out_ends_the_session_here_and_not_only_in_the_browser()
    {
        var browser = await hub.SignedInAsync("viewer");
        long before = (long)(await hub.Database.AskAsync("SELECT count(*) FROM sessions"))!;
        string page = await browser.GetStringAsync(new Uri("/account", UriKind.Relative), Stop);
        await PostAsync(browser, "/sign-out", page);
        Assert.Equal(before - 1, await hub.Database.AskAsync("SELECT count(*) FROM sessions"));
    }

    [Fact]
    public async Task A_changed_role_or_a_switched_off_account_ends_its_sessions()
    {
        var id = await hub.UserAsync("promoted", Role.Viewer);
        var browser = await hub.SignedInAsync("promoted");
        await ChangeAsync(new { role = "operator" });
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(browser));
        browser = await hub.SignedInAsync("promoted");
        await ChangeAsync(new { connections = new[] { "mine" } });
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(browser));
        browser = await hub.SignedInAsync("promoted");
        await ChangeAsync(new { disabled = true });
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(browser));

        async Task ChangeAsync(object change)
        {
            using var answer = await hub.Admin.PatchAsJsonAsync($"/api/v1/users/{id}", change, Stop);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task An_idle_session_runs_out_and_a_used_one_does_not_outlive_its_days()
    {
        var id = await hub.UserAsync("sleeper", Role.Viewer);
        var browser = await hub.SignedInAsync("sleeper");
        await hub.Database.AskAsync($"UPDATE sessions SET seen_at = now() - interval '2 minutes', expires_at = now() + interval '1 minute' WHERE user_id = '{id}'");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(browser));
        Assert.Equal(true, await hub.Database.AskAsync($"SELECT expires_at > now() + interval '11 hours' FROM sessions WHERE user_id = '{id}'"));
        await hub.Database.AskAsync($"UPDATE sessions SET expires_at = now() - interval '1 second' WHERE user_id = '{id}'");
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(browser));
    }

    [Fact]
    public async Task Changing_the_own_password_ends_all_other_sessions()
    {
        await hub.UserAsync("changer", Role.Viewer);
        var elsewhere = await hub.SignedInAsync("changer");
        var here = await hub.SignedInAsync("changer");
        string page = await here.GetStringAsync(new Uri("/account", UriKind.Relative), Stop);
        Assert.Contains("present password is not right", await PostAsync(here, "/account", page, new("do", "password"), new("password-now", "not it at all"), new("password", "nine green bottles hang"), new("password-again", "nine green bottles hang")), StringComparison.Ordinal);
        Assert.Contains("password is changed", await PostAsync(here, "/account", page, new("do", "password"), new("password-now", AccountsHub.Password), new("password", "nine green bottles hang"), new("password-again", "nine green bottles hang")), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(here));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(elsewhere));
        Assert.StartsWith("/sign-in?failed", await AccountsHub.SignInAsync(hub.Stranger(), "changer", AccountsHub.Password), StringComparison.Ordinal);
        await hub.SignedInAsync("changer", "nine green bottles hang");
    }

    [Fact]
    public async Task An_invited_person_chooses_a_password_with_a_link_that_works_once()
    {
        using var made = await hub.Admin.PostAsJsonAsync("/api/v1/users", new { name = "invited", role = "viewer", mail = "invited@example.com" }, Stop);
        var link = new Uri((await made.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("passwordLink").GetString()!);
        var query = System.Web.HttpUtility.ParseQueryString(link.Query);
        Assert.Contains("Choose your password", await hub.Stranger().GetStringAsync(new Uri(link.PathAndQuery, UriKind.Relative), Stop), StringComparison.Ordinal);
        Assert.Equal("/sign-in?done=password", await ChooseAsync("nine green bottles hang", "nine green bottles hang"));
        Assert.Contains("not%20valid%20any%20more", await ChooseAsync("ten green bottles hang", "ten green bottles hang"), StringComparison.Ordinal);
        await hub.SignedInAsync("invited@example.com", "nine green bottles hang");

        async Task<string> ChooseAsync(string password, string again)
        {
            using var form = new FormUrlEncodedContent([new("user", query["user"]), new("ticket", query["ticket"]), new("password", password), new("again", again)]);
            using var answer = await hub.Stranger().PostAsync(new Uri("/sign-in/password", UriKind.Relative), form, Stop);
            return answer.Headers.Location!.OriginalString;
        }
    }

    [Fact]
    public async Task The_last_administrator_stays_one()
    {
        string id = $"{await hub.Database.AskAsync("SELECT id FROM users WHERE name = 'administrator'")}";
        foreach (object change in (object[])[new { role = "viewer" }, new { disabled = true }])
        {
            using var answer = await hub.Admin.PatchAsJsonAsync($"/api/v1/users/{id}", change, Stop);
            Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
            Assert.Contains("last administrator", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Forms_from_elsewhere_change_nothing()
    {
        var browser = await hub.SignedInAsync("administrator");
        string page = await browser.GetStringAsync(new Uri("/users", UriKind.Relative), Stop);
        using var bare = new FormUrlEncodedContent([new("name", "intruder"), new("role", "administrator")]);
        using var without = await browser.PostAsync(new Uri("/users", UriKind.Relative), bare, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, without.StatusCode);
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "/users") { Content = new FormUrlEncodedContent([new("name", "intruder"), new("role", "administrator"), new("__RequestVerificationToken", Value(page, "__RequestVerificationToken"))]) };
        foreign.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var refused = await browser.SendAsync(foreign, Stop);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(0L, await hub.Database.AskAsync("SELECT count(*) FROM users WHERE name = 'intruder'"));
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient client)
    {
        using var answer = await client.GetAsync(new Uri("/api/v1/me", UriKind.Relative), Stop);
        return answer.StatusCode;
    }

    internal static async Task<string> PostAsync(HttpClient client, string address, string page, params KeyValuePair<string, string>[] fields)
    {
        using var form = new FormUrlEncodedContent([.. fields, new("__RequestVerificationToken", Value(page, "__RequestVerificationToken"))]);
        using var answer = await client.PostAsync(new Uri(address, UriKind.Relative), form, Stop);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Stop));
    }

    internal static string Value(string page, string field) => Regex.Match(page, $"name=\"{field}\" value=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture) is { Success: true } match ? WebUtility.HtmlDecode(match.Groups["value"].Value) : throw new InvalidOperationException($"no field {field}");
}
