namespace Crossdock.Database;

/// <summary>Who this node is while it runs: leases carry it, so that a node knows its own. New at every start.</summary>
public sealed record NodeIdentity(Guid Id)
{
    /// <summary>True where no other node can work on this database, because the data folder of its private PostgreSQL is locked: whatever another id holds was left by a dead one.</summary>
    public bool IsAlone { get; init; }

    public static NodeIdentity New(bool isAlone = false) => new(Guid.NewGuid()) { IsAlone = isAlone };
}
