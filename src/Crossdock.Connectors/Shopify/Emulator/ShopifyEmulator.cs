using System.Collections.Concurrent;
using Crossdock.Emulators;
using Microsoft.AspNetCore.Builder;

namespace Crossdock.Connectors.Shopify.Emulator;

/// <summary>An emulated Shopify shop: makes orders, sends signed webhooks over HTTP, and serves the part of the Admin API that Crossdock uses.</summary>
public sealed class ShopifyEmulator : IAsyncDisposable
{
    private readonly ShopifyEmulatorOptions options;
    private readonly TimeProvider clock;
    private readonly WebApplication server;
    private readonly ShopTroubles troubles;
    private readonly ShopifyHooks hooks;
    private readonly Random chance;
    private readonly Lock door = new();
    private readonly ConcurrentDictionary<long, EmulatedOrder> orders = new();
    private readonly Dictionary<long, List<string>> told = [];
    private int placed;

    private ShopifyEmulator(ShopifyEmulatorOptions options, WebApplication server)
    {
        (this.options, this.server) = (options, server);
        clock = options.Clock ?? TimeProvider.System;
        troubles = new ShopTroubles(options.LossRate, options.Seed);
        hooks = new ShopifyHooks(options, troubles, clock);
        chance = new Random(options.Seed);
    }

    /// <summary>Where its Admin API listens.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>Every attempt at a webhook, oldest first; the last ten thousand.</summary>
    public IReadOnlyCollection<SentWebhook> Sent => hooks.Sent;

    /// <summary>The subscriptions that are left.</summary>
    public IReadOnlyCollection<ShopifySubscription> Subscriptions => hooks.Subscriptions;

    /// <summary>What the shop was told about an order through its API, oldest first: fulfilments, tracking numbers, events.</summary>
    public IReadOnlyList<string> ToldOf(long id)
    {
        lock (door)
        {
            return told.TryGetValue(id, out var heard) ? [.. heard] : [];
        }
    }

    /// <summary>Subscribes an address to a topic.</summary>
    public void Subscribe(string topic, Uri address) => hooks.Subscribe(topic, address);

    /// <summary>Takes a subscription away.</summary>
    public bool Unsubscribe(long id) => hooks.Unsubscribe(id);

    /// <summary>How many orders it has made.</summary>
    public int Placed => placed;

    /// <summary>Starts the shop and, where a hub is given, subscribes it to every order topic.</summary>
    public static async Task<ShopifyEmulator> StartAsync(ShopifyEmulatorOptions options)
    {
        var application = LoopbackServer.Build(options.Port);
        var shop = new ShopifyEmulator(options, application);
        shop.Address = new Uri(await application.OpenAsync(new ShopifyAdminApi(options, shop, shop.hooks, shop.troubles, shop.clock).AnswerAsync));
        foreach (string topic in options.HubAddress is null ? [] : ShopifyTopics.Wanted)
        {
            shop.hooks.Subscribe(topic, options.HubAddress!);
        }
        return shop;
    }

    /// <summary>Makes an order and announces it. Returns once the first attempt was answered or has failed.</summary>
    public async Task<long> PlaceOrderAsync(int lines = 0, bool isTest = false, bool badAddress = false, bool updateFirst = false, CancellationToken cancellationToken = default)
    {
        byte[] asPlaced, asUpdated;
        long id;
        lock (door)
        {
            int number = options.FirstNumber + placed++;
            id = 6_120_000_000_000 + ((long)options.Seed * 10_000_000) + number;
            var made = EmulatedShelf.Order(id, number, chance, Now(), lines, isTest, badAddress);
            asPlaced = ShopifyDocuments.Write(made);
            if (updateFirst)
            {
                made.UpdatedAt = made.UpdatedAt.AddSeconds(1);
                made.Tags += ", reviewed";
            }
            asUpdated = ShopifyDocuments.Write(made);
            orders[id] = made;
        }
        string cause = NewEvent();
        if (updateFirst)
        {
            await hooks.SendAsync("orders/updated", id, asUpdated, cause, cancellationToken);
        }
        await hooks.SendAsync("orders/create", id, asPlaced, cause, cancellationToken);
        return id;
    }

