using System.Collections.Concurrent;
using Crossdock.Model;
using Crossdock.Model.Connectors;

namespace Crossdock.Access;

/// <summary>This node's budgets, one per connection, kept when a connection is prepared anew: the platform has not forgotten what was spent.</summary>
internal sealed class RequestBudgets(TimeProvider clock) : IDisposable
{
    private readonly ConcurrentDictionary<ConnectionId, RequestBudget> budgets = new();

    public RequestBudget Of(ConnectionId connection, RequestPace pace)
    {
        var budget = budgets.GetOrAdd(connection, _ => new RequestBudget(pace, clock));
        budget.Use(pace);
        return budget;
    }

    public void Dispose()
    {
        foreach (var (_, budget) in budgets)
        {
            budget.Dispose();
        }
    }
}
