using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Crossdock.Accounts;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossdock.Tests.Accounts;

/// <summary>Every address of the hub, what it needs, and every role at every one of them. A new address that is not in the table fails here.</summary>
[Collection(AccountsGroup.Name)]
public sealed partial class RoleMatrixTests(AccountsHub hub)
{
    // The page that tells a person of a refusal, with the status of one.
    private const string SaysSo = "GET /not-allowed";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_address_is_in_the_table_and_the_table_has_no_other()
    {
        var mapped = Mapped().Order(StringComparer.Ordinal).ToList();
        Assert.Equal(RoleMatrix.Needs.Keys.Order(StringComparer.Ordinal), mapped);
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Analyst)]
    [InlineData(Role.Operator)]
    [InlineData(Role.Administrator)]
    public async Task A_role_gets_what_the_table_says_and_nothing_else(Role role)
    {
        var client = await hub.SignedInAsync(Roles.Name(role));
        var wrong = new List<string>();
        int asked = 0;
        foreach (var (address, needed) in RoleMatrix.Needs.Where(one => one.Value is not null && one.Key != SaysSo))
        {
            var status = await StatusAsync(client, address);
            bool mayNot = status == HttpStatusCode.Forbidden || status == HttpStatusCode.Redirect;
            bool should = Roles.Of(role).Contains(needed!.Value);
            asked++;
            if (status == HttpStatusCode.Unauthorized || mayNot == should)
            {
                wrong.Add($"{role} at {address}, which needs {needed}: {(int)status}");
            }
        }

        Assert.True(asked > 100, $"only {asked} addresses were asked");
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task A_token_gets_what_its_scopes_say_and_a_stranger_nothing()
    {
        var reader = hub.Bearer(await hub.TokenAsync(["read"]));
        var writer = hub.Bearer(await hub.TokenAsync(["write"]));
        var stranger = hub.Stranger();
        var wrong = new List<string>();
        foreach (var (address, needed) in RoleMatrix.Needs.Where(one => one.Value is not null && one.Key.Contains("/api/v1/", StringComparison.Ordinal)))
        {
            if (await StatusAsync(stranger, address) != HttpStatusCode.Unauthorized)
            {
                wrong.Add($"a stranger at {address}");
            }

            foreach (var (client, may) in ((HttpClient, Permission[])[])[(reader, [Permission.Read]), (writer, [Permission.Read, Permission.Write])])
            {
                if ((await StatusAsync(client, address) == HttpStatusCode.Forbidden) == may.Contains(needed!.Value))
                {
                    wrong.Add($"a token of {string.Join(", ", may)} at {address}, which needs {needed}");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Every_console_address_sends_a_stranger_to_the_sign_in()
    {
        var stranger = hub.Stranger();
        foreach (var (address, _) in RoleMatrix.Needs.Where(one => one.Value is not null && !one.Key.Contains("/api/v1/", StringComparison.Ordinal)))
        {
            var (method, path) = Parts(address);
            using var request = new HttpRequestMessage(method, path);
            using var answer = await stranger.SendAsync(request, Stop);
            Assert.True(answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location!.PathAndQuery.StartsWith("/sign-in?returnUrl=", StringComparison.Ordinal), $"{address}: {(int)answer.StatusCode}");
        }
    }

    private IEnumerable<string> Mapped()
    {
        foreach (var endpoint in hub.Hub.Application.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>())
        {
            string pattern = "/" + endpoint.RoutePattern.RawText!.Trim('/');
            foreach (string method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Where(method => method != "HEAD") ?? ["*"])
            {
                yield return $"{method} {pattern}";
            }
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string address)
    {
        var (method, path) = Parts(address);
        using var request = new HttpRequestMessage(method, path);
        if (method != HttpMethod.Get)
        {
            // Nothing that means anything: what is let through says that it is not understood.
            request.Content = path.StartsWith("/api/", StringComparison.Ordinal) ? new StringContent("[]", Encoding.UTF8, path.EndsWith("/configuration", StringComparison.Ordinal) ? "application/yaml" : "application/json") : new FormUrlEncodedContent([]);
        }

        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        // Of the console only going to the sign-in and to "not allowed" are refusals; forms lead back to their pages.
        return answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location!.OriginalString is var to && !to.Contains("/not-allowed", StringComparison.Ordinal) && !to.Contains("/sign-in", StringComparison.Ordinal) ? HttpStatusCode.OK : answer.StatusCode;
    }

    private static (HttpMethod Method, string Path) Parts(string address)
    {
        string[] parts = address.Split(' ');
        string path = Parameter().Replace(parts[1], match => match.Groups["name"].Value switch
        {
            _ when match.Value.Contains("guid", StringComparison.Ordinal) => "01900000-0000-7000-8000-000000000001",
            "day" or "Day" => "2026-01-01",
            _ => "nobody",
        });
        return (new HttpMethod(parts[0]), path);
    }

    [GeneratedRegex(@"\{(?<name>\w+)(:\w+)?\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Parameter();
}
