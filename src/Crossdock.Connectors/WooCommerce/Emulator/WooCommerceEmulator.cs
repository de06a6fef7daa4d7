using System.Globalization;
using System.Text.Json.Nodes;
using Crossdock.Emulators;
using Microsoft.AspNetCore.Builder;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>An emulated WooCommerce shop: serves the part of the REST API that Crossdock uses and sends what happens as the real one does:
/// one after another, never repeated, with ids that are not unique, switched off for good after failures in a row. What it can be told is in the README.</summary>
public sealed class WooCommerceEmulator : IAsyncDisposable
{
    private readonly WooCommerceEmulatorOptions options;
    private readonly WebApplication server;
    private readonly WooCommerceShop shop;
    private readonly ShopTroubles troubles;
    private readonly WooCommerceHooks hooks;
    private readonly WooCommerceTold told;
    private readonly TimeProvider clock;

    private WooCommerceEmulator(WooCommerceEmulatorOptions options, WebApplication server)
    {
        (this.options, this.server) = (options, server);
        clock = options.Clock ?? TimeProvider.System;
        shop = new WooCommerceShop(options, clock);
        troubles = new ShopTroubles(options.LossRate, options.Seed);
        hooks = new WooCommerceHooks(options, shop, troubles, clock);
        told = new WooCommerceTold(options, shop, clock);
    }

    /// <summary>Its address without a slash at the end.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Every delivery and ping, oldest first; the last ten thousand.</summary>
    public IReadOnlyCollection<WooCommerceDelivery> Sent => hooks.Sent;

    /// <summary>Jobs that wait in the shop's queue.</summary>
    public int Waiting => hooks.Waiting;

    /// <summary>True while the queue stands still.</summary>
    public bool IsPaused
    {
        get => hooks.IsPaused;
        set => hooks.IsPaused = value;
    }

    /// <summary>True when the WordPress user who owns the webhooks may no longer see orders: an error is sent in their place, rightly signed.</summary>
    public bool HasOwnerLostRights
    {
        get => shop.HasOwnerLostRights;
        set => shop.HasOwnerLostRights = value;
    }

    /// <summary>Starts it on a loopback port.</summary>
    public static async Task<WooCommerceEmulator> StartAsync(WooCommerceEmulatorOptions? options = null)
    {
        options ??= new WooCommerceEmulatorOptions();
        var application = LoopbackServer.Build(options.Port);
        var emulator = new WooCommerceEmulator(options, application);
        emulator.Address = await application.OpenAsync(new WooCommerceRestApi(options, emulator, emulator.shop, emulator.hooks, emulator.told, emulator.troubles, emulator.clock).AnswerAsync);
        emulator.shop.Site = emulator.Address + "/";
        return emulator;
    }

    /// <summary>Adds a webhook and pings its address; gives its id.</summary>
    public async Task<long> SubscribeAsync(string topic, string url, string secret, CancellationToken cancellationToken = default) => (await hooks.AddAsync("Crossdock", topic, url, secret, "active", cancellationToken)).Id;

    /// <summary>Every webhook with its state: <c>active</c>, <c>paused</c> or <c>disabled</c>.</summary>
    public IReadOnlyList<(long Id, string Topic, string Address, string Status)> Webhooks => [.. hooks.All.Select(hook => (hook.Id, hook.Topic, hook.Address, hook.Status))];

    /// <summary>Switches a webhook as the shop or its owner does: <c>disabled</c>, <c>paused</c>, <c>active</c>.</summary>
    public void SwitchWebhook(long id, string status) => (hooks.Find(id) ?? throw new ArgumentException("the shop has no such webhook", nameof(id))).Status = status;

    /// <summary>Takes a webhook away.</summary>
    public bool RemoveWebhook(long id) => hooks.Remove(id);

    /// <summary>What the shop was told about an order through its API, oldest first: notes, tracking numbers, changes of its status.</summary>
    public IReadOnlyList<string> ToldOf(long order) => told.Of(order);

    /// <summary>Whether a webhook is still sent.</summary>
    public bool IsActive(long webhook) => hooks.Find(webhook)?.Status == "active";

    /// <summary>A buyer places an order; gives its id once it was announced.</summary>
    /// <param name="updateFirst">Announces <c>order.updated</c> before <c>order.created</c>, both with the same bytes, as the checkout of real shops does.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<long> PlaceOrderAsync(bool updateFirst = false, CancellationToken cancellationToken = default)
    {
        long id = shop.Place();
        if (updateFirst)
        {
            hooks.Announce("order.updated", id);
        }

        await AnnounceAsync("order.created", id, cancellationToken);
        return id;
    }

