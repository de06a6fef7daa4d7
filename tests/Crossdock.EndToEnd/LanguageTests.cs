using System.Net.Http.Json;
using Crossdock.Testing.Database;
using Microsoft.Playwright;
using Xunit;

namespace Crossdock.EndToEnd;

public sealed class LanguageTests(ConsoleHub hub, Browser browser)
{
    [Fact]
    public async Task Browser_that_asks_for_Spanish_gets_Spanish()
    {
        await using var desk = await browser.OpenAsync(hub.Address, locale: "es-CL");
        await desk.Page.GotoAsync("/sign-in?returnUrl=%2Fholds%3Fcode%3Dnone");
        Assert.Equal("es-CL", await desk.Page.Locator("html").GetAttributeAsync("lang"));
        await desk.Page.FillAsync("input[name=token]", ConsoleHub.Token);
        await desk.FollowAsync(desk.Page.GetByRole(AriaRole.Button, new() { Name = "Iniciar sesión" }).Last, "/holds?code=none");
        Assert.Equal("Retenciones", await desk.Page.Locator("h1").InnerTextAsync());
        Assert.Contains("Ningún pedido retenido", await desk.Page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal("Cerrar sesión", await desk.Page.Locator("form[action='/sign-out'] button").InnerTextAsync());
    }

    [Fact]
    public async Task Choice_of_an_account_goes_along_to_the_next_browser()
    {
        // With its first account a hub signs people in otherwise: this is a hub of its own.
        await using var database = new TestDatabase();
        await database.InitializeAsync();
        var folder = Directory.CreateTempSubdirectory("crossdock-language-");
        await using var own = await ConsoleHub.StartAsync(database.ConnectionString, folder.FullName);
        using var api = new HttpClient { BaseAddress = new Uri(own.Address), DefaultRequestHeaders = { Authorization = new("Bearer", ConsoleHub.Token) } };
        using var made = await api.PostAsJsonAsync("/api/v1/users", new { name = "carmen", role = "viewer", password = "a sentence that nobody guesses" }, TestContext.Current.CancellationToken);
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await using (var first = await SignInAsync())
        {
            Assert.Equal("Your account", await first.Page.Locator("h1").InnerTextAsync());
            await first.Page.SelectOptionAsync("select[name=locale]", "es-ES");
            await first.Page.SelectOptionAsync("select[name=timeZone]", "Asia/Kathmandu");
            await first.FollowAsync(first.Page.GetByRole(AriaRole.Button, new() { Name = "Keep this" }), "/account");
            Assert.Equal("Su cuenta", await first.Page.Locator("h1").InnerTextAsync());
        }

        await using var second = await SignInAsync();
        Assert.Equal("Su cuenta", await second.Page.Locator("h1").InnerTextAsync());
        Assert.Contains("1.234,50 EUR", await second.Page.Locator("#reading").InnerTextAsync(), StringComparison.Ordinal);
        // The session's own time, five hours and three quarters after UTC.
        var time = second.Page.Locator("time").First;
        var at = DateTimeOffset.Parse((await time.GetAttributeAsync("datetime"))!, System.Globalization.CultureInfo.InvariantCulture).ToOffset(TimeSpan.FromMinutes(345));
        Assert.Contains(at.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture), await time.InnerTextAsync(), StringComparison.Ordinal);

        async Task<Desk> SignInAsync()
        {
            var desk = await browser.OpenAsync(own.Address);
            await desk.Page.GotoAsync("/sign-in?returnUrl=%2Faccount");
            await desk.Page.FillAsync("input[name=name]", "carmen");
            await desk.Page.FillAsync("input[name=password]", "a sentence that nobody guesses");
            await desk.FollowAsync(desk.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).First, "/account");
            return desk;
        }
    }
}
