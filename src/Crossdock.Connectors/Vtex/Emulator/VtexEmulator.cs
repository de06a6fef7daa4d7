using System.Text.Json.Nodes;
using Crossdock.Emulators;
using Microsoft.AspNetCore.Builder;

namespace Crossdock.Connectors.Vtex;

/// <summary>An emulated VTEX account: the part of its API that Crossdock uses, a hook that tells ids only, and a feed; both vanish after quiet days. What it can be told is in the README.</summary>
public sealed class VtexEmulator : IAsyncDisposable
{
    private readonly VtexEmulatorOptions options;
    private readonly WebApplication server;
    private readonly VtexAccount account;
    private readonly ShopTroubles troubles;
    private readonly VtexAnnouncements announcements;
    private readonly TimeProvider clock;

    private VtexEmulator(VtexEmulatorOptions options, WebApplication server)
    {
        (this.options, this.server) = (options, server);
        clock = options.Clock ?? TimeProvider.System;
        account = new VtexAccount(options, clock);
        troubles = new ShopTroubles(options.LossRate, options.Seed);
        announcements = new VtexAnnouncements(options, account, troubles, clock);
        Workflow = new VtexWorkflow(this, account, clock);
    }

    /// <summary>Its address without a slash at the end.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Every call of the hook, oldest first; the last ten thousand.</summary>
    public IReadOnlyCollection<VtexNotification> Sent => announcements.Sent;

    /// <summary>Notifications that wait for their next attempt.</summary>
    public int WaitingToRepeat => announcements.WaitingToRepeat;

    /// <summary>Messages in the feed, hidden ones as well.</summary>
    public int InFeed => announcements.InFeed;

    /// <summary>The hook's address; null when there is none any more.</summary>
    public string? HookAddress => announcements.Hook?["hook"]?["url"]?.ToString();

    /// <summary>Whether there is a feed.</summary>
    public bool HasFeed => announcements.Feed is not null;

    internal VtexWorkflow Workflow { get; }

    /// <summary>Starts it on a loopback port.</summary>
    public static async Task<VtexEmulator> StartAsync(VtexEmulatorOptions? options = null)
    {
        options ??= new VtexEmulatorOptions();
        var application = LoopbackServer.Build(options.Port);
        var emulator = new VtexEmulator(options, application);
        var control = new VtexControl(emulator, emulator.account, emulator.announcements, emulator.troubles);
        emulator.Address = await application.OpenAsync(new VtexApi(options, emulator, emulator.account, emulator.announcements, control, emulator.troubles, emulator.clock).AnswerAsync);
        return emulator;
    }

    /// <summary>Saves a hook without calling its address first.</summary>
    public void Hook(string url, string token) => announcements.Hook = new JsonObject
    {
        ["filter"] = new JsonObject { ["type"] = "FromWorkflow", ["status"] = new JsonArray() },
        ["hook"] = new JsonObject { ["url"] = url, ["headers"] = new JsonObject { [VtexWebhooks.TokenHeader] = token } },
    };

    /// <summary>Another appKey of the account has a hook of its own.</summary>
    public void HookOfAnotherKey(string url) => announcements.AddForeign(url);

    /// <summary>Addresses of all hooks, whosever key they belong to.</summary>
    public IReadOnlyList<string> HookAddresses => [.. announcements.Foreign, .. HookAddress is { } own ? new[] { own } : []];

    /// <summary>VTEX takes the hook away.</summary>
    public void LoseHook() => announcements.Hook = null;

    /// <summary>VTEX takes the feed away; what was in it stays.</summary>
    public void LoseFeed() => announcements.Feed = null;

    /// <summary>A buyer places an order; gives its id once it was announced.</summary>
    /// <param name="state">How far its workflow goes at once, for example <c>ready-for-handling</c>; every step is announced.</param>
    /// <param name="isComplete">False for a checkout that never chose a payment.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<string> PlaceOrderAsync(string state = "ready-for-handling", bool isComplete = true, CancellationToken cancellationToken = default)
    {
        string id = account.Place(isComplete);
        if (!isComplete)
        {
            await AnnounceAsync(id, null, null, cancellationToken);
            return id;
        }

        await AnnounceAsync(id, "order-created", null, cancellationToken);
        foreach (string step in (string[])["payment-pending", "payment-approved", "window-to-cancel", "ready-for-handling"])
        {
            if (account.Read(id) is { } order && VtexAccount.StatusOf(order) == state)
            {
                break;
            }

            await MoveAsync(id, step, cancellationToken);
        }

        return id;
    }

    /// <summary>The workflow goes on; hook and feed are told.</summary>
    public async Task MoveAsync(string id, string state, CancellationToken cancellationToken = default)
    {
        string? before = account.Change(id, order =>
        {
            string? was = VtexAccount.StatusOf(order);
            order["status"] = state;
            if (state == "payment-approved")
            {
                order["authorizedDate"] = VtexShelf.Time(clock.GetUtcNow());
            }

            return was;
        });
        await AnnounceAsync(id, state, before, cancellationToken);
    }

    /// <summary>Changes something of an order that moves no state, so nobody is told.</summary>
    public void Edit(string id, Action<JsonObject> change) => account.Change(id, order =>
    {
        change(order);
        return true;
    });

    /// <summary>The order is cancelled.</summary>
    public Task CancelAsync(string id, string reason, CancellationToken cancellationToken = default)
    {
        Edit(id, order =>
        {
            order["cancelReason"] = reason;
            order["cancellationData"] = new JsonObject { ["RequestedByUser"] = true, ["RequestedBySystem"] = false, ["Reason"] = reason, ["CancellationDate"] = VtexShelf.Time(clock.GetUtcNow()) };
        });
        return MoveAsync(id, "canceled", cancellationToken);
    }

    /// <summary>The order as the API shows it; null when there is none.</summary>
    public JsonObject? Read(string id) => account.Read(id);

    /// <summary>Sends again what was not answered with 200 and is due by the clock.</summary>
    public Task RepeatAsync(CancellationToken cancellationToken = default) => announcements.RepeatAsync(cancellationToken);

    /// <summary>Places orders at a steady rate, and now and then what the options' rates say, until cancelled. A hub that is away does not stop it.</summary>
    public Task RunAsync(double ordersPerSecond, CancellationToken cancellationToken) => ShopTrade.RunAsync(ordersPerSecond, clock, TradeAsync, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await server.CloseAsync();
        announcements.Dispose();
    }

    private async Task TradeAsync(CancellationToken cancellationToken)
    {
        string id = await PlaceOrderAsync(isComplete: !account.Happens(options.IncompleteRate), cancellationToken: cancellationToken);
        if (account.Happens(options.CancelRate))
        {
            await CancelAsync(id, "Me equivoqué de talla", cancellationToken);
        }

        await announcements.RepeatAsync(cancellationToken);
    }

    private Task AnnounceAsync(string id, string? state, string? before, CancellationToken cancellationToken) =>
        announcements.AnnounceAsync(id, state, before, clock.GetUtcNow(), cancellationToken, account.Happens(options.RepeatRate) ? 2 : 1);
}
