using System.Data;
using Dapper;
using Npgsql;

namespace Crossdock.Database;

/// <summary>How <c>*Queries</c> read: Dapper over the data source, columns matched to properties by name, times in UTC.</summary>
internal static class QueryReading
{
    static QueryReading()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.AddTypeHandler(new UtcTime());
    }

    public static async Task<List<T>> ReadAsync<T>(this NpgsqlDataSource database, string sql, object? parameters, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken))).AsList();
    }

    public static async Task<T?> ReadOneAsync<T>(this NpgsqlDataSource database, string sql, object? parameters, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QueryFirstOrDefaultAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }

    /// <summary>Narrows a list by <c>connection_id</c> to what a limited caller may see. A single connection as an equation: then its index gives the order, too.</summary>
    public static void AddSeen(System.Text.StringBuilder sql, DynamicParameters values, int[] seen)
    {
        sql.Append(seen.Length == 1 ? " AND connection_id = @seen" : " AND connection_id = ANY(@seen)");
        values.Add("seen", seen.Length == 1 ? seen[0] : seen);
    }

    /// <summary>The smallest UUIDv7 of that moment: ids begin with their time, so a range of time is a range of the primary key.</summary>
    public static Guid Floor(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        long milliseconds = Math.Max(0, at.ToUnixTimeMilliseconds());
        for (int place = 5; place >= 0; place--)
        {
            bytes[place] = (byte)milliseconds;
            milliseconds >>= 8;
        }

        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The moment that a UUIDv7 begins with.</summary>
    public static DateTimeOffset TimeOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        long milliseconds = 0;
        for (int place = 0; place < 6; place++)
        {
            milliseconds = (milliseconds << 8) | bytes[place];
        }

        return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }

    /// <summary>A prefix pattern in which what a person typed stands for itself.</summary>
    public static string Prefix(string text) => text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal) + "%";

    private sealed class UtcTime : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) => parameter.Value = value.ToUniversalTime();

        public override DateTimeOffset Parse(object value) => value switch
        {
            DateTime time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
            DateTimeOffset time => time,
            _ => throw new DataException($"{value.GetType().Name} is not a time."),
        };
    }
}
