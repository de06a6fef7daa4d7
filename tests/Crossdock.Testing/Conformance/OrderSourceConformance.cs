using System.Text;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Xunit;

namespace Crossdock.Testing.Conformance;

/// <summary>What every platform that can be read owes: nothing of a window is missed whatever happens meanwhile, and an outcome for whatever the other side does.</summary>
public abstract class OrderSourceConformance : ShopConformance
{
    private const int MostPages = 500;

    /// <summary>Checks one read order beyond what the suite does; nothing by default.</summary>
    protected virtual void Inspect(ListedOrder listed, Order mapped) { }

    [Fact]
    public void Traits_make_sense()
    {
        var traits = Traits;
        Assert.True(traits.PollEvery >= TimeSpan.FromSeconds(1) && traits.Overlap >= TimeSpan.Zero && traits.ListLag >= TimeSpan.Zero && traits.PagesAtOnce >= 1);
        Assert.True(traits.Pace is { PerSecond: > 0, Burst: >= 1, Concurrency: >= 1 and <= 64 });
        var without = Valid with { Secrets = new Dictionary<string, string>() };
        _ = ((IOrderSource)Connector).ReadingOf(without);
    }

    [Fact]
    public async Task Every_order_of_a_window_is_on_some_page_whatever_changes_meanwhile()
    {
        foreach (var by in Clocks)
        {
            var from = Clock.GetUtcNow();
            var placed = await TradeAsync((Shop.PageSize * 3) + 2);
            Clock.Advance(TimeSpan.FromSeconds(1));
            var to = Clock.GetUtcNow();
            Clock.Advance(TimeSpan.FromSeconds(10) + Traits.ListLag);
            var changed = new HashSet<string>();
            using var reader = Open(NewAccess());
            var read = await ReadAsync(reader, new ReadRequest(by, from, to), async (page, seen) =>
            {
                // What was read moves to the end, what is to come moves away, and new ones arrive.
                Clock.Advance(TimeSpan.FromSeconds(1));
                foreach (string id in new[] { seen.FirstOrDefault(id => !changed.Contains(id)), placed.LastOrDefault(id => !seen.Contains(id) && !changed.Contains(id)), await Shop.PlaceAsync() }.OfType<string>())
                {
                    await Shop.ChangeAsync(id);
                    changed.Add(id);
                }
            });
            var ids = read.Select(order => order.ExternalId).ToHashSet();
            var missing = placed.Where(id => !ids.Contains(id) && (by == OrderClock.Placed || !changed.Contains(id))).ToList();
            Assert.True(missing.Count == 0, $"by {by}, {missing.Count} of {placed.Count} orders were on no page: {string.Join(", ", missing.Take(10))}");
            if (by == OrderClock.Changed)
            {
                Clock.Advance(TimeSpan.FromSeconds(1) + Traits.ListLag);
                var next = (await ReadAsync(reader, new ReadRequest(by, to, Clock.GetUtcNow()))).Select(order => order.ExternalId).ToHashSet();
                Assert.All(changed, id => Assert.True(next.Contains(id), $"{id} changed while it was read, and the next window has it not"));
            }

            Clock.Advance(TimeSpan.FromDays(3));
        }
    }

    [Fact]
    public async Task Window_begins_where_it_should()
    {
        foreach (var by in Clocks)
        {
            string before = await Shop.PlaceAsync();
            Clock.Advance(TimeSpan.FromDays(2));
            var from = Clock.GetUtcNow();
            string first = await Shop.PlaceAsync();
            Clock.Advance(TimeSpan.FromHours(1));
            string last = await Shop.PlaceAsync();
            var to = Clock.GetUtcNow().AddSeconds(1);
            Clock.Advance(TimeSpan.FromMinutes(1) + Traits.ListLag);
            using var reader = Open(NewAccess());
            var ids = (await ReadAsync(reader, new ReadRequest(by, from, to))).Select(order => order.ExternalId).ToList();
            Assert.True(ids.Contains(first), $"by {by}: the order of the window's first instant is missing");
            Assert.True(ids.Contains(last), $"by {by}: the order of the window's last second is missing");
            Assert.False(ids.Contains(before), $"by {by}: an order of two days before is in the window");
            Clock.Advance(TimeSpan.FromDays(3));
        }
    }

    [Fact]
    public async Task Empty_window_is_an_empty_page()
    {
        using var reader = Open(NewAccess());
        foreach (var by in Clocks)
        {
            Assert.Empty(await ReadAsync(reader, new ReadRequest(by, Clock.GetUtcNow().AddDays(-30), Clock.GetUtcNow().AddDays(-29))));
        }
    }

