using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Calls;
using Crossdock.Connectors.Http;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Tests.Paper;

/// <summary>A sound connector for <see cref="PaperShop"/>, with one fault where one is named.</summary>
internal sealed class PaperConnector(string fault) : IConnector, IOrderMapper, IOrderSource, IOrderFeedSource, ISubscriptionSource, IOrderStatusTarget, IConnectionTest
{
    public ConnectorManifest Manifest { get; } = new()
    {
        Platform = "paper", Title = "Paper", Summary = "Orders on paper.",
        Settings = [new SettingField { Name = "url", Label = "Address", Help = "Where the paper lies.", Type = SettingType.Url, IsRequired = true }],
        Secrets = [new SettingField { Name = "apiKey", Label = "Key", Help = "The key of the drawer." }],
    };

    public IReadOnlyList<SettingProblem> Check(ConnectionSettings connection) => connection.Text("url") is null ? [new SettingProblem("settings.url", "The address is missing.")] : [];

    public IOrderMapping MappingFor(ConnectionSettings connection) => new PaperMapping();

    public ReadingTraits? ReadingOf(ConnectionSettings connection) => connection.Secret("apiKey") is null ? null : new ReadingTraits { Pace = new RequestPace(10, 10, 2), HasCheapSummaries = false };

    public IOrderReader OpenReader(ConnectionAccess access) => new PaperReader(fault, new PaperClient(fault, access));

    public TimeSpan? FeedEvery(ConnectionSettings connection) => TimeSpan.FromSeconds(30);

    public IOrderFeed OpenFeed(ConnectionAccess access) => new PaperFeed(fault, new PaperClient(fault, access));

    public bool ManagesSubscriptions(ConnectionSettings connection) => connection.Secret("apiKey") is not null;

    public ISubscriptions OpenSubscriptions(ConnectionAccess access) => new PaperSubscriptions(fault, new PaperClient(fault, access));

    public bool TellsStatus(ConnectionSettings connection) => connection.Secret("apiKey") is not null;

    public IDestination OpenStatus(ConnectionAccess access) => new PaperStatus(fault, new PaperClient(fault, access));

    public async Task<IReadOnlyList<TestFinding>> TestAsync(ConnectionAccess access, CancellationToken cancellationToken)
    {
        var client = new PaperClient(fault, access);
        var answer = await client.CallAsync(HttpMethod.Get, "hooks", null, cancellationToken);
        if (fault == "test registers a webhook")
        {
            await client.CallAsync(HttpMethod.Put, "feed", new JsonObject(), cancellationToken);
        }

        return [answer.Trouble is null || fault == "test believes everything"
            ? new TestFinding("Key", TestVerdict.Passed, "The key is right.")
            : new TestFinding("Key", TestVerdict.Failed, fault == "test has own words" ? "It does not work." : answer.Trouble ?? "")];
    }
}

/// <summary>Reads what the paper says.</summary>
internal sealed class PaperMapping : IOrderMapping
{
    public MappingOutcome Map(in ReceivedEvent received)
    {
        try
        {
            using var document = JsonDocument.Parse(received.Payload);
            var root = document.RootElement;
            return received.Topic == "note"
                ? new Announced(root.GetProperty("order").GetString()!, "on paper")
                : new MappedOrder(new Order
                {
                    ExternalId = root.GetProperty("id").GetString()!, Number = root.GetProperty("id").GetString()!, Currency = "EUR", PlacedAt = root.GetProperty("placed").GetDateTimeOffset(), UpdatedAt = root.GetProperty("changed").GetDateTimeOffset(),
                    Totals = new OrderTotals { Total = new Money(root.GetProperty("total").GetDecimal(), "EUR") },
                });
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return new Unmappable("This is no paper of ours.");
        }
    }
}

/// <summary>An answer understood: either JSON or a trouble, and of what kind.</summary>
internal sealed record PaperAnswer(PlatformAnswer Raw, JsonNode? Json, string? Trouble, bool IsPersons, bool IsThrottled);

/// <summary>Calls the shop.</summary>
internal sealed class PaperClient(string fault, ConnectionAccess access)
{
    private readonly PlatformCaller caller = new(access, new Masks(fault == "leaks secrets" ? [] : access.Settings.Secrets.Values));

    internal ConnectionAccess Access => access;

