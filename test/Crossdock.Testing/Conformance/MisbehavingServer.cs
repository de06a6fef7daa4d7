using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Crossdock.Testing.Conformance;

/// <summary>A real HTTP server on a free loopback port that answers every call as the test says.</summary>
public sealed class MisbehavingServer : IAsyncDisposable
{
    private readonly WebApplication server;

    private MisbehavingServer(WebApplication server) => this.server = server;

    /// <summary>Its address without a slash at the end.</summary>
    public string Address => server.Urls.First();

    /// <summary>Starts it.</summary>
    public static async Task<MisbehavingServer> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var built = builder.Build();
        built.Run(answer);
        await built.StartAsync();
        return new MisbehavingServer(built);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await server.StopAsync(now.Token);
        await server.DisposeAsync();
    }
}
