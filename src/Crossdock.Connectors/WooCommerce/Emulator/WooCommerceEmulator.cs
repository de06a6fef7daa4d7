using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>An emulated shop: takes webhooks at POST /wp-json/wc/v3/webhooks, shows orders at /wp-json/wc/v3/orders, and sends what happens as the real one does:
/// one after another, never repeated, switched off at the seventh failure in a row.</summary>
public sealed class WooCommerceEmulator : IAsyncDisposable
{
    private static readonly (string First, string Last, string City, string State, string Postcode, string Street)[] Buyers =
    [
        ("Camila", "Rojas", "Ñuñoa", "CL-RM", "7750000", "Avenida Irarrázaval 2401"), ("Matías", "Muñoz", "Valparaíso", "CL-VS", "2340000", "Calle Esmeralda 940"),
        ("Javiera", "Soto", "Concepción", "CL-BI", "4030000", "Barros Arana 1150"), ("Benjamín", "Peña", "Temuco", "CL-AR", "4780000", "Manuel Montt 780"),
    ];

    private readonly WebApplication server;
    private readonly HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(60) };
    private readonly ConcurrentDictionary<long, JsonObject> orders = new();
    private readonly ConcurrentDictionary<long, Webhook> webhooks = new();
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly TimeProvider clock;
    private readonly int seed;
    private long lastId = 1000;

    private WooCommerceEmulator(WebApplication server, TimeProvider clock, int seed) => (this.server, this.clock, this.seed) = (server, clock, seed);

    /// <summary>Its address without a slash at the end.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Starts it on a loopback port; 0 for a free one.</summary>
    public static async Task<WooCommerceEmulator> StartAsync(int port = 0, int seed = 1, TimeProvider? clock = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var application = builder.Build();
        var emulator = new WooCommerceEmulator(application, clock ?? TimeProvider.System, seed);
        application.MapGet("/wp-json/wc/v3/orders/{id:long}", (long id) => emulator.orders.TryGetValue(id, out var order)
            ? Results.Text(Text(order), "application/json")
            : Results.Text("""{"code":"woocommerce_rest_shop_order_invalid_id","message":"Invalid ID.","data":{"status":404}}""", "application/json", statusCode: 404));
        application.MapPost("/wp-json/wc/v3/webhooks", async (JsonObject hook) =>
            Results.Json(new { id = await emulator.SubscribeAsync((string)hook["topic"]!, (string)hook["delivery_url"]!, (string)hook["secret"]!), status = "active" }, statusCode: 201));
        application.MapGet("/wp-json/wc/v3/webhooks/{id:long}", (long id) => emulator.webhooks.TryGetValue(id, out var hook)
            ? Results.Json(new { id, topic = hook.Topic, delivery_url = hook.Url, status = hook.IsActive ? "active" : "disabled" })
            : Results.NotFound());
        await application.StartAsync();
        emulator.Address = application.Urls.First();
        return emulator;
    }

    /// <summary>Adds a webhook and pings its address; gives its id.</summary>
    public async Task<long> SubscribeAsync(string topic, string url, string secret)
    {
        long id = Interlocked.Increment(ref lastId);
        webhooks[id] = new(topic, url, secret);
        using var ping = new StringContent($"webhook_id={id.ToString(CultureInfo.InvariantCulture)}", Encoding.ASCII, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        try
        {
            using var answer = await client.PostAsync(new Uri(url), ping);
        }
        catch (HttpRequestException)
        {
            // Creation through the REST interface stores the webhook whatever its address answers.
        }

        return id;
    }

    /// <summary>Whether a webhook is still sent.</summary>
    public bool IsActive(long webhook) => webhooks.TryGetValue(webhook, out var hook) && hook.IsActive;

    /// <summary>A buyer places an order; gives its id.</summary>
    public async Task<long> PlaceOrderAsync(CancellationToken cancellationToken = default)
    {
        long id = Interlocked.Increment(ref lastId);
        orders[id] = Made(id);
        await SendAsync("order.created", id, cancellationToken);
        return id;
    }

    /// <summary>The shop changes an order's status.</summary>
    public Task UpdateStatusAsync(long id, string status, CancellationToken cancellationToken = default) => ChangeAsync(id, "order.updated", order => order["status"] = status, cancellationToken);

    /// <summary>The shop gives back a part.</summary>
    public Task RefundAsync(long id, decimal amount, string reason, CancellationToken cancellationToken = default) => ChangeAsync(id, "order.updated", order =>
        order["refunds"]!.AsArray().Add((JsonNode)new JsonObject { ["id"] = Interlocked.Increment(ref lastId), ["reason"] = reason, ["total"] = (-amount).ToString(CultureInfo.InvariantCulture) }), cancellationToken);

    /// <summary>The shop moves an order to the trash.</summary>
    public Task TrashAsync(long id, CancellationToken cancellationToken = default) => SendAsync("order.deleted", id, cancellationToken);

    /// <summary>The shop takes it out again.</summary>
    public Task RestoreAsync(long id, CancellationToken cancellationToken = default) => ChangeAsync(id, "order.restored", _ => { }, cancellationToken);

    /// <summary>Places orders at a steady rate until it is cancelled.</summary>
    public async Task RunAsync(double ordersPerSecond, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / ordersPerSecond), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                long id = await PlaceOrderAsync(cancellationToken);
                if (id % 5 == 0)
                {
                    await UpdateStatusAsync(id, id % 10 == 0 ? "cancelled" : "processing", cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        client.Dispose();
        turn.Dispose();
    }

    private Task ChangeAsync(long id, string topic, Action<JsonObject> change, CancellationToken cancellationToken)
    {
        lock (orders[id])
        {
            change(orders[id]);
            orders[id]["date_modified_gmt"] = Now();
        }

        return SendAsync(topic, id, cancellationToken);
    }

    private async Task SendAsync(string topic, long id, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            foreach (var (number, hook) in webhooks.Where(pair => pair.Value.IsActive && pair.Value.Topic == topic))
            {
                bool isDelivered = await DeliverAsync(number, hook, topic, id, cancellationToken);
                hook.Failures = isDelivered ? 0 : hook.Failures + 1;
                hook.IsActive = hook.Failures < 7;
            }
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<bool> DeliverAsync(long number, Webhook hook, string topic, long id, CancellationToken cancellationToken)
    {
        byte[] body = Encoding.UTF8.GetBytes(topic == "order.deleted" ? $$"""{"id":{{id.ToString(CultureInfo.InvariantCulture)}}}""" : Text(orders[id]));
        string second = string.Create(CultureInfo.InvariantCulture, $"{number}{clock.GetUtcNow().ToUnixTimeSeconds()}");
        using var request = new HttpRequestMessage(HttpMethod.Post, hook.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "WooCommerce/11.0.1 Hookshot (WordPress/7.1)");
        request.Headers.Add("X-WC-Webhook-Source", Address + "/");
        request.Headers.Add("X-WC-Webhook-Topic", topic);
        request.Headers.Add("X-WC-Webhook-Resource", "order");
        request.Headers.Add("X-WC-Webhook-Event", topic[6..]);
        request.Headers.Add("X-WC-Webhook-Signature", Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(hook.Secret), body)));
        request.Headers.Add("X-WC-Webhook-ID", number.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("X-WC-Webhook-Delivery-ID", Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(second)))[..32]);
        try
        {
            using var answer = await client.SendAsync(request, cancellationToken);
            return (int)answer.StatusCode is >= 200 and < 303;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private JsonObject Made(long id)
    {
        var (first, last, city, state, postcode, street) = Buyers[(int)((id + seed) % Buyers.Length)];
        long net = 9990 + (id * 7919 % 40_000);
        JsonObject Place() => new()
        {
            ["first_name"] = first, ["last_name"] = last, ["company"] = "", ["address_1"] = street, ["address_2"] = "", ["city"] = city, ["state"] = state,
            ["postcode"] = postcode, ["country"] = "CL", ["phone"] = "+56 9 6123 4567", ["email"] = "buyer@example.com",
        };
        string Amount(long amount) => amount.ToString(CultureInfo.InvariantCulture);
        return new()
        {
            ["id"] = id, ["parent_id"] = 0, ["number"] = Amount(id), ["status"] = "processing", ["currency"] = "CLP", ["version"] = "11.0.1", ["created_via"] = "checkout",
            ["date_created_gmt"] = Now(), ["date_modified_gmt"] = Now(), ["date_paid_gmt"] = id % 3 == 0 ? null : Now(), ["date_completed_gmt"] = null,
            ["discount_total"] = "0", ["shipping_total"] = "2990", ["total_tax"] = "0", ["total"] = Amount(net + 2990), ["customer_id"] = 0,
            ["billing"] = Place(), ["shipping"] = Place(), ["payment_method"] = id % 3 == 0 ? "cod" : "webpay", ["payment_method_title"] = id % 3 == 0 ? "Contra entrega" : "Webpay Plus",
            ["transaction_id"] = "", ["customer_note"] = "", ["needs_processing"] = true, ["meta_data"] = new JsonArray(),
            ["line_items"] = new JsonArray(new JsonObject { ["id"] = 1, ["name"] = "Polera técnica", ["product_id"] = 12, ["variation_id"] = 0, ["quantity"] = 1, ["subtotal"] = Amount(net), ["total"] = Amount(net), ["total_tax"] = "0", ["sku"] = "POL-1" }),
            ["shipping_lines"] = new JsonArray(new JsonObject { ["id"] = 2, ["method_title"] = "Despacho a domicilio", ["method_id"] = "flat_rate", ["instance_id"] = "1", ["total"] = "2990", ["total_tax"] = "0" }),
            ["tax_lines"] = new JsonArray(), ["fee_lines"] = new JsonArray(), ["coupon_lines"] = new JsonArray(), ["refunds"] = new JsonArray(),
        };
    }

    private string Now() => clock.GetUtcNow().UtcDateTime.ToString("s", CultureInfo.InvariantCulture);

    private static string Text(JsonObject order)
    {
        lock (order)
        {
            return order.ToJsonString();
        }
    }

    private sealed class Webhook(string topic, string url, string secret)
    {
        internal string Topic { get; } = topic;
        internal string Url { get; } = url;
        internal string Secret { get; } = secret;
        internal int Failures { get; set; }
        internal bool IsActive { get; set; } = true;
    }
}
