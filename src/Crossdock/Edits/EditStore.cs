using Crossdock.Database;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Edits;

/// <summary>The table of what people changed. Everything is written in the transaction that has locked the order.</summary>
internal static class EditStore
{
    private const string Columns = """
        id, order_id, save_id, field, label, before_value, value, shop_value, theirs, conflict_at, version, replaces, because, edited_by, edited_at, settled_by, settled_at, ended_at, ended_by, ended_because
        """;

    private const string Standing = $"SELECT {Columns} FROM order_edits WHERE order_id = ANY($1) AND ended_at IS NULL ORDER BY id";

    private const string One = $"SELECT {Columns} FROM order_edits WHERE id = $1 AND order_id = $2";

    private const string Insert = """
        INSERT INTO order_edits (id, order_id, connection_id, save_id, field, label, before_value, value, shop_value, version, replaces, because, edited_by, edited_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        """;

    private const string End = "UPDATE order_edits SET ended_at = $2, ended_by = $3, ended_because = $4 WHERE id = $1 AND ended_at IS NULL";

    private const string Stand = "UPDATE order_edits SET ended_at = NULL, ended_by = NULL, ended_because = NULL WHERE id = $1 AND ended_because = 'replaced'";

    private const string Mark = "UPDATE order_edits SET shop_value = $2, theirs = $3, conflict_at = $4 WHERE id = $1 AND ended_at IS NULL";

    private const string Settle = "UPDATE order_edits SET shop_value = $2, theirs = NULL, conflict_at = NULL, settled_at = $3, settled_by = $4 WHERE id = $1 AND ended_at IS NULL";

    private const string Flag = "UPDATE orders SET edited = EXISTS (SELECT FROM order_edits WHERE order_id = $1 AND ended_at IS NULL) WHERE id = $1";

    /// <summary>The changes that stand, by order.</summary>
    public static async Task<Dictionary<Guid, List<OrderEdit>>> StandingAsync(NpgsqlConnection connection, Guid[] orders, CancellationToken cancellationToken)
    {
        var all = orders.ToDictionary(id => id, _ => new List<OrderEdit>());
        await using var command = new NpgsqlCommand(Standing, connection) { Parameters = { new() { Value = orders, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var edit = Read(reader);
            all[edit.OrderId].Add(edit);
        }

        return all;
    }

    /// <summary>One change, standing or not; null when the order has none with that id.</summary>
    public static async Task<OrderEdit?> FindAsync(NpgsqlConnection connection, Guid order, Guid id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(One, connection) { Parameters = { new() { Value = id }, new() { Value = order } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    public static NpgsqlBatchCommand Inserting(OrderEdit edit, int connection) => With(Insert,
        new() { Value = edit.Id }, new() { Value = edit.OrderId }, new() { Value = connection }, new() { Value = edit.SaveId }, Text(edit.Field), Text(edit.Label), Text(edit.Before), Text(edit.Value), Text(edit.ShopValue),
        new() { Value = edit.Version }, new() { Value = (object?)edit.Replaces ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid }, Text(edit.Because), Text(edit.EditedBy), Time(edit.EditedAt));

    /// <param name="id">Which.</param>
    /// <param name="because"><c>replaced</c>, <c>undone</c> or <c>theirs</c>.</param>
    /// <param name="by">Who.</param>
    /// <param name="now">When.</param>
    public static NpgsqlBatchCommand Ending(Guid id, string because, string by, DateTimeOffset now) => With(End, new() { Value = id }, Time(now), Text(by), Text(because));

    public static NpgsqlBatchCommand Reviving(Guid id) => With(Stand, new NpgsqlParameter { Value = id });

    public static NpgsqlBatchCommand Marking(EditMark mark) => With(Mark, new() { Value = mark.Id }, Text(mark.ShopValue), Text(mark.Theirs), Time(mark.ConflictAt));

    /// <summary>The person's value counts although the shop has another one.</summary>
    public static NpgsqlBatchCommand Settling(Guid id, string? shopValue, string by, DateTimeOffset now) => With(Settle, new() { Value = id }, Text(shopValue), Time(now), Text(by));

    public static NpgsqlBatchCommand Flagging(Guid order) => With(Flag, new NpgsqlParameter { Value = order });

    private static OrderEdit Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetGuid(0),
        OrderId = reader.GetGuid(1),
        SaveId = reader.GetGuid(2),
        Field = reader.GetString(3),
        Label = reader.GetString(4),
        Before = Word(reader, 5),
        Value = Word(reader, 6),
        ShopValue = Word(reader, 7),
        Theirs = Word(reader, 8),
        ConflictAt = At(reader, 9),
        Version = reader.GetInt32(10),
        Replaces = reader.IsDBNull(11) ? null : reader.GetGuid(11),
        Because = Word(reader, 12),
        EditedBy = reader.GetString(13),
        EditedAt = At(reader, 14)!.Value,
        SettledBy = Word(reader, 15),
        SettledAt = At(reader, 16),
        EndedAt = At(reader, 17),
        EndedBy = Word(reader, 18),
        EndedBecause = Word(reader, 19),
    };

    private static string? Word(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static DateTimeOffset? At(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : new DateTimeOffset(reader.GetDateTime(column));

    private static NpgsqlBatchCommand With(string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(parameters);
        return command;
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)Parameters.Storable(text) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Time(DateTimeOffset? at) => new() { Value = (object?)at?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
