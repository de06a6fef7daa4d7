using System.Net;
using System.Text.RegularExpressions;
using Crossdock.Accounts;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.Tests.Accounts;

[Collection(AccountsGroup.Name)]
public sealed class SecondFactorTests(AccountsHub hub)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    public void Codes_are_those_of_the_standard(long seconds, string code)
    {
        // RFC 6238, appendix B, the last six digits; the key is "12345678901234567890".
        const string Key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        var at = DateTimeOffset.FromUnixTimeSeconds(seconds);
        Assert.Equal(code, Totp.CodeAt(Key, at));
        Assert.Equal(seconds / 30, Totp.StepOf(Key, code, at));
        Assert.Equal(seconds / 30, Totp.StepOf(Key, code, at.AddSeconds(30)));
        Assert.Null(Totp.StepOf(Key, code, at.AddSeconds(90)));
    }

    [Fact]
    public async Task With_it_the_password_alone_does_not_open_and_a_code_works_once()
    {
        await hub.UserAsync("careful", Role.Viewer);
        var browser = await hub.SignedInAsync("careful");
        string page = await browser.GetStringAsync(new Uri("/account?factor=true", UriKind.Relative), Stop);
        string key = Regex.Match(page, "Key for the app\">(?<key>[A-Z2-7 ]+)<", RegexOptions.ExplicitCapture).Groups["key"].Value.Replace(" ", "", StringComparison.Ordinal);
        Assert.True(key.Length >= 32, page);
        Assert.DoesNotContain(key, $"{await hub.Database.AskAsync("SELECT authenticator_key FROM users WHERE name = 'careful'")}", StringComparison.Ordinal);
        Assert.Contains("code is not right", await SignInTests.PostAsync(browser, "/account", page, new("do", "factor"), new("code", "000000")), StringComparison.Ordinal);
        string code = Totp.CodeAt(key, TimeProvider.System.GetUtcNow());
        string told = await SignInTests.PostAsync(browser, "/account", page, new("do", "factor"), new("code", code));
        string[] recovery = Regex.Match(told, "Copy this\">(?<codes>[^<]+)<", RegexOptions.ExplicitCapture).Groups["codes"].Value.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(10, recovery.Length);

        var fresh = hub.Stranger();
        Assert.Equal("/sign-in/code?returnUrl=%2F", await AccountsHub.SignInAsync(fresh, "careful", AccountsHub.Password));
        using var not = await fresh.GetAsync(new Uri("/api/v1/me", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, not.StatusCode);
        // The code that set it up was used.
        Assert.StartsWith("/sign-in/code?failed", await CodeAsync(fresh, code), StringComparison.Ordinal);
        Assert.Equal("/", await CodeAsync(fresh, recovery[0]));
        using var now = await fresh.GetAsync(new Uri("/api/v1/me", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.OK, now.StatusCode);

        var second = hub.Stranger();
        await AccountsHub.SignInAsync(second, "careful", AccountsHub.Password);
        Assert.StartsWith("/sign-in/code?failed", await CodeAsync(second, recovery[0]), StringComparison.Ordinal);
        Assert.Equal("/", await CodeAsync(second, Totp.CodeAt(key, TimeProvider.System.GetUtcNow().AddSeconds(30))));
    }

    [Fact]
    public async Task Without_the_password_before_it_a_code_is_nothing()
    {
        Assert.StartsWith("/sign-in?failed=code", await CodeAsync(hub.Stranger(), "123456"), StringComparison.Ordinal);
    }

    private static async Task<string> CodeAsync(HttpClient client, string code)
    {
        using var form = new FormUrlEncodedContent([new("code", code)]);
        using var answer = await client.PostAsync(new Uri("/sign-in/code", UriKind.Relative), form, Stop);
        return answer.Headers.Location!.OriginalString;
    }
}
