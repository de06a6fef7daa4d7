using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Crossdock.Emulators;

/// <summary>The web server of an emulator: HTTP/1.1 on loopback and nothing else.</summary>
internal static class LoopbackServer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>A server that does not answer yet; 0 takes a free port.</summary>
    internal static WebApplication Build(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        return builder.Build();
    }

    /// <summary>Opens it; gives its address without a slash at the end.</summary>
    internal static async Task<string> OpenAsync(this WebApplication server, RequestDelegate answer)
    {
        server.Run(answer);
        await server.StartAsync();
        return server.Urls.First();
    }

    /// <summary>Closes it; calls that hang are cut off after a second.</summary>
    internal static async Task CloseAsync(this WebApplication server)
    {
        using (var soon = new CancellationTokenSource(Patience))
        {
            await server.StopAsync(soon.Token);
        }

        await server.DisposeAsync();
    }
}
