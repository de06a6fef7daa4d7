using System.Text;
using Crossdock.Model.Connectors;
using Xunit;

namespace Crossdock.Testing.Conformance;

/// <summary>What every queue of announcements owes: what was not committed comes again, what was committed does not, and an outcome for whatever the other side does. The shop is an <see cref="IShopWithFeed"/>.</summary>
public abstract class OrderFeedConformance : ShopConformance
{
    private const int MostPages = 200;

    private IShopWithFeed Queue => (IShopWithFeed)Shop;

    [Fact]
    public void Feed_is_read_now_and_then() => Assert.True(((IOrderFeedSource)Connector).FeedEvery(Valid) is { TotalSeconds: >= 1 }, "the settings of the suite must ask for a feed");

    [Fact]
    public async Task What_happened_is_announced_with_its_order()
    {
        using var feed = await OpenAsync();
        string[] placed = [await Shop.PlaceAsync(), await Shop.PlaceAsync(), await Shop.PlaceAsync()];
        var messages = await DrainAsync(feed, isCommitted: true);
        Assert.Superset(placed.ToHashSet(), messages.Select(message => message.Envelope.OrderKey ?? "").ToHashSet());
        foreach (var message in messages)
        {
            var envelope = message.Envelope;
            Assert.False(string.IsNullOrEmpty(message.Handle));
            Assert.False(string.IsNullOrEmpty(envelope.Topic));
            Assert.InRange(envelope.DedupeKey.Length, 1, 200);
            Assert.DoesNotContain(message.Handle, Encoding.UTF8.GetString(message.Payload.Span), StringComparison.Ordinal);
            var outcome = ((IOrderMapper)Connector).MappingFor(Valid).Map(new ReceivedEvent(message.Payload, envelope.Topic, envelope.OrderKey, envelope.OccurredAt, Clock.GetUtcNow()));
            string? id = outcome switch { Announced announced => announced.ExternalId, MappedOrder order => order.Order.ExternalId, MappedChange change => change.ExternalId, _ => null };
            Assert.True(id == envelope.OrderKey, $"the message of order {envelope.OrderKey} means {outcome}");
        }
    }

    [Fact]
    public async Task What_was_not_committed_comes_again_and_what_was_does_not()
    {
        using var feed = await OpenAsync();
        string id = await Shop.PlaceAsync();
        var first = await DrainAsync(feed, isCommitted: false);
        Assert.Contains(first, message => message.Envelope.OrderKey == id);
        Clock.Advance(Queue.HiddenFor + TimeSpan.FromSeconds(1));
        using var other = Kept(((IOrderFeedSource)Connector).OpenFeed(NewAccess().Access));
        var again = await DrainAsync(other, isCommitted: true);
        Assert.Equal(first.Where(message => message.Envelope.OrderKey == id).Select(message => message.Envelope.DedupeKey).Order(), again.Where(message => message.Envelope.OrderKey == id).Select(message => message.Envelope.DedupeKey).Order());
        Clock.Advance(Queue.HiddenFor + TimeSpan.FromSeconds(1));
        Assert.DoesNotContain(await DrainAsync(other, isCommitted: true), message => message.Envelope.OrderKey == id);
    }

    [Fact]
    public async Task Vanished_queue_is_set_up_again_and_told()
    {
        using var feed = await OpenAsync();
        await Queue.LoseFeedAsync();
        var outcomes = new List<FeedOutcome>();
        for (int read = 0; read < 3; read++)
        {
            outcomes.Add(await feed.ReadAsync(CancellationToken.None).WaitAsync(Patience));
        }

        Assert.Contains(outcomes, outcome => outcome is FeedPage { Notice.Length: > 0 });
        string id = await Shop.PlaceAsync();
        Assert.Contains(await DrainAsync(feed, isCommitted: true), message => message.Envelope.OrderKey == id);
    }

