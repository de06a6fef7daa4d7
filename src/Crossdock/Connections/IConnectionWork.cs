using Npgsql;

namespace Crossdock.Connections;

/// <summary>What still hangs on a connection that is to be deleted.</summary>
/// <param name="Key">The connection's key.</param>
/// <param name="Waiting">Deliveries that wait for it or are under way to it.</param>
/// <param name="Held">Deliveries that it refused and that a person has to look at.</param>
/// <param name="Events">Events that it sent as a store and that nobody has worked yet.</param>
/// <param name="Orders">Its orders, as a store, that are held or have to be approved.</param>
/// <param name="OwnDeliveries">Deliveries of its orders, as a store, that are not done.</param>
internal sealed record HangingWork(string Key, long Waiting, long Held, long Events, long Orders, long OwnDeliveries);

/// <summary>Finds and ends what hangs on connections that are deleted. Implemented where deliveries are known.</summary>
internal interface IConnectionWork
{
    /// <summary>Those of the connections that something hangs on.</summary>
    Task<IReadOnlyList<HangingWork>> FindAsync(NpgsqlConnection connection, IReadOnlyCollection<string> keys, CancellationToken cancellationToken);

    /// <summary>Makes dead letters of what waits for deleted connections, but for what is being sent at this moment, and tells it in the orders' timelines. In the caller's transaction. Answers how many.</summary>
    /// <param name="connection">With an open transaction.</param>
    /// <param name="actor">Who deleted them, for example <c>operator admin</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<int> EndAsync(NpgsqlConnection connection, string actor, CancellationToken cancellationToken);
}
