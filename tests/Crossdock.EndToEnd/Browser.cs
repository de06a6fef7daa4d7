using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(Crossdock.EndToEnd.Browser))]

namespace Crossdock.EndToEnd;

/// <summary>The installed Chromium, started once. Tests are skipped where there is none; nothing is ever downloaded.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Programs = ["chromium", "chromium-browser", "google-chrome"];

    private static readonly string[] Arguments =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--host-resolver-rules=MAP hub.test 127.0.0.1"];

    private IPlaywright? playwright;
    private IBrowser? chromium;
    private string? signedIn;

    public async ValueTask InitializeAsync()
    {
        string? program = Programs.SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        if (program is null) return;
        playwright = await Playwright.CreateAsync();
        chromium = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Headless = true, Args = Arguments });
    }

    public async ValueTask DisposeAsync()
    {
        if (chromium is not null) await chromium.DisposeAsync();
        playwright?.Dispose();
    }

    /// <summary>A window of its own, without cookies.</summary>
    internal async Task<Desk> OpenAsync(string address, int width = 1280, ColorScheme scheme = ColorScheme.Light, string? state = null, string locale = "en-GB")
    {
        Assert.SkipWhen(chromium is null, "Chromium is not installed (apt-get install chromium): the console was not tested in a browser.");
        var context = await chromium!.NewContextAsync(new()
        {
            BaseURL = address, ColorScheme = scheme, ViewportSize = new() { Width = width, Height = width < 500 ? 844 : 800 }, Locale = locale, TimezoneId = "UTC", StorageState = state,
        });
        context.SetDefaultTimeout(30_000);
        return new Desk(context, await context.NewPageAsync());
    }

    /// <summary>A window that is signed in: once through the page, later with the cookie that the first time gave.</summary>
    internal async Task<Desk> SignInAsync(ConsoleHub hub, int width = 1280, ColorScheme scheme = ColorScheme.Light, string locale = "en-GB")
    {
        var desk = await OpenAsync(hub.Address, width, scheme, signedIn, locale);
        if (signedIn is null)
        {
            await desk.Page.GotoAsync("/sign-in");
            await desk.Page.FillAsync("input[name=token]", ConsoleHub.Token);
            await desk.FollowAsync(desk.Page.Locator("button.primary"), "/");
            signedIn = await desk.Page.Context.StorageStateAsync();
        }

        return desk;
    }
}
