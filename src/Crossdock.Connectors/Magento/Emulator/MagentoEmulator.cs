using System.Text.Json.Nodes;
using Crossdock.Emulators;
using Microsoft.AspNetCore.Builder;

namespace Crossdock.Connectors.Magento;

/// <summary>An emulated Magento shop: serves the part of the REST API that Crossdock uses, with our module and the async-events modules installed. What it can be told is in the README.</summary>
public sealed class MagentoEmulator : IAsyncDisposable
{
    private readonly MagentoEmulatorOptions options;
    private readonly WebApplication server;
    private readonly TimeProvider clock;
    private readonly MagentoShop shop;
    private readonly ShopTroubles troubles;
    private readonly MagentoSender sender;
    private readonly MagentoDoor door;
    private readonly CancellationTokenSource closing = new();
    private Task queue = Task.CompletedTask;

    private MagentoEmulator(MagentoEmulatorOptions options, WebApplication server)
    {
        (this.options, this.server) = (options, server);
        clock = options.Clock ?? TimeProvider.System;
        shop = new MagentoShop(options, clock);
        troubles = new ShopTroubles(options.LossRate, options.Seed);
        sender = new MagentoSender(shop, troubles, clock);
        door = new MagentoDoor(options, clock);
    }

    /// <summary>Its address without a slash at the end.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Every attempt to send a message, oldest first; the last ten thousand.</summary>
    public IReadOnlyCollection<MagentoDelivery> Sent => sender.Sent;

    /// <summary>Messages that wait for their next attempt.</summary>
    public int Waiting => sender.WaitingCount;

    /// <summary>Starts it on a loopback port.</summary>
    public static async Task<MagentoEmulator> StartAsync(MagentoEmulatorOptions? options = null)
    {
        options ??= new MagentoEmulatorOptions();
        var application = LoopbackServer.Build(options.Port);
        var emulator = new MagentoEmulator(options, application);
        emulator.Address = await application.OpenAsync(new MagentoRestApi(options, emulator, emulator.shop, emulator.sender, emulator.door, emulator.troubles, emulator.clock).AnswerAsync);
        if (options.RunsQueue)
        {
            emulator.queue = emulator.RunQueueForeverAsync();
        }

        return emulator;
    }

    /// <summary>Installs our module and points it at a hub.</summary>
    /// <param name="url">The connection's capture address.</param>
    /// <param name="secret">The webhook secret.</param>
    /// <param name="sendsOrders">False: only the order's number is sent.</param>
    public void ConnectModule(string url, string secret, bool sendsOrders = true) => sender.Hub = new MagentoSender.Module(url, secret, sendsOrders);

    /// <summary>Registers an async event.</summary>
    public void Register(string topic, string url, string token) => sender.Register(topic, url, token);

    /// <summary>Topics that are registered and on for an address, by its beginning.</summary>
    public IReadOnlyList<string> RegisteredFor(string url) => [.. sender.Registrations.Where(one => one.IsActive && one.Url.Split('?')[0] == url).Select(one => one.Topic)];

    /// <summary>Takes one registration of an address away, or only switches it off.</summary>
    public void LoseRegistration(string url, bool isOnlyOff)
    {
        var found = sender.Registrations.First(one => one.IsActive && one.Url.Split('?')[0] == url);
        found.IsActive = false;
        if (!isOnlyOff)
        {
            sender.Unregister(found.Id);
        }
    }

    /// <summary>What the shop was told about an order: comments, shipments, tracking numbers, moves.</summary>
    public IReadOnlyList<string> ToldOf(long order) => shop.ToldOf(order);

    /// <summary>The order as the REST API gives it; null when there is none.</summary>
    public JsonObject? Read(long order) => shop.Read(order);

    /// <summary>Every administrator's token is taken back.</summary>
    public void RevokeTokens() => door.RevokeTokens();

    /// <summary>A buyer places an order; gives its id once the first attempts to announce it have ended.</summary>
    public async Task<long> PlaceOrderAsync(CancellationToken cancellationToken = default)
    {
        long id = shop.Place();
        await sender.AnnounceAsync(id, "order.saved", ["sales.order.created"], cancellationToken);
        return id;
    }

