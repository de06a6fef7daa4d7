using System.Text.Json.Nodes;
using Crossdock.Emulators;
using Microsoft.AspNetCore.Builder;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>An emulated PrestaShop shop with our module in it: serves the part of the webservice that Crossdock uses, in XML and JSON, and sends what happens as the module does. What it can be told is in the README.</summary>
public sealed class PrestaShopEmulator : IAsyncDisposable
{
    private readonly PrestaShopEmulatorOptions options;
    private readonly WebApplication server;
    private readonly PrestaShopShop shop;
    private readonly ShopTroubles troubles;
    private readonly PrestaShopModule module;
    private readonly PrestaShopWebservice webservice;
    private readonly TimeProvider clock;

    private PrestaShopEmulator(PrestaShopEmulatorOptions options, WebApplication server)
    {
        (this.options, this.server) = (options, server);
        clock = options.Clock ?? TimeProvider.System;
        shop = new PrestaShopShop(options, clock);
        module = new PrestaShopModule(options, shop, clock);
        troubles = new ShopTroubles(options.LossRate, options.Seed);
        webservice = new PrestaShopWebservice(options, this, shop, module, troubles, clock);
    }

    /// <summary>Its address without a slash at the end.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Every attempt to tell the hub, oldest first; the last ten thousand.</summary>
    public IReadOnlyCollection<PrestaShopDelivery> Sent => module.Sent;

    /// <summary>Events that wait in the module's table.</summary>
    public int Waiting => module.Waiting;

    /// <summary>True since the hub answered 410: the module has stopped.</summary>
    public bool IsStopped => module.IsStopped;

    /// <summary>What was written to an order through the webservice: <c>state 4</c>, <c>tracking X</c>; in order.</summary>
    public IReadOnlyList<string> ToldOf(long id) => [.. webservice.Told.Where(told => told.Order == id).Select(told => told.What)];

    /// <summary>Starts it on a loopback port.</summary>
    public static async Task<PrestaShopEmulator> StartAsync(PrestaShopEmulatorOptions? options = null)
    {
        options ??= new PrestaShopEmulatorOptions();
        var application = LoopbackServer.Build(options.Port);
        var emulator = new PrestaShopEmulator(options, application);
        emulator.Address = await application.OpenAsync(emulator.webservice.AnswerAsync);
        emulator.shop.Url = emulator.Address;
        return emulator;
    }

    /// <summary>Sets our module up: where it sends to and what it signs with.</summary>
    public void InstallModule(string address, string secret) => module.Install(address, secret);

    /// <summary>A buyer places an order, or two at once when the shop splits the cart; gives their ids once they were announced.</summary>
    public async Task<IReadOnlyList<long>> PlaceOrderAsync(bool split = false, CancellationToken cancellationToken = default)
    {
        var ids = shop.Place(split);
        foreach (long id in ids)
        {
            Announce("order.created", id);
            // The first state comes with it: the module says both at once.
            Announce("order.state_changed", id);
        }

        await RunModuleAsync(cancellationToken);
        return ids;
    }

    /// <summary>The shop changes an order's state.</summary>
    public Task ChangeStateAsync(long id, long state, CancellationToken cancellationToken = default) =>
        shop.ChangeState(id, state) ? HappenedAsync("order.state_changed", id, cancellationToken) : throw new ArgumentException($"the shop has no order {id} or no state {state}", nameof(id));

    /// <summary>Somebody types a tracking number in; the order's own time of change stays as it was.</summary>
    public Task TrackAsync(long id, string number, CancellationToken cancellationToken = default)
    {
        shop.Track(id, number);
        return HappenedAsync("order.tracking", id, cancellationToken);
    }

    /// <summary>One piece of the first line is given back.</summary>
    public Task RefundAsync(long id, CancellationToken cancellationToken = default)
    {
        shop.Refund(id);
        return HappenedAsync("order.refunded", id, cancellationToken);
    }

    /// <summary>The order gets another delivery address.</summary>
    public Task ChangeAddressAsync(long id, string street, CancellationToken cancellationToken = default)
    {
        shop.MoveHouse(id, street);
        return HappenedAsync("order.edited", id, cancellationToken);
    }

    /// <summary>Changes an order's own fields, without telling anybody when <paramref name="isSilent"/>.</summary>
    public Task EditAsync(long id, Action<JsonObject> change, bool isSilent = false, CancellationToken cancellationToken = default)
    {
        shop.Edit(id, change);
        return isSilent ? Task.CompletedTask : HappenedAsync("order.edited", id, cancellationToken);
    }

    /// <summary>A mass action gives several orders one time of change, silently.</summary>
    public void TouchAll(IEnumerable<long> ids) => shop.TouchAll(ids);

    /// <summary>Puts an order's row back as given, its times included.</summary>
    public void Rewrite(long id, JsonObject row) => shop.Replace("orders", id, row);

    /// <summary>An order's row as the webservice shows it; null when there is none.</summary>
    public JsonObject? Order(long id) => shop.Row("orders", id);

    /// <summary>Rows of a resource that belong to an order.</summary>
    public IReadOnlyList<JsonObject> RowsOf(string resource, long order) => shop.Rows(resource, row => row["id_order"]?.ToString() == PrestaShopShelf.Text(order));

    /// <summary>Sends the last event once more.</summary>
    public Task RepeatLastAsync(CancellationToken cancellationToken = default)
    {
        module.Repeat();
        return RunModuleAsync(cancellationToken);
    }

    /// <summary>The shop's cron runs: what is due is sent.</summary>
    public Task DrainAsync(CancellationToken cancellationToken = default) => module.DrainAsync(cancellationToken);

    /// <summary>Sells at a steady rate, and now and then does what the options' rates say, until cancelled. A hub that is away does not stop it.</summary>
    public Task RunAsync(double ordersPerSecond, CancellationToken cancellationToken) => ShopTrade.RunAsync(ordersPerSecond, clock, TradeAsync, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await server.CloseAsync();
        module.Dispose();
    }

    private async Task TradeAsync(CancellationToken cancellationToken)
    {
        long id = (await PlaceOrderAsync(shop.Happens(options.SplitRate), cancellationToken))[^1];
        if (shop.Happens(options.RepeatRate))
        {
            await RepeatLastAsync(cancellationToken);
        }

        if (shop.Happens(options.UpdateRate))
        {
            await ChangeAddressAsync(id, "Los Aromos 457", cancellationToken);
        }

        if (shop.Happens(options.CancelRate))
        {
            await ChangeStateAsync(id, 6, cancellationToken);
        }
        else if (shop.Happens(options.RefundRate))
        {
            await RefundAsync(id, cancellationToken);
        }
    }

    private Task HappenedAsync(string topic, long id, CancellationToken cancellationToken)
    {
        Announce(topic, id);
        return RunModuleAsync(cancellationToken);
    }

    private void Announce(string topic, long id)
    {
        if (!troubles.Loses())
        {
            module.Announce(topic, id);
        }
    }

    private Task RunModuleAsync(CancellationToken cancellationToken) => options.RunsModule ? module.DrainAsync(cancellationToken) : Task.CompletedTask;
}
