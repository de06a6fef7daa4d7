using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Crossdock.Connections;

/// <summary>Until when the certificates hold that this node met: of those it calls, and of the hub's own address.</summary>
internal sealed class CertificateBook
{
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<string, DateTimeOffset> seen = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Notes one as it is met; refuses nobody.</summary>
    public void Note(string host, X509Certificate? certificate)
    {
        if (certificate is X509Certificate2 known && host.Length is > 0 and <= 253 && seen.Count < Most)
        {
            seen[host] = new DateTimeOffset(known.NotAfter.ToUniversalTime());
        }
    }

    /// <summary>What was met since the last call.</summary>
    public IReadOnlyList<(string Host, DateTimeOffset NotAfter)> Take()
    {
        List<(string, DateTimeOffset)> taken = [];
        foreach (string host in seen.Keys)
        {
            if (seen.TryRemove(host, out var until))
            {
                taken.Add((host, until));
            }
        }

        return taken;
    }

    /// <summary>Asks a host for its certificate; one that does not answer tells nothing.</summary>
    public async Task LookAsync(Uri address, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address.Host, address.Port, patience.Token);
            // Nothing is said to it: one that has run out is what is looked for.
#pragma warning disable CA5359
            await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) =>
            {
                Note(address.Host, certificate);
                return true;
            });
#pragma warning restore CA5359
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.Host }, patience.Token);
        }
        catch (Exception silent) when (silent is SocketException or IOException or System.Security.Authentication.AuthenticationException || (silent is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // From here it cannot be reached; others say so.
        }
    }
}
