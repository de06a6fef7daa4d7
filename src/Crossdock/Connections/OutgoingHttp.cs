using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Crossdock.Connections;

/// <summary>The one HTTP client for all destinations: no redirects, no cookies, no proxy, and no way into private networks unless the administrator allows it.
/// The check is made on the address that is really connected to, after the name was resolved, so that a name cannot change its mind in between.</summary>
internal sealed class OutgoingHttp : IDisposable
{
    private readonly bool _allowPrivate;

    public OutgoingHttp(IOptions<ConnectionsOptions> options, CertificateBook? certificates = null)
    {
        _allowPrivate = options.Value.AllowPrivateAddresses;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxConnectionsPerServer = 512,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            AutomaticDecompression = DecompressionMethods.All,
            ConnectCallback = ConnectAsync,
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (sender, certificate, _, errors) =>
                {
                    certificates?.Note((sender as SslStream)?.TargetHostName ?? "", certificate);
                    return errors == SslPolicyErrors.None;
                },
            },
            // Header values filled from an order may be any text; without this a name such as Ñuñoa could not be sent at all.
            RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8,
        };
        Client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        Invoker = new HttpMessageInvoker(handler, disposeHandler: false);
    }

    public HttpClient Client { get; }

    /// <summary>The same connections without a client around them, for handlers that stand before them.</summary>
    public HttpMessageInvoker Invoker { get; }

    public void Dispose()
    {
        Invoker.Dispose();
        Client.Dispose();
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var end = context.DnsEndPoint;
        IPAddress[] addresses = IPAddress.TryParse(end.Host, out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(end.Host, cancellationToken);
        var allowed = _allowPrivate ? addresses : Array.FindAll(addresses, IsPublic);
        if (allowed.Length == 0)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, addresses.Length == 0
                ? $"{end.Host} has no address."
                : $"{end.Host} leads to a private address, which is not allowed (Crossdock__Connections__AllowPrivateAddresses).");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, end.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>False for loopback, private, link-local (with the clouds' metadata addresses), carrier-grade, multicast and reserved ranges.</summary>
    internal static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        Span<byte> b = stackalloc byte[16];
        address.TryWriteBytes(b, out int length);
        if (length == 4)
        {
            return b switch
            {
                [0 or 10 or 127, ..] => false,
                [100, >= 64 and < 128, ..] => false,
                [169, 254, ..] => false,
                [172, >= 16 and < 32, ..] => false,
                [192, 168, ..] => false,
                [192, 0, 0 or 2, ..] => false,
                [198, 18 or 19, ..] => false,
                [198, 51, 100, ..] => false,
                [203, 0, 113, ..] => false,
                [>= 224, ..] => false,
                _ => true,
            };
        }

        // 2000::/3 is what is routed in public; of it, 6to4 and NAT64 could carry a private IPv4 address inside.
        return (b[0] & 0xE0) == 0x20 && !(b[0] == 0x20 && b[1] == 0x02) && !(b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x00 && b[3] == 0x00);
    }
}
