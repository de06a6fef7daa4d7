using Crossdock.Connections;
using Crossdock.Model.Connectors;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossdock.EndToEnd;

/// <summary>Whether a platform would reach the hub at the address it is given.</summary>
public sealed class ReachTests(ConsoleHub hub)
{
    [Theory]
    [InlineData(null, TestVerdict.Warning, "set Crossdock__PublicAddress")]
    [InlineData("", TestVerdict.Passed, "/in/acme answers as this hub does")]
    [InlineData("/console", TestVerdict.Failed, "answers 404, which is not this hub")]
    [InlineData("http://127.0.0.1:1", TestVerdict.Failed, "does not answer from here")]
    public async Task Capture_address_is_tried_as_the_outside_would_call_it(string? address, TestVerdict verdict, string said)
    {
        using var http = new HttpClient();
        var connection = hub.Services.GetRequiredService<IConnectionDirectory>().Current.ByKey["acme"];
        var known = new HubAddress(address is null ? null : new Uri(address.StartsWith("http", StringComparison.Ordinal) ? address : hub.Address + address));
        var finding = await new WebhookReach(http, known, TimeProvider.System).TryAsync(connection, TestContext.Current.CancellationToken);
        Assert.Equal(verdict, finding?.Verdict);
        Assert.Contains(said, finding!.Message, StringComparison.Ordinal);
        Assert.Null(await new WebhookReach(http, known, TimeProvider.System).TryAsync(hub.Services.GetRequiredService<IConnectionDirectory>().Current.ByKey["courier"], TestContext.Current.CancellationToken));
    }
}
