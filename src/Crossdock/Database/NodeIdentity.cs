namespace Crossdock.Database;

/// <summary>Who this node is while it runs: leases carry it, so that a node knows its own. New at every start.</summary>
public sealed record NodeIdentity(Guid Id)
{
    public static NodeIdentity New() => new(Guid.NewGuid());
}
