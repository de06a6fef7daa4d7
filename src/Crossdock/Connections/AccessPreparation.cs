using Crossdock.Access;
using Crossdock.Model;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;

namespace Crossdock.Connections;

/// <summary>Gives connectors what they need to call a connection's platform.</summary>
internal sealed class AccessPreparation(OutgoingHttp http, RequestBudgets budgets, TokenVaults tokens, TimeProvider clock)
{
    // Until a connector says otherwise: gentle enough for any shop.
    private static readonly RequestPace Gentle = new(2, 10, 4);

    /// <summary>Access of one urgency. The budget and the tokens are the connection's, whatever it is used for.</summary>
    public ConnectionAccess For(ConnectionId connection, ConnectionSettings settings, RequestPace? pace, RequestPriority priority)
    {
        var budget = budgets.Of(connection, pace ?? Gentle);
        return new ConnectionAccess
        {
            Settings = settings,
            Http = new HttpClient(new BudgetedHandler(http.Invoker, budget, priority)) { Timeout = Timeout.InfiniteTimeSpan },
            Clock = clock,
            Budget = budget.For(priority),
            Tokens = tokens.Of(connection),
        };
    }
}
