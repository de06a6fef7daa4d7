namespace Crossdock.Access;

/// <summary>A caller that waits for its call.</summary>
internal sealed class Waiter(RequestPriority priority, double cost)
{
    private readonly TaskCompletionSource served = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RequestPriority Priority => priority;
    public double Cost => cost;
    public bool IsOver => served.Task.IsCompleted;

    public bool TryServe() => served.TrySetResult();

    public async Task UntilServedAsync(CancellationToken cancellationToken)
    {
        if (!served.Task.IsCompleted)
        {
            await using var cancelled = cancellationToken.Register(() => served.TrySetCanceled(cancellationToken));
            await served.Task;
        }
    }
}
