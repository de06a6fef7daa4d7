using Crossdock.Model.Connections;

namespace Crossdock.Model.Connectors;

/// <summary>A platform that keeps a queue of announcements for us which we read and commit (VTEX's feed).</summary>
public interface IOrderFeedSource
{
    /// <summary>How often the queue is read while it was empty; null when this connection's settings ask for no feed.</summary>
    TimeSpan? FeedEvery(ConnectionSettings connection);

    /// <summary>Prepares the feed. Only called where <see cref="FeedEvery"/> says so; otherwise as <see cref="IOrderSource.OpenReader"/>.</summary>
    IOrderFeed OpenFeed(ConnectionAccess access);
}

/// <summary>One connection's queue, prepared. Only one node reads it at a time. Never throws for what the other side does.</summary>
public interface IOrderFeed : IDisposable
{
    /// <summary>Reads what is waiting. Configures the queue first where it does not exist (any more), and says so in <see cref="FeedPage.Notice"/>.</summary>
    Task<FeedOutcome> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Takes messages off the queue; called only after their documents are stored. A failure is no loss: they come again.</summary>
    /// <returns>Null when it was done, otherwise why not, in one sentence.</returns>
    Task<string?> CommitAsync(IReadOnlyList<string> handles, CancellationToken cancellationToken);
}

/// <summary>How reading a feed ended: <see cref="FeedPage"/>, <see cref="FeedLater"/> or <see cref="FeedRefused"/>.</summary>
public abstract record FeedOutcome;

/// <summary>What was waiting.</summary>
/// <param name="Messages">Empty when nothing is.</param>
/// <param name="MayHaveMore">True to read again at once.</param>
/// <param name="Notice">Something a person should know: the queue had vanished and was set up again; null for nothing. After such a notice the gap is reconciled.</param>
public sealed record FeedPage(IReadOnlyList<FeedMessage> Messages, bool MayHaveMore, string? Notice = null) : FeedOutcome;

/// <summary>Not now.</summary>
public sealed record FeedLater(string Because, TimeSpan? After = null) : FeedOutcome;

/// <summary>A person has to act.</summary>
public sealed record FeedRefused(string Because) : FeedOutcome;

/// <summary>One announcement.</summary>
/// <param name="Handle">What commits it.</param>
/// <param name="Envelope">As for a webhook; the same occurrence told by hook and feed should have one dedupe key.</param>
/// <param name="Payload">The message as the platform sent it, without its handle.</param>
public sealed record FeedMessage(string Handle, Envelope Envelope, ReadOnlyMemory<byte> Payload);