    /// <summary>Changes the order's note and announces it.</summary>
    public Task UpdateAsync(long id, CancellationToken cancellationToken = default) => ChangeAsync(id, order => order.Note = $"Changed at {order.UpdatedAt:HH:mm:ss}", ["orders/updated"], cancellationToken);

    /// <summary>Cancels the order and announces it by both topics.</summary>
    public Task CancelAsync(long id, CancellationToken cancellationToken = default) => ChangeAsync(id, order =>
    {
        order.CancelledAt = order.UpdatedAt;
        order.FinancialStatus = "voided";
    }, ["orders/cancelled", "orders/updated"], cancellationToken);

    /// <summary>Refunds one of the first line and announces the refund and the order.</summary>
    public async Task RefundAsync(long id, CancellationToken cancellationToken = default)
    {
        await ChangeAsync(id, order =>
        {
            var line = order.Lines[0];
            decimal amount = decimal.Round((line.Price * line.Quantity - order.DiscountOf(line)) / line.Quantity, 2);
            order.Refund = new EmulatedRefund((id * 10) + 1, (id * 10) + 2, line.Id, 1, amount, order.UpdatedAt);
            order.FinancialStatus = amount >= order.Total ? "refunded" : "partially_refunded";
        }, ["orders/updated"], cancellationToken);
        await hooks.SendAsync("refunds/create", id, Written(id, ShopifyDocuments.Refund), NewEvent(), cancellationToken);
    }

    /// <summary>Fulfils the order with a tracking number and announces the fulfilment and the order.</summary>
    public async Task FulfilAsync(long id, bool delivered = false, CancellationToken cancellationToken = default)
    {
        await ChangeAsync(id, order =>
        {
            order.Fulfilment = new EmulatedFulfilment((id * 10) + 5, "Starken", $"ST{id % 1_000_000_000}", order.UpdatedAt, delivered ? "delivered" : "in_transit");
            order.FulfillmentStatus = "fulfilled";
        }, ["orders/fulfilled", "orders/updated"], cancellationToken);
        await hooks.SendAsync(delivered ? "fulfillments/update" : "fulfillments/create", id, Written(id, ShopifyDocuments.Fulfilment), NewEvent(), cancellationToken);
    }

    /// <summary>Deletes the order and announces it with its id alone.</summary>
    public Task DeleteAsync(long id, CancellationToken cancellationToken = default)
    {
        orders.TryRemove(id, out _);
        return hooks.SendAsync("orders/delete", id, ShopifyDocuments.Deletion(id), NewEvent(), cancellationToken);
    }

    /// <summary>Sends the last webhook once more, same id and bytes.</summary>
    public Task RepeatLastAsync(CancellationToken cancellationToken = default) => hooks.LastSent is { } last ? hooks.SendAsync(last, cancellationToken) : Task.CompletedTask;

    /// <summary>Waits until every retry has ended.</summary>
    public Task SettleAsync() => hooks.SettleAsync();

    /// <summary>Makes orders at the given pace, and now and then what the options' rates say, until cancelled. A hub that is away does not stop it.</summary>
    public Task RunAsync(double ordersPerSecond, CancellationToken cancellationToken) => ShopTrade.RunAsync(ordersPerSecond, clock, TradeAsync, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await hooks.DisposeAsync();
        await server.CloseAsync();
    }

    private async Task TradeAsync(CancellationToken cancellationToken)
    {
        long id = await PlaceOrderAsync(isTest: Happens(options.TestRate), badAddress: Happens(options.BadAddressRate), updateFirst: Happens(options.ReorderRate), cancellationToken: cancellationToken);
        if (Happens(options.RepeatRate))
        {
            await RepeatLastAsync(cancellationToken);
        }
        if (Happens(options.UpdateRate))
        {
            await UpdateAsync(id, cancellationToken);
        }
        if (Happens(options.CancelRate))
        {
            await CancelAsync(id, cancellationToken);
        }
        else if (Happens(options.RefundRate))
        {
            await RefundAsync(id, cancellationToken);
        }
        else if (Happens(options.FulfilRate))
        {
            await FulfilAsync(id, cancellationToken: cancellationToken);
        }
    }

