using Crossdock.Connectors.Http;
using Crossdock.Testing;
using Xunit;

namespace Crossdock.EndToEnd;

public sealed class OrderPageTests(ConsoleHub hub, Browser browser)
{
    [Fact]
    public async Task One_order_shows_lines_history_payload_and_deliveries()
    {
        long id = hub.NextId();
        var order = await hub.OrderAsync("acme", id, "o.state = 'processing'", quantity: 3);
        string body = TestHub.Order(id, quantity: 3);
        await hub.SendAsync("acme", body.Replace("2026-11-01T10:00:00Z", "2026-11-01T10:05:00Z", StringComparison.Ordinal));
        await WaitAsync(id, "arrived and changed nothing");

        await using var desk = await browser.SignInAsync(hub);
        string text = await desk.ReadAsync($"/orders/{order}");
        foreach (string part in (string[])
            [
                $"#{id}", "Good Courier (as SHP-", "has it.",                                 // where it stands
                "SKU-1", "Boots", "25,990 CLP", "Ana Rojas", "Av. Siempre Viva 742", "Santiago", "+56911112222",
                "The store announced the order (orders/updated).", "The order is approved.", "To be handed to courier", "Attempt 1: taken (HTTP 201)", "The order went from approved to processing.",
                "Order to Good Courier", "2 events",
            ])
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
        }

        await desk.Page.ClickAsync("text=Payload that this order was read from");
        Assert.Contains($"\"id\": {id},", await desk.Page.Locator("details[open]").First.InnerTextAsync(), StringComparison.Ordinal);
        await desk.Page.ClickAsync("text=Exactly as it came");
        Assert.Contains($"{{\"id\":{id},\"name\":", await desk.Page.Locator("details details[open]").InnerTextAsync(), StringComparison.Ordinal);
        await desk.Page.Locator("summary", new() { HasText = "Attempt 1" }).ClickAsync();
        string attempt = await desk.Page.Locator("details[open]", new() { HasText = "Attempt 1" }).InnerTextAsync();
        Assert.Contains($$"""{"reference":"#{{id}}","name":"Ana Rojas"}""", attempt, StringComparison.Ordinal);
        Assert.Contains("Idempotency-Key", attempt, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Open_order_follows_what_happens_to_it()
    {
        long id = hub.NextId();
        var order = await hub.OrderAsync("acme", id, "o.held", quantity: 9);
        await using var desk = await browser.SignInAsync(hub);
        await desk.Page.GotoAsync($"/orders/{order}");
        await desk.Page.EvaluateAsync("() => window.isTheSame = true");
        await hub.OrderAsync("acme", id, "NOT o.held AND o.state = 'processing'", "2026-11-01T10:05:00Z", quantity: 2);
        await Microsoft.Playwright.Assertions.Expect(desk.Page.Locator("#state")).ToContainTextAsync("processing");
        await Microsoft.Playwright.Assertions.Expect(desk.Page.Locator("#standing")).ToContainTextAsync("Good Courier (as SHP-");
        await Microsoft.Playwright.Assertions.Expect(desk.Page.Locator("#history")).ToContainTextAsync("No longer held: the reason is gone.");
        await Microsoft.Playwright.Assertions.Expect(desk.Page.Locator("#deliveries")).ToContainTextAsync("delivered");
        Assert.True(await desk.Page.EvaluateAsync<bool>("() => window.isTheSame === true"));
    }

    [Fact]
    public async Task Excluded_order_says_why_and_what_to_do()
    {
        var order = await hub.OrderAsync("capital", hub.NextId(), "o.state = 'excluded'");
        await using var desk = await browser.SignInAsync(hub);
        string text = await desk.ReadAsync($"/orders/{order}");
        Assert.Contains("It goes nowhere: we deliver to the regions only.", text, StringComparison.Ordinal);
        Assert.Contains("mend the store's rules and replay the last event", text, StringComparison.Ordinal);
        Assert.Contains("rule \"The capital is not ours\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_order_says_what_the_courier_said_and_what_to_do()
    {
        hub.Courier.Next(CourierMood.BadAddress);
        var order = await hub.OrderAsync("acme", hub.NextId(), "o.held");
        await using var desk = await browser.SignInAsync(hub);
        string text = await desk.ReadAsync($"/orders/{order}");
        Assert.Contains("Held: courier: The address cannot be served", text, StringComparison.Ordinal);
        Assert.Contains("Have it corrected in the shop (the correction is taken over), or edit what is sent.", text, StringComparison.Ordinal);
        await desk.FollowAsync(desk.Page.Locator("text=Edit what is sent"));
        Assert.Contains("Stopped for a person", await desk.Page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_that_decide_as_before_are_told_once()
    {
        long id = hub.NextId();
        var order = await hub.OrderAsync("capital", id, "o.state = 'excluded'");
        await hub.OrderAsync("capital", id, "o.document ->> 'note' IS NULL", "2026-11-01T10:05:00Z", quantity: 4);
        await WaitAsync(id, "The store changed the order");
        await using var desk = await browser.SignInAsync(hub);
        string text = await desk.ReadAsync($"/orders/{order}");
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(text, "^Excluded the order", System.Text.RegularExpressions.RegexOptions.Multiline, TimeSpan.FromSeconds(1)));
        Assert.Contains("The rules decided as before: excluded the order", text, StringComparison.Ordinal);
    }

    private Task WaitAsync(long id, string told) =>
        hub.UntilAsync(id, $"EXISTS (SELECT 1 FROM timeline t WHERE t.order_id = o.id AND t.entries::text LIKE '%{told}%')");
}
