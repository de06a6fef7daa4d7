using System.Net;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.EndToEnd;

public sealed class ErrorPageTests(ConsoleHub hub, Browser browser)
{
    [Theory]
    [InlineData("/nothing/here", "There is no such page")]
    [InlineData("/orders/01900000-0000-7000-8000-000000000001", "There is no such order")]
    [InlineData("/deliveries/01900000-0000-7000-8000-000000000001", "There is no such delivery")]
    [InlineData("/dead-letters/01900000-0000-7000-8000-000000000001", "There is no such delivery")]
    [InlineData("/events/01900000-0000-7000-8000-000000000001", "There is no such event")]
    [InlineData("/parked/01900000-0000-7000-8000-000000000001", "There is no such event")]
    [InlineData("/connections/nobody", "There is no such connection")]
    [InlineData("/orders/not-an-id", "There is no such page")]
    public async Task What_is_not_there_is_told_in_words_and_with_404(string address, string text)
    {
        using var client = await hub.ClientAsync();
        using var answer = await client.GetAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        string html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains(text, html, StringComparison.Ordinal);
        Assert.Contains("href=\"/orders\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Capture_address_answers_other_methods_with_405_as_ever()
    {
        using var client = new HttpClient { BaseAddress = new Uri(hub.Address) };
        using var answer = await client.GetAsync(new Uri("/in/acme", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    [Fact]
    public async Task New_hub_says_on_every_page_what_comes_there_and_a_lost_database_is_told()
    {
        var database = new TestDatabase();
        await database.InitializeAsync();
        var folder = Directory.CreateTempSubdirectory("crossdock-e2e-");
        await using (var empty = await ConsoleHub.StartAsync(database.ConnectionString, folder.FullName))
        {
            await using (var desk = await browser.OpenAsync(empty.Address, 390))
            {
                await desk.Page.GotoAsync("/");
                await desk.Page.FillAsync("input[name=token]", ConsoleHub.Token);
                await desk.FollowAsync(desk.Page.Locator("button.primary"), "/");
                foreach (var (page, text) in ((string, string)[])
                [
                    ("/", "Nothing needs a person"), ("/", "No store is connected yet"), ("/orders", "No orders yet"), ("/approvals", "No order waits for approval"), ("/holds", "No order is held"),
                    ("/dead-letters", "No dead letters"), ("/parked", "Nothing is parked"), ("/deliveries", "Nothing was delivered yet"), ("/events", "Nothing was received"), ("/connections", "No connections yet"),
                ])
                {
                    Assert.Contains(text, await desk.ReadAsync(page), StringComparison.Ordinal);
                    Assert.Empty(await desk.OverflowAsync(alsoInside: true));
                }
            }

            using var client = await hub.ClientAsync(empty.Address);
            await database.DisposeAsync();
            using var answer = await client.GetAsync(new Uri("/orders", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Contains("The hub waits for its database", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        folder.Delete(recursive: true);
    }
}
