using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crossdock.Connections;

/// <summary>Keeps the connections in memory as the table has them: told by the database's announcements, and by a look of its own now and then
/// in case one was missed. Only what changed is prepared anew; a replaced destination is disposed when its last call must have ended.</summary>
internal sealed partial class ConnectionDirectory(
    NpgsqlDataSource database,
    ConnectionStore store,
    ConnectionPreparation preparation,
    IOptions<ConnectionsOptions> options,
    TimeProvider clock,
    ILogger<ConnectionDirectory> logger) : BackgroundService, IConnectionDirectory
{
    // No call takes longer than two minutes (DestinationLimits.TimeoutSeconds), a look-up before it as much again.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private readonly Channel<bool> _announced = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<(Connection Connection, DateTimeOffset At)> _replaced = [];
    private volatile ConnectionSnapshot _current = ConnectionSnapshot.Empty;

    public ConnectionSnapshot Current => _current;

    public event Action? Changed;

    /// <summary>Loads everything for the first time.</summary>
    public Task LoadAsync(CancellationToken cancellationToken) => RefreshAsync(cancellationToken);

    /// <summary>Brings the memory up to the table now. Safe to call at any time, also at once.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _refreshing.WaitAsync(cancellationToken);
        try
        {
            DisposeReplaced(clock.GetUtcNow());
            var versions = await store.LoadVersionsAsync(cancellationToken);
            var former = _current;
            var changed = versions.Where(pair => !former.ById.TryGetValue(pair.Key, out var known) || known.Version != pair.Value).Select(pair => pair.Key).ToList();
            if (changed.Count == 0 && versions.Count == former.All.Count)
            {
                return;
            }

            var rows = changed.Count == 0 ? [] : await store.LoadAsync(changed, cancellationToken);
            var prepared = rows.Select(preparation.Prepare).ToDictionary(connection => connection.Id);
            List<Connection> kept = [.. former.All.Where(connection => versions.ContainsKey(connection.Id) && !prepared.ContainsKey(connection.Id))];
            _current = new ConnectionSnapshot([.. kept.Concat(prepared.Values).OrderBy(connection => connection.Id.Value)]);

            var until = clock.GetUtcNow() + Grace;
            _replaced.AddRange(former.All.Except(kept).Select(connection => (connection, until)));
            foreach (var broken in prepared.Values.Where(connection => connection.BrokenBecause is not null))
            {
                Log.ConnectionBroken(logger, broken.Key, broken.Platform, broken.BrokenBecause!);
            }

            Log.ConnectionsChanged(logger, _current.All.Count, prepared.Count, former.All.Count - kept.Count);
        }
        finally
        {
            _refreshing.Release();
        }

        Changed?.Invoke();
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryRefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        DisposeReplaced(DateTimeOffset.MaxValue);
        foreach (var connection in _current.All)
        {
            connection.Release();
        }

        _current = ConnectionSnapshot.Empty;
        _refreshing.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listening = ListenAsync(stoppingToken);
        var interval = TimeSpan.FromSeconds(options.Value.RefreshSeconds);
        while (!stoppingToken.IsCancellationRequested)
        {
            using var wait = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            wait.CancelAfter(interval);
            try
            {
                await _announced.Reader.ReadAsync(wait.Token);
            }
            catch (OperationCanceledException)
            {
                // Nobody announced anything in this interval: look anyway, or stop.
            }

            if (!stoppingToken.IsCancellationRequested)
            {
                await TryRefreshAsync(stoppingToken);
            }
        }

        await listening;
    }

    private async Task ListenAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stopping);
                connection.Notification += (_, _) => _announced.Writer.TryWrite(true);
                await using (var listen = new NpgsqlCommand("LISTEN crossdock_connections", connection))
                {
                    await listen.ExecuteNonQueryAsync(stopping);
                }

                // What changed while nobody listened.
                _announced.Writer.TryWrite(true);
                while (true)
                {
                    await connection.WaitAsync(stopping);
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or IOException or InvalidOperationException or ObjectDisposedException)
            {
                Log.ListeningBroke(logger, e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>The database may be away for a while: what is in memory stays in use, and the next look tries again.</summary>
    private async Task TryRefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RefreshAsync(cancellationToken);
        }
        catch (NpgsqlException e)
        {
            Log.RefreshFailed(logger, e.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private void DisposeReplaced(DateTimeOffset now)
    {
        foreach (var (connection, _) in _replaced.Where(replaced => replaced.At <= now))
        {
            connection.Release();
        }

        _replaced.RemoveAll(replaced => replaced.At <= now);
    }

    private static partial class Log
    {
        [LoggerMessage(3001, LogLevel.Information, "connections changed: {Count} in all, {Prepared} prepared, {Gone} replaced or gone")]
        public static partial void ConnectionsChanged(ILogger logger, int count, int prepared, int gone);

        [LoggerMessage(3002, LogLevel.Warning, "connection {Connection} ({Platform}) cannot work: {Because}")]
        public static partial void ConnectionBroken(ILogger logger, string connection, string platform, string because);

        [LoggerMessage(3003, LogLevel.Warning, "connections could not be read, the known ones stay in use: {Error}")]
        public static partial void RefreshFailed(ILogger logger, string error);

        [LoggerMessage(3004, LogLevel.Warning, "listening for changes of connections broke off and begins again: {Error}")]
        public static partial void ListeningBroke(ILogger logger, string error);
    }
}
