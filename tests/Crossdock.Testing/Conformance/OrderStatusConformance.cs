using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Xunit;

namespace Crossdock.Testing.Conformance;

/// <summary>What every way of telling a shop owes: told once however often it is repeated, and an outcome for whatever the shop says. The shop is an <see cref="IShopToldStatus"/>.</summary>
public abstract class OrderStatusConformance : ShopConformance
{
    /// <summary>States that the platform has something to record for, in the order in which they come; others are delivered without a word.</summary>
    protected virtual IReadOnlyList<OrderState> Recorded => [OrderState.InShipment];

    private static readonly OrderState[] Told = [OrderState.Processing, OrderState.InShipment, OrderState.Delivered];

    private IShopToldStatus Records => (IShopToldStatus)Shop;

    [Fact]
    public void Settings_say_whether_the_shop_is_told()
    {
        Assert.True(((IOrderStatusTarget)Connector).TellsStatus(Valid));
        Assert.False(((IOrderStatusTarget)Connector).TellsStatus(Valid with { Secrets = new Dictionary<string, string>() }), "without a key nobody can be told");
    }

    [Fact]
    public void Only_status_is_sent()
    {
        using var shop = ((IOrderStatusTarget)Connector).OpenStatus(NewAccess().Access);
        Assert.True(shop.Can(DeliveryKind.Status));
        Assert.False(shop.Can(DeliveryKind.Create) || shop.Can(DeliveryKind.Update) || shop.Can(DeliveryKind.Cancel));
        Assert.InRange(shop.Limits.TimeoutSeconds, 1, 120);
    }

    [Fact]
    public async Task Each_state_is_told_once_although_repeated()
    {
        string id = await Shop.PlaceAsync();
        using var shop = Open();
        foreach (var state in Told)
        {
            Clock.Advance(TimeSpan.FromMinutes(10));
            int before = Records.ToldOf(id).Count;
            var sent = await shop.SendAsync(Telling(id, state), CancellationToken.None).WaitAsync(Patience);
            Assert.True(sent.Outcome is Delivered, $"{state} was {sent.Outcome}: {sent.Exchange?.ResponseBody}");
            var told = Records.ToldOf(id);
            Assert.True(!Recorded.Contains(state) || told.Count > before, $"the shop recorded nothing of {state}");
            Clock.Advance(TimeSpan.FromMinutes(1));
            Assert.IsType<Delivered>((await shop.SendAsync(Telling(id, state) with { Attempt = 2 }, CancellationToken.None).WaitAsync(Patience)).Outcome);
            Assert.Equal(told, Records.ToldOf(id));
        }
    }

