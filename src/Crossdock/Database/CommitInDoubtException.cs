namespace Crossdock.Database;

/// <summary>A commit was asked for and not answered: nobody knows whether it was done.</summary>
/// <param name="rows">What was written with a lease of this node's, if it was.</param>
/// <param name="inner">What broke.</param>
internal sealed class CommitInDoubtException(IReadOnlyList<Guid> rows, Exception inner) : IOException("the commit was not answered: " + inner.Message, inner)
{
    public IReadOnlyList<Guid> Rows => rows;
}
