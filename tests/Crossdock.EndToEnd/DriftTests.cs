using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Crossdock.Connections;
using Crossdock.Server.Commands;
using Crossdock.Testing.Database;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossdock.EndToEnd;

/// <summary>A shop's documents change: the order is held, told on the page, by the API and on the command line, and goes on once.</summary>
public sealed class DriftTests(ConsoleHub hub, Browser browser)
{
    private const int Learned = 302;
    private const string Street = "/entrega/calle";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Order_of_a_renamed_field_is_held_and_goes_on_once_when_the_mapping_was_mended()
    {
        await LearnAsync("vivero");
        long id = hub.NextId();
        await SendAsync("vivero", Document(id, street: "direccion"));
        await hub.UntilAsync(id, "o.held");
        await using var desk = await browser.SignInAsync(hub);
        string text = await desk.ReadAsync("/connections/vivero/documents");
        Assert.Contains("holds orders: address", text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("entrega.calle is missing", text, StringComparison.Ordinal);
        Assert.Contains("New beside it: direccion", text, StringComparison.Ordinal);
        await desk.FollowAsync(desk.Page.Locator("a", new() { HasText = "1 order held" }), "/holds?store=vivero&code=drift");
        Assert.Contains(id.ToString(CultureInfo.InvariantCulture), await desk.Page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);

        // With the mapping as it is, it is as wrong as before.
        await desk.Page.GotoAsync("/connections/vivero/documents");
        await desk.ActAsync("Mended: work them again", "tried too early");
        Assert.Equal("1 order is worked again; what is still wrong stays held.", await desk.NoticeAsync());
        await hub.UntilAsync(id, "o.held AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.order_key = o.external_id)");
        Assert.Contains("1 order held", await desk.ReadAsync("/connections/vivero/documents"), StringComparison.Ordinal);

        await ConnectAsync("vivero", "/entrega/direccion");
        await desk.Page.GotoAsync("/connections/vivero/documents");
        await desk.ActAsync("Mended: work them again", "the shop calls it direccion now");
        await hub.UntilAsync(id, "NOT o.held AND (SELECT count(*) FROM deliveries d WHERE d.order_id = o.id AND d.state = 'delivered') = 1");
        Assert.Single(hub.Courier.References, id.ToString(CultureInfo.InvariantCulture));
        Assert.Contains("No longer held: the reason is gone.", await hub.TimelineAsync(id), StringComparison.Ordinal);
        text = await desk.ReadAsync("/connections/vivero/documents?all=true");
        Assert.Contains("the shop calls it direccion now", text, StringComparison.Ordinal);
        Assert.DoesNotContain("1 order held", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_is_accepted_in_the_browser_and_its_orders_go_on_once()
    {
        await LearnAsync("huerto");
        long first = hub.NextId(), second = hub.NextId();
        await SendAsync("huerto", Document(first, currency: "EUR"));
        await SendAsync("huerto", Document(second, currency: "EUR"));
        await hub.UntilAsync(first, "o.held");
        await hub.UntilAsync(second, "o.held");
        await using (var phone = await browser.SignInAsync(hub, 390))
        {
            await phone.Page.GotoAsync("/connections/huerto/documents");
            await phone.Page.EvaluateAsync("() => document.querySelectorAll('details').forEach(part => part.open = true)");
            Assert.Empty(await phone.OverflowAsync(alsoInside: true));
        }

        await using var desk = await browser.SignInAsync(hub);
        string text = await desk.ReadAsync("/connections/huerto/documents");
        Assert.Contains("moneda is EUR: until now it was CLP", text, StringComparison.Ordinal);
        Assert.Contains("2 orders held", text, StringComparison.Ordinal);
        Assert.Equal(0, await desk.Page.GetByText("Ignore", new() { Exact = true }).CountAsync());
        await desk.ActAsync("It is right: let them go on", "they sell to Spain now");
        Assert.Equal("Accepted: it is usual from now on. 2 orders go on.", await desk.NoticeAsync());
        foreach (long id in (long[])[first, second])
        {
            await hub.UntilAsync(id, "NOT o.held AND (SELECT count(*) FROM deliveries d WHERE d.order_id = o.id AND d.state = 'delivered') = 1");
            Assert.Contains("they sell to Spain now", await hub.TimelineAsync(id), StringComparison.Ordinal);
        }

        Assert.Contains("No change is open", await desk.ReadAsync("/connections/huerto/documents"), StringComparison.Ordinal);
        await KnownAsync("huerto");
        text = await desk.ReadAsync("/connections/huerto/documents?all=true&topic=" + Uri.EscapeDataString((string)(await hub.ScalarAsync("SELECT topic FROM shapes s JOIN connections c ON c.id = s.connection_id WHERE c.key = 'huerto'"))!));
        Assert.Contains("they sell to Spain now", text, StringComparison.Ordinal);
        Assert.Contains("entrega.calle", text, StringComparison.Ordinal);

        // It is usual from now on.
        long third = hub.NextId();
        await SendAsync("huerto", Document(third, currency: "EUR"));
        await hub.UntilAsync(third, "o.state = 'processing'");
    }

    [Fact]
    public async Task Programs_are_told_of_it_and_may_only_do_what_is_right()
    {
        await LearnAsync("huerto");
        long id = hub.NextId();
        await SendAsync("huerto", Document(id, currency: "USD"));
        await hub.UntilAsync(id, "o.held");
        using var api = new HttpClient { BaseAddress = new Uri(hub.Address + "/api/v1/"), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", ConsoleHub.Token) } };
        var drift = Assert.Single((await ItemsAsync(api, "connections/huerto/drift")), one => one.GetProperty("came").GetString() == "USD");
        Assert.Equal(("currency", "open", 1L), (drift.GetProperty("meaning").GetString(), drift.GetProperty("state").GetString(), drift.GetProperty("held").GetInt64()));
        Assert.Contains(await ItemsAsync(api, "drift"), one => one.GetProperty("id").GetString() == drift.GetProperty("id").GetString());
        string path = $"connections/huerto/drift/{drift.GetProperty("id").GetString()}";
        Assert.Equal(drift.GetRawText(), (await api.GetFromJsonAsync<JsonElement>(path, Stop)).GetRawText());
        using (var ignored = await api.PostAsJsonAsync(path + "/ignore", new { because = "never mind" }, Stop)) Assert.Equal(HttpStatusCode.Conflict, ignored.StatusCode);
        using (var nothing = await api.PostAsJsonAsync("connections/huerto/drift/0000000000000000/accept", new { }, Stop)) Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);
        using (var elsewhere = await api.GetAsync("connections/nobody/drift", Stop)) Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
        using (var accepted = await api.PostAsJsonAsync(path + "/accept", new { because = "also to the States" }, Stop))
        {
            var done = await accepted.Content.ReadFromJsonAsync<JsonElement>(Stop);
            Assert.Equal((1, "accepted", "also to the States"), (done.GetProperty("orders").GetInt32(), done.GetProperty("drift").GetProperty("state").GetString(), done.GetProperty("drift").GetProperty("changedBecause").GetString()));
        }

        await hub.UntilAsync(id, "(SELECT count(*) FROM deliveries d WHERE d.order_id = o.id AND d.state = 'delivered') = 1");
        Assert.DoesNotContain(await ItemsAsync(api, "connections/huerto/drift"), one => one.GetProperty("came").GetString() == "USD");
        Assert.Contains(await ItemsAsync(api, "connections/huerto/drift?all=true"), one => one.GetProperty("came").GetString() == "USD");
        await KnownAsync("huerto");
        var topic = Assert.Single(await ItemsAsync(api, "connections/huerto/shapes"));
        Assert.False(topic.GetProperty("isLearning").GetBoolean());
        var known = await api.GetFromJsonAsync<JsonElement>("connections/huerto/shapes?topic=" + Uri.EscapeDataString(topic.GetProperty("topic").GetString()!), Stop);
        Assert.Contains(known.GetProperty("fields").EnumerateArray(), field => field.GetProperty("path").GetString() == "moneda" && field.GetProperty("meaning").GetString() == "currency");
    }

    [Fact]
    public async Task Command_line_lists_and_accepts_it()
    {
        await LearnAsync("huerto");
        long id = hub.NextId();
        await SendAsync("huerto", Document(id, currency: "PEN"));
        await hub.UntilAsync(id, "o.held");
        string change = (string)(await hub.ScalarAsync("SELECT d.id FROM drifts d JOIN connections c ON c.id = d.connection_id WHERE c.key = 'huerto' AND d.sentence LIKE '%PEN%'"))!;
        var (code, told) = await RunAsync("drift", "--connection", "huerto");
        Assert.Equal(0, code);
        Assert.Contains($"huerto {change} open, 1 order held", told, StringComparison.Ordinal);
        Assert.Contains("moneda is PEN", told, StringComparison.Ordinal);
        Assert.Equal(3, (await RunAsync("drift", "ignore", "huerto", change)).Code);
        (code, told) = await RunAsync("drift", "accept", "huerto", change, "--because", "Peru too");
        Assert.Equal((0, "Accepted; 1 order goes on."), (code, told.Trim()));
        await hub.UntilAsync(id, "(SELECT count(*) FROM deliveries d WHERE d.order_id = o.id AND d.state = 'delivered') = 1");
        (_, told) = await RunAsync("drift", "--connection", "huerto", "--all");
        Assert.Contains($"huerto {change} accepted", told, StringComparison.Ordinal);
        Assert.Equal(3, (await RunAsync("drift", "accept", "huerto", "0000000000000000")).Code);
    }

    private async Task<(int Code, string Told)> RunAsync(params string[] arguments)
    {
        var (console, errors) = (Console.Out, Console.Error);
        using var told = new StringWriter();
        Console.SetOut(told);
        Console.SetError(TextWriter.Null);
        try
        {
            return (await CommandLine.RunAsync([.. arguments, "--url", hub.Address, "--token", ConsoleHub.Token]), told.ToString());
        }
        finally
        {
            Console.SetOut(console);
            Console.SetError(errors);
        }
    }

    private static async Task<List<JsonElement>> ItemsAsync(HttpClient api, string path) => [.. (await api.GetFromJsonAsync<JsonElement>(path, Stop)).GetProperty("items").EnumerateArray()];

    // Enough documents to know the shop by; the second test of a shop finds them there.
    private async Task LearnAsync(string key)
    {
        if (await hub.ScalarAsync($"SELECT 1 FROM connections WHERE key = '{key}'") is not null)
        {
            return;
        }

        await ConnectAsync(key, Street);
        for (int sent = 0; sent < Learned; sent += 16)
        {
            await Task.WhenAll(Enumerable.Range(0, Math.Min(16, Learned - sent)).Select(_ => SendAsync(key, Document(hub.NextId()))));
        }

        for (int wait = 0; (long)(await hub.ScalarAsync($"SELECT count(*) FROM orders o JOIN connections c ON c.id = o.connection_id WHERE c.key = '{key}'"))! < Learned; wait++)
        {
            Assert.True(wait < 1200, "the documents were not learned from");
            await Task.Delay(50, Stop);
        }
    }

    // What is known of a shop's documents is written down every few seconds.
    private Task KnownAsync(string key) => hub.Database.UntilAsync($"SELECT EXISTS (SELECT 1 FROM shapes s JOIN connections c ON c.id = s.connection_id WHERE c.key = '{key}')", true);

    private async Task ConnectAsync(string key, string street)
    {
        var applied = await hub.Services.GetRequiredService<ConfigurationService>().ApplyAsync($$"""
            connections:
              - key: {{key}}
                platform: custom
                secrets: { webhookToken: the-token-of-a-garden-shop }
                destinations: [courier]
                settings: {
                  "signature": { "kind": "token", "header": "X-Token" },
                  "fields": { "externalId": "/id", "number": "/folio", "currency": "/moneda", "paymentStatus": { "const": "paid" }, "placedAt": { "path": "/creado", "date": "iso" },
                    "totals.total": { "path": "/total", "money": "main" }, "shipTo.name": "/entrega/nombre", "shipTo.line1": "{{street}}", "shipTo.city": "/entrega/comuna", "shipTo.country": "/entrega/pais",
                    "lines": { "path": "/items", "each": { "sku": "/codigo", "name": "/titulo", "quantity": "/cantidad", "unitPrice": { "path": "/precio", "money": "main" } } } } }
            """, "tests", static _ => null, cancellationToken: Stop);
        Assert.Empty(applied.Errors);
    }

    private async Task SendAsync(string key, string body)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{hub.Address}/in/{key}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Token", "the-token-of-a-garden-shop");
        using var answer = await http.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static string Document(long id, string currency = "CLP", string street = "calle") => $$"""
        {"id":"{{id}}","folio":"{{id}}","moneda":"{{currency}}","creado":"2026-11-01T10:00:00Z","total":25990,"entrega":{"nombre":"Ana Díaz","{{street}}":"Av. Irarrázaval 2401","comuna":"Ñuñoa","pais":"CL"},
         "items":[{"codigo":"POL-1","titulo":"Polera","cantidad":1,"precio":25990}]}
        """;
}
