using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;
using Crossdock.Testing;
using Crossdock.Testing.Conformance;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.Tests.Paper;

/// <summary>The smallest platform that has everything a suite asks for: orders, a queue, webhooks, and a place for what it is told.</summary>
internal sealed class PaperShop(string fault) : EmulatedShop, IShopWithFeed, IShopWithSubscriptions, IShopToldStatus
{
    internal const string Key = "paper-key-0123456789";
    private const int Page = 3;

    private readonly Lock door = new();
    private readonly List<Sheet> sheets = [];
    private readonly List<Hook> hooks = [];
    private readonly List<Note> queue = [];
    private WebApplication? server;
    private FakeClock clock = new();
    private bool hasQueue;
    private int lastHandle;

    public override IConnector Connector { get; } = new PaperConnector(fault);
    public override IReadOnlyDictionary<string, string> Secrets { get; } = new Dictionary<string, string> { ["apiKey"] = Key };
    public override IReadOnlyDictionary<string, string> WrongSecrets { get; } = new Dictionary<string, string> { ["apiKey"] = "another-key-0123456789" };
    public override string WrongKeySays => "we do not know this key";
    public override int PageSize => Page;
    public TimeSpan HiddenFor { get; } = TimeSpan.FromMinutes(3);

    public override string SettingsAt(string address) => $$"""{"url":"{{address}}"}""";

    public override async Task<string> StartAsync(FakeClock clock)
    {
        this.clock = clock;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        server = builder.Build();
        server.Run(AnswerAsync);
        await server.StartAsync();
        return server.Urls.First();
    }

    public override Task<string> PlaceAsync()
    {
        lock (door)
        {
            var sheet = new Sheet((sheets.Count + 1).ToString(CultureInfo.InvariantCulture), clock.GetUtcNow());
            sheets.Add(sheet);
            Announce(sheet);
            return Task.FromResult(sheet.Id);
        }
    }

    public override Task ChangeAsync(string externalId)
    {
        lock (door)
        {
            var sheet = sheets.Single(one => one.Id == externalId);
            sheet.ChangedAt = clock.GetUtcNow();
            sheet.Total += 1;
            Announce(sheet);
            return Task.CompletedTask;
        }
    }

    public Task LoseFeedAsync()
    {
        lock (door)
        {
            hasQueue = false;
            queue.Clear();
            return Task.CompletedTask;
        }
    }

    public IReadOnlyList<string> ActiveFor(Uri address)
    {
        lock (door)
        {
            return [.. hooks.Where(hook => hook.Address == address.AbsoluteUri && hook.IsOn).Select(hook => hook.Topic)];
        }
    }

    public Task AddForeignAsync(Uri address)
    {
        lock (door)
        {
            hooks.Add(new Hook(hooks.Count + 1, "order", address.AbsoluteUri));
            return Task.CompletedTask;
        }
    }

    public bool SwitchOneOff(Uri address)
    {
        lock (door)
        {
            hooks.First(hook => hook.Address == address.AbsoluteUri).IsOn = false;
            return true;
        }
    }

    public void RemoveOne(Uri address)
    {
        lock (door)
        {
            hooks.Remove(hooks.First(hook => hook.Address == address.AbsoluteUri));
        }
    }

