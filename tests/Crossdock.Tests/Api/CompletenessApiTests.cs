using System.Net;
using System.Text.Json;
using System.Net.Http.Json;
using Xunit;

namespace Crossdock.Tests.Api;

public sealed class CompletenessApiTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("completeness?from=yesterday", "from must be a day such as 2026-03-01")]
    [InlineData("completeness?from=2026-03-02&to=2026-03-01", "from must not lie after to")]
    [InlineData("completeness?from=2020-01-01&to=2026-03-01", "not more than 400 days")]
    [InlineData("connections/acme/completeness/tomorrow", "The day must be a day")]
    [InlineData("connections/acme/differences?open=maybe", "open must be true or false")]
    public async Task Wrong_day_is_told(string path, string said)
    {
        using var answer = await host.Client.GetAsync(new Uri("/api/v1/" + path, UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(said, await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Store_that_cannot_be_read_has_no_completeness()
    {
        Assert.Empty((await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/completeness", Stop)).GetProperty("items").EnumerateArray());
        foreach (string path in (string[])["connections/acme/completeness", "connections/acme/completeness/2026-03-01", "connections/nobody/differences"])
        {
            using var answer = await host.Client.GetAsync(new Uri("/api/v1/" + path, UriKind.Relative), Stop);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        using var asked = await host.Client.PostAsJsonAsync(new Uri("/api/v1/connections/nobody/reconcile", UriKind.Relative), new { }, Stop);
        Assert.Equal(HttpStatusCode.NotFound, asked.StatusCode);
    }
}
