using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Crossdock.Connectors.Calls;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>One store's orders. Ids grow with the time of placing, so a window is read from the last order before it: nothing that happens meanwhile moves an order to another page.</summary>
internal sealed class JumpsellerReader(JumpsellerClient client) : IOrderReader
{
    private const int PerPage = 100;
    private const string Scope = "read orders (scope read_orders)";
    // Orders of one moment need not have their ids in the order of their times.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);
    // Days to look back for the last order before a window: a busy store, a quiet one, one that was closed for years.
    private static readonly int[] Back = [2, 31, 400, 4_000];
    // Links open the buyer's order; address and program of the buyer's computer are nobody's business.
    private static readonly string[] NotKept = ["duplicate_url", "recovery_url", "checkout_url", "review_url", "ip", "user_agent"];

    public async Task<ListOutcome> ListAsync(ReadRequest request, CancellationToken cancellationToken)
    {
        if (request.By == OrderClock.Changed)
        {
            return new ListRefused("Jumpseller has no time of the last change; only webhooks tell of changes.");
        }

        if (!long.TryParse(request.Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out long after))
        {
            var (before, problem) = await LastBeforeAsync(request.From, cancellationToken);
            if (problem is not null)
            {
                return problem;
            }

            after = before;
        }

        var (rows, trouble) = await RowsAsync(string.Create(CultureInfo.InvariantCulture, $"/orders/after/{after}.json?limit={PerPage}"), cancellationToken);
        if (rows is null)
        {
            return trouble!;
        }

        long highest = rows.Select(row => row.Number).DefaultIfEmpty(after).Max();
        bool isPast = rows.Count > 0 && rows.TrueForAll(row => row.Order.PlacedAt >= request.To + Margin);
        return new OrderPage(
            [.. rows.Where(row => row.Order.PlacedAt is not { } at || (at >= request.From && at < request.To)).Select(row => request.OnlySummaries ? row.Order with { Document = null } : row.Order)],
            isPast || highest <= after ? null : highest.ToString(CultureInfo.InvariantCulture));
    }

    public async Task<FetchOutcome> FetchAsync(string externalId, CancellationToken cancellationToken)
    {
        if (externalId.Length is 0 or > 20 || !externalId.All(char.IsAsciiDigit))
        {
            return new FetchedNothing($"'{externalId}' is no id of a Jumpseller order.");
        }

        var answer = await client.GetAsync($"/orders/{externalId}.json", cancellationToken);
        if (answer is { Status: 404, Problem: null })
        {
            return new FetchedNothing($"Jumpseller knows no order {externalId} (HTTP 404): {client.Words(answer)}");
        }

        if (client.TroubleOf(answer, Scope) is { } trouble)
        {
            return trouble.NeedsPerson ? new FetchRefused(trouble.Because) : new FetchLater(trouble.Because, trouble.After);
        }

        return Read(answer.Body) is { } row ? new Fetched(row.Order) : new FetchLater("Jumpseller answered with something that is no order.");
    }

    public void Dispose()
    {
    }

    /// <summary>The highest id among orders placed before the window; 0 when there is none.</summary>
    private async Task<(long Id, ListOutcome? Problem)> LastBeforeAsync(DateTimeOffset from, CancellationToken cancellationToken)
    {
        foreach (int days in Back)
        {
            // Days of the store's own calendar: one more on the near side, and what is not before the window is left out.
            var (rows, problem) = await RowsAsync(string.Create(CultureInfo.InvariantCulture,
                $"/orders.json?limit={PerPage}&page=1&dateFilter=customDate&initialDate={Day(from, -days)}&finalDate={Day(from, 1)}"), cancellationToken);
            if (rows is null)
            {
                return (0, problem);
            }

            long highest = rows.Where(row => row.Order.PlacedAt < from - Margin).Select(row => row.Number).DefaultIfEmpty(0).Max();
            if (highest > 0)
            {
                return (highest, null);
            }

            // Newest first: the first page may be full of the window's own orders.
            if (rows.Count > 0)
            {
                return await BelowAsync(rows.Min(row => row.Number), from, cancellationToken);
            }
        }

        return (0, null);
    }

    /// <summary>Goes down from an id of the window in steps that double, until an order before the window is found.</summary>
    private async Task<(long Id, ListOutcome? Problem)> BelowAsync(long id, DateTimeOffset from, CancellationToken cancellationToken)
    {
        for (long step = PerPage; id > 0; step *= 2)
        {
            id = Math.Max(0, id - step);
            var (rows, problem) = await RowsAsync(string.Create(CultureInfo.InvariantCulture, $"/orders/after/{id}.json?limit={PerPage}"), cancellationToken);
            if (rows is null)
            {
                return (0, problem);
            }

            long before = rows.Where(row => row.Order.PlacedAt < from - Margin).Select(row => row.Number).DefaultIfEmpty(0).Max();
            if (before > 0)
            {
                return (before, null);
            }
        }

        return (0, null);
    }

    private async Task<(List<Row>? Rows, ListOutcome? Problem)> RowsAsync(string path, CancellationToken cancellationToken)
    {
        var answer = await client.GetAsync(path, cancellationToken);
        if (client.TroubleOf(answer, Scope) is { } trouble)
        {
            return (null, trouble.NeedsPerson ? new ListRefused(trouble.Because) : new ListLater(trouble.Because, trouble.After));
        }

        using var document = answer.Json();
        if (document?.RootElement.ValueKind != JsonValueKind.Array)
        {
            return (null, new ListLater("Jumpseller answered with something that is no list of orders."));
        }

        List<Row> rows = [];
        foreach (var element in document.RootElement.EnumerateArray())
        {
            // One that cannot be read must not be passed over in silence.
            if (Read(System.Text.Encoding.UTF8.GetBytes(element.GetRawText())) is not { } row)
            {
                return (null, new ListLater("Jumpseller answered with a list of something that is no order."));
            }

            rows.Add(row);
        }

        return (rows, null);
    }

    private static Row? Read(ReadOnlyMemory<byte> answer)
    {
        if (Redaction.Redact(answer, NotKept) is not { } payload)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(payload);
            var order = JsonFields.Block(document.RootElement, "order");
            if (JumpsellerOrderMapping.Id(order) is not { } id || !long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            {
                return null;
            }

            return new(number, new()
            {
                ExternalId = id,
                PlacedAt = JumpsellerWebhooks.Time(JsonFields.Text(order, "created_at")),
                Total = JumpsellerTotals.Of(order),
                PlatformStatus = JumpsellerStates.PaymentOf(order) is { } status ? $"{status}/{JumpsellerStates.ShipmentOf(order)}" : null,
                IsOrder = JumpsellerOrderMapping.WhyNoOrder(order) is null,
                // No time of change: the bytes decide.
                Document = new ReadDocument(JumpsellerOrderMapping.ReadTopic, $"read|{id}|{Base64Url.EncodeToString(SHA256.HashData(payload.Span))}", payload),
            });
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or OverflowException)
        {
            return null;
        }
    }

    private static string Day(DateTimeOffset time, int days) => time.UtcDateTime.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed record Row(long Number, ListedOrder Order);
}
