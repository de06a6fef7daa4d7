using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Crossdock.Delivery;

/// <summary>Runs delivery on this node. Stopping takes no new work, lets calls under way end, stores every outcome and gives back the rest.</summary>
internal sealed class DeliveryRole(DeliveryLanes lanes, ClaimLoop claims, OutcomeWriter writer, IOptions<DeliveryOptions> options) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource abandoned = new();
    private Task claiming = Task.CompletedTask;
    private Task writing = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lanes.Woken += claims.Wake;
        writer.GaveBack += claims.Wake;
        lanes.Start();
        writing = Task.Run(() => writer.RunAsync(abandoned.Token), CancellationToken.None);
        claiming = Task.Run(() => claims.RunAsync(stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await claiming;
        // A database that is away must not keep the process from ending: the leases run out, and what was sent is looked up.
        await using var giveUp = cancellationToken.Register(abandoned.Cancel);
        abandoned.CancelAfter(TimeSpan.FromSeconds(options.Value.StopSeconds + 5));
        await Task.WhenAny(lanes.StopAsync(TimeSpan.FromSeconds(options.Value.StopSeconds)), Task.Delay(Timeout.InfiniteTimeSpan, abandoned.Token));
        writer.Complete();
        try
        {
            await writing;
        }
        catch (OperationCanceledException) when (abandoned.IsCancellationRequested)
        {
            // Said above.
        }
    }

    public void Dispose()
    {
        stopping.Dispose();
        abandoned.Dispose();
    }
}