    internal Exchange Log(PaperAnswer answer) => caller.Log(answer.Raw);

    internal async Task<PaperAnswer> CallAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        if (fault == "waits twice")
        {
            await access.Budget.WaitAsync(1, cancellationToken);
        }

        var request = new HttpRequestMessage(method, $"{access.Settings.Text("url")}/{path}");
        request.Headers.TryAddWithoutValidation("X-Key", access.Settings.Secret("apiKey"));
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), null, "application/json");
        var answer = await caller.CallAsync(request, fault == "never waits" ? 0 : 1, cancellationToken);
        if (fault == "throws" && !answer.IsSuccess)
        {
            throw new HttpRequestException("it throws");
        }

        JsonNode? json = null;
        try
        {
            json = JsonNode.Parse(answer.Body);
        }
        catch (JsonException) when (fault != "throws on garbage")
        {
            // Something else than the shop answered.
        }

        string? words = answer.Problem ?? Text(json, "message") ?? caller.Masks.Body(answer.Body) ?? $"HTTP {answer.Status}";
        words = words.Length > 300 ? words[..300] : words;
        if (answer.Status == 429 && fault != "never pauses")
        {
            access.Budget.Pause(answer.RetryAfter(access.Clock) ?? TimeSpan.FromSeconds(10));
        }

        return new PaperAnswer(answer, json, answer.IsSuccess && json is JsonObject ? null : caller.Masks.Mask(words), answer.Status is >= 300 and < 500 and not 429, answer.Status == 429);
    }

    internal static string? Text(JsonNode? node, string name)
    {
        try
        {
            return node is JsonObject known ? known[name]?.GetValue<string>() : null;
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    internal static IEnumerable<JsonObject> Rows(JsonNode? node, string name) => node is JsonObject known && known[name] is JsonArray rows ? rows.OfType<JsonObject>() : [];
}

/// <summary>Reads the shop.</summary>
internal sealed class PaperReader(string fault, PaperClient client) : IOrderReader
{
    private string? remembered;

    public async Task<ListOutcome> ListAsync(ReadRequest request, CancellationToken cancellationToken)
    {
        string place = fault switch
        {
            "pages by number" => $"&skip={request.Cursor ?? "0"}",
            "remembers its place" => request.Cursor is null ? "" : $"&after={remembered}",
            _ => request.Cursor is null ? "" : $"&after={request.Cursor}",
        };
        var from = fault switch { "begins too late" => request.From.AddSeconds(1), "begins far too early" => request.From.AddDays(-10), _ => request.From };
        string by = request.By == OrderClock.Placed ? "placed" : "changed";
        var answer = await client.CallAsync(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"orders?by={by}&from={Uri.EscapeDataString(from.ToString("O", CultureInfo.InvariantCulture))}&to={Uri.EscapeDataString(request.To.ToString("O", CultureInfo.InvariantCulture))}{place}"), null, cancellationToken);
        if (answer.Trouble is { } trouble)
        {
            return answer.IsPersons && fault != "takes refusals for later" ? new ListRefused(trouble) : new ListLater(trouble);
        }

        remembered = PaperClient.Text(answer.Json, "next");
        return answer.Json is JsonObject known && known["orders"] is JsonArray
            ? new OrderPage([.. PaperClient.Rows(answer.Json, "orders").Select(row => Listed(row, request.OnlySummaries)).OfType<ListedOrder>()], PaperClient.Text(answer.Json, "next"))
            : new ListLater("there are no orders in the answer");
    }

    public async Task<FetchOutcome> FetchAsync(string externalId, CancellationToken cancellationToken)
    {
        if (!int.TryParse(externalId, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
        {
            return new FetchedNothing("that is no number");
        }

        var answer = await client.CallAsync(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"orders/{id}"), null, cancellationToken);
        return answer switch
        {
            { Raw.Status: 404 } => new FetchedNothing(answer.Trouble!),
            { Trouble: { } trouble, IsPersons: true } => new FetchRefused(trouble),
            { Trouble: { } trouble } => new FetchLater(trouble),
            _ => Listed((JsonObject)answer.Json!, false) is { } order ? new Fetched(order) : new FetchLater("there is no order in the answer"),
        };
    }

    public void Dispose()
    {
        // Nothing is held.
    }

    private ListedOrder? Listed(JsonObject row, bool isSummary)
    {
        if (PaperClient.Text(row, "id") is not { } id || !DateTimeOffset.TryParse(PaperClient.Text(row, "changed"), CultureInfo.InvariantCulture, out DateTimeOffset changed))
        {
            return null;
        }

        decimal total = (row["total"]?.GetValue<decimal>() ?? 0) + (fault == "summaries of another total" && isSummary ? 1 : 0) + (fault == "another total than the mapping" ? 1 : 0);
        string text = row.ToJsonString();
        return new ListedOrder
        {
            ExternalId = id, UpdatedAt = changed, Total = new Money(total, "EUR"), PlatformStatus = "placed",
            Document = isSummary ? null : new ReadDocument("orders/read", fault == "key of the id" ? id : $"{id}:{changed.UtcTicks.ToString(CultureInfo.InvariantCulture)}",
                System.Text.Encoding.UTF8.GetBytes(fault == "keeps the key in documents" ? text.Replace("{", $"{{\"key\":\"{PaperShop.Key}\",", StringComparison.Ordinal) : text)),
        };
    }
}

/// <summary>Reads the queue.</summary>
internal sealed class PaperFeed(string fault, PaperClient client) : IOrderFeed
{
    public async Task<FeedOutcome> ReadAsync(CancellationToken cancellationToken)
    {
        var answer = await client.CallAsync(HttpMethod.Get, "feed", null, cancellationToken);
        if (answer.Raw.Status == 404 && PaperClient.Text(answer.Json, "message") == "no queue" && fault != "never sets the queue up")
        {
            answer = await client.CallAsync(HttpMethod.Put, "feed", new JsonObject(), cancellationToken);
            return answer.Trouble is null ? new FeedPage([], false, fault == "is silent about a lost queue" ? null : "The queue was gone and was set up again.") : new FeedLater(answer.Trouble);
        }

        if (answer.Trouble is { } trouble)
        {
            return answer.IsPersons ? new FeedRefused(trouble) : new FeedLater(trouble);
        }

        var messages = PaperClient.Rows(answer.Json, "notes").Select(note => (Note: note, Handle: PaperClient.Text(note, "handle"), Order: PaperClient.Text(note, "order"), At: PaperClient.Text(note, "at"))).Where(note => note.Handle is not null).Select(note =>
        {
            note.Note.Remove("handle");
            string text = fault == "stores handles" ? note.Note.ToJsonString().Replace("{", $"{{\"handle\":\"{note.Handle}\",", StringComparison.Ordinal) : note.Note.ToJsonString();
            return new FeedMessage(note.Handle!, new Envelope("note", fault == "keys by handle" ? $"{note.Handle}:{client.Access.Clock.GetUtcNow().Ticks}" : $"{note.Order}:{note.At}", note.Order, null), System.Text.Encoding.UTF8.GetBytes(text));
        }).ToList();
        if (fault == "commits what it reads" && messages.Count > 0)
        {
            await CommitAsync([.. messages.Select(message => message.Handle)], cancellationToken);
        }

        return answer.Json is JsonObject known && known["notes"] is JsonArray ? new FeedPage(messages, messages.Count > 0) : new FeedLater("there are no notes in the answer");
    }

    public async Task<string?> CommitAsync(IReadOnlyList<string> handles, CancellationToken cancellationToken)
    {
        if (fault == "never commits")
        {
            return null;
        }

        return (await client.CallAsync(HttpMethod.Post, "feed", new JsonObject { ["handles"] = new JsonArray([.. handles.Select(handle => (JsonNode)handle)]) }, cancellationToken)).Trouble;
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}

/// <summary>Keeps the webhook.</summary>
internal sealed class PaperSubscriptions(string fault, PaperClient client) : ISubscriptions
{
    public async Task<SubscriptionReport> CheckAsync(Uri address, bool repair, CancellationToken cancellationToken)
    {
        var answer = await client.CallAsync(HttpMethod.Get, "hooks", null, cancellationToken);
        if (answer.Trouble is { } trouble || answer.Json is not JsonObject known || known["hooks"] is not JsonArray)
        {
            return new SubscriptionReport([], answer.Trouble ?? "there are no hooks in the answer", answer.IsPersons && fault != "never asks for a person");
        }

        var ours = PaperClient.Rows(answer.Json, "hooks").FirstOrDefault(hook => fault == "takes others for its own" || PaperClient.Text(hook, "address") == address.AbsoluteUri);
        bool isOn = ours?["on"]?.GetValue<bool>() == true || (fault == "overlooks what is off" && ours is not null);
        var found = ours is null ? SubscriptionState.Missing : isOn ? SubscriptionState.Active : SubscriptionState.Disabled;
        if (!repair && fault != "repairs unasked")
        {
            return new SubscriptionReport([new SubscriptionStatus("order", found, isOn)]);
        }

        string? problem = null;
        if (ours is null || fault == "registers every time")
        {
            problem = (await client.CallAsync(HttpMethod.Post, "hooks", new JsonObject { ["address"] = address.AbsoluteUri }, cancellationToken)).Trouble;
        }
        else if (!isOn)
        {
            problem = (await client.CallAsync(HttpMethod.Put, $"hooks/{ours["id"]}", new JsonObject(), cancellationToken)).Trouble;
        }

        return new SubscriptionReport([new SubscriptionStatus("order", found, problem is null)], problem);
    }

    public async Task<SubscriptionReport> RemoveAsync(Uri address, CancellationToken cancellationToken)
    {
        var answer = await client.CallAsync(HttpMethod.Get, "hooks", null, cancellationToken);
        if (answer.Trouble is { } trouble)
        {
            return new SubscriptionReport([], trouble, answer.IsPersons);
        }

        foreach (var hook in PaperClient.Rows(answer.Json, "hooks").Where(hook => fault == "removes everybody's" || PaperClient.Text(hook, "address") == address.AbsoluteUri))
        {
            await client.CallAsync(HttpMethod.Delete, $"hooks/{hook["id"]}", null, cancellationToken);
        }

        return answer.Json is JsonObject known && known["hooks"] is JsonArray ? new SubscriptionReport([]) : new SubscriptionReport([], "there are no hooks in the answer");
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}

/// <summary>Tells the shop.</summary>
internal sealed class PaperStatus(string fault, PaperClient client) : IDestination
{
    public DestinationLimits Limits { get; } = new();

    public bool CanFind => true;

    public bool Can(DeliveryKind kind) => kind == DeliveryKind.Status;

    public async Task<SendResult> SendAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        var notice = request.Notice!;
        if (fault != "never looks first")
        {
            var found = await FindAsync(request, cancellationToken);
            if (found.Answer != FindAnswer.HasNot)
            {
                return found.Answer == FindAnswer.Has ? new SendResult(new Delivered(), null) : new SendResult(Failed(found), found.Exchange);
            }
        }

        if (fault == "forgets the tracking")
        {
            notice = notice with { TrackingNumber = "" };
        }

        var answer = await client.CallAsync(HttpMethod.Post, $"orders/{notice.ExternalId}/told", new JsonObject { ["state"] = notice.State.ToString(), ["tracking"] = notice.TrackingNumber }, cancellationToken);
        return new SendResult(answer.Raw.Problem is { } broken && fault != "takes silence for a yes" ? new Unclear(broken) : answer.Trouble is { } trouble && answer.Raw.IsWhole ? new Hold(trouble) : new Delivered(), client.Log(answer));
    }

    public async Task<FindResult> FindAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        var answer = await client.CallAsync(HttpMethod.Get, $"orders/{request.Notice!.ExternalId}/told", null, cancellationToken);
        if (answer.Trouble is { } trouble || (answer.Json as JsonObject)?["told"] is not JsonArray told)
        {
            return new FindResult(fault == "takes trouble for a no" ? FindAnswer.HasNot : FindAnswer.CannotSay, answer.IsPersons ? "person" : answer.IsThrottled && fault != "spends attempts" ? "throttled" : null, answer.Trouble ?? "nothing is said", client.Log(answer));
        }

        return new FindResult(told.Any(one => one!.ToString().Contains(request.Notice.State.ToString(), StringComparison.Ordinal)) && fault != "never finds" ? FindAnswer.Has : FindAnswer.HasNot, null, null, null);
    }

    public void Dispose()
    {
        // Nothing is held.
    }

    private static Outcome Failed(FindResult found) => found.RemoteId == "person" ? new Hold(found.Because!) : new RetryLater(found.Because!, null, found.RemoteId == "throttled");
}
