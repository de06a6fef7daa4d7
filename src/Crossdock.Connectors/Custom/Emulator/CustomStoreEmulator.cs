using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Custom;

/// <summary>A home-made shop: invents orders and announces them as signed Standard Webhooks over HTTP, again until they are taken or it gives up.</summary>
public sealed class CustomStoreEmulator : IDisposable
{
    private const int Attempts = 6;
    private static readonly (string Sku, string Name, decimal Price)[] Goods = [("MUG-1", "Mug", 10m), ("TEE-M", "T-shirt M", 19.5m), ("LAMP-2", "Lamp", 42m), ("GIFT-25", "Gift card", 25m)];
    private static readonly (string City, string Region, string Postcode)[] Places = [("Madrid", "M", "28013"), ("Barcelona", "B", "08002"), ("Valencia", "V", "46001"), ("Sevilla", "SE", "41001")];

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(15) };
    private readonly ConcurrentDictionary<string, Order> orders = new(StringComparer.Ordinal);
    private readonly Uri endpoint;
    private readonly byte[] key;
    private readonly TimeProvider clock;
    private readonly string name;
    private readonly TimeSpan firstWait;
    private readonly int slipEvery;
    private readonly Lock door = new();
    private readonly Random dice;
    private long last;
    private long announced;
    private long sent;
    private long taken;
    private long abandoned;
    private (string Id, byte[] Body)? latest;

    /// <summary>A shop.</summary>
    /// <param name="endpoint">The hub's capture address of its connection.</param>
    /// <param name="secret">Its signing secret, <c>whsec_</c> and base64.</param>
    /// <param name="name">Goes in front of its order numbers.</param>
    /// <param name="seed">The same seed invents the same orders.</param>
    /// <param name="clock">The clock; null for the machine's.</param>
    /// <param name="firstWait">Wait before the second attempt; doubles with each. Default one second.</param>
    /// <param name="slipEvery">Every so many-th announcement writes its total with a decimal comma, which cannot be read; 0 for never.</param>
    public CustomStoreEmulator(Uri endpoint, string secret, string name = "own", int seed = 1, TimeProvider? clock = null, TimeSpan? firstWait = null, int slipEvery = 0)
    {
        (this.endpoint, this.name, this.clock, this.firstWait, this.slipEvery) = (endpoint, name, clock ?? TimeProvider.System, firstWait ?? TimeSpan.FromSeconds(1), slipEvery);
        key = StandardWebhooks.KeyOf(secret) ?? throw new ArgumentException("a signing secret is whsec_ and base64", nameof(secret));
#pragma warning disable CA5394 // Dice, not keys.
        dice = new Random(seed);
#pragma warning restore CA5394
    }

    /// <summary>Calls made, repeats included.</summary>
    public long Sent => Interlocked.Read(ref sent);

    /// <summary>Announcements that the hub took.</summary>
    public long Taken => Interlocked.Read(ref taken);

    /// <summary>Announcements given up.</summary>
    public long Abandoned => Interlocked.Read(ref abandoned);

    /// <summary>Numbers of its orders.</summary>
    public IReadOnlyCollection<string> Numbers => [.. orders.Values.Select(order => order.Number)];

    /// <summary>Places an order and announces it. Answers its id.</summary>
    public async Task<string> PlaceOrderAsync(CancellationToken cancellationToken = default)
    {
        var order = Invent();
        orders[order.ExternalId] = order;
        await AnnounceAsync("order.created", order, cancellationToken);
        return order.ExternalId;
    }

    /// <summary>Changes the buyer's note and announces it.</summary>
    public Task UpdateAsync(string externalId, string note, CancellationToken cancellationToken = default) => ChangeAsync(externalId, "order.updated", order => order with { Note = note }, cancellationToken);

    /// <summary>Cancels an order and announces it.</summary>
    public Task CancelAsync(string externalId, CancellationToken cancellationToken = default) =>
        ChangeAsync(externalId, "order.cancelled", order => order with { State = OrderState.Cancelled, CancelledAt = clock.GetUtcNow(), CancelReason = "buyer changed their mind" }, cancellationToken);

    /// <summary>Sends the last announcement again, with the same id.</summary>
    public Task RepeatLastAsync(CancellationToken cancellationToken = default) => latest is { } again ? DeliverAsync(again.Id, again.Body, cancellationToken) : Task.CompletedTask;

    /// <summary>Trades until cancelled: orders at this rate, now and then an update, a cancellation or a repeat.</summary>
    public async Task RunAsync(double ordersPerSecond, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / Math.Clamp(ordersPerSecond, 0.001, 1000)), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                _ = TradeAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // It was told to stop.
        }
    }

    /// <inheritdoc />
    public void Dispose() => http.Dispose();

    private async Task TradeAsync(CancellationToken cancellationToken)
    {
        try
        {
            string id = await PlaceOrderAsync(cancellationToken);
            switch (Roll(20))
            {
                case 0:
                    await RepeatLastAsync(cancellationToken);
                    break;
                case 1:
                    await UpdateAsync(id, "Please ring twice", cancellationToken);
                    break;
                case 2:
                    await CancelAsync(id, cancellationToken);
                    break;
                default:
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            // The shop closes.
        }
    }

    private Task ChangeAsync(string externalId, string type, Func<Order, Order> change, CancellationToken cancellationToken)
    {
        var order = change(orders[externalId]) with { UpdatedAt = clock.GetUtcNow() };
        orders[externalId] = order;
        return AnnounceAsync(type, order, cancellationToken);
    }

    private Task AnnounceAsync(string type, Order order, CancellationToken cancellationToken)
    {
        byte[] head = System.Text.Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","timestamp":"{{clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)}}","data":""");
        byte[] document = OrderJson.Write(order);
        if (slipEvery > 0 && Interlocked.Increment(ref announced) % slipEvery == 0)
        {
            document = Slip(document);
        }

        byte[] body = [.. head, .. document, (byte)'}'];
        string id = "msg_" + Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
        latest = (id, body);
        return DeliverAsync(id, body, cancellationToken);
    }

    private static byte[] Slip(byte[] document)
    {
        var order = JsonNode.Parse(document)!;
        var total = order["totals"]!["total"]!;
        string amount = total["amount"]!.ToString();
        total["amount"] = amount.Contains('.', StringComparison.Ordinal) ? amount.Replace('.', ',') : amount + ",00";
        return JsonSerializer.SerializeToUtf8Bytes(order);
    }

    private async Task DeliverAsync(string id, byte[] body, CancellationToken cancellationToken)
    {
        var wait = firstWait;
        for (int attempt = 1; attempt <= Attempts; attempt++)
        {
            if (await SendAsync(id, body, cancellationToken))
            {
                Interlocked.Increment(ref taken);
                return;
            }

            if (attempt < Attempts)
            {
                await Task.Delay(wait, clock, cancellationToken);
                wait *= 2;
            }
        }

        Interlocked.Increment(ref abandoned);
    }

    private async Task<bool> SendAsync(string id, byte[] body, CancellationToken cancellationToken)
    {
        string timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add("webhook-signature", StandardWebhooks.Sign(key, id, timestamp, body));
        Interlocked.Increment(ref sent);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            return response.StatusCode is >= HttpStatusCode.OK and < HttpStatusCode.Ambiguous;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private Order Invent()
    {
        long number = Interlocked.Increment(ref last);
        var (sku, title, price) = Goods[Roll(Goods.Length)];
        var (city, region, postcode) = Places[Roll(Places.Length)];
        int quantity = 1 + Roll(3);
        var total = new Money(price * quantity, "EUR");
        var now = clock.GetUtcNow();
        string text = number.ToString(CultureInfo.InvariantCulture);
        var address = new Address { Name = "Ana Prueba " + text, Line1 = "Calle Mayor " + text, City = city, Region = region, Postcode = postcode, Country = "ES", Phone = "+34 600 000 000" };
        return new Order
        {
            // Ids of two runs must differ: the hub remembers.
            ExternalId = $"{name}-{now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}-{text}",
            Number = $"{name.ToUpperInvariant()}-{text}-{(now.ToUnixTimeSeconds() % 1_000_000).ToString(CultureInfo.InvariantCulture)}",
            PaymentStatus = PaymentStatus.Paid,
            PlacedAt = now,
            UpdatedAt = now,
            Channel = "web",
            Currency = "EUR",
            Totals = new OrderTotals { Total = total, TaxesIncluded = true },
            Customer = new Customer { Name = address.Name, Email = $"ana{text}@example.com" },
            ShipTo = address,
            BillTo = address,
            Lines = [new LineItem { Id = "1", Sku = sku, Name = title, Quantity = quantity, CurrentQuantity = quantity, UnitPrice = new Money(price, "EUR"), Total = total, WeightGrams = 300 }],
            Shipping = [new ShippingLine { Title = "Standard" }],
            Payments = [new Payment { Method = "card", Amount = total, Status = PaymentStatus.Paid }],
        };
    }

    private int Roll(int sides)
    {
        lock (door)
        {
#pragma warning disable CA5394 // Dice, not keys.
            return dice.Next(sides);
#pragma warning restore CA5394
        }
    }
}
