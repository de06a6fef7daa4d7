using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>One store's webhooks. Each has one event; Jumpseller pauses one after eight failed deliveries.</summary>
internal sealed class JumpsellerSubscriptions(JumpsellerClient client) : ISubscriptions
{
    private const string Scope = "read and write webhooks (scopes read_hooks, write_hooks)";

    /// <summary>There is no order_created: a new order is pending or paid, and order_updated follows any change.</summary>
    internal static readonly IReadOnlyList<string> Events = ["order_pending_payment", "order_paid", "order_updated", "order_shipped", "order_canceled"];

    public async Task<SubscriptionReport> CheckAsync(Uri address, bool repair, CancellationToken cancellationToken)
    {
        var (hooks, problem) = await ReadAsync(cancellationToken);
        if (hooks is null)
        {
            return problem!;
        }

        List<SubscriptionStatus> statuses = [];
        JumpsellerTrouble? trouble = null;
        foreach (string wanted in Events)
        {
            var ours = hooks.FindAll(hook => hook.Event == wanted && hook.LeadsTo(address));
            var found = ours.Exists(hook => !hook.IsPaused) ? SubscriptionState.Active : ours.Count > 0 ? SubscriptionState.Disabled : SubscriptionState.Missing;
            bool isActive = found == SubscriptionState.Active;
            if (!isActive && repair && trouble is null)
            {
                trouble = await RepairAsync(wanted, address, ours, cancellationToken);
                isActive = trouble is null;
            }

            statuses.Add(new(wanted, found, isActive, found == SubscriptionState.Disabled ? "paused after eight failed deliveries" : null));
        }

        return new(statuses, trouble?.Because, trouble?.NeedsPerson == true);
    }

    public async Task<SubscriptionReport> RemoveAsync(Uri address, CancellationToken cancellationToken)
    {
        var (hooks, problem) = await ReadAsync(cancellationToken);
        if (hooks is null)
        {
            return problem!;
        }

        List<SubscriptionStatus> statuses = [];
        foreach (var hook in hooks.FindAll(hook => hook.LeadsTo(address)))
        {
            var trouble = await DeleteAsync(hook, cancellationToken);
            statuses.Add(new(hook.Event, hook.IsPaused ? SubscriptionState.Disabled : SubscriptionState.Active, trouble is not null && !hook.IsPaused));
            if (trouble is not null)
            {
                return new(statuses, trouble.Because, trouble.NeedsPerson);
            }
        }

        return new(statuses);
    }

    public void Dispose()
    {
    }

    // Nothing is documented that would wake a paused one: it is replaced.
    private async Task<JumpsellerTrouble?> RepairAsync(string wanted, Uri address, List<Hook> paused, CancellationToken cancellationToken)
    {
        var made = await client.SendAsync(HttpMethod.Post, "/hooks.json", new JsonObject { ["hook"] = new JsonObject { ["event"] = wanted, ["url"] = address.AbsoluteUri } }, cancellationToken);
        if (client.TroubleOf(made, Scope) is { } trouble)
        {
            return trouble;
        }

        foreach (var hook in paused)
        {
            if (await DeleteAsync(hook, cancellationToken) is { } failed)
            {
                return failed;
            }
        }

        return null;
    }

    private async Task<JumpsellerTrouble?> DeleteAsync(Hook hook, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(HttpMethod.Delete, $"/hooks/{hook.Id}.json", null, cancellationToken);
        return answer is { Status: 404, Problem: null } ? null : client.TroubleOf(answer, Scope);
    }

    private async Task<(List<Hook>? Hooks, SubscriptionReport? Problem)> ReadAsync(CancellationToken cancellationToken)
    {
        var answer = await client.GetAsync("/hooks.json", cancellationToken);
        if (client.TroubleOf(answer, Scope) is { } trouble)
        {
            return (null, new([], trouble.Because, trouble.NeedsPerson));
        }

        using var document = answer.Json();
        if (document?.RootElement.ValueKind != JsonValueKind.Array)
        {
            return (null, new([], "Jumpseller answered with something that is no list of webhooks."));
        }

        try
        {
            List<Hook> hooks = [];
            foreach (var entry in document.RootElement.EnumerateArray())
            {
                var hook = JsonFields.Block(entry, "hook");
                if (JsonFields.Text(hook, "id") is { } id && id.All(char.IsAsciiDigit) && JsonFields.Text(hook, "event") is { } name)
                {
                    hooks.Add(new(id, name, JsonFields.Text(hook, "url"), IsPausedIn(hook)));
                }
            }

            return (hooks, null);
        }
        catch (InvalidOperationException)
        {
            return (null, new([], "Jumpseller answered with text that is no Unicode."));
        }
    }

    // How the API shows it is not documented: every likely way counts.
    private static bool IsPausedIn(JsonElement hook) => JsonFields.Flag(hook, "paused") == true || JsonFields.Flag(hook, "active") == false || JsonFields.Text(hook, "status") is "paused" or "disabled";

    private sealed record Hook(string Id, string Event, string? Url, bool IsPaused)
    {
        internal bool LeadsTo(Uri address) => Uri.TryCreate(Url, UriKind.Absolute, out var own) && own == address;
    }
}
