using Crossdock.Model.Connectors;

namespace Crossdock.Tests.Subscriptions;

/// <summary>Webhooks at a shop in memory, for any number of addresses: two topics, of which a test takes some away.</summary>
internal sealed class ScriptedSubscriptions : ISubscriptions
{
    internal static readonly string[] Topics = ["orders/create", "orders/updated"];
    private readonly Lock gate = new();
    private readonly HashSet<(Uri Address, string Topic)> registered = [];

    /// <summary>Every call: "check", "repair" or "remove" with its address.</summary>
    internal List<string> Calls { get; } = [];
    internal string? Refuses { get; set; }
    internal bool RefusesRepair { get; set; }
    /// <summary>What every call waits for; it ignores that it is called off.</summary>
    internal Task Gate { get; set; } = Task.CompletedTask;
    internal bool Throws { get; set; }
    /// <summary>What a repair waits for when it is done at the shop and not answered yet.</summary>
    internal Task BeforeAnswer { get; set; } = Task.CompletedTask;

    internal int CountFor(string address)
    {
        lock (gate)
        {
            return registered.Count(one => one.Address.AbsoluteUri == address);
        }
    }

    internal void Lose(string topic)
    {
        lock (gate)
        {
            registered.RemoveWhere(one => one.Topic == topic);
        }
    }

    internal int CallsOf(string what)
    {
        lock (gate)
        {
            return Calls.Count(call => call.StartsWith(what, StringComparison.Ordinal));
        }
    }

    public async Task<SubscriptionReport> CheckAsync(Uri address, bool repair, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            Calls.Add($"{(repair ? "repair" : "check")} {address}");
        }

        await Gate;
        var report = Work(address, repair);
        await (repair ? BeforeAnswer : Task.CompletedTask);
        return report;
    }

    private SubscriptionReport Work(Uri address, bool repair)
    {
        lock (gate)
        {
            if (Throws)
            {
                throw new InvalidOperationException("a bug");
            }

            if (Refuses is { } because && (repair || !RefusesRepair))
            {
                return new([.. repair ? Topics.Select(topic => new SubscriptionStatus(topic, SubscriptionState.Missing, false)) : []], because, NeedsPerson: true);
            }

            var found = Topics.Select(topic => registered.Contains((address, topic)) ? new SubscriptionStatus(topic, SubscriptionState.Active, true) : new SubscriptionStatus(topic, SubscriptionState.Missing, repair)).ToList();
            if (repair)
            {
                registered.UnionWith(Topics.Select(topic => (address, topic)));
            }

            return new(found);
        }
    }

    public async Task<SubscriptionReport> RemoveAsync(Uri address, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            Calls.Add($"remove {address}");
        }

        await Gate;
        lock (gate)
        {
            if (Refuses is { } because)
            {
                return new([], because, NeedsPerson: true);
            }

            registered.RemoveWhere(one => one.Address == address);
            return new([]);
        }
    }

    public void Dispose() { }
}
