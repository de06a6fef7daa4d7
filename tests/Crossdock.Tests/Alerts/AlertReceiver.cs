using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Crossdock.Tests.Alerts;

/// <summary>What came in at a receiver of alerts.</summary>
internal sealed record Taken(string Path, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>Receives what routes send, on loopback.</summary>
internal sealed class AlertReceiver : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly ConcurrentDictionary<string, Channel<Taken>> taken = new(StringComparer.Ordinal);

    private AlertReceiver(WebApplication application) => this.application = application;

    public string Address => application.Urls.First();

    /// <summary>Paths that answer an error.</summary>
    public ConcurrentDictionary<string, int> Broken { get; } = new(StringComparer.Ordinal);

    public static async Task<AlertReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new AlertReceiver(builder.Build());
        receiver.application.MapPost("/{**path}", async (HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            string path = context.Request.Path, body = await reader.ReadToEndAsync();
            if (receiver.Broken.TryGetValue(path, out int status))
            {
                return Results.StatusCode(status);
            }

            receiver.Of(path).Writer.TryWrite(new(path, context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), body));
            return Results.Text("ok");
        });
        await receiver.application.StartAsync();
        return receiver;
    }

    /// <summary>The next message at a path.</summary>
    public async Task<Taken> NextAsync(string path, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        return await Of(path).Reader.ReadAsync(patience.Token);
    }

    /// <summary>How many more came there.</summary>
    public int Left(string path) => Of(path).Reader.Count;

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private Channel<Taken> Of(string path) => taken.GetOrAdd(path, _ => Channel.CreateUnbounded<Taken>());
}
