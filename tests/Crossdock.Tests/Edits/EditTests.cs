using Crossdock.Connections;
using Crossdock.Connectors.Http;
using Crossdock.Edits;
using Crossdock.Orders;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Crossdock.Tests.Rules;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossdock.Tests.Edits;

/// <summary>What people change stays, reaches who has to know, once, and crosses with nothing that happens at the same moment.</summary>
public sealed class EditTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Eva = "operator eva";
    private const string Udo = "operator udo";

    [Fact]
    public async Task Change_stays_when_the_shop_sends_the_order_anew_and_is_what_the_courier_gets()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, needsApproval: true, canUpdate: true);
        var id = await OrderAsync(hub, 51_000, "awaiting_approval");
        var saved = await Actions(hub).SaveAsync(id, Set(("shipTo.city", "Valparaíso"), ("shipTo.phone", "")), Eva, default);
        Assert.Equal((EditResult.Done, "awaiting_approval", "awaiting_approval"), (saved.Result, saved.Outcome!.StateBefore, saved.Outcome.StateAfter));
        Assert.Equal(["shipTo.city Santiago Valparaíso", "shipTo.phone +56911112222 "], saved.Outcome.Fields.Select(field => $"{field.Field} {field.Before} {field.After}"));

        await hub.SendAsync(TestHub.Order(51_000, "2026-11-01T10:00:09Z", quantity: 3), "w-51000-b");
        await hub.UntilAsync(Ask(id, "document -> 'lines' -> 0 ->> 'currentQuantity'"), "3");
        Assert.Equal("Valparaíso", await hub.ScalarAsync(Ask(id, "document -> 'shipTo' ->> 'city'")));
        Assert.Equal(DBNull.Value, await hub.ScalarAsync(Ask(id, "document -> 'shipTo' ->> 'phone'")));
        await hub.ScalarAsync($"UPDATE orders SET state = 'approved' WHERE id = '{id}'");
        await ReplayAsync(hub, id);
        await hub.UntilAsync(Delivered(id), "create delivered");
        Assert.Equal("""{"reference":"#51000","city":"Valparaíso"}""", await Sent(hub, id));
        var told = Assert.Single(await hub.TimelineAsync("51000"), entry => entry.Kind is TimelineKind.Edited);
        Assert.Equal((Eva, "Changed the delivery city and delivery phone.", "the buyer called"), (told.Actor, told.Text, told.Because));
    }

    [Fact]
    public async Task Field_that_the_shop_changed_too_stops_the_order_until_a_person_has_chosen()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, needsApproval: true, canUpdate: true);
        var id = await OrderAsync(hub, 51_010, "awaiting_approval");
        var actions = Actions(hub);
        Assert.Equal(EditResult.Done, (await actions.SaveAsync(id, Set(("shipTo.city", "Valparaíso"), ("tags", "calm")), Eva, default)).Result);
        await hub.SendAsync(Moved(51_010, "2026-11-01T10:00:09Z", "Quilpué"), "w-51010-b");
        await hub.UntilAsync(Ask(id, "held"), true);
        Assert.Equal("edit_conflict|Valparaíso|Quilpué", await hub.ScalarAsync($"SELECT h.code || '|' || e.value || '|' || e.theirs FROM holds h JOIN order_edits e USING (order_id) WHERE h.order_id = '{id}' AND h.released_at IS NULL AND e.conflict_at IS NOT NULL"));
        Assert.Equal("Valparaíso", await hub.ScalarAsync(Ask(id, "document -> 'shipTo' ->> 'city'")));
        Assert.Single(await hub.TimelineAsync("51010"), entry => entry.Text.StartsWith("The shop changed the delivery city, which operator eva had changed here.", StringComparison.Ordinal));

        // Worked again, it is the same conflict.
        await ReplayAsync(hub, id);
        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
        Assert.Equal(1L, await hub.ScalarAsync($"SELECT count(*) FROM holds WHERE order_id = '{id}'"));

        var theirs = await actions.SaveAsync(id, new EditRequest { Choose = Of("shipTo.city", EditChoice.Theirs) }, Udo, default);
        Assert.Equal(EditResult.Done, theirs.Result);
        Assert.Equal("Quilpué false", await hub.ScalarAsync(Ask(id, "document -> 'shipTo' ->> 'city' || ' ' || held")));
        Assert.Equal("theirs", await hub.ScalarAsync($"SELECT ended_because FROM order_edits WHERE order_id = '{id}' AND field = 'shipTo.city'"));
        Assert.Equal(EditResult.Invalid, (await actions.SaveAsync(id, new EditRequest { Choose = Of("shipTo.city", EditChoice.Theirs) }, Udo, default)).Result);
    }

    [Fact]
    public async Task Choosing_what_was_written_here_settles_it_until_the_shop_changes_it_again()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource, needsApproval: true);
        var id = await OrderAsync(hub, 51_020, "awaiting_approval");
        var actions = Actions(hub);
        await actions.SaveAsync(id, Set(("shipTo.city", "Valparaíso")), Eva, default);
        await hub.SendAsync(Moved(51_020, "2026-11-01T10:00:09Z", "Quilpué"), "w-51020-b");
        await hub.UntilAsync(Ask(id, "held"), true);
        // However soon the next one comes: a hold for the same reason would not be opened again.
        Assert.Matches(@"at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC, after operator eva", (string)(await hub.ScalarAsync($"SELECT reason FROM holds WHERE order_id = '{id}'"))!);
        Assert.Equal(EditResult.Done, (await actions.SaveAsync(id, new EditRequest { Choose = Of("shipTo.city", EditChoice.Ours) }, Udo, default)).Result);
        Assert.Equal("Valparaíso false", await hub.ScalarAsync(Ask(id, "document -> 'shipTo' ->> 'city' || ' ' || held")));

        await hub.SendAsync(Moved(51_020, "2026-11-01T10:00:19Z", "Quilpué", quantity: 2), "w-51020-c");
        await hub.UntilAsync(Ask(id, "document -> 'lines' -> 0 ->> 'currentQuantity'"), "2");
        Assert.Equal("Valparaíso false", await hub.ScalarAsync(Ask(id, "document -> 'shipTo' ->> 'city' || ' ' || held")));
        await hub.SendAsync(Moved(51_020, "2026-11-01T10:00:29Z", "Concón", quantity: 2), "w-51020-d");
        await hub.UntilAsync(Ask(id, "held"), true);

        // The shop goes back to what had been decided about: nothing is left to choose.
        await hub.SendAsync(Moved(51_020, "2026-11-01T10:00:39Z", "Quilpué", quantity: 2), "w-51020-e");
        await hub.UntilAsync(Ask(id, "held"), false);
        Assert.Equal(0L, await hub.ScalarAsync($"SELECT count(*) FROM order_edits WHERE order_id = '{id}' AND conflict_at IS NOT NULL"));
    }

    [Fact]
    public async Task Of_many_who_save_from_one_version_exactly_one_does()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource, needsApproval: true);
        var id = await OrderAsync(hub, 51_030, "awaiting_approval");
        int version = (int)(await hub.ScalarAsync(Ask(id, "version")))!;
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Actions(hub).SaveAsync(id, Set(("shipTo.city", $"City {i}")) with { Version = version }, $"operator {i}", default)));
        Assert.Single(answers, answer => answer.Result is EditResult.Done);
        string now = (string)(await hub.ScalarAsync(Ask(id, "document -> 'shipTo' ->> 'city'")))!;
        Assert.All(answers.Where(answer => answer.Result is not EditResult.Done), answer =>
        {
            Assert.Equal((EditResult.Moved, version + 1), (answer.Result, answer.Version));
            var side = Assert.Single(answer.Sides);
            Assert.Equal((now, "operator " + now[5..]), (side.Now, side.ChangedBy));
            Assert.NotEqual(now, side.Yours);
        });
        Assert.Equal(1L, await hub.ScalarAsync($"SELECT count(*) FROM order_edits WHERE order_id = '{id}'"));
    }

    [Fact]
    public async Task Changes_and_newer_documents_at_the_same_moment_lose_nothing_and_send_once()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, canUpdate: true);
        const int Orders = 12;
        var ids = await Task.WhenAll(Enumerable.Range(0, Orders).Select(i => OrderAsync(hub, 51_100 + i, null)));
        await Task.WhenAll(Enumerable.Range(0, Orders).SelectMany(i => new Func<Task>[]
        {
            () => hub.SendAsync(TestHub.Order(51_100 + i, "2026-11-01T10:00:09Z", quantity: 2), $"w-{51_100 + i}-b"),
            async () => Assert.Equal(EditResult.Done, (await Actions(hub).SaveAsync(ids[i], Set(("shipTo.city", $"City {i}")) with { AcceptUnreached = true }, Eva, default)).Result),
            () => hub.SendAsync(TestHub.Order(51_100 + i, "2026-11-01T10:00:19Z", quantity: 3), $"w-{51_100 + i}-c"),
            async () => Assert.Equal(EditResult.Done, (await Actions(hub).SaveAsync(ids[i], Set(("note", $"Ring {i}")) with { AcceptUnreached = true }, Udo, default)).Result),
        }).Select(act => Task.Run(act)));
        string list = string.Join(", ", ids.Select(id => $"'{id}'"));
        await hub.UntilAsync($"SELECT count(*) FROM orders WHERE id IN ({list}) AND document -> 'lines' -> 0 ->> 'currentQuantity' = '3' AND document -> 'shipTo' ->> 'city' = 'City ' || (external_id::int - 51100) AND document ->> 'note' = 'Ring ' || (external_id::int - 51100)", Orders);
        await hub.UntilAsync($"SELECT count(*) FROM deliveries WHERE order_id IN ({list}) AND state <> 'delivered'", 0);
        Assert.Equal(Orders, Enumerable.Range(0, Orders).Count(i => courier.References.Contains($"#{51_100 + i}")));
        Assert.Equal(0L, courier.Duplicates);
        Assert.Equal((long)Orders, await hub.ScalarAsync($"SELECT count(*) FROM deliveries WHERE order_id IN ({list}) AND kind = 'create'"));
        Assert.Equal(0L, await hub.ScalarAsync($"SELECT count(*) FROM orders WHERE id IN ({list}) AND held"));

        // What the courier was told last is what the order says.
        for (int i = 0; i < Orders; i++)
        {
            Assert.Equal($$"""{"reference":"#{{51_100 + i}}","city":"City {{i}}"}""", await Sent(hub, ids[i]));
        }
    }

    [Fact]
    public async Task Undo_gives_back_what_the_shop_says_by_now_and_before_that_what_a_colleague_had_written()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource, needsApproval: true);
        var id = await OrderAsync(hub, 51_040, "awaiting_approval");
        var actions = Actions(hub);
        await actions.SaveAsync(id, Set(("shipTo.city", "Valparaíso")), Eva, default);
        await actions.SaveAsync(id, Set(("shipTo.city", "Concón")), Udo, default);
        await hub.SendAsync(Moved(51_040, "2026-11-01T10:00:09Z", "Quilpué"), "w-51040-b");
        await hub.UntilAsync(Ask(id, "held"), true);
        var first = (Guid)(await hub.ScalarAsync($"SELECT id FROM order_edits WHERE order_id = '{id}' AND value = 'Valparaíso'"))!;
        var second = (Guid)(await hub.ScalarAsync($"SELECT id FROM order_edits WHERE order_id = '{id}' AND value = 'Concón'"))!;
        Assert.Contains("changed the delivery city again since", Assert.Single((await actions.SaveAsync(id, new EditRequest { Undo = first }, Eva, default)).Problems).Problem, StringComparison.Ordinal);

        Assert.Equal(EditResult.Done, (await actions.SaveAsync(id, new EditRequest { Undo = second }, Eva, default)).Result);
        // Eva's stands again, and the shop has changed what she had changed.
        Assert.Equal("Valparaíso true Quilpué", await hub.ScalarAsync($"SELECT document -> 'shipTo' ->> 'city' || ' ' || held || ' ' || e.theirs FROM orders o JOIN order_edits e ON e.order_id = o.id AND e.ended_at IS NULL WHERE o.id = '{id}'"));
        Assert.Equal(EditResult.Done, (await actions.SaveAsync(id, new EditRequest { Undo = first }, Eva, default)).Result);
        Assert.Equal("Quilpué false false", await hub.ScalarAsync(Ask(id, "document -> 'shipTo' ->> 'city' || ' ' || held || ' ' || edited")));
        Assert.Contains("operator eva has undone", Assert.Single((await actions.SaveAsync(id, new EditRequest { Undo = first }, Udo, default)).Problems).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_handed_over_is_told_of_the_change_once()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, canUpdate: true);
        var id = await OrderAsync(hub, 51_050, null);
        await hub.UntilAsync(Delivered(id), "create delivered");
        var preview = await Actions(hub).PreviewAsync(id, Set(("shipTo.city", "Valparaíso")), Eva, default);
        Assert.Equal(["To be changed at courier: the delivery address."], preview.Outcome!.Deliveries);
        Assert.Equal("Santiago 0", await hub.ScalarAsync(Ask(id, $"document -> 'shipTo' ->> 'city' || ' ' || (SELECT count(*) FROM order_edits WHERE order_id = '{id}')")));

        Assert.Equal(EditResult.Done, (await Actions(hub).SaveAsync(id, Set(("shipTo.city", "Valparaíso")), Eva, default)).Result);
        await hub.UntilAsync(Delivered(id), "create delivered, update delivered");
        Assert.Equal("""{"reference":"#51050","city":"Valparaíso"}""", await Sent(hub, id));
        await hub.SendAsync(TestHub.Order(51_050, "2026-11-01T10:00:09Z"), "w-51050-b");
        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
        Assert.Equal("create delivered, update delivered", await hub.ScalarAsync(Delivered(id)));

        // An invoice address is none of the courier's differences, but somebody has changed it on purpose.
        Assert.Equal(["To be changed at courier: the invoice address."], (await Actions(hub).SaveAsync(id, Set(("billTo.company", "Acme")), Eva, default)).Outcome!.Deliveries);
    }

    [Fact]
    public async Task Person_is_told_before_saving_whom_it_does_not_reach()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address);
        var id = await OrderAsync(hub, 51_060, null);
        await hub.UntilAsync(Delivered(id), "create delivered");
        var refused = await Actions(hub).SaveAsync(id, Set(("shipTo.city", "Valparaíso")), Eva, default);
        Assert.Equal(EditResult.Unreached, refused.Result);
        Assert.Equal(["Changed after it was handed to courier, which cannot be told of changes: the delivery address"], refused.Outcome!.NotReached);
        Assert.Equal("Santiago", await hub.ScalarAsync(Ask(id, "document -> 'shipTo' ->> 'city'")));
        Assert.Equal(EditResult.Done, (await Actions(hub).SaveAsync(id, Set(("shipTo.city", "Valparaíso")) with { AcceptUnreached = true }, Eva, default)).Result);
        Assert.Equal("Valparaíso false", await hub.ScalarAsync(Ask(id, "document -> 'shipTo' ->> 'city' || ' ' || held")));
        Assert.Single(await hub.TimelineAsync("51060"), entry => entry is { Text: "Knew whom this does not reach.", Actor: Eva });

        // On its way, nobody is told even where the courier could be.
        await hub.ScalarAsync($"UPDATE orders SET state = 'in_shipment' WHERE id = '{id}'");
        Assert.StartsWith("courier has the order and is not told (in shipment): the delivery address", Assert.Single((await Actions(hub).PreviewAsync(id, Set(("shipTo.city", "Concón")), Eva, default)).Outcome!.NotReached), StringComparison.Ordinal);
        await hub.ScalarAsync($"UPDATE orders SET state = 'delivered' WHERE id = '{id}'");
        Assert.Equal(EditResult.Refused, (await Actions(hub).SaveAsync(id, Set(("shipTo.city", "Concón")), Eva, default)).Result);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Change_while_the_order_is_being_sent_follows_it_or_is_told_not_to_reach(bool canUpdate)
    {
        long number = canUpdate ? 51_070 : 51_071;
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, canUpdate: canUpdate, needsApproval: true);
        var id = await OrderAsync(hub, number, "awaiting_approval");

        // Held by another node at this moment, which may have sent it.
        await hub.ScalarAsync($"""
            UPDATE orders SET state = 'approved' WHERE id = '{id}';
            INSERT INTO deliveries (id, order_id, connection_id, destination_id, kind, generation, state, next_attempt_at, leased_until, leased_by, created_at)
            SELECT gen_random_uuid(), id, connection_id, (SELECT id FROM connections WHERE key = 'courier'), 'create', 1, 'waiting', now(), now() + interval '1 hour', gen_random_uuid(), now() FROM orders WHERE id = '{id}'
            """);
        var answer = await Actions(hub).SaveAsync(id, Set(("shipTo.city", "Valparaíso")), Eva, default);
        Assert.Equal(canUpdate ? EditResult.Done : EditResult.Unreached, answer.Result);
        Assert.Equal(canUpdate ? "create waiting, update waiting" : "create waiting", await hub.ScalarAsync(Delivered(id)));
        if (canUpdate)
        {
            // That node died, and nothing had arrived: it is asked for, sent once with the new city, and the change after it.
            await hub.ScalarAsync($"UPDATE deliveries SET leased_until = now() - interval '1 hour' WHERE order_id = '{id}' AND kind = 'create'");
            await hub.UntilAsync(Delivered(id), "create delivered, update delivered");
            Assert.Equal((1, 0L), (courier.Accepted, courier.Duplicates));
        }
    }

    [Fact]
    public async Task Rules_look_at_what_the_person_wrote_and_what_the_person_wrote_outlives_them()
    {
        var (rules, problems) = RuleText.Read("""
            - { name: The coast is not ours, when: { field: shipTo.region, in: [VS] }, then: [ { exclude: order, because: regions only } ] }
            - { name: Ring twice, then: [ { set: { field: note, value: ring twice } } ] }
            """);
        Assert.Empty(problems);
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, rules, needsApproval: true);
        var id = await OrderAsync(hub, 51_080, "awaiting_approval");
        var actions = Actions(hub);
        var excluded = await actions.SaveAsync(id, Set(("shipTo.region", "Valparaíso"), ("shipTo.city", "Concón")), Eva, default);
        Assert.Equal(("excluded", "regions only"), (excluded.Outcome!.StateAfter, excluded.Outcome.StateBecause));
        Assert.Equal("excluded VS Valparaíso", await hub.ScalarAsync(Ask(id, "state || ' ' || ship_region || ' ' || (document -> 'shipTo' ->> 'regionName')")));

        var region = (Guid)(await hub.ScalarAsync($"SELECT id FROM order_edits WHERE order_id = '{id}' AND field = 'shipTo.region'"))!;
        Assert.Equal("awaiting_approval", (await actions.SaveAsync(id, new EditRequest { Undo = region }, Eva, default)).Outcome!.StateAfter);
        Assert.Equal("ring twice", await hub.ScalarAsync(Ask(id, "document ->> 'note'")));
        await actions.SaveAsync(id, Set(("note", "leave it at the door")), Eva, default);
        await hub.SendAsync(TestHub.Order(51_080, "2026-11-01T10:00:09Z", quantity: 2), "w-51080-b");
        await hub.UntilAsync(Ask(id, "document -> 'lines' -> 0 ->> 'currentQuantity'"), "2");
        Assert.Equal("leave it at the door", await hub.ScalarAsync(Ask(id, "document ->> 'note'")));
    }

    [Fact]
    public async Task Line_that_is_left_out_is_in_no_package_and_an_order_without_lines_goes_nowhere()
    {
        var (rules, _) = RuleText.Read("[]");
        await using var hub = await TestHub.StartAsync(database.DataSource, rules: rules, needsApproval: true);
        var id = await OrderAsync(hub, 51_090, "awaiting_approval");
        Assert.Equal("2", (await Actions(hub).SaveAsync(id, Set(("lines.1.quantity", "2")), Eva, default)).Outcome!.Fields[0].After);
        Assert.Equal("2", await hub.ScalarAsync(Ask(id, "document -> 'packages' -> 0 -> 'lines' -> 0 ->> 'quantity'")));
        var leftOut = await Actions(hub).SaveAsync(id, Set(("lines.1.excluded", "sold out")), Eva, default);
        Assert.Equal(("excluded", "nothing is left to send (sold out)"), (leftOut.Outcome!.StateAfter, leftOut.Outcome.StateBecause));
        Assert.Equal("The order has no such line.", Assert.Single((await Actions(hub).SaveAsync(id, Set(("lines.7.quantity", "2")), Eva, default)).Problems).Problem);
    }

    [Fact]
    public async Task Order_whose_payload_is_gone_can_be_changed_and_undone_all_the_same()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource, needsApproval: true);
        var id = await OrderAsync(hub, 51_095, "awaiting_approval");
        await hub.ScalarAsync($"DELETE FROM events WHERE id = (SELECT event_id FROM orders WHERE id = '{id}')");
        Assert.Equal(EditResult.Done, (await Actions(hub).SaveAsync(id, Set(("shipTo.city", "Valparaíso")), Eva, default)).Result);
        Assert.Equal("Valparaíso", await hub.ScalarAsync(Ask(id, "document -> 'shipTo' ->> 'city'")));
        var edit = (Guid)(await hub.ScalarAsync($"SELECT id FROM order_edits WHERE order_id = '{id}'"))!;
        Assert.Equal(EditResult.Done, (await Actions(hub).SaveAsync(id, new EditRequest { Undo = edit }, Eva, default)).Result);
        Assert.Equal("Santiago", await hub.ScalarAsync(Ask(id, "document -> 'shipTo' ->> 'city'")));
    }

    [Fact]
    public async Task Changes_of_an_order_whose_person_is_erased_are_gone_and_are_not_laid_over_newer_documents()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource, needsApproval: true);
        var id = await OrderAsync(hub, 51_098, "awaiting_approval");
        await Actions(hub).SaveAsync(id, Set(("shipTo.name", "Rosa Fuentes"), ("shipTo.city", "announced")), Eva, default);
        await new Crossdock.Privacy.PersonEraser(hub.Database, TimeProvider.System).EraseAsync(Guid.NewGuid(), id, [], isSweep: true, default);
        // A city is nobody's name: where it stands in other texts it stays.
        Assert.Contains(await hub.TimelineAsync("51098"), entry => entry.Text.Contains("announced the order", StringComparison.Ordinal));
        Assert.Equal("0 false", await hub.ScalarAsync(Ask(id, $"(SELECT count(*) FROM order_edits WHERE order_id = '{id}') || ' ' || edited")));
        await hub.SendAsync(TestHub.Order(51_098, "2026-11-01T10:00:09Z", quantity: 2), "w-51098-b");
        await hub.UntilAsync(Ask(id, "document -> 'lines' -> 0 ->> 'currentQuantity'"), "2");
        Assert.DoesNotContain("Rosa", (string)(await hub.ScalarAsync(Ask(id, "document::text")))!, StringComparison.Ordinal);
        Assert.Equal(EditResult.Refused, (await Actions(hub).SaveAsync(id, Set(("shipTo.name", "Rosa Fuentes")), Eva, default)).Result);
    }

    private static EditActions Actions(TestHub hub) => new(hub.Database, hub.Services.GetRequiredService<IConnectionDirectory>(), hub.Services, TimeProvider.System);

    private static EditRequest Set(params (string Field, string? Value)[] values) => new() { Set = values.ToDictionary(pair => pair.Field, pair => pair.Value), Because = "the buyer called" };

    private static Dictionary<string, EditChoice> Of(string field, EditChoice choice) => new() { [field] = choice };

    private static string Moved(long id, string updatedAt, string city, int quantity = 1) => TestHub.Order(id, updatedAt, quantity: quantity).Replace("\"city\":\"Santiago\"", $"\"city\":\"{city}\"", StringComparison.Ordinal);

    private static string Ask(Guid id, string what) => $"SELECT {what} FROM orders WHERE id = '{id}'";

    private static string Delivered(Guid id) => $"SELECT string_agg(kind || ' ' || state, ', ' ORDER BY generation) FROM deliveries WHERE order_id = '{id}'";

    private static Task<object?> Sent(TestHub hub, Guid id) => hub.ScalarAsync($"SELECT request_body FROM attempts WHERE order_id = '{id}' AND purpose = 'send' ORDER BY id DESC LIMIT 1");

    private static async Task<Guid> OrderAsync(TestHub hub, long number, string? state)
    {
        await hub.SendAsync(TestHub.Order(number), $"w-{number}");
        await hub.UntilAsync($"SELECT count(*) FROM orders WHERE external_id = '{number}' AND coalesce(state = {(state is null ? "NULL" : $"'{state}'")}, true)", 1);
        return (Guid)(await hub.ScalarAsync($"SELECT id FROM orders WHERE external_id = '{number}'"))!;
    }

    private static Task ReplayAsync(TestHub hub, Guid id) =>
        hub.ScalarAsync($"INSERT INTO inbox (id, event_id, kind, connection_id, order_key) SELECT gen_random_uuid(), event_id, 2, connection_id, external_id FROM orders WHERE id = '{id}'");
}
