using Crossdock.Model;

namespace Crossdock.Connections;

/// <summary>Deleted connections, for what has to be tidied up at their platform.</summary>
internal interface IGoneConnections
{
    /// <summary>A deleted connection as it was last; null when it is not deleted, or never was. The caller releases it.</summary>
    Task<Connection?> PrepareAsync(ConnectionId id, CancellationToken cancellationToken);
}

/// <summary>Prepares them from their rows, which stay with their secrets.</summary>
internal sealed class GoneConnections(ConnectionStore store, ConnectionPreparation preparation) : IGoneConnections
{
    public async Task<Connection?> PrepareAsync(ConnectionId id, CancellationToken cancellationToken) =>
        await store.FindDeletedAsync(id, cancellationToken) is { } row ? preparation.Prepare(row) : null;
}
