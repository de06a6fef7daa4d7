using System.Text.Json.Nodes;
using Crossdock.Emulators;
using Microsoft.AspNetCore.Builder;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>An emulated Jumpseller store: the part of its API that Crossdock uses, its accounts server, and signed webhooks that are retried and in the end paused. What it can be told is in the README.</summary>
public sealed class JumpsellerEmulator : IAsyncDisposable
{
    private readonly JumpsellerEmulatorOptions options;
    private readonly WebApplication server;
    private readonly JumpsellerStore store;
    private readonly ShopTroubles troubles;
    private readonly JumpsellerHooks hooks;
    private readonly JumpsellerAccess keys;
    private readonly TimeProvider clock;

    private JumpsellerEmulator(JumpsellerEmulatorOptions options, WebApplication server)
    {
        (this.options, this.server) = (options, server);
        clock = options.Clock ?? TimeProvider.System;
        store = new JumpsellerStore(options, clock);
        troubles = new ShopTroubles(options.LossRate, options.Seed);
        hooks = new JumpsellerHooks(options, store, troubles, clock);
        keys = new JumpsellerAccess(options, clock);
    }

    /// <summary>Its address without a slash at the end; the API is below <c>/v1</c>, the accounts server at the top.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Every delivery, oldest first; the last ten thousand.</summary>
    public IReadOnlyCollection<JumpsellerDelivery> Sent => hooks.Sent;

    /// <summary>Deliveries that wait for their next attempt.</summary>
    public int Waiting => hooks.WaitingCount;

    /// <summary>Starts it on a loopback port.</summary>
    public static async Task<JumpsellerEmulator> StartAsync(JumpsellerEmulatorOptions? options = null)
    {
        options ??= new JumpsellerEmulatorOptions();
        var application = LoopbackServer.Build(options.Port);
        var emulator = new JumpsellerEmulator(options, application);
        emulator.Address = await application.OpenAsync(new JumpsellerApi(options, emulator, emulator.store, emulator.hooks, emulator.keys, emulator.troubles, emulator.clock).AnswerAsync);
        return emulator;
    }

    /// <summary>Adds a webhook.</summary>
    public void Subscribe(string name, string url) => hooks.Add(name, url);

    /// <summary>Events of the webhooks to an address that are sent, one entry for each.</summary>
    public IReadOnlyList<string> ActiveFor(string url) => [.. hooks.All.Where(hook => hook.Url == url && !hook.IsPaused).Select(hook => hook.Event)];

    /// <summary>Pauses the first webhook to an address, as after eight failures.</summary>
    public void PauseOne(string url) => hooks.All.First(hook => hook.Url == url && !hook.IsPaused).IsPaused = true;

    /// <summary>Takes the first webhook to an address away.</summary>
    public void RemoveOne(string url) => hooks.Remove(hooks.All.First(hook => hook.Url == url).Id);

    /// <summary>Takes the access token back before its hour is over.</summary>
    public void RevokeToken() => keys.Revoke();

    /// <summary>A buyer places an order; gives its id once it was announced.</summary>
    public async Task<long> PlaceOrderAsync(string status = "paid", CancellationToken cancellationToken = default)
    {
        long id = store.Place(status);
        await AnnounceAsync(id, status, cancellationToken);
        return id;
    }

    /// <summary>The payment's status changes.</summary>
    public async Task UpdateStatusAsync(long id, string status, CancellationToken cancellationToken = default)
    {
        Edit(id, order => (order["status_enum"], order["status"], order["status_name"]) = (status, JumpsellerShelf.Translated(status), JumpsellerShelf.Translated(status)));
        await AnnounceAsync(id, status, cancellationToken);
    }

    /// <summary>Changes something of an order and tells nobody.</summary>
    public void Edit(long id, Action<JsonObject> change)
    {
        if (!store.Change(id, change))
        {
            throw new ArgumentException("the store has no such order", nameof(id));
        }
    }

    /// <summary>The order as the API shows it; null when there is none.</summary>
    public JsonObject? Read(long id) => store.Read(id);

    /// <summary>Its fulfilments.</summary>
    public IReadOnlyList<JsonObject> FulfilmentsOf(long id) => store.FulfilmentsOf(id);

    /// <summary>Sends again what is due by the clock.</summary>
    public Task RetryAsync(CancellationToken cancellationToken = default) => hooks.RetryAsync(cancellationToken);

    /// <summary>Places orders at a steady rate, and now and then what the options' rates say, until cancelled. A hub that is away does not stop it.</summary>
    public Task RunAsync(double ordersPerSecond, CancellationToken cancellationToken) => ShopTrade.RunAsync(ordersPerSecond, clock, TradeAsync, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await server.CloseAsync();
        hooks.Dispose();
    }

    private async Task TradeAsync(CancellationToken cancellationToken)
    {
        long id = await PlaceOrderAsync(store.Happens(options.AbandonRate) ? "abandoned" : "paid", cancellationToken);
        if (store.Happens(options.CancelRate))
        {
            await UpdateStatusAsync(id, "canceled", cancellationToken);
        }

        await hooks.RetryAsync(cancellationToken);
    }

    // A paid checkout sends both, in no order that anybody promises.
    private async Task AnnounceAsync(long id, string status, CancellationToken cancellationToken)
    {
        await hooks.AnnounceAsync(status switch { "paid" => "order_paid", "canceled" => "order_canceled", "abandoned" => "order_abandoned", _ => "order_pending_payment" }, id, cancellationToken);
        await hooks.AnnounceAsync("order_updated", id, cancellationToken);
    }
}
