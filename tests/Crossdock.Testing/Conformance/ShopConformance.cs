using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Testing.Reading;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Crossdock.Testing.Conformance;

/// <summary>What the suites against an emulator share: the emulator, a line to it that can break, and a clock that stands still until it is moved.</summary>
public abstract class ShopConformance : ConnectorConformance, IAsyncLifetime
{
    /// <summary>Longer than anybody may wait for an answer.</summary>
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly List<IDisposable> opened = [];

    private readonly MemoryVault tokens = new();

    private EmulatedShop? shop;

    /// <summary>Makes the platform's emulator; it is started by the suite.</summary>
    protected abstract EmulatedShop NewShop();

    /// <summary>The emulator.</summary>
    protected EmulatedShop Shop => shop ??= NewShop();

    /// <summary>The line to it.</summary>
    protected FaultyLine Line { get; private set; } = null!;

    /// <summary>The clock of emulator and connector.</summary>
    protected FakeClock Clock { get; } = new();

    /// <inheritdoc />
    protected override IConnector Connector => Shop.Connector;

    /// <inheritdoc />
    protected override ConnectionSettings Valid => Shop.Connection("http://127.0.0.1:9");

    /// <inheritdoc />
    public async ValueTask InitializeAsync() => Line = await FaultyLine.OpenAsync(await Shop.StartAsync(Clock));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(opened))
        {
            one.Dispose();
        }

        tokens.Dispose();
        if (Line is not null)
        {
            await Line.DisposeAsync();
            await Shop.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Access over the line, as the hub would give it: all of a connection share their tokens.</summary>
    protected TestAccess NewAccess(bool isKeyWrong = false) =>
        Kept(new TestAccess(Connector.Manifest.Platform, Shop.SettingsAt(Line.Address), isKeyWrong ? Shop.WrongSecrets : Shop.Secrets, Clock, isKeyWrong ? null : tokens));

    private protected T Kept<T>(T one) where T : IDisposable
    {
        opened.Add(one);
        return one;
    }

    /// <summary>What no platform says when it is well: its own troubles, other people's pages, halves and silence.</summary>
    private protected static IEnumerable<(string What, Func<HttpContext, Task> Instead)> Troubles =>
    [
        ("an HTML page with 503", Says(503, "<!doctype html><html><body>Down for maintenance</body></html>")),
        ("an HTML page with 200", Says(200, "<!doctype html><html><body>Welcome</body></html>")),
        ("nothing with 200", Says(200, "")),
        ("a word", Says(200, "OK")),
        ("JSON that ends too early", Says(200, "{\"orders\":[{\"id\":1")),
        ("a bad gateway", Says(502, "")),
        ("an internal error", Says(500, """{"message":"boom"}""")),
        ("half a body", async context =>
        {
            context.Response.ContentLength = 10_000;
            await context.Response.WriteAsync("{\"data\":[");
            await context.Response.Body.FlushAsync();
            context.Abort();
        }),
        ("a broken connection", context =>
        {
            context.Abort();
            return Task.CompletedTask;
        }),
    ];

    /// <summary>What comes when a key, an address or a proxy is odd: never an exception.</summary>
    private protected IEnumerable<(string What, Func<HttpContext, Task> Instead)> Oddities()
    {
        string all = string.Join(' ', Shop.Secrets.Values);
        string[] bodies = ["", "null", "[]", "{}", "{", "\"text\"", "12", "[null]", "[[]]", "<html>", "{\"data\":null}", "{\"data\":[],\"errors\":7}", "{\"orders\":{}}", "{\"items\":null}", "{\"id\":{\"a\":[]}}", "\uFEFF{}", "{\"id\":\"\\ud800\"}",
            new string('[', 3000), $"{{\"message\":\"what is {all}?\",\"errors\":\"what is {all}?\",\"error\":\"what is {all}?\"}}", $"<html>{all}</html>"];
        foreach (int status in new[] { 200, 201, 204, 301, 304, 400, 401, 402, 403, 404, 406, 409, 410, 415, 422, 423, 429, 430, 500, 503, 530 })
        {
            foreach (string body in status is 204 or 304 ? [""] : bodies)
            {
                yield return ($"HTTP {status} {body[..Math.Min(60, body.Length)]}", Says(status, body));
            }
        }
    }

    /// <summary>Nobody ever answers.</summary>
    private protected static Task SilenceAsync(HttpContext context) => Task.Delay(Timeout.Infinite, context.RequestAborted);

    /// <summary>Waits for a call that nobody answers, moving the clock until the connector gives up.</summary>
    private protected async Task<T> UntilGivenUpAsync<T>(Func<Task<T>> call)
    {
        Line.Instead = SilenceAsync;
        int before = Line.Calls.Count;
        var calling = call();
        for (int wait = 0; wait < 400 && !calling.IsCompleted; wait++)
        {
            await Task.WhenAny(calling, Task.Delay(100));
            if (Line.Calls.Count > before)
            {
                Clock.Advance(TimeSpan.FromSeconds(5));
            }
        }

        return await calling.WaitAsync(TimeSpan.FromSeconds(1));
    }

    private protected void HoldsNoSecret(string what, string? text) =>
        Assert.All(Shop.Secrets.Values.Where(secret => secret.Length >= 8), secret => Assert.False(text?.Contains(secret, StringComparison.Ordinal) == true, $"{what}: a secret stands in {text}"));

    private protected void EveryCallWaitedItsTurn(RecordedBudget budget, int callsBefore, int spentBefore)
    {
        int calls = Line.Calls.Skip(callsBefore).Count(call => Shop.IsLimited(call.Method, call.Path));
        Assert.True(budget.Spent.Count - spentBefore == calls, $"{calls} calls were made, {budget.Spent.Count - spentBefore} waited for their turn");
        Assert.All(budget.Spent, cost => Assert.True(cost > 0, "a call costs something"));
        Assert.All(budget.Reports, report => Assert.True(report.Remaining >= 0 && report.Limit > 0 && report.RestoredPerSecond is null or > 0, $"the report {report} makes no sense"));
    }

    private static Func<HttpContext, Task> Says(int status, string body) => context => FaultyLine.WriteAsync(context, new LineAnswer(status, body));
}
