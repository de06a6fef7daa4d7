using System.Security.Cryptography;
using System.Text;
using Crossdock.Connectors.Http;
using Crossdock.Model;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Testing.Conformance;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Crossdock.Connectors.Tests.Http;

public sealed class HttpDestinationTests
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private static readonly byte[] Document = """{"externalId":"1","number":"N \"1\"","currency":"EUR","totals":{"total":{"amount":"1","currency":"EUR"}},"packages":[{"number":1}]}"""u8.ToArray();

    [Fact]
    public async Task Document_is_sent_as_it_is_without_a_template()
    {
        var (seen, result) = await SendAsync("""{"create":{"url":"{at}/orders"}}""", 201, "");
        Assert.Equal(new Delivered(), result.Outcome);
        Assert.Equal("POST /orders", seen.Line);
        Assert.Equal(Encoding.UTF8.GetString(Document), seen.Body);
        Assert.Equal("application/json; charset=utf-8", seen.Header("Content-Type"));
    }

    [Fact]
    public async Task Template_header_and_address_are_filled()
    {
        var (seen, _) = await SendAsync("""{"create":{"method":"PUT","url":"{at}/o/{{externalId}}","headers":{"X-Store":"{{store}}"},"body":"{\"r\":\"{{number}}\",\"p\":{{packages.length}}}"}}""", 200, "");
        Assert.Equal("PUT /o/1", seen.Line);
        Assert.Equal("""{"r":"N \"1\"","p":1 }""", seen.Body);
        Assert.Equal("acme", seen.Header("X-Store"));
    }

    [Fact]
    public async Task Form_is_sent_escaped()
    {
        var (seen, _) = await SendAsync("""{"create":{"url":"{at}/o","contentType":"form","body":"r={{number}}"}}""", 200, "");
        Assert.Equal("r=N%20%221%22", seen.Body);
        Assert.Equal("application/x-www-form-urlencoded", seen.Header("Content-Type"));
    }

    [Fact]
    public async Task Template_that_gives_no_json_holds_the_order()
    {
        var (_, result) = await SendAsync("""{"create":{"url":"{at}/o","body":"{\"weight\":{{weightGrams}}}"}}""", 200, "");
        Assert.Contains("does not give JSON", Assert.IsType<Hold>(result.Outcome).Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edited_body_is_sent_instead()
    {
        var (seen, _) = await SendAsync("""{"create":{"url":"{at}/o"}}""", 200, "", Request() with { BodyOverride = "{\"a\":1}" });
        Assert.Equal("{\"a\":1}", seen.Body);
    }

    [Theory]
    [InlineData("""{"basic":{"user":"u","password":"pass"}}""", "Authorization", "Basic dTpwYXNz")]
    [InlineData("""{"bearer":"t0ken"}""", "Authorization", "Bearer t0ken")]
    [InlineData("""{"header":{"name":"X-Key","value":"k3y!"}}""", "X-Key", "k3y!")]
    public async Task Sign_in_is_sent_and_not_logged(string auth, string header, string value)
    {
        var (seen, result) = await SendAsync($$"""{"create":{"url":"{at}/o"},"auth":{{auth}} }""", 200, "");
        Assert.Equal(value, seen.Header(header));
        Assert.Contains($"{header}: ***", result.Exchange!.RequestHeaders, StringComparison.Ordinal);
        Assert.DoesNotContain(value, result.Exchange.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_is_signed()
    {
        var (seen, _) = await SendAsync("""{"create":{"url":"{at}/o"},"auth":{"hmac":{"header":"X-Sig","prefix":"sha256=","secret":"hush"}}}""", 200, "");
        Assert.Equal("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData("hush"u8, Document)), seen.Header("X-Sig"));
    }

    [Theory]
    [InlineData("""{"ok":true,"id":7}""", "7")]
    [InlineData("""{"ok":false,"message":"closed"}""", null)]
    [InlineData("""{"message":"closed"}""", null)]
    public async Task Success_is_what_the_rule_says(string answer, string? id)
    {
        var (_, result) = await SendAsync("""{"create":{"url":"{at}/o","remoteId":"/id","success":{"status":"200-204","pointer":"/ok","equals":"true"}}}""", 200, answer);
        if (id is not null)
        {
            Assert.Equal(new Delivered(id), result.Outcome);
        }
        else
        {
            Assert.Contains("closed", Assert.IsType<Hold>(result.Outcome).Because, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Cancel_calls_their_id()
    {
        var (seen, result) = await SendAsync("""{"create":{"url":"{at}/o"},"cancel":{"url":"{at}/o/{{remoteId}}"}}""", 204, "", Request() with { Kind = DeliveryKind.Cancel, RemoteId = "SHP/1" });
        Assert.Equal("DELETE /o/SHP%2F1", seen.Line);
        Assert.Equal(new Delivered("SHP/1"), result.Outcome);
    }

    [Theory]
    [InlineData(200, """{"items":[{"id":"A1"}]}""", FindAnswer.Has)]
    [InlineData(200, """{"items":[]}""", FindAnswer.HasNot)]
    [InlineData(200, """{"items":[{"id":null}]}""", FindAnswer.HasNot)]
    [InlineData(404, "", FindAnswer.HasNot)]
    [InlineData(200, "<html>", FindAnswer.CannotSay)]
    [InlineData(500, "", FindAnswer.CannotSay)]
    [InlineData(401, "", FindAnswer.CannotSay)]
    public async Task Look_up_says_has_or_has_not_only_when_sure(int status, string answer, FindAnswer expected)
    {
        await using var server = await MisbehavingServer.StartAsync(call => AnswerAsync(call, status, answer));
        using var destination = Open(server.Address, """{"create":{"url":"{at}/o"},"find":{"url":"{at}/o?r={{number}}","remoteId":"/items/0/id"}}""");
        var found = await destination.FindAsync(Request(), CancellationToken.None);
        Assert.Equal(expected, found.Answer);
        Assert.Equal(expected == FindAnswer.Has ? "A1" : null, found.RemoteId);
        Assert.Equal(expected == FindAnswer.CannotSay, found.Because is not null);
    }

    [Fact]
    public async Task Token_is_fetched_once_and_again_after_a_401()
    {
        int fetched = 0;
        await using var server = await MisbehavingServer.StartAsync(call => call.Request.Path == "/token"
            ? AnswerAsync(call, 200, $$"""{"access_token":"token-{{Interlocked.Increment(ref fetched)}}","expires_in":3600}""")
            : AnswerAsync(call, call.Request.Headers.Authorization == "Bearer token-1" && call.Request.Path == "/revoked" ? 401 : 200, ""));
        const string Auth = "\"auth\":{\"oauth2\":{\"tokenUrl\":\"{at}/token\",\"clientId\":\"c\",\"clientSecret\":\"hush\"}}";
        using (var destination = Open(server.Address, $$"""{"create":{"url":"{at}/o"},{{Auth}} }"""))
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => destination.SendAsync(Request(), CancellationToken.None)));
            Assert.Equal(1, fetched);
        }

        fetched = 0;
        using var other = Open(server.Address, $$"""{"create":{"url":"{at}/revoked"},{{Auth}} }""");
        var result = await other.SendAsync(Request(), CancellationToken.None);
        Assert.Equal(new Delivered(), result.Outcome);
        Assert.Equal(2, fetched);
        Assert.DoesNotContain("token-", result.Exchange!.RequestHeaders, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retry_after_may_be_a_date()
    {
        await using var server = await MisbehavingServer.StartAsync(call =>
        {
            call.Response.Headers.RetryAfter = TimeProvider.System.GetUtcNow().AddSeconds(90).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
            return AnswerAsync(call, 429, "");
        });
        using var destination = Open(server.Address, """{"create":{"url":"{at}/o"}}""");
        var outcome = Assert.IsType<RetryLater>((await destination.SendAsync(Request(), CancellationToken.None)).Outcome);
        Assert.InRange(outcome.After!.Value.TotalSeconds, 60, 91);
    }

    private static async Task<(Seen Seen, SendResult Result)> SendAsync(string settings, int status, string answer, DeliveryRequest? request = null)
    {
        var seen = new Seen("", "", new HeaderDictionary());
        await using var server = await MisbehavingServer.StartAsync(async call =>
        {
            using var reader = new StreamReader(call.Request.Body);
            string target = call.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
            seen = new Seen($"{call.Request.Method} {target}", await reader.ReadToEndAsync(), new HeaderDictionary(call.Request.Headers.ToDictionary()));
            await AnswerAsync(call, status, answer);
        });
        using var destination = Open(server.Address, settings);
        var result = await destination.SendAsync(request ?? Request(), CancellationToken.None);
        return (seen, result);
    }

    private static IDestination Open(string address, string settings)
    {
        using var document = System.Text.Json.JsonDocument.Parse(settings.Replace("{at}", address, StringComparison.Ordinal));
        var connection = new ConnectionSettings("courier", "Courier", "http", document.RootElement.Clone(), new Dictionary<string, string>());
        var connector = new HttpConnector();
        Assert.Empty(connector.Check(connection));
        return connector.Open(connection, Http, TimeProvider.System);
    }

    private static DeliveryRequest Request() => new(new DeliveryId(Guid.CreateVersion7()), DeliveryKind.Create, default, Document, "acme", null, null, 1);

    private static Task AnswerAsync(HttpContext call, int status, string body)
    {
        call.Response.StatusCode = status;
        return body.Length == 0 ? Task.CompletedTask : call.Response.WriteAsync(body);
    }

    private sealed record Seen(string Line, string Body, IHeaderDictionary Headers)
    {
        internal string? Header(string name) => Headers[name];
    }
}
