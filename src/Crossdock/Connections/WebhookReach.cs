using System.Net;
using Crossdock.Model.Connectors;

namespace Crossdock.Connections;

/// <summary>Tries whether a connection's capture address answers at the address that platforms are given.</summary>
internal sealed class WebhookReach(HttpClient http, HubAddress hub, TimeProvider clock)
{
    private const string What = "Webhooks reach the hub";
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>What is found from here; whether the platform's own servers come through shows with their first webhook. Null where the platform calls nobody.</summary>
    public async Task<TestFinding?> TryAsync(Connection connection, CancellationToken cancellationToken)
    {
        if (connection.Endpoint is null)
        {
            return null;
        }

        if (hub.CaptureOf(connection.Key) is not { } address)
        {
            return new(What, TestVerdict.Warning, "The hub does not know the address by which platforms reach it, so this could not be tried: set Crossdock__PublicAddress, for example to https://hub.example.com.");
        }

        using var patience = new CancellationTokenSource(Longest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            // Where events are captured only posting means anything: the hub answers a look with 405, and names POST.
            using var answer = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return answer.StatusCode is HttpStatusCode.MethodNotAllowed && answer.Content.Headers.Allow.Contains("POST")
                ? new(What, TestVerdict.Passed, $"{address} answers as this hub does.")
                : new(What, TestVerdict.Failed, $"{address} answers {(int)answer.StatusCode}, which is not this hub: see that the proxy hands /in/ on to it, and that Crossdock__PublicAddress is right.");
        }
        catch (HttpRequestException problem)
        {
            return new(What, TestVerdict.Failed, $"{address} does not answer from here: {problem.Message.TrimEnd('.')}. See that the name leads to the hub's proxy and that its certificate is right; a network that lets nobody call its own public address from inside shows the same.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(What, TestVerdict.Failed, $"{address} did not answer within {Longest.TotalSeconds:0} seconds.");
        }
    }
}