    public IReadOnlyList<string> ToldOf(string externalId)
    {
        lock (door)
        {
            return [.. sheets.Single(sheet => sheet.Id == externalId).Told];
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }

    private void Announce(Sheet sheet)
    {
        if (hasQueue)
        {
            queue.Add(new Note($"handle-{++lastHandle}", sheet.Id, sheet.ChangedAt));
        }
    }

    private async Task AnswerAsync(HttpContext call)
    {
        string body = await new StreamReader(call.Request.Body).ReadToEndAsync();
        var (status, answer) = call.Request.Headers["X-Key"] == Key ? Answer(call.Request.Method, call.Request.Path.Value!.Trim('/').Split('/'), call.Request.Query, body) : (401, (JsonNode)new JsonObject { ["message"] = "we do not know this key" });
        call.Response.StatusCode = status;
        call.Response.ContentType = "application/json";
        await call.Response.WriteAsync(answer.ToJsonString());
    }

    private (int Status, JsonNode Answer) Answer(string method, string[] path, IQueryCollection query, string body)
    {
        lock (door)
        {
            switch (method, path[0], path.Length)
            {
                case ("GET", "orders", 1):
                    return (200, List(query));
                case ("GET", "orders", 2) when sheets.Find(sheet => sheet.Id == path[1]) is { } found:
                    return (200, found.Json());
                case ("POST", "orders", 3) when sheets.Find(sheet => sheet.Id == path[1]) is { } told:
                    told.Told.Add(body);
                    return (200, new JsonObject());
                case ("GET", "orders", 3) when sheets.Find(sheet => sheet.Id == path[1]) is { } known:
                    return (200, new JsonObject { ["told"] = new JsonArray([.. known.Told.Select(one => (JsonNode)one)]) });
                case ("GET", "feed", 1) when !hasQueue:
                    return (404, new JsonObject { ["message"] = "no queue" });
                case ("GET", "feed", 1):
                    var waiting = queue.Where(note => note.HiddenUntil <= clock.GetUtcNow()).Take(2).ToList();
                    waiting.ForEach(note => note.HiddenUntil = clock.GetUtcNow() + HiddenFor);
                    return (200, new JsonObject { ["notes"] = new JsonArray([.. waiting.Select(note => (JsonNode)new JsonObject { ["handle"] = note.Handle, ["order"] = note.Order, ["at"] = note.At.ToString("O", CultureInfo.InvariantCulture) })]) });
                case ("PUT", "feed", 1):
                    hasQueue = true;
                    return (200, new JsonObject());
                case ("POST", "feed", 1):
                    queue.RemoveAll(note => body.Contains($"\"{note.Handle}\"", StringComparison.Ordinal));
                    return (200, new JsonObject());
                case ("GET", "hooks", 1):
                    return (200, new JsonObject { ["hooks"] = new JsonArray([.. hooks.Select(hook => (JsonNode)new JsonObject { ["id"] = hook.Id, ["topic"] = hook.Topic, ["address"] = hook.Address, ["on"] = hook.IsOn })]) });
                case ("POST", "hooks", 1):
                    hooks.Add(new Hook(hooks.Count + 100, "order", JsonNode.Parse(body)!["address"]!.GetValue<string>()));
                    return (201, new JsonObject());
                case ("PUT", "hooks", 2):
                    hooks.Single(hook => hook.Id.ToString(CultureInfo.InvariantCulture) == path[1]).IsOn = true;
                    return (200, new JsonObject());
                case ("DELETE", "hooks", 2):
                    hooks.RemoveAll(hook => hook.Id.ToString(CultureInfo.InvariantCulture) == path[1]);
                    return (200, new JsonObject());
                default:
                    return (404, new JsonObject { ["message"] = "there is nothing" });
            }
        }
    }

    // Ordered by time and id; a page goes on behind the last one seen, or with "skip", as so many platforms do, at a number.
    private JsonObject List(IQueryCollection query)
    {
        bool isPlaced = query["by"] == "placed";
        DateTimeOffset At(Sheet sheet) => isPlaced ? sheet.PlacedAt : sheet.ChangedAt;
        var from = DateTimeOffset.Parse(query["from"].ToString(), CultureInfo.InvariantCulture);
        var to = DateTimeOffset.Parse(query["to"].ToString(), CultureInfo.InvariantCulture);
        var window = sheets.Where(sheet => At(sheet) >= from && At(sheet) < to).OrderBy(At).ThenBy(sheet => sheet.Number);
        var rest = query.ContainsKey("skip") ? window.Skip(int.Parse(query["skip"].ToString(), CultureInfo.InvariantCulture))
            : query["after"].ToString().Split('_') is [var at, var id] ? window.Where(sheet => (At(sheet).UtcTicks, sheet.Number).CompareTo((long.Parse(at, CultureInfo.InvariantCulture), int.Parse(id, CultureInfo.InvariantCulture))) > 0) : window;
        var page = rest.Take(Page + 1).ToList();
        var last = page.Count > Page ? page[Page - 1] : null;
        return new JsonObject
        {
            ["orders"] = new JsonArray([.. page.Take(Page).Select(sheet => (JsonNode)sheet.Json())]),
            ["next"] = last is null ? null : query.ContainsKey("skip") ? (int.Parse(query["skip"].ToString(), CultureInfo.InvariantCulture) + Page).ToString(CultureInfo.InvariantCulture)
                : string.Create(CultureInfo.InvariantCulture, $"{At(last).UtcTicks}_{last.Number}"),
        };
    }

    private sealed class Sheet(string id, DateTimeOffset placedAt)
    {
        internal string Id { get; } = id;
        internal int Number { get; } = int.Parse(id, CultureInfo.InvariantCulture);
        internal DateTimeOffset PlacedAt { get; } = placedAt;
        internal DateTimeOffset ChangedAt { get; set; } = placedAt;
        internal decimal Total { get; set; } = 10;
        internal List<string> Told { get; } = [];

        internal JsonObject Json() => new()
        {
            ["id"] = Id, ["placed"] = PlacedAt.ToString("O", CultureInfo.InvariantCulture), ["changed"] = ChangedAt.ToString("O", CultureInfo.InvariantCulture), ["total"] = Total,
        };
    }

    private sealed class Hook(int id, string topic, string address)
    {
        internal int Id { get; } = id;
        internal string Topic { get; } = topic;
        internal string Address { get; } = address;
        internal bool IsOn { get; set; } = true;
    }

    private sealed class Note(string handle, string order, DateTimeOffset at)
    {
        internal string Handle { get; } = handle;
        internal string Order { get; } = order;
        internal DateTimeOffset At { get; } = at;
        internal DateTimeOffset HiddenUntil { get; set; }
    }
}
