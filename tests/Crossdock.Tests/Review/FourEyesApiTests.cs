using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Crossdock.Connections;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Crossdock.Tests.Accounts;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossdock.Tests.Review;

/// <summary>Two people with accounts, through the API and the console's pages.</summary>
[Collection(AccountsGroup.Name)]
public sealed class FourEyesApiTests(AccountsHub hub)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task First_approval_is_shown_in_the_queue_and_the_second_lets_the_order_go()
    {
        var applied = await hub.Hub.Application.Services.GetRequiredService<ConfigurationService>().ApplyAsync("""
            connections:
              - { key: paired, name: Paired Store, platform: shopify, settings: { shop: paired.myshopify.com }, secrets: { webhookSecret: the-secret-of-both-stores-0123456789 }, destinations: [courier], approval: { fourEyes: true, above: 20000 } }
            """, "tests", static _ => null);
        Assert.Empty(applied.Errors);
        await hub.SendAsync("paired", TestHub.Order(8_300_000_001), "orders/updated");
        await hub.Database.UntilAsync("SELECT state FROM orders WHERE external_id = '8300000001'", "awaiting_approval");
        string id = $"{await hub.Database.AskAsync("SELECT id FROM orders WHERE external_id = '8300000001'")}";

        using var token = await ApproveAsync(hub.Bearer(await hub.TokenAsync(["write"])), id);
        Assert.Equal(HttpStatusCode.Conflict, token.StatusCode);
        using var root = await ApproveAsync(hub.Admin, id);
        Assert.Equal(HttpStatusCode.Conflict, root.StatusCode);

        var one = await hub.SignedInAsync("operator");
        using var first = await ApproveAsync(one, id);
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Contains("somebody else", (await first.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("waits").GetString(), StringComparison.Ordinal);
        using var again = await ApproveAsync(one, id);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        string queue = await one.GetStringAsync(new Uri("/approvals?store=paired", UriKind.Relative), Stop);
        Assert.Contains("1 of 2", queue, StringComparison.Ordinal);
        Assert.Contains("operator operator", queue, StringComparison.Ordinal);
        Assert.Contains("operator operator approved it first", await one.GetStringAsync(new Uri($"/orders/{id}", UriKind.Relative), Stop), StringComparison.Ordinal);

        using var second = await ApproveAsync(await hub.SignedInAsync("administrator"), id);
        Assert.Equal(HttpStatusCode.NoContent, second.StatusCode);
        await hub.Database.UntilAsync($"SELECT state FROM deliveries WHERE order_id = '{id}'", "dead");
        Assert.Equal("order_approved_first, order_approved", await hub.Database.AskAsync($"SELECT string_agg(action, ', ' ORDER BY id) FROM audit WHERE subject_id = '{id}'"));
    }

    private static Task<HttpResponseMessage> ApproveAsync(HttpClient client, string id) => client.PostAsJsonAsync(new Uri($"/api/v1/orders/{id}/approve", UriKind.Relative), new { because = "looks right" }, Stop);
}
