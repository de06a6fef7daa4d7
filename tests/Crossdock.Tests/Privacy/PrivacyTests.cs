using System.Net;
using System.Text.Json;
using Crossdock.Alerts;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Privacy;
using Crossdock.Connectors.Http;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Crossdock.Tests.Privacy;

/// <summary>A person is found, exported and erased everywhere, and does not come back. The orders are those of a real hub with a real courier.</summary>
public sealed class PrivacyTests(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crossdock-privacy-").FullName;
    private readonly EphemeralDataProtectionProvider protection = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_person_is_found_exported_erased_and_does_not_come_back()
    {
        // Another test of this class erases an order, too, whichever comes first.
        await SqlAsync("DELETE FROM erased_orders");
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address);
        foreach (long id in (long[])[9101, 9102, 9103])
        {
            Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(OfEva(id), $"first-{id}"));
        }

        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(TestHub.Order(9104), "others"));
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 4);
        await SqlAsync("UPDATE orders SET state = 'delivered' WHERE external_id IN ('9101', '9102', '9104')");
        await SqlAsync("""
            UPDATE attempts a SET request_body = '{"parcel":{"receiver":{"name":"Eva Luna","street":"Calle Violeta 9"},"weight":900}}', response_body = '<label><to>EVA LUNA, calle violeta 9</to></label>', url = 'http://courier.test/?mail=eva.luna@example.org'
            FROM orders o WHERE o.id = a.order_id AND o.external_id LIKE '910_' AND o.external_id <> '9104';
            UPDATE deliveries d SET body_override = 'To Eva Luna', last_error = 'no such street: Calle Violeta 9' FROM orders o WHERE o.id = d.order_id AND o.external_id = '9102';
            INSERT INTO holds (id, order_id, connection_id, code, reason, opened_at, opened_by, released_at) SELECT gen_random_uuid(), id, connection_id, 'operator', 'Call Eva Luna on 77771234', now(), 'x', now() FROM orders WHERE external_id = '9101';
            INSERT INTO shipments (order_id, destination_id, connection_id, tracking_number, tracking_url, created_at, updated_at) SELECT id, 1, 1, 'T-1', 'https://track.test/eva.luna', now(), now() FROM orders WHERE external_id = '9101';
            UPDATE orders SET state_because = 'Eva Luna asked' WHERE external_id = '9101'
            """);
        var orders = await SqlAsync("SELECT string_agg(external_id || ' ' || total || ' ' || ship_region || ' ' || ship_country, ', ' ORDER BY external_id) FROM orders");
        // A cart of hers that never became an order, and an edit of a delivery.
        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync("""{"id":1,"email":"eva.luna@example.org"}""", "cart", "carts/update"));
        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);

        var (worker, actions, queries) = Parts();
        var export = await FoundAsync(worker, actions, queries, PrivacyKind.Export, new PrivacySubject { Phone = "+56 9 7777 1234" });
        Assert.Equal((3, 3), (export.Orders, await CountAsync("privacy_orders", export.Id)));
        using (var file = new MemoryStream())
        {
            await new PrivacyExport(database.DataSource, TimeProvider.System).WriteAsync(export, file, Stop);
            using var document = JsonDocument.Parse(file.ToArray());
            var first = document.RootElement.GetProperty("orders")[0];
            Assert.Equal("Eva Luna", first.GetProperty("order").GetProperty("shipTo").GetProperty("name").GetString());
            Assert.Equal("eva.luna@example.org", first.GetProperty("received")[0].GetProperty("message").GetProperty("email").GetString());
            Assert.Contains("Calle Violeta 9", first.GetProperty("deliveries")[0].GetProperty("attempts")[0].GetProperty("request").GetString(), StringComparison.Ordinal);
        }

        var erasure = await FoundAsync(worker, actions, queries, PrivacyKind.Erasure, new PrivacySubject { Mail = "Eva.Luna@example.org", Because = "asked by mail" });
        Assert.Equal((3, 1, 1), (erasure.Orders, erasure.UnderWay, erasure.Events - 3));
        Assert.Equal("e…@example.org", erasure.Subject);
        Assert.DoesNotContain("eva", $"{await SqlAsync($"SELECT to_jsonb(r)::text FROM privacy_requests r WHERE id = '{erasure.Id}'")}", StringComparison.OrdinalIgnoreCase);
        Assert.Equal(3L, await SqlAsync("SELECT count(*) FROM orders WHERE customer_email = 'eva.luna@example.org'"));      // nothing happens before the yes

        Assert.True(await actions.ConfirmAsync(erasure.Id, null, "operator test", Stop));
        Assert.False(await actions.ConfirmAsync(erasure.Id, null, "operator test", Stop));
        await RoundsAsync(worker, erasure.Id);
        var state = (await queries.FindAsync(erasure.Id, Stop))!;
        Assert.Equal(("working", 1, 2), (state.State, state.UnderWay, state.OrdersDone));
        Assert.Equal("9103", await SqlAsync("SELECT string_agg(external_id, ',') FROM orders WHERE customer_email = 'eva.luna@example.org'"));

        // The last one is done at last.
        await SqlAsync("UPDATE orders SET state = 'delivered' WHERE external_id = '9103'");
        await RoundsAsync(worker, erasure.Id);
        state = (await queries.FindAsync(erasure.Id, Stop))!;
        Assert.Equal(("done", 0, 3), (state.State, state.UnderWay, state.OrdersDone));
        Assert.NotNull(state.DoneAt);
        await AssertGoneAsync();
        Assert.Equal("""{"parcel":{"receiver":{"name":"erased","street":"erased"},"weight":900}}""", await SqlAsync("SELECT request_body FROM attempts a JOIN orders o ON o.id = a.order_id WHERE o.external_id = '9101' AND purpose = 'send' LIMIT 1"));
        Assert.Equal(orders, await SqlAsync("SELECT string_agg(external_id || ' ' || total || ' ' || ship_region || ' ' || ship_country, ', ' ORDER BY external_id) FROM orders"));
        Assert.Contains("ana@example.com", $"{await SqlAsync("SELECT document::text FROM orders WHERE external_id = '9104'")}", StringComparison.Ordinal);

        // Her store sends the order again, changed: taken without her, nothing is sent to the courier, and the payload is erased by the sweep.
        long sent = (long)(await SqlAsync("SELECT count(*) FROM deliveries"))!;
        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(OfEva(9101, "2026-11-03T10:00:00Z", "partially_refunded"), "again"));
        await hub.UntilAsync("SELECT payment_status FROM orders WHERE external_id = '9101'", "partially_refunded");
        Assert.Equal(sent, await SqlAsync("SELECT count(*) FROM deliveries"));
        Assert.DoesNotContain("Violeta", $"{await SqlAsync("SELECT string_agg(document::text, '') FROM orders")}", StringComparison.Ordinal);
        await worker.SweepAsync(Stop);
        await AssertGoneAsync();

        // A backup from before: the file beside the database knows of it.
        Assert.Equal(3, File.ReadAllLines(Path.Combine(folder, ErasedList.FileName)).Length);
        await SqlAsync("DELETE FROM erased_orders; UPDATE orders SET erased_at = NULL, customer_email = 'eva.luna@example.org' WHERE external_id = '9102'");
        await worker.SweepAsync(Stop);
        await AssertGoneAsync();
        Assert.Equal(3L, await SqlAsync("SELECT count(*) FROM erased_orders"));
    }

    [Fact]
    public async Task What_Shopify_asks_is_taken_up_once_told_and_a_redaction_done_by_itself()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(TestHub.Order(9201).Replace("ana@example.com", "leo@example.net", StringComparison.Ordinal), "leo"));
        await hub.UntilAsync("SELECT count(*) FROM orders WHERE external_id = '9201'", 1);
        await SqlAsync("UPDATE orders SET state = 'closed' WHERE external_id = '9201'");
        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync("""{"shop_id":1,"customer":{"id":2,"email":"leo@example.net","phone":null},"orders_requested":[9201],"data_request":{"id":3}}""", "asks", "customers/data_request"));
        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync("""{"shop_id":1,"customer":{"id":2,"email":"leo@example.net"},"orders_to_redact":[9201]}""", "redacts", "customers/redact"));
        await hub.UntilAsync("SELECT count(*) FROM notices", 2);

        var (worker, _, queries) = Parts();
        await worker.RoundAsync(Stop);
        await worker.RoundAsync(Stop);
        await RoundsAsync(worker, null);
        Assert.Equal("export found false, erasure done true", await SqlAsync("SELECT string_agg(concat_ws(' ', kind, state, is_confirmed::text), ', ' ORDER BY id) FROM privacy_requests WHERE event_id IS NOT NULL"));
        Assert.Equal(true, await SqlAsync("SELECT bool_and(due_at BETWEEN created_at + interval '29 days' AND created_at + interval '31 days') FROM privacy_requests WHERE event_id IS NOT NULL"));
        Assert.Equal(0L, await SqlAsync("SELECT count(*) FROM orders WHERE customer_email = 'leo@example.net'"));
        Assert.Equal(0L, await SqlAsync("SELECT count(*) FROM events WHERE position('leo@example'::bytea IN body) > 0"));

        await worker.SweepAsync(Stop);
        var alert = (string?)await SqlAsync("SELECT sentence FROM alerts WHERE kind = 'privacy_request' AND ended_at IS NULL");
        Assert.StartsWith("A customer of acme asks for the data that are stored about them by ", alert, StringComparison.Ordinal);
        var asked = (await queries.ListAsync(PageRequest.First, Stop)).Items.Single(one => one.Topic == "customers/data_request");
        Assert.True(await Parts().Actions.FinishAsync(asked.Id, Stop));
        await worker.SweepAsync(Stop);
        Assert.Equal(0L, await SqlAsync("SELECT count(*) FROM alerts WHERE kind = 'privacy_request' AND ended_at IS NULL"));
        Assert.Equal(2L, await SqlAsync("SELECT count(*) FROM privacy_requests WHERE event_id IS NOT NULL"));
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("nobody", null, null)]
    [InlineData(null, "12345", null)]
    [InlineData(null, null, "1001")]      // whose?
    public async Task Who_is_not_said_well_enough_is_not_looked_for(string? mail, string? phone, string? order)
    {
        var answer = await Parts().Actions.AskAsync(PrivacyKind.Erasure, new PrivacySubject { Mail = mail, Phone = phone, Orders = order is null ? null : [order] }, "test", Stop);
        Assert.NotNull(answer.Refusal);
    }

    private (PrivacyWorker Worker, PrivacyActions Actions, PrivacyQueries Queries) Parts()
    {
        var source = database.DataSource;
        var box = new PrivacyKeysBox(protection);
        var actions = new PrivacyActions(source, new ConnectionQueries(source, new NoConnections(), [], TimeProvider.System), box, TimeProvider.System);
        var worker = new PrivacyWorker(new PrivacyStore(source, NodeIdentity.New()), actions, new PersonEraser(source, TimeProvider.System), box, new ErasedList(source, folder), new AlertStore(source, TimeProvider.System), source, TimeProvider.System, NullLogger<PrivacyWorker>.Instance);
        return (worker, actions, new PrivacyQueries(source));
    }

    private async Task<PrivacyRequest> FoundAsync(PrivacyWorker worker, PrivacyActions actions, PrivacyQueries queries, PrivacyKind kind, PrivacySubject subject)
    {
        var answer = await actions.AskAsync(kind, subject, "operator test", Stop);
        Assert.Null(answer.Refusal);
        await RoundsAsync(worker, null);
        var found = (await queries.FindAsync(answer.Id!.Value, Stop))!;
        Assert.Equal("found", found.State);
        return found;
    }

    // Until nothing is due; what waits for orders is made due first.
    private async Task RoundsAsync(PrivacyWorker worker, Guid? due)
    {
        await SqlAsync($"UPDATE privacy_requests SET next_at = now() - interval '1 second' WHERE id = '{due ?? Guid.Empty}'");
        while (await worker.RoundAsync(Stop))
        {
        }
    }

    private async Task AssertGoneAsync()
    {
        var tables = new List<string>();
        await using (var command = database.DataSource.CreateCommand("SELECT c.relname FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition"))
        await using (var reader = await command.ExecuteReaderAsync(Stop))
        {
            while (await reader.ReadAsync(Stop))
            {
                tables.Add(reader.GetString(0));
            }
        }

        foreach (string table in tables)
        {
            string all = $"{await SqlAsync(table == "events" ? "SELECT string_agg(to_jsonb(t)::text || encode(body, 'escape'), E'\n') FROM events t" : $"SELECT string_agg(to_jsonb(t)::text, E'\n') FROM {table} t")}";
            foreach (string word in (string[])["eva.luna", "Eva Luna", "Violeta", "77771234", "blue door"])
            {
                Assert.False(all.Contains(word, StringComparison.OrdinalIgnoreCase), $"{word} stands in {table}: {(all.IndexOf(word, StringComparison.OrdinalIgnoreCase) is >= 0 and var at ? all[Math.Max(0, at - 300)..Math.Min(all.Length, at + 100)] : "")}");
            }
        }
    }

    private async Task<int> CountAsync(string table, Guid request) => (int)(long)(await SqlAsync($"SELECT count(*) FROM {table} WHERE request_id = '{request}'"))!;

    private Task<object?> SqlAsync(string sql) => database.DataSource.AskAsync(sql);

    private static string OfEva(long id, string updatedAt = "2026-11-01T10:00:00Z", string financial = "paid") => TestHub.Order(id, updatedAt, financial)
        .Replace("ana@example.com", "eva.luna@example.org", StringComparison.Ordinal).Replace("Ana Rojas", "Eva Luna", StringComparison.Ordinal).Replace("Av. Siempre Viva 742", "Calle Violeta 9", StringComparison.Ordinal)
        .Replace("+56911112222", "+56 9 77771234", StringComparison.Ordinal).Replace("\"test\":false", "\"test\":false,\"note\":\"The blue door\"", StringComparison.Ordinal);

    private sealed class NoConnections : IConnectionDirectory
    {
        public ConnectionSnapshot Current => ConnectionSnapshot.Empty;

        public event Action? Changed
        {
            add { }
            remove { }
        }
    }
}
