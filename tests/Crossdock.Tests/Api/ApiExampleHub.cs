using System.Net.Http.Headers;
using Crossdock.Api;
using Crossdock.Connections;
using Crossdock.Server;
using Crossdock.Testing.Database;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossdock.Tests.Api;

/// <summary>A whole hub that works on nothing by itself, with a row for every example of the API: what an example names by its id is here under that id.</summary>
public sealed class ApiExampleHub : IAsyncLifetime
{
    internal const string Token = "cd_examples-of-the-api";
    private readonly TestDatabase database = new();
    private readonly string folder = Directory.CreateTempSubdirectory("crossdock-examples-").FullName;
    private RunningHub? hub;

    public HttpClient Client { get; private set; } = null!;

    // One group of ids for each kind of thing: 8010 to 8013 backfills, 8020 replays and so on.
    private const string Seed = """
        INSERT INTO backfills (id, connection_id, from_at, to_at, deliver, state, total, read, new, next_at, created_at, created_by)
        SELECT ('01900000-0000-7000-8010-' || lpad(n::text, 12, '0'))::uuid, 1, '2026-01-01', '2026-02-01', false, (ARRAY['running', 'stopped', 'done'])[n], 1000, 420, 400, now() + interval '1 day', now(), 'operator eva' FROM generate_series(1, 3) n;
        INSERT INTO replays (id, from_at, to_at, connections, versions, configurations, rules_at, state, total, read, orders, different, counts, next_at, because, created_at, created_by, ended_at)
        SELECT ('01900000-0000-7000-8020-' || lpad(n::text, 12, '0'))::uuid, '2026-11-01', '2026-11-08', ARRAY[1], ARRAY[1], ARRAY['x'], now(), (ARRAY['running', 'stopped', 'done'])[n], 120, 120, 118, 1, ARRAY[1], now() + interval '1 day', 'new rules', now(), 'operator eva', CASE WHEN n = 3 THEN now() END
        FROM generate_series(1, 3) n;
        INSERT INTO replay_differences (replay_id, id, connection_id, order_id, external_id, number, kinds, state_before, state_after, version, events, told)
        SELECT '01900000-0000-7000-8020-000000000003', id, connection_id, id, external_id, number, 1, 'approved', 'excluded', 1, ARRAY[event_id], '{}' FROM orders WHERE id = '01900000-0000-7000-8000-000000000001';
        INSERT INTO file_imports (id, connection_id, file_name, kind, bytes, state, rows, orders, good, bad, bad_rows, new, updates, duplicates, errors, next_at, created_at, created_by)
        SELECT ('01900000-0000-7000-8030-' || lpad(n::text, 12, '0'))::uuid, (SELECT id FROM connections WHERE key = 'bazar'), 'may.csv', 'csv', 120, (ARRAY['checked', 'importing', 'checked', 'checked', 'stopped'])[n], 2, 2, 2, 0, 0, 2, 0, 0, 0, now() + interval '1 day', now(), 'operator eva' FROM generate_series(1, 5) n;
        INSERT INTO file_chunks (import_id, number, body) SELECT id, 0, convert_to(E'number;total\n1;10\n', 'UTF8') FROM file_imports;
        INSERT INTO alerts (id, kind, connection_id, subject, severity, sentence, advice, opened_at, seen_at)
        VALUES ('01900000-0000-7000-8040-000000000001', 'store_quiet', 1, '', 'warning', 'No new order since 09:12, 3 hours ago. By its usual rhythm about 14 would have come meanwhile.', 'See whether the shop sells.', now(), now());
        INSERT INTO users (id, name, normal_name, mail, normal_mail, password_hash, role, stamp, created_at, created_by)
        VALUES ('01900000-0000-7000-8050-000000000001', 'eva', 'EVA', 'eva@example.com', 'EVA@EXAMPLE.COM', 'x', 'operator', 's', now(), 'admin');
        INSERT INTO sessions (id, key_hash, user_id, stamp, address, agent, seen_at, expires_at)
        SELECT ('01900000-0000-7000-8060-' || lpad(n::text, 12, '0'))::uuid, 'hash' || n, '01900000-0000-7000-8050-000000000001', 's', '203.0.113.7', 'Firefox', now(), now() + interval '7 days' FROM generate_series(1, 2) n;
        INSERT INTO api_tokens (id, name, hash, ending, scopes, created_at, created_by)
        VALUES ('01900000-0000-7000-8070-000000000001', 'warehouse', 'h1', '1f3a', ARRAY['read', 'write'], now(), 'operator admin');
        INSERT INTO webhooks (id, name, url, types, secret, enabled, enabled_at, created_at, created_by, updated_at)
        SELECT ('01900000-0000-7000-8080-' || lpad(n::text, 12, '0'))::uuid, 'ERP ' || n, 'http://127.0.0.1:9/crossdock', ARRAY['order.created', 'order.held'], 'none', n = 1, now(), now(), 'operator admin', now() FROM generate_series(1, 2) n;
        INSERT INTO webhook_events (id, type, connection_id, body)
        VALUES ('01900000-0000-7000-8081-000000000001', 'order.created', 1, '{"type":"order.created","timestamp":"2026-11-22T05:12:44Z","data":{"order":{"number":"#1001"}}}');
        INSERT INTO webhook_messages (webhook_id, event_id, state, attempts, next_attempt_at, last_status, done_at)
        VALUES ('01900000-0000-7000-8080-000000000001', '01900000-0000-7000-8081-000000000001', 'delivered', 1, now(), 200, now());
        INSERT INTO webhook_attempts (id, webhook_id, event_id, number, status, elapsed_ms, request_headers, response_headers, response_body)
        VALUES ('01900000-0000-7000-8082-000000000001', '01900000-0000-7000-8080-000000000001', '01900000-0000-7000-8081-000000000001', 1, 200, 41, E'webhook-id: evt_0190000000007000808100000000001\n', E'Server: nginx\n', 'ok');
        INSERT INTO shapes (connection_id, topic, documents, fields, document, first_at, stored_at) VALUES (1, 'orders/updated', 120, 0, '{}', now(), now());
        INSERT INTO drifts (connection_id, id, topic, path, change, was, came, sentence, state, first_at, last_at, changed_at)
        SELECT 1, 'd' || n, 'orders/updated', '/checkout', 'new', 'nothing', 'text', 'A new field /checkout came.', 'open', now(), now(), now() FROM generate_series(1, 3) n;
        INSERT INTO ledger_days (connection_id, day, from_at, to_at, zone, listed, counted_to, is_whole, read_at, reads)
        VALUES (1, '2026-11-02', '2026-11-02', '2026-11-03', 'UTC', 12, '2026-11-03', true, now(), 2);
        INSERT INTO ledger_sums (connection_id, day, currency, listed) VALUES (1, '2026-11-02', 'EUR', 120.50);
        INSERT INTO shipments (order_id, destination_id, connection_id, remote_id, state, word, said_at, carrier, tracking_number, tracking_url, created_at, updated_at)
        VALUES ('01900000-0000-7000-8000-000000000001', 3, 1, 'S-1', 'in_shipment', 'en ruta', now(), 'Our courier', '1Z999', 'https://courier.example/1Z999', now(), now());
        INSERT INTO alert_routes (id, name, channel, mails, enabled, severity, group_minutes, tells_end, created_at, created_by, changed_at, next_at)
        SELECT ('01900000-0000-7000-8090-' || lpad(n::text, 12, '0'))::uuid, 'Desk ' || n, 'mail', ARRAY['desk@example.com'], true, 'warning', 2, true, now(), 'operator admin', now(), now() + interval '1 day' FROM generate_series(1, 2) n;
        INSERT INTO alert_messages (id, route_id, kind, title, alerts, content, state, attempts, next_at, created_at, done_at)
        VALUES ('01900000-0000-7000-8091-000000000001', '01900000-0000-7000-8090-000000000001', 'test', 'A test', '{}', '[]', 'sent', 1, now(), now(), now());
        INSERT INTO privacy_requests (id, kind, subject, keys, state, orders, because, created_at, created_by, next_at)
        SELECT ('01900000-0000-7000-8100-' || lpad(n::text, 12, '0'))::uuid, CASE WHEN n = 1 THEN 'export' ELSE 'erasure' END, 'a…@example.com', ARRAY['0'], 'found', 1, 'asked by mail', now(), 'operator admin', now() + interval '1 day' FROM generate_series(1, 3) n;
        INSERT INTO privacy_orders (request_id, order_id) VALUES ('01900000-0000-7000-8100-000000000001', '01900000-0000-7000-8000-000000000001');
        UPDATE orders SET state = 'cancelled', cancelled_by = 'operator eva', held = false WHERE id = '01900000-0000-7000-8000-000000000118';
        """;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        await database.DataSource.AskAsync(Rows.Seed.Replace("HASH", AdministratorToken.Hash(Token), StringComparison.Ordinal));
        hub = await HubHost.StartAsync(new HubSettings { Database = database.ConnectionString, DataFolder = folder, Urls = "http://127.0.0.1:0", AdminToken = Token, Roles = "console", PublicAddress = "https://hub.example" },
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["Crossdock:Connections:AllowPrivateAddresses"] = "true", ["Logging:LogLevel:Default"] = "None" });
        Client = new HttpClient { BaseAddress = new Uri(hub.Address), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Token) } };
        var applied = await hub.Application.Services.GetRequiredService<ConfigurationService>().ApplyAsync("""
            connections:
              - { key: courier, name: Our courier, platform: http, settings: { create: { method: POST, url: "http://127.0.0.1:9/api", remoteId: /id } } }
              - { key: acme, name: Acme Outdoor, platform: shopify, approval: manual, settings: { shop: acme.myshopify.com }, secrets: { webhookSecret: the-secret-of-acme-0123456789, accessToken: shpat_0123456789 }, destinations: [courier] }
              - { key: boreal, name: Boreal, platform: shopify, settings: { shop: boreal.myshopify.com }, secrets: { webhookSecret: the-secret-of-boreal-0123456789 }, destinations: [courier] }
              - { key: bazar, name: Bazar, platform: spreadsheet, settings: { currency: EUR }, destinations: [courier] }
            """, "tests", static _ => null);
        Assert.Empty(applied.Errors);
        await database.DataSource.AskAsync(Seed);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await hub!.DisposeAsync();
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
