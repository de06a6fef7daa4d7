using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Crossdock.Bench;

/// <summary>What a load run measured.</summary>
internal sealed record LoadResult(long Sent, long Accepted, long Other, double Seconds, double P50Ms, double P99Ms, double MaxMs)
{
    public double PerSecond => Accepted / Seconds;

    /// <summary>Seconds of the run in which something took longer than 50 ms, with the longest of each.</summary>
    public IReadOnlyList<(int Second, double Ms)> Pauses { get; init; } = [];
}

/// <summary>Sends signed Shopify webhooks of about 8 KB over a fixed number of kept-alive connections, as fast as they are answered or at a given rate.
/// Hand-written on sockets, because on a small machine the load must cost less than what it measures.</summary>
internal sealed class LoadClient
{
    private readonly int port;
    private readonly string path;
    private readonly byte[] secret;
    private readonly byte[] body;
    private readonly int[] idPlaces;
    private long nextId;

    public LoadClient(int port, string path, string secret, byte[] template, string templateId, long firstId)
    {
        this.port = port;
        this.path = path;
        this.secret = Encoding.UTF8.GetBytes(secret);
        body = template;
        nextId = firstId;
        var places = new List<int>();
        var mark = Encoding.ASCII.GetBytes(templateId);
        for (int from = 0; template.AsSpan(from).IndexOf(mark) is >= 0 and var at; from += at + mark.Length)
        {
            places.Add(from + at);
        }

        idPlaces = [.. places];
        IdLength = templateId.Length;
    }

    private int IdLength { get; }

    /// <param name="connections">Kept-alive connections.</param>
    /// <param name="duration">How long.</param>
    /// <param name="perSecond">Null: as fast as answered.</param>
    /// <param name="repeats">Share of deliveries that repeat one sent before.</param>
    public async Task<LoadResult> RunAsync(int connections, TimeSpan duration, double? perSecond, double repeats)
    {
        long started = Stopwatch.GetTimestamp();
        long until = started + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var lanes = await Task.WhenAll(Enumerable.Range(0, connections).Select(lane => Task.Run(() => LaneAsync(lane, started, until, perSecond / connections, repeats))));
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var all = lanes.SelectMany(lane => lane.Latencies).ToArray();
        Array.Sort(all);
        return new LoadResult(lanes.Sum(lane => lane.Sent), lanes.Sum(lane => lane.Accepted), lanes.Sum(lane => lane.Sent - lane.Accepted), seconds, At(all, 0.5), At(all, 0.99), At(all, 1))
        {
            Pauses = [.. lanes.SelectMany(lane => lane.Pauses).GroupBy(pause => pause.Second).Select(second => (second.Key, second.Max(pause => pause.Ms))).OrderBy(pause => pause.Key)],
        };
    }

    private static double At(float[] sorted, double share) => sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];

    private async Task<(long Sent, long Accepted, List<float> Latencies, List<(int Second, double Ms)> Pauses)> LaneAsync(int lane, long started, long until, double? perSecond, double repeats)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var random = new Random(lane + 1);
        var message = (byte[])body.Clone();
        var request = new byte[body.Length + 1024];
        var answer = new byte[4096];
        var latencies = new List<float>(100_000);
        var pauses = new List<(int Second, double Ms)>();
        long sent = 0, accepted = 0, mine = -1;
        while (Stopwatch.GetTimestamp() < until)
        {
            long due = Stopwatch.GetTimestamp();
            if (perSecond is { } rate)
            {
                // Open model: an answer that comes late does not delay the next request's due time, and the wait counts.
                due = started + (long)((sent + ((lane % 64) / 64.0)) / rate * Stopwatch.Frequency);
                while (Stopwatch.GetTimestamp() < due)
                {
                    double wait = (due - Stopwatch.GetTimestamp()) * 1000.0 / Stopwatch.Frequency;
                    await Task.Delay(wait > 1 ? (int)wait : 1);
                }
            }

            bool isRepeat = mine >= 0 && random.NextDouble() < repeats;
            long id = isRepeat ? mine : Interlocked.Increment(ref nextId);
            mine = id;
            int length = Write(request, message, id);
            await socket.SendAsync(request.AsMemory(0, length));
            int status = await ReadAsync(socket, answer);
            sent++;
            accepted += status == 200 ? 1 : 0;
            double took = Stopwatch.GetElapsedTime(due).TotalMilliseconds;
            latencies.Add((float)took);
            if (took > 50)
            {
                pauses.Add(((int)Stopwatch.GetElapsedTime(started, due).TotalSeconds, took));
            }
        }

        return (sent, accepted, latencies, pauses);
    }

    private int Write(byte[] request, byte[] message, long id)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(id, digits, out int written, new System.Buffers.StandardFormat('D', (byte)IdLength));
        foreach (int place in idPlaces)
        {
            digits[..written].CopyTo(message.AsSpan(place));
        }

        Span<byte> signature = stackalloc byte[32];
        HMACSHA256.HashData(secret, message, signature);
        string head = string.Create(CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nUser-Agent: Shopify-Captain-Hook\r\nX-Shopify-Topic: orders/create\r\nX-Shopify-Hmac-Sha256: {Convert.ToBase64String(signature)}\r\nX-Shopify-Shop-Domain: bench.myshopify.com\r\nX-Shopify-API-Version: 2026-10\r\nX-Shopify-Webhook-Id: {id:x32}\r\nX-Shopify-Event-Id: {id:x32}\r\nX-Shopify-Triggered-At: 2026-11-01T10:00:00.123456Z\r\nContent-Length: {message.Length}\r\n\r\n");
        int length = Encoding.ASCII.GetBytes(head, request);
        message.CopyTo(request, length);
        return length + message.Length;
    }

    private static async Task<int> ReadAsync(Socket socket, byte[] answer)
    {
        int filled = 0;
        while (true)
        {
            int read = await socket.ReceiveAsync(answer.AsMemory(filled));
            if (read == 0)
            {
                throw new IOException("the server closed the connection");
            }

            filled += read;
            int end = answer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                continue;
            }

            int status = ((answer[9] - '0') * 100) + ((answer[10] - '0') * 10) + (answer[11] - '0');
            string head = Encoding.ASCII.GetString(answer, 0, end);
            int at = head.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
            int content = at < 0 ? 0 : int.Parse(head.AsSpan(at + 16, (head.IndexOf('\r', at) is > 0 and var eol ? eol : head.Length) - at - 16), CultureInfo.InvariantCulture);
            if (filled >= end + 4 + content)
            {
                return status;
            }
        }
    }
}
