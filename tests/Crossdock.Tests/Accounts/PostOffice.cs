using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Crossdock.Tests.Accounts;

/// <summary>A mail server in this process that speaks as much SMTP (RFC 5321) as is needed to take a letter.</summary>
internal sealed class PostOffice : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource closing = new();
    private readonly Channel<string> letters = Channel.CreateUnbounded<string>();
    private readonly Task serving;

    public PostOffice()
    {
        listener.Start();
        serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>The next letter, as it came.</summary>
    public async Task<string> NextAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        return await letters.Reader.ReadAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        listener.Stop();
        await serving;
        closing.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(closing.Token);
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII);
                await using var writer = new StreamWriter(stream, Encoding.ASCII) { NewLine = "\r\n", AutoFlush = true };
                await writer.WriteLineAsync("220 post.test");
                while (await reader.ReadLineAsync(closing.Token) is { } line)
                {
                    if (line.StartsWith("DATA", StringComparison.OrdinalIgnoreCase))
                    {
                        await writer.WriteLineAsync("354 go on");
                        var letter = new StringBuilder();
                        while (await reader.ReadLineAsync(closing.Token) is { } part && part != ".")
                        {
                            letter.Append(part).Append('\n');
                        }

                        await letters.Writer.WriteAsync(letter.ToString());
                    }

                    await writer.WriteLineAsync(line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase) ? "221 bye" : "250 OK");
                }
            }
        }
        catch (Exception over) when (over is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