    [Fact]
    public async Task Documents_map_and_say_what_the_list_said()
    {
        var (from, to, placed) = await WindowAsync(Shop.PageSize + 1);
        await Shop.ChangeAsync(placed[0]);
        Clock.Advance(TimeSpan.FromSeconds(1) + Traits.ListLag);
        using var reader = Open(NewAccess());
        var read = await ReadAsync(reader, new ReadRequest(Traits.History, from, to.AddDays(1)));
        Assert.NotEmpty(read);
        foreach (var listed in read)
        {
            Sound(listed);
            Agree(listed, listed.Document ?? await DocumentOfAsync(reader, listed.ExternalId));
        }
    }

    [Fact]
    public async Task Summaries_agree_with_documents()
    {
        var (from, to, _) = await WindowAsync(Shop.PageSize + 1);
        using var reader = Open(NewAccess());
        foreach (var by in Clocks)
        {
            var whole = await ReadAsync(reader, new ReadRequest(by, from, to));
            var summaries = (await ReadAsync(reader, new ReadRequest(by, from, to, OnlySummaries: true))).GroupBy(order => order.ExternalId).ToDictionary(group => group.Key, group => group.First());
            Assert.Equal(whole.Select(order => order.ExternalId).Distinct().Order(), summaries.Keys.Order());
            foreach (var listed in whole)
            {
                var summary = summaries[listed.ExternalId];
                Assert.Equal((listed.PlacedAt, listed.UpdatedAt, listed.Total, listed.IsOrder), (summary.PlacedAt, summary.UpdatedAt, summary.Total, summary.IsOrder));
            }
        }
    }

    [Fact]
    public async Task Cursor_is_good_for_another_reader_on_another_day()
    {
        var (from, to, placed) = await WindowAsync((Shop.PageSize * 2) + 1);
        var request = new ReadRequest(Traits.History, from, to);
        var ids = new HashSet<string>();
        for (int page = 0; page < MostPages; page++)
        {
            using var reader = Open(NewAccess());
            var outcome = Assert.IsType<OrderPage>(await reader.ListAsync(request, CancellationToken.None));
            ids.UnionWith(outcome.Orders.Select(order => order.ExternalId));
            if (outcome.Next is null)
            {
                Assert.Superset(placed.ToHashSet(), ids);
                return;
            }

            HoldsNoSecret("the cursor", outcome.Next);
            request = request with { Cursor = outcome.Next };
            Clock.Advance(TimeSpan.FromDays(1));
        }

        Assert.Fail("the list has no end");
    }

    [Fact]
    public async Task Reading_twice_is_one_event_and_a_change_is_another()
    {
        var (from, to, placed) = await WindowAsync(2);
        using var reader = Open(NewAccess());
        string Key(ListedOrder order) => order.Document?.DedupeKey ?? "";
        string first = Key(await FetchedAsync(reader, placed[0]));
        Assert.InRange(first.Length, 1, 200);
        Assert.Equal(first, Key(await FetchedAsync(reader, placed[0])));
        Assert.NotEqual(first, Key(await FetchedAsync(reader, placed[1])));
        Clock.Advance(TimeSpan.FromMinutes(1));
        await Shop.ChangeAsync(placed[0]);
        Assert.NotEqual(first, Key(await FetchedAsync(reader, placed[0])));
    }

    [Fact]
    public async Task One_order_is_fetched_and_an_unknown_one_is_nothing()
    {
        string id = await Shop.PlaceAsync();
        using var reader = Open(NewAccess());
        var listed = await FetchedAsync(reader, id);
        Sound(listed);
        Assert.Equal(id, listed.ExternalId);
        Agree(listed, Assert.IsType<ReadDocument>(listed.Document));
        Assert.True(Assert.IsType<FetchedNothing>(await reader.FetchAsync(Shop.UnknownId, CancellationToken.None)).Because.Length > 0);
        foreach (string odd in new[] { "", " ", "../orders", "a/b?c=d&e#f", "ñ\"'\\", "1 OR 1=1", "gid://shopify/Order/x", new string('9', 300) })
        {
            var outcome = await reader.FetchAsync(odd, CancellationToken.None);
            Assert.True(outcome is not Fetched, $"no order has the id '{odd}'");
        }
    }

