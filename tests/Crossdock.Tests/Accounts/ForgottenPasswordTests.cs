using System.Text;
using System.Text.RegularExpressions;
using Crossdock.Accounts;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.Tests.Accounts;

[Collection(AccountsGroup.Name)]
public sealed class ForgottenPasswordTests(AccountsHub hub)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_link_for_a_new_password_comes_by_mail_and_nobody_learns_who_has_an_account()
    {
        await hub.UserAsync("forgetful", Role.Viewer);
        await hub.Database.AskAsync("UPDATE users SET mail = 'forgetful@example.com', normal_mail = 'FORGETFUL@EXAMPLE.COM' WHERE name = 'forgetful'");
        Assert.Equal("/sign-in/forgot?asked=true", await AskAsync("nobody-at-all"));
        Assert.Equal("/sign-in/forgot?asked=true", await AskAsync("forgetful@example.com"));
        string letter = await hub.Post.NextAsync(Stop);
        Assert.Contains("forgetful@example.com", letter, StringComparison.Ordinal);
        string text = Text(letter);
        // The address is the configured one, whatever the request called the hub.
        var link = Regex.Match(text, @"https://hub\.example/sign-in/password\?user=(?<user>[0-9a-f-]+)&ticket=(?<ticket>\S+)", RegexOptions.ExplicitCapture);
        Assert.True(link.Success, text);
        using var form = new FormUrlEncodedContent([new("user", link.Groups["user"].Value), new("ticket", link.Groups["ticket"].Value), new("password", "nine green bottles hang"), new("again", "nine green bottles hang")]);
        using var chosen = await hub.Stranger().PostAsync(new Uri("/sign-in/password", UriKind.Relative), form, Stop);
        Assert.Equal("/sign-in?done=password", chosen.Headers.Location!.OriginalString);
        await hub.SignedInAsync("forgetful", "nine green bottles hang");
    }

    private async Task<string> AskAsync(string name)
    {
        using var form = new FormUrlEncodedContent([new("name", name)]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in/forgot") { Content = form };
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        request.Headers.Host = "evil.example";
        using var answer = await hub.Stranger().SendAsync(request, Stop);
        return answer.Headers.Location!.OriginalString;
    }

    private static string Text(string letter)
    {
        string body = letter[(letter.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];
        if (letter.Contains("base64", StringComparison.OrdinalIgnoreCase))
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(body.Replace("\n", "", StringComparison.Ordinal)));
        }

        string joined = body.Replace("=\n", "", StringComparison.Ordinal);
        return Regex.Replace(joined, "=(?<code>[0-9A-F]{2})", match => ((char)Convert.ToByte(match.Groups["code"].Value, 16)).ToString(), RegexOptions.ExplicitCapture);
    }
}