    /// <summary>The shop changes an order's status.</summary>
    public Task UpdateStatusAsync(long id, string status, CancellationToken cancellationToken = default) => ChangeAsync(id, "order.updated", order =>
    {
        order["status"] = status;
        WooCommerceShop.Stamp(order, "date_completed", status == "completed" ? clock.GetUtcNow() : null);
    }, cancellationToken);

    /// <summary>The shop gives back a part; the status becomes <c>refunded</c> when that was all.</summary>
    public Task RefundAsync(long id, decimal amount, string reason, CancellationToken cancellationToken = default) => ChangeAsync(id, "order.updated", order =>
    {
        var refunds = order["refunds"]!.AsArray();
        refunds.Add((JsonNode)new JsonObject { ["id"] = shop.NewId(), ["reason"] = reason, ["total"] = (-amount).ToString(CultureInfo.InvariantCulture) });
        decimal back = refunds.Sum(refund => -decimal.Parse(refund!["total"]!.GetValue<string>(), CultureInfo.InvariantCulture));
        if (back >= decimal.Parse(order["total"]!.GetValue<string>(), CultureInfo.InvariantCulture))
        {
            order["status"] = "refunded";
        }
    }, cancellationToken);

    /// <summary>The shop moves an order to the trash.</summary>
    public Task TrashAsync(long id, CancellationToken cancellationToken = default) => ChangeAsync(id, "order.deleted", order =>
    {
        order["_wp_trash_meta_status"] = order["status"]!.DeepClone();
        order["status"] = "trash";
    }, cancellationToken);

    /// <summary>The shop takes it out again.</summary>
    public Task RestoreAsync(long id, CancellationToken cancellationToken = default) => ChangeAsync(id, "order.restored", order =>
    {
        order["status"] = order["_wp_trash_meta_status"]?.DeepClone() ?? "pending";
        order.Remove("_wp_trash_meta_status");
    }, cancellationToken);

    /// <summary>The shop deletes an order for good.</summary>
    public Task DeleteAsync(long id, CancellationToken cancellationToken = default) =>
        shop.Remove(id) ? AnnounceAsync("order.deleted", id, cancellationToken) : throw new ArgumentException($"the shop has no order {id.ToString(CultureInfo.InvariantCulture)}", nameof(id));

    /// <summary>Announces the last job once more.</summary>
    public Task RepeatLastAsync(CancellationToken cancellationToken = default)
    {
        hooks.Repeat();
        return options.RunsQueue ? hooks.RunAsync(cancellationToken) : Task.CompletedTask;
    }

    /// <summary>Somebody visits the shop: what waits in its queue is sent.</summary>
    public Task RunQueueAsync(CancellationToken cancellationToken = default) => hooks.RunAsync(cancellationToken);

    /// <summary>Places orders at a steady rate, and now and then what the options' rates say, until cancelled. A hub that is away does not stop it.</summary>
    public Task RunAsync(double ordersPerSecond, CancellationToken cancellationToken) => ShopTrade.RunAsync(ordersPerSecond, clock, TradeAsync, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await server.CloseAsync();
        hooks.Dispose();
    }

    private async Task TradeAsync(CancellationToken cancellationToken)
    {
        long id = await PlaceOrderAsync(shop.Happens(options.ReorderRate), cancellationToken);
        if (shop.Happens(options.RepeatRate))
        {
            await RepeatLastAsync(cancellationToken);
        }

        if (shop.Happens(options.UpdateRate))
        {
            await ChangeAsync(id, "order.updated", order => order["customer_note"] = "Tocar el timbre dos veces", cancellationToken);
        }

        if (shop.Happens(options.CancelRate))
        {
            await UpdateStatusAsync(id, "cancelled", cancellationToken);
        }
        else if (shop.Happens(options.RefundRate))
        {
            await RefundAsync(id, 1m, "una devuelta", cancellationToken);
        }
        else if (shop.Happens(options.TrashRate))
        {
            await TrashAsync(id, cancellationToken);
            if (shop.Happens(0.5))
            {
                await RestoreAsync(id, cancellationToken);
            }
        }
    }

    private Task ChangeAsync(long id, string topic, Action<JsonObject> change, CancellationToken cancellationToken) =>
        shop.Change(id, change) ? AnnounceAsync(topic, id, cancellationToken) : throw new ArgumentException($"the shop has no order {id.ToString(CultureInfo.InvariantCulture)}", nameof(id));

    private Task AnnounceAsync(string topic, long id, CancellationToken cancellationToken)
    {
        hooks.Announce(topic, id);
        return options.RunsQueue ? hooks.RunAsync(cancellationToken) : Task.CompletedTask;
    }
}
