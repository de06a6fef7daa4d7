using Crossdock.Model;
using Crossdock.Model.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Orders;

/// <summary>One move of an order's state, made only when the order still stands where it is moved from.</summary>
internal readonly record struct StateMove(OrderId Id, OrderState From, OrderState To, string Because);

/// <summary>A move together with what the timeline is to say of the unit of work it belongs to: with the move when it was made, without it when the order stood elsewhere.</summary>
internal readonly record struct ToldMove(StateMove Move, Guid TimelineId, ConnectionId Store, string EntriesIfMoved, string EntriesOtherwise);

/// <summary>The only door through which the state column is written after an order was stored.</summary>
internal sealed partial class OrderStore
{
    // By the primary key; a lost race changes no row.
    private const string Move = """
        UPDATE orders o SET state = m.target, state_because = m.because, state_changed_at = $5, updated_at = $5, version = o.version + 1
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS m (id, origin, target, because)
        WHERE o.id = m.id AND o.state = m.origin
        """;

    private const string MoveAndTell = $"""
        WITH moved AS (
        {Move}
        RETURNING o.id)
        INSERT INTO timeline (id, order_id, connection_id, entries)
        SELECT t.timeline_id, t.order_id, t.connection_id, (CASE WHEN moved.id IS NULL THEN t.otherwise ELSE t.if_moved END)::json
        FROM unnest($6::uuid[], $1::uuid[], $7::int[], $8::text[], $9::text[]) AS t (timeline_id, order_id, connection_id, if_moved, otherwise)
        LEFT JOIN moved ON moved.id = t.order_id
        """;

    /// <summary>Moves those that stand where they are expected to stand; answers how many did.</summary>
    internal static async Task<int> MoveAsync(NpgsqlConnection connection, IReadOnlyList<StateMove> moves, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using NpgsqlBatch batch = new(connection);
        batch.BatchCommands.Add(Moving(moves, at));
        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The same as a command of a larger batch.</summary>
    internal static NpgsqlBatchCommand Moving(IReadOnlyList<StateMove> moves, DateTimeOffset at)
    {
        NpgsqlBatchCommand command = new(Move);
        AddMoves(command, moves, at);
        return command;
    }

    /// <summary>Moves and writes one timeline row each, moved or not. An order may appear once.</summary>
    internal static NpgsqlBatchCommand MovingAndTelling(IReadOnlyList<ToldMove> told, DateTimeOffset at)
    {
        NpgsqlBatchCommand command = new(MoveAndTell);
        AddMoves(command, [.. told.Select(one => one.Move)], at);
        command.Parameters.Add(Array(NpgsqlDbType.Uuid, told, one => one.TimelineId));
        command.Parameters.Add(Array(NpgsqlDbType.Integer, told, one => one.Store.Value));
        command.Parameters.Add(Array(NpgsqlDbType.Text, told, one => one.EntriesIfMoved));
        command.Parameters.Add(Array(NpgsqlDbType.Text, told, one => one.EntriesOtherwise));
        return command;
    }

    private static void AddMoves(NpgsqlBatchCommand command, IReadOnlyList<StateMove> moves, DateTimeOffset at)
    {
        command.Parameters.Add(Array(NpgsqlDbType.Uuid, moves, move => move.Id.Value));
        command.Parameters.Add(Array(NpgsqlDbType.Text, moves, move => EnumNames<OrderState>.Of(move.From)));
        command.Parameters.Add(Array(NpgsqlDbType.Text, moves, move => EnumNames<OrderState>.Of(move.To)));
        command.Parameters.Add(Array(NpgsqlDbType.Text, moves, move => move.Because));
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = at });
    }

    private static NpgsqlParameter<TValue[]> Array<TItem, TValue>(NpgsqlDbType type, IReadOnlyList<TItem> items, Func<TItem, TValue> value)
    {
        var values = new TValue[items.Count];
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = value(items[index]);
        }
        return new NpgsqlParameter<TValue[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = values };
    }
}
