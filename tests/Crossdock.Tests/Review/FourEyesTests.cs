using System.Text.Json.Nodes;
using Crossdock.Connections;
using Crossdock.Connectors.Http;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Edits;
using Crossdock.Holds;
using Crossdock.Model.Connectors;
using Crossdock.Orders;
using Crossdock.Review;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossdock.Tests.Review;

/// <summary>Where two people have to, nobody alone lets an order through, whichever way is tried.</summary>
public sealed class FourEyesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Eva = "operator eva";
    private const string Udo = "operator udo";
    private static readonly ApprovalSetting Two = new(true, true, null);

    [Fact]
    public async Task Order_goes_on_when_a_second_person_approves_it_and_not_when_the_first_does_twice()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, approval: Two);
        var id = await OrderAsync(hub, 52_000);
        var first = await Actions(hub).ApproveAsync(id, Eva, "looks right", default);
        Assert.Equal((null, OrderActions.NeedsAnother), (first.Refusal, first.Waits));
        Assert.Equal("awaiting_approval", await hub.ScalarAsync(State(id)));
        Assert.Equal(Eva, (await new FirstApprovals(hub.Database).OfAsync([id], default))[id].ApprovedBy);
        Assert.Contains("You have approved this order already", (await Actions(hub).ApproveAsync(id, Eva, null, default)).Refusal, StringComparison.Ordinal);

        var second = await Actions(hub).ApproveAsync(id, Udo, null, default);
        Assert.Equal((null, null), (second.Refusal, second.Waits));
        await hub.UntilAsync($"SELECT state FROM deliveries WHERE order_id = '{id}'", "delivered");
        Assert.Contains(await hub.TimelineAsync("52000"), entry => entry.Actor == Eva && entry.Text == OrderActions.NeedsAnother && entry.Because == "looks right");
        Assert.Empty(await new FirstApprovals(hub.Database).OfAsync([id], default));
    }

    [Fact]
    public async Task Of_many_approvals_at_the_same_moment_two_people_make_one_and_one_person_none()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource, approval: Two);
        var alone = await OrderAsync(hub, 52_010);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Actions(hub).ApproveAsync(alone, Eva, null, default)));
        Assert.Single(answers, answer => answer.Waits is not null);
        Assert.Equal("awaiting_approval", await hub.ScalarAsync(State(alone)));

        var both = await OrderAsync(hub, 52_011);
        answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Actions(hub).ApproveAsync(both, i % 2 == 0 ? Eva : Udo, null, default)));
        Assert.Single(answers, answer => answer is { Waits: null, Refusal: null });
        await hub.UntilAsync(State(both), "approved");
    }

    [Fact]
    public async Task Who_changed_the_order_is_one_of_the_two_and_a_change_voids_what_was_approved_before()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource, approval: Two);
        var id = await OrderAsync(hub, 52_020);
        Assert.NotNull((await Actions(hub).ApproveAsync(id, Udo, null, default)).Waits);
        Assert.Equal(EditResult.Done, (await Edits(hub).SaveAsync(id, City("Concón"), Eva, default)).Result);
        Assert.Empty(await new FirstApprovals(hub.Database).OfAsync([id], default));
        Assert.NotNull((await Actions(hub).ApproveAsync(id, Eva, null, default)).Waits);
        Assert.Equal((null, null), await SaidAsync(Actions(hub).ApproveAsync(id, Udo, null, default)));
        await hub.UntilAsync(State(id), "approved");
    }

    [Fact]
    public async Task Newer_document_of_the_shop_asks_for_two_again()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource, approval: Two);
        var id = await OrderAsync(hub, 52_030);
        Assert.NotNull((await Actions(hub).ApproveAsync(id, Eva, null, default)).Waits);
        await hub.SendAsync(TestHub.Order(52_030, "2026-11-01T10:00:09Z", quantity: 5), "w-52030-b");
        await hub.UntilAsync($"SELECT document -> 'lines' -> 0 ->> 'quantity' FROM orders WHERE id = '{id}'", "5");
        Assert.NotNull((await Actions(hub).ApproveAsync(id, Udo, null, default)).Waits);
        Assert.Equal((null, null), await SaidAsync(Actions(hub).ApproveAsync(id, Eva, null, default)));
    }

    [Fact]
    public async Task Approved_order_that_one_person_changes_waits_for_another_and_not_for_the_same()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, approval: Two, canUpdate: true);
        var id = await OrderAsync(hub, 52_040);
        await Actions(hub).ApproveAsync(id, Eva, null, default);
        await Actions(hub).ApproveAsync(id, Udo, null, default);
        await hub.UntilAsync($"SELECT state FROM deliveries WHERE order_id = '{id}'", "delivered");
        await hub.UntilAsync(State(id), "processing");
        var saved = await Edits(hub).SaveAsync(id, City("Concón"), Eva, default);
        Assert.Equal((EditResult.Done, "To be changed at courier: the delivery address, once the order is released."), (saved.Result, Assert.Single(saved.Outcome!.Deliveries)));
        Assert.Equal("operator eva changed this order after it was approved. Somebody else has to look at it and release it.", Assert.Single(saved.Outcome.Held));
        Assert.Equal(true, await hub.ScalarAsync($"SELECT held FROM orders WHERE id = '{id}'"));
        Assert.Contains("somebody other than who changed it", (await Actions(hub).ReleaseAsync(id, Eva, null, default)).Refusal, StringComparison.Ordinal);
        var hold = (Guid)(await hub.ScalarAsync($"SELECT id FROM holds WHERE order_id = '{id}' AND code = 'second_person'"))!;
        var holds = new HoldStore(hub.Database, TimeProvider.System, hub.Services.GetRequiredService<IDeliveryIntake>());
        Assert.Equal(ActionAnswer.WrongState, Assert.Single(await holds.ReleaseAsync([hold], Eva, null, default)).Answer);
        Assert.Equal(true, await hub.ScalarAsync($"SELECT held FROM orders WHERE id = '{id}'"));
        Assert.Null((await Actions(hub).ReleaseAsync(id, Udo, null, default)).Refusal);
        await hub.UntilAsync($"SELECT string_agg(kind || ' ' || state, ', ' ORDER BY generation) FROM deliveries WHERE order_id = '{id}'", "create delivered, update delivered");
    }

    [Fact]
    public async Task Programs_are_nobody_and_small_orders_need_one_person()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource, approval: new(true, true, 25_990));
        var small = await OrderAsync(hub, 52_050);
        Assert.Equal((null, null), await SaidAsync(Actions(hub).ApproveAsync(small, Eva, null, default)));
        await hub.SendAsync(TestHub.Order(52_051, total: "\"25990.01\""), "w-52051");
        await hub.UntilAsync("SELECT state FROM orders WHERE external_id = '52051'", "awaiting_approval");
        var large = (Guid)(await hub.ScalarAsync("SELECT id FROM orders WHERE external_id = '52051'"))!;
        Assert.Contains("a token is neither", (await AsProgramAsync(() => Actions(hub).ApproveAsync(large, "token robot", null, default))).Refusal, StringComparison.Ordinal);
        Assert.NotNull((await Actions(hub).ApproveAsync(large, Eva, null, default)).Waits);
    }

    [Theory]
    [InlineData("\"manual\"", "manual", "\"manual\"")]
    [InlineData("\"four_eyes\"", "four_eyes", "\"four_eyes\"")]
    [InlineData("{\"fourEyes\":true}", "four_eyes", "\"four_eyes\"")]
    [InlineData("{\"fourEyes\":true,\"above\":500000}", "four_eyes above 500000", "{\"fourEyes\":true,\"above\":500000}")]
    [InlineData("\"four_eyes above 12.50\"", "four_eyes above 12.5", "{\"fourEyes\":true,\"above\":12.50}")]
    [InlineData("null", "automatic", "\"automatic\"")]
    [InlineData("\"both\"", null, null)]
    [InlineData("{\"above\":5}", null, null)]
    [InlineData("{\"fourEyes\":true,\"above\":-5}", null, null)]
    [InlineData("{\"fourEyes\":true,\"over\":5}", null, null)]
    public void Setting_is_a_word_or_says_above_which_total(string given, string? kept, string? written)
    {
        List<SettingProblem> problems = [];
        var setting = ApprovalSetting.Read(JsonNode.Parse(given), "approval", problems);
        if (kept is null)
        {
            Assert.Equal("approval", Assert.Single(problems).Path);
            return;
        }

        Assert.Empty(problems);
        Assert.Equal(kept, setting.ToString());
        Assert.Equal(setting, ApprovalSetting.Parse(kept));
        Assert.Equal(written, setting.Write().ToJsonString());
    }

    private static async Task<OrderActionResult> AsProgramAsync(Func<Task<OrderActionResult>> act)
    {
        Caller.Is(new Caller(CallerKind.Token, "robot", Guid.NewGuid(), null, null));
        return await act();
    }

    private static async Task<(string? Refusal, string? Waits)> SaidAsync(Task<OrderActionResult> result) => ((await result).Refusal, (await result).Waits);

    private static EditRequest City(string city) => new() { Set = new Dictionary<string, string?> { ["shipTo.city"] = city } };

    private static string State(Guid id) => $"SELECT state FROM orders WHERE id = '{id}'";

    private static async Task<Guid> OrderAsync(TestHub hub, long number)
    {
        await hub.SendAsync(TestHub.Order(number), $"w-{number}");
        await hub.UntilAsync($"SELECT state FROM orders WHERE external_id = '{number}'", "awaiting_approval");
        return (Guid)(await hub.ScalarAsync($"SELECT id FROM orders WHERE external_id = '{number}'"))!;
    }

    private static EditActions Edits(TestHub hub) => new(hub.Database, hub.Services.GetRequiredService<IConnectionDirectory>(), hub.Services, TimeProvider.System);

    private static OrderActions Actions(TestHub hub) => new(
        hub.Database, hub.Services.GetRequiredService<IConnectionDirectory>(), new HoldStore(hub.Database, TimeProvider.System, hub.Services.GetRequiredService<IDeliveryIntake>()), hub.Services, TimeProvider.System);
}