    [Fact]
    public async Task Wrong_key_is_refused_in_the_platforms_words()
    {
        using var reader = Open(NewAccess(isKeyWrong: true));
        var refused = Assert.IsType<ListRefused>(await reader.ListAsync(Request, CancellationToken.None));
        Assert.Contains(Shop.WrongKeySays, refused.Because, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(Shop.WrongKeySays, Assert.IsType<FetchRefused>(await reader.FetchAsync("1", CancellationToken.None)).Because, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Throttled_call_pauses_everybody_and_comes_later()
    {
        string id = await Shop.PlaceAsync();
        Clock.Advance(TimeSpan.FromSeconds(1) + Traits.ListLag);
        var access = NewAccess();
        using var reader = Open(access);
        Line.Says(Shop.Throttled);
        var list = await reader.ListAsync(Request, CancellationToken.None).WaitAsync(Patience);
        Assert.True(list is ListLater { Because.Length: > 0 }, $"throttling is later, not {list}");
        Assert.True(access.Budget.Pauses.Count > 0 || access.Budget.Reports.Count > 0, "the others must hear of it through the budget");
        Assert.IsType<FetchLater>(await reader.FetchAsync(id, CancellationToken.None).WaitAsync(Patience));
        Line.Instead = null;
        Assert.IsType<OrderPage>(await reader.ListAsync(Request, CancellationToken.None).WaitAsync(Patience));
    }

    [Fact]
    public async Task Trouble_of_the_other_side_is_later()
    {
        using var reader = Open(NewAccess());
        foreach (var (what, instead) in Troubles)
        {
            Line.Instead = instead;
            var list = await reader.ListAsync(Request, CancellationToken.None).WaitAsync(Patience);
            Assert.True(list is ListLater { Because.Length: > 0 }, $"{what} is no reason to give up or to believe it: {list}");
            var fetch = await reader.FetchAsync("1", CancellationToken.None).WaitAsync(Patience);
            Assert.True(fetch is FetchLater { Because.Length: > 0 }, $"{what} is no reason to give up or to believe it: {fetch}");
        }
    }

    [Fact]
    public async Task Redirects_are_not_followed()
    {
        Line.Says(new LineAnswer(302, "", ("Location", $"{Line.Address}/elsewhere")));
        using var reader = Open(NewAccess());
        Assert.True(await reader.ListAsync(Request, CancellationToken.None) is ListLater or ListRefused);
        Assert.True(await reader.FetchAsync("1", CancellationToken.None) is FetchLater or FetchRefused);
        Assert.DoesNotContain(Line.Calls, call => call.Path == "/elsewhere");
    }

    [Fact]
    public async Task Whatever_is_answered_is_an_outcome_without_a_secret()
    {
        using var reader = Open(NewAccess());
        foreach (var (what, instead) in Oddities())
        {
            Line.Instead = instead;
            var list = await reader.ListAsync(Request, CancellationToken.None).WaitAsync(Patience);
            var fetch = await reader.FetchAsync("1", CancellationToken.None).WaitAsync(Patience);
            Assert.False(list is ListLater { Because.Length: 0 } or ListRefused { Because.Length: 0 }, $"{what} needs a reason");
            Assert.False(list is OrderPage { Orders.Count: > 0 } || fetch is Fetched, $"{what} is no order");
            HoldsNoSecret(what, $"{list} {fetch}");
        }
    }

    [Fact]
    public async Task Silence_is_later()
    {
        using var reader = Open(NewAccess());
        Assert.IsType<ListLater>(await UntilGivenUpAsync(() => reader.ListAsync(Request, CancellationToken.None)));
    }

    [Fact]
    public async Task Stop_of_the_hub_ends_a_call()
    {
        using var stopping = new CancellationTokenSource();
        Line.Instead = SilenceAsync;
        using var reader = Open(NewAccess());
        var listing = reader.ListAsync(Request, stopping.Token);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing.WaitAsync(Patience));
    }

    [Fact]
    public async Task Every_call_waits_for_its_turn()
    {
        var (from, to, placed) = await WindowAsync((Shop.PageSize * 2) + 1);
        var access = NewAccess();
        using var reader = Open(access);
        int calls = Line.Calls.Count;
        await ReadAsync(reader, new ReadRequest(Traits.History, from, to));
        await reader.FetchAsync(placed[0], CancellationToken.None);
        EveryCallWaitedItsTurn(access.Budget, calls, 0);
    }

    private ReadingTraits Traits => ((IOrderSource)Connector).ReadingOf(Valid) ?? throw new InvalidOperationException("the settings of the suite must allow reading");

    private IEnumerable<OrderClock> Clocks => new[] { Traits.Follows, Traits.History }.Distinct();

    private ReadRequest Request => new(Traits.Follows, Clock.GetUtcNow().AddDays(-1), Clock.GetUtcNow());

    private IOrderReader Open(Reading.TestAccess access) => ((IOrderSource)Connector).OpenReader(access.Access);

    // Some one after another, and more than a page in one instant, as an import or a bulk edit leaves them.
    private async Task<List<string>> TradeAsync(int count)
    {
        var placed = new List<string>();
        for (int order = 0; order < count; order++)
        {
            placed.Add(await Shop.PlaceAsync());
            if (order < Shop.PageSize / 2 || order > (Shop.PageSize * 2) + 1)
            {
                Clock.Advance(TimeSpan.FromSeconds(1));
            }
        }

        return placed;
    }

    private async Task<(DateTimeOffset From, DateTimeOffset To, List<string> Placed)> WindowAsync(int count)
    {
        var from = Clock.GetUtcNow();
        var placed = await TradeAsync(count);
        Clock.Advance(TimeSpan.FromSeconds(1));
        var to = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromMinutes(1) + Traits.ListLag);
        return (from, to, placed);
    }

    private static async Task<List<ListedOrder>> ReadAsync(IOrderReader reader, ReadRequest request, Func<int, HashSet<string>, Task>? between = null)
    {
        var read = new List<ListedOrder>();
        for (int page = 0; page < MostPages; page++)
        {
            var outcome = await reader.ListAsync(request, CancellationToken.None).WaitAsync(Patience);
            var listed = outcome as OrderPage ?? throw new InvalidOperationException($"page {page} was {outcome}");
            read.AddRange(listed.Orders);
            if (listed.Next is null)
            {
                return read;
            }

            request = request with { Cursor = listed.Next };
            if (between is not null)
            {
                await between(page, [.. read.Select(order => order.ExternalId)]);
            }
        }

        throw new InvalidOperationException($"the list has no end after {MostPages} pages");
    }

    private static async Task<ListedOrder> FetchedAsync(IOrderReader reader, string id) =>
        await reader.FetchAsync(id, CancellationToken.None).WaitAsync(Patience) is var outcome && outcome is Fetched fetched ? fetched.Order : throw new InvalidOperationException($"fetching {id} gave {outcome}");

    private static async Task<ReadDocument> DocumentOfAsync(IOrderReader reader, string id) => Assert.IsType<ReadDocument>((await FetchedAsync(reader, id)).Document);

    private static void Sound(ListedOrder listed)
    {
        Assert.False(string.IsNullOrEmpty(listed.ExternalId));
        Assert.True(listed.PlacedAt is null || listed.PlacedAt.Value.Offset == TimeSpan.Zero, "times are UTC");
        Assert.True(listed.UpdatedAt is null || listed.UpdatedAt.Value.Offset == TimeSpan.Zero, "times are UTC");
        Assert.NotEqual("", listed.PlatformStatus);
    }

    private void Agree(ListedOrder listed, ReadDocument document)
    {
        Assert.InRange(document.DedupeKey.Length, 1, 200);
        Assert.False(string.IsNullOrEmpty(document.Topic));
        HoldsNoSecret("a document", Encoding.UTF8.GetString(document.Payload.Span));
        var outcome = ((IOrderMapper)Connector).MappingFor(Valid).Map(new ReceivedEvent(document.Payload, document.Topic, listed.ExternalId, listed.UpdatedAt, Clock.GetUtcNow()));
        var order = outcome is MappedOrder mapped ? mapped.Order : throw new InvalidOperationException($"the document of {listed.ExternalId} does not map: {outcome}");
        Assert.Equal(order.ExternalId, listed.ExternalId);
        Assert.True(listed.UpdatedAt is null || listed.UpdatedAt == order.UpdatedAt, $"the list says {listed.UpdatedAt:O}, the mapping {order.UpdatedAt:O}");
        Assert.True(listed.PlacedAt is null || listed.PlacedAt == order.PlacedAt, $"the list says placed {listed.PlacedAt:O}, the mapping {order.PlacedAt:O}");
        Assert.True(listed.Total is null || listed.Total == order.Totals.Total, $"the list says {listed.Total}, the mapping {order.Totals.Total}");
        Inspect(listed, order);
    }
}
