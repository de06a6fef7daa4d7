using System.Collections.Concurrent;
using Crossdock.Model;
using Crossdock.Model.Orders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Telemetry;

/// <summary>What is counted per connection and minute. Stored by the snake_case name.</summary>
public enum Statistic
{
    /// <summary>Events stored.</summary>
    Received = 0,
    /// <summary>Events that had been stored before.</summary>
    Repeated = 1,
    /// <summary>Calls with a wrong or missing signature.</summary>
    Refused = 2,
    /// <summary>Probes answered.</summary>
    Probed = 3,
    /// <summary>Orders new to the hub.</summary>
    Orders = 4,
    /// <summary>Orders whose content changed.</summary>
    Changed = 5,
    /// <summary>Events parked.</summary>
    Parked = 6,
    /// <summary>Orders excluded.</summary>
    Excluded = 7,
    /// <summary>Orders held.</summary>
    Held = 8,
    /// <summary>Deliveries done; counted for the destination.</summary>
    Delivered = 9,
    /// <summary>Attempts that failed; counted for the destination. A throttled call is none.</summary>
    Failed = 10,
    /// <summary>Deliveries done; counted for the store whose order it was.</summary>
    HandedOver = 11,
    /// <summary>States that a shop was told; counted for the shop.</summary>
    Told = 12,
    /// <summary>Attempts to tell a shop that failed; counted for the shop. A throttled call is none.</summary>
    NotTold = 13,
}

/// <summary>Adds up counts in memory and writes them every two seconds. A crash may lose the last two seconds of figures, never of events.</summary>
public sealed partial class ConnectionStatistics(NpgsqlDataSource database, TimeProvider clock, ILogger<ConnectionStatistics> logger) : BackgroundService
{
    private const string Add = """
        INSERT INTO statistics (connection_id, minute, name, count)
        SELECT * FROM unnest($1, $2, $3, $4)
        ON CONFLICT (connection_id, minute, name) DO UPDATE SET count = statistics.count + excluded.count
        """;

    // Rows in one order, so that two nodes that write at once wait for each other and no more.
    private const string AddHours = """
        INSERT INTO store_hours (connection_id, hour, orders)
        SELECT * FROM unnest($1, $2, $3) AS n (connection_id, hour, orders) ORDER BY 1, 2
        ON CONFLICT (connection_id, hour) DO UPDATE SET orders = store_hours.orders + excluded.orders
        """;

    private const string Heard = """
        INSERT INTO store_rhythms (connection_id, last_order_at)
        SELECT n.id, $2 FROM unnest($1) AS n (id) ORDER BY 1
        ON CONFLICT (connection_id) DO UPDATE SET last_order_at = greatest(store_rhythms.last_order_at, excluded.last_order_at)
        """;

    /// <summary>Orders placed earlier tell a store's rhythm, not that it is alive.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromDays(2);

    /// <summary>Orders placed earlier tell nothing of its rhythm today.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(91);

    private static readonly int Kinds = Enum.GetValues<Statistic>().Length;
    private readonly ConcurrentDictionary<int, long[]> counts = new();
    private readonly Lock hoursDoor = new();
    private Dictionary<(int Connection, DateTime Hour), int> hours = [];
    private HashSet<int> heard = [];

    /// <summary>Counts; a few nanoseconds, safe from any thread.</summary>
    public void Count(ConnectionId connection, Statistic what, long by = 1) =>
        Interlocked.Add(ref counts.GetOrAdd(connection.Value, static _ => new long[Kinds])[(int)what], by);

    /// <summary>Counts an order that is new to the hub by the hour it was placed in: a store's rhythm is learned from these.</summary>
    /// <param name="connection">The store.</param>
    /// <param name="placedAt">When it was placed, UTC; null when the platform does not say.</param>
    /// <param name="isHistory">True for one that was read from the shop's past: it tells nothing of whether the store sells now.</param>
    public void Sold(ConnectionId connection, DateTimeOffset? placedAt, bool isHistory)
    {
        var now = clock.GetUtcNow();
        var at = placedAt is { } placed && placed < now ? placed.UtcDateTime : now.UtcDateTime;
        if (now.UtcDateTime - at > Remembered)
        {
            return;
        }

        lock (hoursDoor)
        {
            var key = (connection.Value, new DateTime(at.Ticks - (at.Ticks % TimeSpan.TicksPerHour), DateTimeKind.Utc));
            hours[key] = hours.GetValueOrDefault(key) + 1;
            if (!isHistory && now.UtcDateTime - at <= Fresh)
            {
                heard.Add(connection.Value);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await FlushAsync(stoppingToken);
                await FlushHoursAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            await FlushAsync(CancellationToken.None);
            await FlushHoursAsync(CancellationToken.None);
        }
    }

    /// <summary>Writes what was counted since the last time; what could not be written is counted again.</summary>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        var taken = new List<(int Connection, Statistic What, long Count)>();
        foreach (var (connection, values) in counts)
        {
            for (int what = 0; what < values.Length; what++)
            {
                if (Interlocked.Exchange(ref values[what], 0) is > 0 and var count)
                {
                    taken.Add((connection, (Statistic)what, count));
                }
            }
        }

        if (taken.Count == 0)
        {
            return;
        }

        var now = clock.GetUtcNow();
        var minute = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        try
        {
            await using var command = database.CreateCommand(Add);
            command.Parameters.Add(new() { Value = taken.ConvertAll(row => row.Connection), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
            command.Parameters.Add(new() { Value = taken.ConvertAll(_ => minute), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
            command.Parameters.Add(new() { Value = taken.ConvertAll(row => EnumNames<Statistic>.Of(row.What)), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            command.Parameters.Add(new() { Value = taken.ConvertAll(row => row.Count), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException or TimeoutException)
        {
            taken.ForEach(row => Count(new(row.Connection), row.What, row.Count));
            Log.NotWritten(logger, exception.Message);
        }
    }

    /// <summary>Writes the hours of orders and which stores were heard of; what could not be written is written the next time.</summary>
    internal async Task FlushHoursAsync(CancellationToken cancellationToken)
    {
        Dictionary<(int Connection, DateTime Hour), int> sold;
        HashSet<int> alive;
        lock (hoursDoor)
        {
            if (hours.Count == 0 && heard.Count == 0)
            {
                return;
            }

            (sold, alive, hours, heard) = (hours, heard, [], []);
        }

        bool areCounted = false;
        try
        {
            await using (var command = database.CreateCommand(AddHours))
            {
                command.Parameters.Add(new() { Value = sold.Keys.Select(key => key.Connection).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
                command.Parameters.Add(new() { Value = sold.Keys.Select(key => key.Hour).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
                command.Parameters.Add(new() { Value = sold.Values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
                await command.ExecuteNonQueryAsync(cancellationToken);
                areCounted = true;
            }

            await using var hear = database.CreateCommand(Heard);
            hear.Parameters.Add(new() { Value = alive.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
            hear.Parameters.Add(new() { Value = clock.GetUtcNow().UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            await hear.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException or TimeoutException)
        {
            lock (hoursDoor)
            {
                heard.UnionWith(alive);
                foreach (var (key, count) in areCounted ? [] : sold)
                {
                    hours[key] = hours.GetValueOrDefault(key) + count;
                }
            }

            Log.NotWritten(logger, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.StatisticsFailed, LogLevel.Warning, "statistics not written, kept for the next time: {Error}")]
        public static partial void NotWritten(ILogger logger, string error);
    }
}
