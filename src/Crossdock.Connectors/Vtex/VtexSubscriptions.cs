using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Calls;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Vtex;

/// <summary>One appKey's hook. VTEX has one for each key, and deletes it after three days without a notification.</summary>
internal sealed class VtexSubscriptions(VtexClient client) : ISubscriptions
{
    internal const string Path = "/api/orders/hook/config";
    private const string Resource = "Feed v3 and Hook Admin";
    private const string Topic = "orders";

    public async Task<SubscriptionReport> CheckAsync(Uri address, bool repair, CancellationToken cancellationToken)
    {
        var (hook, problem) = await ReadAsync(cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (hook is { } other && !other.LeadsTo(address) && !IsOurs(other))
        {
            return new([new(Topic, SubscriptionState.Missing, false)], $"The hook of this appKey leads to {other.Host} and is somebody else's; VTEX has one hook for each appKey. Generate an appKey for the hub alone.", NeedsPerson: true);
        }

        var found = hook is not { } known ? SubscriptionState.Missing : known.LeadsTo(address) && IsOurs(known) && known.HasFilter ? SubscriptionState.Active : SubscriptionState.Different;
        if (found == SubscriptionState.Active || !repair)
        {
            return new([new(Topic, found, found == SubscriptionState.Active)]);
        }

        var answer = await client.SendAsync(HttpMethod.Post, Path, new JsonObject
        {
            ["filter"] = VtexFeed.Filter(),
            ["hook"] = new JsonObject { ["url"] = address.AbsoluteUri, ["headers"] = new JsonObject { [VtexWebhooks.TokenHeader] = client.Settings.HookToken } },
        }, cancellationToken);
        if (client.TroubleOf(answer, Resource) is not { } trouble)
        {
            return new([new(Topic, found, true)]);
        }

        // VTEX calls the address before it saves: 400 means that it did not get its 200 from there.
        return new([new(Topic, found, false)], answer.Status == 400 ? $"VTEX called {address.Host} and did not save the hook (HTTP 400): {client.Words(answer)}. The address must be reachable from the internet." : trouble.Because, trouble.NeedsPerson);
    }

    public async Task<SubscriptionReport> RemoveAsync(Uri address, CancellationToken cancellationToken)
    {
        var (hook, problem) = await ReadAsync(cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (hook is not { } known || !known.LeadsTo(address))
        {
            return new([new(Topic, SubscriptionState.Missing, false)]);
        }

        var answer = await client.SendAsync(HttpMethod.Delete, Path, null, cancellationToken);
        return answer is { Status: 404, Problem: null } || client.TroubleOf(answer, Resource) is not { } trouble
            ? new([new(Topic, SubscriptionState.Active, false)])
            : new([new(Topic, SubscriptionState.Active, true)], trouble.Because, trouble.NeedsPerson);
    }

    public void Dispose()
    {
    }

    /// <summary>The hook as it stands; neither where there is none.</summary>
    internal async Task<(Hook? Hook, SubscriptionReport? Problem)> ReadAsync(CancellationToken cancellationToken)
    {
        var answer = await client.GetAsync(Path, cancellationToken);
        if (answer is { Status: 404 or 204, Problem: null })
        {
            return (null, null);
        }

        if (client.TroubleOf(answer, Resource) is { } trouble)
        {
            return (null, new([], trouble.Because, trouble.NeedsPerson));
        }

        return Read(answer) is { } read ? (read.Url is null ? null : read, null) : (null, new([], "VTEX answered with something that is no hook."));
    }

    internal bool IsOurs(Hook hook) => hook.Token is { } token && client.Settings.HookToken is { } ours
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token)), SHA256.HashData(Encoding.UTF8.GetBytes(ours)));

    private static Hook? Read(PlatformAnswer answer)
    {
        using var document = answer.Json();
        if (document?.RootElement.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        try
        {
            var hook = JsonFields.Block(document.RootElement, "hook");
            // A page that says something else is not taken for "no hook": registering would overwrite a real one.
            if (hook.ValueKind != JsonValueKind.Object || JsonFields.Text(hook, "url") is not { } url)
            {
                return null;
            }

            var filter = JsonFields.Block(document.RootElement, "filter");
            var headers = JsonFields.Block(hook, "headers");
            string? token = headers.ValueKind == JsonValueKind.Object
                ? headers.EnumerateObject().Where(header => header.Name.Equals(VtexWebhooks.TokenHeader, StringComparison.OrdinalIgnoreCase)).Select(header => JsonFields.Text(header.Value)).FirstOrDefault() : null;
            var states = JsonFields.Items(filter, "status").Select(JsonFields.Text).OfType<string>().ToHashSet(StringComparer.Ordinal);
            return new Hook(url, token, JsonFields.Text(filter, "type") == "FromWorkflow" && (states.Count == 0 || states.IsSupersetOf(VtexStates.Announced)));
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A hook as VTEX shows it.</summary>
    internal sealed record Hook(string? Url, string? Token, bool HasFilter)
    {
        internal string Host => Uri.TryCreate(Url, UriKind.Absolute, out var address) ? address.Host : "another address";

        internal bool LeadsTo(Uri address) => Uri.TryCreate(Url, UriKind.Absolute, out var own) && own == address;

        public override string ToString() => $"hook to {Host}";
    }
}
