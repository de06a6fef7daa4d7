using Npgsql;

namespace Crossdock.Normalise;

/// <summary>Parks single events, and frees those whose order has come.</summary>
internal sealed class ParkedStore(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Take = "DELETE FROM inbox WHERE id = $1";

    // The net under the batch's own Unpark: a part and its order worked by two nodes at the same moment can miss each other.
    private const string Free = """
        WITH freed AS (
            DELETE FROM parked_events p USING orders o
            WHERE p.waits_for_order AND o.connection_id = p.connection_id AND o.external_id = p.order_key
            RETURNING p.event_id, p.connection_id, p.order_key)
        INSERT INTO inbox (id, event_id, kind, connection_id, order_key) SELECT event_id, event_id, 0, connection_id, order_key FROM freed ON CONFLICT DO NOTHING
        """;

    public async Task ParkAsync(InboxItem item, string reason, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var take = new NpgsqlCommand(Take, connection) { Parameters = { new() { Value = item.InboxId } } })
        {
            if (await take.ExecuteNonQueryAsync(cancellationToken) == 0)
            {
                // Another node has worked it meanwhile.
                return;
            }
        }

        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(ProcessingStore.ParkCommand([new ParkedRow(item.EventId, item.ConnectionId, item.OrderKey, false, reason, null, null)], clock.GetUtcNow()));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public async Task FreeAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Free);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