    /// <summary>Something of the order changes that is neither its state nor its rows: async events say nothing of it.</summary>
    public Task TouchAsync(long order, CancellationToken cancellationToken = default) => ChangeAsync(order, one => one["customer_note"] = "Tocar el timbre dos veces", "order.saved", [], cancellationToken);

    /// <summary>The shop invoices it: it is paid and goes to processing.</summary>
    public Task InvoiceAsync(long order, CancellationToken cancellationToken = default) => ChangeAsync(order, one =>
    {
        (one["state"], one["status"]) = ("processing", "processing");
        (one["total_paid"], one["total_due"]) = (one["grand_total"]!.DeepClone(), 0);
    }, "order.invoice", ["sales.order.updated", "sales.order.paid", "sales.invoice.created"], cancellationToken);

    /// <summary>Gives money back.</summary>
    public async Task RefundAsync(long order, decimal amount, CancellationToken cancellationToken = default)
    {
        shop.Add("creditmemos", order, new JsonObject
        {
            ["grand_total"] = amount, ["adjustment"] = 0, ["order_currency_code"] = shop.Read(order)?["order_currency_code"]?.DeepClone(), ["state"] = 2, ["items"] = new JsonArray(), ["comments"] = new JsonArray(),
        });
        await ChangeAsync(order, one => one["total_refunded"] = (one["total_refunded"]?.GetValue<decimal>() ?? 0) + amount, "order.creditmemo", ["sales.creditmemo.created"], cancellationToken);
    }

    /// <summary>The merchant ships everything that is open.</summary>
    public Task ShipAsync(long order, string trackingNumber, CancellationToken cancellationToken = default) => MakeShipmentAsync(order, trackingNumber.Length == 0 ? [] : [(trackingNumber, "UPS", "ups")], null, cancellationToken);

    /// <summary>hold, unhold or cancel.</summary>
    /// <returns>Null for an unknown order, false where the state does not allow it.</returns>
    public async Task<bool?> MoveAsync(long order, string verb, CancellationToken cancellationToken = default)
    {
        if (shop.Read(order) is not { } found)
        {
            return null;
        }

        string state = found["state"]!.GetValue<string>();
        bool isAllowed = verb switch { "unhold" => state == "holded", "hold" => state is "new" or "processing", _ => state is "new" or "pending_payment" };
        if (!isAllowed)
        {
            return false;
        }

        shop.Tell(order, verb);
        await ChangeAsync(order, one =>
        {
            if (verb == "hold")
            {
                (one["hold_before_state"], one["hold_before_status"]) = (one["state"]!.DeepClone(), one["status"]!.DeepClone());
            }

            (one["state"], one["status"]) = verb switch
            {
                "hold" => ("holded", "holded"),
                "cancel" => ("canceled", "canceled"),
                _ => (one["hold_before_state"]!.ToString(), one["hold_before_status"]!.ToString()),
            };
            // The event of un-holding has a mistyped name: nobody is registered for it.
        }, "order.saved", verb switch { "hold" => ["sales.order.updated", "sales.order.holded"], "cancel" => ["sales.order.updated", "sales.order.cancelled"], _ => ["sales.order.updated", "sales.unholdedcreated"] }, cancellationToken);
        return true;
    }

    /// <summary>Sends what is due again.</summary>
    public Task RunQueueAsync(CancellationToken cancellationToken = default) => sender.RunAsync(cancellationToken);

    /// <summary>Sells until it is stopped.</summary>
    public Task RunAsync(double ordersPerSecond, CancellationToken cancellationToken) => ShopTrade.RunAsync(ordersPerSecond, clock, TradeAsync, cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await queue;
        await server.CloseAsync();
        sender.Dispose();
        closing.Dispose();
    }

    private async Task TradeAsync(CancellationToken cancellationToken)
    {
        long id = await PlaceOrderAsync(cancellationToken);
        if (shop.Happens(options.CancelRate))
        {
            await MoveAsync(id, "cancel", cancellationToken);
        }
        else if (shop.Happens(options.InvoiceRate))
        {
            await InvoiceAsync(id, cancellationToken);
        }
    }

