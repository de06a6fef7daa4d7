using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Crossdock.Testing.Faults;

/// <summary>Stands between a hub and its database: lets everything through, holds everything up as a hanging server does, is away, or loses the answer to a statement that was done.</summary>
public sealed class DatabaseProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly NpgsqlConnectionStringBuilder real;
    private readonly ConcurrentDictionary<Socket, Socket> open = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly Task accepting;
    private volatile TaskCompletionSource? hanging;
    private volatile bool isAway;
    private byte[] marker = [];
    private int answersToLose;

    public DatabaseProxy(string connectionString)
    {
        real = new NpgsqlConnectionStringBuilder(connectionString);
        listener.Start();
        var through = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port, SslMode = SslMode.Disable, MaxPoolSize = 20,
        };
        DataSource = new NpgsqlDataSourceBuilder(through.ConnectionString).Build();
        accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Connections through the proxy.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>Answers that were lost.</summary>
    public int LostAnswers { get; private set; }

    /// <summary>Bytes are taken and not passed on until <see cref="GoOn"/>: what SIGSTOP makes of a server.</summary>
    public void Hang() => hanging ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Every connection breaks, and new ones are refused until <see cref="GoOn"/>.</summary>
    public void GoAway()
    {
        isAway = true;
        CutAll();
    }

    /// <summary>All is well again.</summary>
    public void GoOn()
    {
        isAway = false;
        Interlocked.Exchange(ref hanging, null)?.TrySetResult();
    }

    /// <summary>The next commit is done by the server, and its connection breaks before that can be said.</summary>
    public void LoseNextCommit() => LoseNext("COMMIT\0");       // as a statement of its own: READ COMMITTED is none

    /// <summary>The same for the next statement with this text.</summary>
    public void LoseNext(string text)
    {
        marker = Encoding.UTF8.GetBytes(text);
        Volatile.Write(ref answersToLose, 1);
    }

    /// <summary>Breaks every connection.</summary>
    public void CutAll()
    {
        foreach (var (client, server) in open)
        {
            client.Close(0);
            server.Close(0);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await stopping.CancelAsync();
        GoOn();
        listener.Stop();
        CutAll();
        await accepting;
        listener.Dispose();
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptSocketAsync(stopping.Token);
                _ = ServeAsync(client);
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        {
            if (isAway)
            {
                client.Close(0);
                return;
            }

            using var server = real.Host!.StartsWith('/') ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp);
            EndPoint there = real.Host!.StartsWith('/') ? new UnixDomainSocketEndPoint($"{real.Host}/.s.PGSQL.{real.Port}") : new DnsEndPoint(real.Host!, real.Port);
            try
            {
                await server.ConnectAsync(there);
                open[client] = server;
                bool isLosing = false;
                await Task.WhenAny(
                    PumpAsync(client, server, data =>
                    {
                        if (Volatile.Read(ref answersToLose) > 0 && data.Span.IndexOf(marker) >= 0 && Interlocked.Exchange(ref answersToLose, 0) > 0)
                        {
                            Volatile.Write(ref isLosing, true);
                        }

                        return true;
                    }),
                    PumpAsync(server, client, _ => !Volatile.Read(ref isLosing)));
                LostAnswers += isLosing ? 1 : 0;
            }
            catch (SocketException)
            {
                // The server is away: so is the proxy.
            }
            finally
            {
                open.TryRemove(client, out _);
                client.Close(0);
            }
        }
    }

    /// <summary>Passes bytes on until one side ends, or the check refuses them: then the line is cut.</summary>
    private async Task PumpAsync(Socket from, Socket to, Func<ReadOnlyMemory<byte>, bool> check)
    {
        byte[] buffer = new byte[65_536];
        try
        {
            while (await from.ReceiveAsync(buffer, stopping.Token) is > 0 and var read)
            {
                if (hanging is { } held)
                {
                    await held.Task;
                }

                if (!check(buffer.AsMemory(0, read)))
                {
                    return;
                }

                for (int sent = 0; sent < read;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), stopping.Token);
                }
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One side is gone: the other is closed with it.
        }
    }
}
