namespace Crossdock.Access;

/// <summary>Who waits for a call, by urgency, and within it first come first served.
/// Who has waited longer than is patient for its urgency goes before everybody, so that what is urgent all the time never keeps the rest from its turn: a store whose limit is full is still compared, late.</summary>
internal sealed class WaitingLine(TimeProvider clock)
{
    private readonly Queue<(Waiter Waiter, long Since)>[] lines = [.. Enum.GetValues<RequestPriority>().Select(_ => new Queue<(Waiter, long)>())];

    public void Enqueue(Waiter waiter) => lines[(int)waiter.Priority].Enqueue((waiter, clock.GetTimestamp()));

    /// <summary>Whose turn it is; those that were cancelled have left.</summary>
    /// <param name="next">The caller; not to be used where the answer is false.</param>
    /// <param name="isOverdue">It has waited so long that it leaves no reserve for what is more urgent.</param>
    public bool TryPeek(out Waiter next, out bool isOverdue)
    {
        (next, isOverdue) = (null!, false);
        var longest = TimeSpan.Zero;
        for (var priority = RequestPriority.Status; priority <= RequestPriority.Backfill; priority++)
        {
            var line = lines[(int)priority];
            while (line.TryPeek(out var gone) && gone.Waiter.IsOver)
            {
                line.Dequeue();
            }

            if (!line.TryPeek(out var first))
            {
                continue;
            }

            var overdue = clock.GetElapsedTime(first.Since) - PatienceOf(priority);
            if (overdue > longest)
            {
                (next, isOverdue, longest) = (first.Waiter, true, overdue);
            }

            next ??= first.Waiter;
        }

        return next is not null;
    }

    /// <summary>Takes the one that was peeked at.</summary>
    public void Dequeue(Waiter waiter) => lines[(int)waiter.Priority].Dequeue();

    private static TimeSpan PatienceOf(RequestPriority priority) => priority switch
    {
        // Before it goes nobody but who is overdue.
        RequestPriority.Status => TimeSpan.MaxValue,
        RequestPriority.Fetch => TimeSpan.FromSeconds(5),
        RequestPriority.Poll => TimeSpan.FromSeconds(15),
        RequestPriority.Reconcile => TimeSpan.FromSeconds(30),
        RequestPriority.Backfill => TimeSpan.FromSeconds(60),
    };
}