    internal async Task<bool> CommentAsync(long order, JsonObject? body, CancellationToken cancellationToken)
    {
        var entry = body?["statusHistory"] as JsonObject;
        string comment = entry?["comment"]?.ToString() ?? "";
        if (shop.Read(order) is null || entry is null)
        {
            return false;
        }

        shop.Tell(order, $"comment: {comment}");
        return await ChangeAsync(order, one =>
        {
            one["status_histories"]!.AsArray().Insert(0, new JsonObject { ["comment"] = comment, ["created_at"] = shop.Now, ["status"] = entry["status"]?.DeepClone(), ["is_customer_notified"] = 0, ["entity_name"] = "order" });
            if (entry["status"] is { } status)
            {
                one["status"] = status.DeepClone();
            }
        }, "order.saved", [], cancellationToken);
    }

    internal async Task<long?> MakeShipmentAsync(long order, List<(string Number, string Title, string Code)> tracks, string? comment, CancellationToken cancellationToken)
    {
        var rows = shop.Read(order)?["items"]!.AsArray().Where(row => Quantity(row!, "qty_shipped") < Quantity(row!, "qty_ordered")).ToList() ?? [];
        if (rows.Count == 0)
        {
            return null;
        }

        long id = shop.Add("shipments", order, new JsonObject
        {
            ["items"] = new JsonArray([.. rows.Where(row => row!["parent_item_id"] is null).Select(row => (JsonNode)new JsonObject { ["order_item_id"] = row!["item_id"]!.DeepClone(), ["qty"] = row["qty_ordered"]!.DeepClone(), ["sku"] = row["sku"]!.DeepClone() })]),
            ["tracks"] = new JsonArray([.. tracks.Select(track => (JsonNode)new JsonObject { ["track_number"] = track.Number, ["title"] = track.Title, ["carrier_code"] = track.Code })]),
            ["comments"] = comment is null ? [] : new JsonArray(new JsonObject { ["comment"] = comment }), ["packages"] = new JsonArray(),
        });
        shop.Tell(order, $"shipment {id}: {string.Join(", ", tracks.Select(track => $"{track.Title} {track.Number}"))}");
        await ChangeAsync(order, one =>
        {
            foreach (var row in one["items"]!.AsArray())
            {
                row!["qty_shipped"] = row["qty_ordered"]!.DeepClone();
            }

            bool isInvoiced = one["total_paid"] is not null;
            (one["state"], one["status"]) = isInvoiced ? ("complete", "complete") : ("processing", "processing");
        }, "order.shipment", ["sales.order.updated", "sales.order.shipped", "sales.shipment.created"], cancellationToken);
        return id;
    }

    internal async Task<bool> AddTrackAsync(long shipment, string number, string title, CancellationToken cancellationToken)
    {
        long order = 0;
        bool isThere = shop.ChangePart("shipments", shipment, row =>
        {
            order = row["order_id"]!.GetValue<long>();
            row["tracks"]!.AsArray().Add(new JsonObject { ["track_number"] = number, ["title"] = title, ["carrier_code"] = "custom" });
        });
        if (isThere)
        {
            shop.Tell(order, $"track on {shipment}: {title} {number}");
            await sender.AnnounceAsync(order, "order.track", [], cancellationToken);
        }

        return isThere;
    }

    private async Task<bool> ChangeAsync(long order, Action<JsonObject> change, string module, IReadOnlyList<string> asynchronous, CancellationToken cancellationToken)
    {
        if (!shop.Change(order, change))
        {
            return false;
        }

        await sender.AnnounceAsync(order, module, asynchronous, cancellationToken);
        return true;
    }

    private static decimal Quantity(JsonNode row, string name) => decimal.Parse(row[name]!.ToString(), System.Globalization.CultureInfo.InvariantCulture);

    private async Task RunQueueForeverAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(closing.Token))
            {
                await sender.RunAsync(closing.Token);
            }
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            // The shop closes.
        }
    }
}