    [Fact]
    public async Task Tracking_reaches_the_shop()
    {
        string id = await Shop.PlaceAsync();
        using var shop = Open();
        Assert.IsType<Delivered>((await shop.SendAsync(Telling(id, OrderState.InShipment), CancellationToken.None)).Outcome);
        Assert.Contains(Records.ToldOf(id), entry => entry.Contains("TRACK-4711", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_a_lost_answer_it_is_found_or_repeated_without_harm()
    {
        foreach (var state in Recorded)
        {
            string id = await Shop.PlaceAsync();
            using var shop = Open();
            // Only what changes something loses its answer: the look before it has to see the shop.
            Line.LosesAnswersOf = method => method != "GET" && Records.ToldOf(id).Count > 0;
            Line.AnswersToLose = 1;
            var lost = (await shop.SendAsync(Telling(id, state), CancellationToken.None).WaitAsync(Patience)).Outcome;
            Line.AnswersToLose = 0;
            Assert.True(lost is Unclear or RetryLater, $"nobody can know how this ended: {lost}");
            var told = Records.ToldOf(id);
            Assert.NotEmpty(told);
            if (shop.CanFind)
            {
                var found = await shop.FindAsync(Telling(id, state), CancellationToken.None).WaitAsync(Patience);
                Assert.True(found.Answer != FindAnswer.CannotSay, found.Because);
            }

            Assert.IsType<Delivered>((await shop.SendAsync(Telling(id, state) with { Attempt = 2 }, CancellationToken.None).WaitAsync(Patience)).Outcome);
            Assert.Superset(told.ToHashSet(), Records.ToldOf(id).ToHashSet());
            Assert.Equal(Records.ToldOf(id).Count, Records.ToldOf(id).Distinct().Count());
            if (shop.CanFind)
            {
                Assert.Equal(FindAnswer.Has, (await shop.FindAsync(Telling(id, state), CancellationToken.None).WaitAsync(Patience)).Answer);
            }
        }
    }

    [Fact]
    public async Task What_was_never_told_is_not_found()
    {
        string id = await Shop.PlaceAsync();
        using var shop = Open();
        Assert.SkipUnless(shop.CanFind, "this platform cannot be asked");
        Assert.Equal(FindAnswer.HasNot, (await shop.FindAsync(Telling(id, Recorded[0]), CancellationToken.None)).Answer);
    }

    [Fact]
    public async Task Unknown_order_is_no_delivery()
    {
        using var shop = Open();
        var outcome = (await shop.SendAsync(Telling(Shop.UnknownId, OrderState.InShipment), CancellationToken.None)).Outcome;
        Assert.True(outcome is Hold { Because.Length: > 0 } or Rejected { Because.Length: > 0 }, $"the shop has no such order, and yet {outcome}");
    }

    [Fact]
    public async Task Wrong_key_is_a_persons_business()
    {
        string id = await Shop.PlaceAsync();
        using var shop = ((IOrderStatusTarget)Connector).OpenStatus(NewAccess(isKeyWrong: true).Access);
        var outcome = (await shop.SendAsync(Telling(id, OrderState.InShipment), CancellationToken.None)).Outcome;
        string because = outcome switch { Hold hold => hold.Because, Rejected rejected => rejected.Because, _ => throw new InvalidOperationException($"a wrong key is nothing to repeat: {outcome}") };
        Assert.Contains(Shop.WrongKeySays, because, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(Records.ToldOf(id));
    }

    [Fact]
    public async Task Throttling_waits_and_spends_no_attempt()
    {
        string id = await Shop.PlaceAsync();
        using var shop = Open();
        Line.Says(Shop.Throttled);
        var outcome = (await shop.SendAsync(Telling(id, OrderState.InShipment), CancellationToken.None).WaitAsync(Patience)).Outcome;
        Assert.True(outcome is RetryLater { IsThrottled: true }, outcome.ToString());
    }

    [Fact]
    public async Task Trouble_of_the_other_side_is_never_a_delivery()
    {
        string id = await Shop.PlaceAsync();
        using var shop = Open();
        foreach (var (what, instead) in Troubles)
        {
            Line.Instead = instead;
            var outcome = (await shop.SendAsync(Telling(id, OrderState.InShipment), CancellationToken.None).WaitAsync(Patience)).Outcome;
            Assert.True(outcome is RetryLater { Because.Length: > 0 } or Unclear { Because.Length: > 0 }, $"{what} passes: {outcome}");
            if (shop.CanFind)
            {
                Assert.True(await shop.FindAsync(Telling(id, OrderState.InShipment), CancellationToken.None).WaitAsync(Patience) is { Answer: FindAnswer.CannotSay, Because.Length: > 0 }, $"after {what} nobody can say");
            }
        }
    }

    [Fact]
    public async Task Whatever_is_answered_is_an_outcome_without_a_secret()
    {
        string id = await Shop.PlaceAsync();
        using var shop = Open();
        foreach (var (what, instead) in Oddities())
        {
            Line.Instead = instead;
            var result = await shop.SendAsync(Telling(id, OrderState.InShipment), CancellationToken.None).WaitAsync(Patience);
            HoldsNoSecret(what, $"{result.Outcome} {result.Exchange}");
            if (shop.CanFind)
            {
                var found = await shop.FindAsync(Telling(id, OrderState.InShipment), CancellationToken.None).WaitAsync(Patience);
                HoldsNoSecret(what, $"{found} {found.Exchange}");
            }
        }
    }

    [Fact]
    public async Task Silence_is_no_delivery()
    {
        string id = await Shop.PlaceAsync();
        using var shop = Open();
        Assert.True((await UntilGivenUpAsync(() => shop.SendAsync(Telling(id, OrderState.InShipment), CancellationToken.None))).Outcome is RetryLater or Unclear);
    }

    [Fact]
    public async Task Every_call_waits_for_its_turn()
    {
        string id = await Shop.PlaceAsync();
        var access = NewAccess();
        int before = Line.Calls.Count;
        using var shop = ((IOrderStatusTarget)Connector).OpenStatus(access.Access);
        await shop.SendAsync(Telling(id, OrderState.InShipment), CancellationToken.None);
        EveryCallWaitedItsTurn(access.Budget, before, 0);
    }

    private IDestination Open() => Kept(((IOrderStatusTarget)Connector).OpenStatus(NewAccess().Access));

    private DeliveryRequest Telling(string id, OrderState state)
    {
        // One delivery per order and state, with one id for all of its attempts.
        var delivery = new Guid(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{id} {state}")).AsSpan(0, 16));
        return new DeliveryRequest(new DeliveryId(delivery), DeliveryKind.Status, new OrderId(Guid.Parse("01900000-0000-7000-8000-00000000000b")), "{}"u8.ToArray(), "store", null, null, 1)
        {
            Notice = new StatusNotice(id, id, state, Clock.GetUtcNow(), "Andes Courier", "TRACK-4711", "https://track.example/TRACK-4711"),
        };
    }
}