    [Fact]
    public async Task Wrong_key_is_refused_in_the_platforms_words()
    {
        using var feed = ((IOrderFeedSource)Connector).OpenFeed(NewAccess(isKeyWrong: true).Access);
        Assert.Contains(Shop.WrongKeySays, Assert.IsType<FeedRefused>(await feed.ReadAsync(CancellationToken.None)).Because, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Trouble_of_the_other_side_is_later_and_a_failed_commit_says_why()
    {
        using var feed = await OpenAsync();
        await Shop.PlaceAsync();
        var page = Assert.IsType<FeedPage>(await feed.ReadAsync(CancellationToken.None));
        string[] handles = [.. page.Messages.Select(message => message.Handle).DefaultIfEmpty("handle")];
        foreach (var (what, instead) in Troubles)
        {
            Line.Instead = instead;
            var outcome = await feed.ReadAsync(CancellationToken.None).WaitAsync(Patience);
            Assert.True(outcome is FeedLater { Because.Length: > 0 }, $"{what} is later, not {outcome}");
            string? failed = await feed.CommitAsync(handles, CancellationToken.None).WaitAsync(Patience);
            Assert.True(failed is { Length: > 0 } || what.Contains("200", StringComparison.Ordinal) || what.StartsWith("a word", StringComparison.Ordinal) || what.StartsWith("JSON", StringComparison.Ordinal), $"after {what} nobody knows whether it was committed");
        }
    }

    [Fact]
    public async Task Throttled_read_is_later()
    {
        using var feed = await OpenAsync();
        Line.Says(Shop.Throttled);
        Assert.IsType<FeedLater>(await feed.ReadAsync(CancellationToken.None).WaitAsync(Patience));
    }

    [Fact]
    public async Task Whatever_is_answered_is_an_outcome_without_a_secret()
    {
        using var feed = await OpenAsync();
        foreach (var (what, instead) in Oddities())
        {
            Line.Instead = instead;
            var outcome = await feed.ReadAsync(CancellationToken.None).WaitAsync(Patience);
            Assert.False(outcome is FeedLater { Because.Length: 0 } or FeedRefused { Because.Length: 0 }, $"{what} needs a reason");
            HoldsNoSecret(what, $"{outcome} {await feed.CommitAsync(["handle"], CancellationToken.None).WaitAsync(Patience)}");
        }
    }

    [Fact]
    public async Task Silence_is_later()
    {
        using var feed = await OpenAsync();
        Assert.IsType<FeedLater>(await UntilGivenUpAsync(() => feed.ReadAsync(CancellationToken.None)));
    }

    [Fact]
    public async Task Every_call_waits_for_its_turn()
    {
        var access = NewAccess();
        int before = Line.Calls.Count;
        using var feed = ((IOrderFeedSource)Connector).OpenFeed(access.Access);
        await DrainAsync(feed, isCommitted: true);
        EveryCallWaitedItsTurn(access.Budget, before, 0);
    }

    // The first reading sets the queue up where the platform has none yet.
    private async Task<IOrderFeed> OpenAsync()
    {
        var feed = Kept(((IOrderFeedSource)Connector).OpenFeed(NewAccess().Access));
        await DrainAsync(feed, isCommitted: true);
        return feed;
    }

    private static async Task<List<FeedMessage>> DrainAsync(IOrderFeed feed, bool isCommitted)
    {
        var messages = new List<FeedMessage>();
        for (int page = 0; page < MostPages; page++)
        {
            var outcome = await feed.ReadAsync(CancellationToken.None).WaitAsync(Patience);
            var read = outcome as FeedPage ?? throw new InvalidOperationException($"reading the feed gave {outcome}");
            messages.AddRange(read.Messages);
            if (isCommitted && read.Messages.Count > 0)
            {
                Assert.Null(await feed.CommitAsync([.. read.Messages.Select(message => message.Handle)], CancellationToken.None).WaitAsync(Patience));
            }

            if (read.Messages.Count == 0 && !read.MayHaveMore)
            {
                return messages;
            }
        }

        throw new InvalidOperationException("the feed has no end");
    }
}
