using System.Collections.Concurrent;
using Crossdock.Model.Connectors;

namespace Crossdock.Tests.Delivery;

/// <summary>A destination that does what a test says, and records what it accepted.</summary>
internal sealed class ScriptedDestination(Func<DeliveryRequest, int, CancellationToken, Task<Outcome>> script) : IDestination
{
    private readonly ConcurrentDictionary<string, int> calls = new();

    internal ScriptedDestination(Func<DeliveryRequest, int, Outcome> script) : this((request, call, _) => Task.FromResult(script(request, call))) { }

    internal ConcurrentQueue<(DeliveryRequest Request, bool IsFind)> Asked { get; } = new();
    /// <summary>Remote ids by idempotency key: what a real system would have.</summary>
    internal ConcurrentDictionary<Guid, string> Has { get; } = new();
    internal FindAnswer? FindSays { get; init; }
    internal IReadOnlySet<DeliveryKind> Kinds { get; init; } = new HashSet<DeliveryKind> { DeliveryKind.Create };

    public DestinationLimits Limits { get; init; } = new() { BackoffSeconds = 1, Attempts = 3 };
    public bool CanFind { get; init; }
    public bool Can(DeliveryKind kind) => Kinds.Contains(kind);

    public async Task<SendResult> SendAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        Asked.Enqueue((request, false));
        var outcome = await script(request, calls.AddOrUpdate(request.Id.ToString(), 1, (_, before) => before + 1), cancellationToken);
        return new SendResult(outcome, new Exchange { Method = "POST", Url = "https://courier.test/shipments", Status = outcome is Delivered ? 201 : 500, RequestBody = "{}", ElapsedMs = 1 });
    }

    public Task<FindResult> FindAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        Asked.Enqueue((request, true));
        return Task.FromResult(FindSays is { } said ? new FindResult(said, null, "told to say so", null)
            : Has.TryGetValue(request.Id.Value, out string? remote) ? new FindResult(FindAnswer.Has, remote, null, null) : new FindResult(FindAnswer.HasNot, null, null, null));
    }

    public void Dispose() { }
}