    /// <summary>Orders, oldest first by the given time (the last change's unless said), written by the given function while nobody changes them.</summary>
    internal IReadOnlyList<T> Read<T>(Func<EmulatedOrder, bool> wanted, int most, Func<EmulatedOrder, T> write, Func<EmulatedOrder, DateTimeOffset>? by = null, bool isReverse = false)
    {
        by ??= order => order.UpdatedAt;
        lock (door)
        {
            var found = orders.Values.Where(wanted);
            found = isReverse ? found.OrderByDescending(by).ThenByDescending(order => order.Id) : found.OrderBy(by).ThenBy(order => order.Id);
            return [.. found.Take(most).Select(write)];
        }
    }

    /// <summary>Through the API: the order is sent. False when there is nothing left to send.</summary>
    internal bool Fulfil(long id, string company, string number, string? url, bool isMailed) => Tell(id, order => order.Fulfilment is null && order.CancelledAt is null, order =>
    {
        order.Fulfilment = new EmulatedFulfilment((id * 10) + 5, company, number, order.UpdatedAt, null, url);
        order.FulfillmentStatus = "fulfilled";
        return $"fulfilment {company} {number} {url}{(isMailed ? " mailed" : "")}";
    }, "orders/fulfilled", "fulfillments/create");

    /// <summary>Through the API: a fulfilment gets another tracking number.</summary>
    internal bool Track(long id, string company, string number, string? url) => Tell(id, order => order.Fulfilment is not null, order =>
    {
        order.Fulfilment = order.Fulfilment! with { Company = company, Number = number, Url = url };
        return $"tracking {company} {number} {url}";
    }, "orders/updated", "fulfillments/update");

    /// <summary>Through the API: the carrier says where the parcel is.</summary>
    internal bool Happen(long id, string status) => Tell(id, order => order.Fulfilment is not null, order =>
    {
        order.Fulfilment = order.Fulfilment! with { ShipmentStatus = status };
        return $"event {status}";
    }, "orders/updated", "fulfillments/update");

    // What the API does is announced afterwards: the caller does not wait for it.
    private bool Tell(long id, Func<EmulatedOrder, bool> isPossible, Func<EmulatedOrder, string> change, string topic, string partTopic)
    {
        byte[] whole, part;
        lock (door)
        {
            if (!orders.TryGetValue(id, out var order) || !isPossible(order))
            {
                return false;
            }

            var now = Now();
            order.UpdatedAt = now > order.UpdatedAt ? now : order.UpdatedAt.AddSeconds(1);
            (told.TryGetValue(id, out var heard) ? heard : told[id] = []).Add(change(order));
            (whole, part) = (ShopifyDocuments.Write(order), ShopifyDocuments.Fulfilment(order));
        }

        string cause = NewEvent();
        hooks.SendLater(topic, id, whole, cause);
        hooks.SendLater(partTopic, id, part, cause);
        return true;
    }

    private async Task ChangeAsync(long id, Action<EmulatedOrder> change, string[] topics, CancellationToken cancellationToken)
    {
        byte[] body = Written(id, order =>
        {
            var now = Now();
            // One-second clock: a change within the second of the last one still has to be newer.
            order.UpdatedAt = now > order.UpdatedAt ? now : order.UpdatedAt.AddSeconds(1);
            change(order);
            return ShopifyDocuments.Write(order);
        });
        string cause = NewEvent();
        foreach (string topic in topics)
        {
            await hooks.SendAsync(topic, id, body, cause, cancellationToken);
        }
    }

    private byte[] Written(long id, Func<EmulatedOrder, byte[]> write)
    {
        lock (door)
        {
            return orders.TryGetValue(id, out var order) ? write(order) : throw new ArgumentException($"the shop has no order {id}", nameof(id));
        }
    }

    private bool Happens(double rate)
    {
        lock (door)
        {
            return rate > 0 && chance.NextDouble() < rate;
        }
    }

    /// <summary>Whole seconds at the shop's offset, as Shopify writes them.</summary>
    private DateTimeOffset Now()
    {
        var now = clock.GetUtcNow().ToOffset(TimeSpan.FromHours(-3));
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
    }

    private static string NewEvent() => Guid.NewGuid().ToString("D");
}
