namespace Crossdock.Tests.Api;

/// <summary>What the tests of the API find in the database: 120 orders of two stores, every fifth awaiting approval, one destination.</summary>
internal static class Rows
{
    public const int Orders = 120;

    /// <summary>The id of order number n; ids rise with n.</summary>
    public static Guid Order(int n) => new($"01900000-0000-7000-8000-{n:d12}");

    public static Guid Event(int n) => new($"01900000-0000-7000-8001-{n:d12}");

    public static Guid Delivery(int n) => new($"01900000-0000-7000-8002-{n:d12}");

    public static Guid Hold(int n) => new($"01900000-0000-7000-8003-{n:d12}");

    public const string Seed = """
        INSERT INTO installation (name, value, set_at) VALUES ('admin_token_hash', 'HASH', now());
        INSERT INTO connections (key, name, platform, created_at, updated_at)
        VALUES ('acme', 'Acme Outdoor', 'shopify', now(), now()), ('boreal', 'Boreal', 'woocommerce', now(), now()), ('courier', 'Our courier', 'http', now(), now());
        INSERT INTO events (id, connection_id, topic, dedupe_key, order_key, received_at, source, headers, body)
        SELECT ('01900000-0000-7000-8001-' || lpad(n::text, 12, '0'))::uuid, 1 + n % 2, 'orders/create', 'k' || n, 'ext-' || n, now(), 'webhook', 'X-Topic: orders/create', convert_to('{"id":' || n || '}', 'UTF8')
        FROM generate_series(1, 120) n;
        INSERT INTO orders (id, connection_id, external_id, number, state, state_changed_at, held, payment_status, fulfilment_status, event_id, content_hash, currency, total, customer_name, customer_email,
            rules_version, created_at, updated_at, document)
        SELECT ('01900000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 1 + n % 2, 'ext-' || n, '#' || (1000 + n), CASE WHEN n % 5 = 0 THEN 'awaiting_approval' ELSE 'approved' END, now(), n % 10 = 1,
            'paid', 'unfulfilled', ('01900000-0000-7000-8001-' || lpad(n::text, 12, '0'))::uuid, gen_random_uuid(), 'EUR', n + 0.90, 'Buyer ' || n, 'Buyer' || n || '@Example.com', 0, now(), now(),
            json_build_object('externalId', 'ext-' || n, 'number', '#' || (1000 + n), 'currency', 'EUR', 'totals', json_build_object('total', json_build_object('amount', '1.90', 'currency', 'EUR')))
        FROM generate_series(1, 120) n;
        INSERT INTO timeline (id, order_id, connection_id, entries)
        SELECT gen_random_uuid(), id, connection_id, json_build_array(json_build_object('at', '2026-03-01T00:00:00Z', 'kind', 'received', 'actor', 'store acme', 'text', 'Received.', 'ref', event_id)) FROM orders;
        INSERT INTO deliveries (id, order_id, connection_id, destination_id, kind, generation, state, next_attempt_at, created_at)
        SELECT ('01900000-0000-7000-8002-' || lpad(n::text, 12, '0'))::uuid, ('01900000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 1 + n % 2, 3, 'create', 1,
            (ARRAY['delivered', 'dead', 'waiting'])[1 + n % 3], now(), now()
        FROM generate_series(1, 60) n;
        INSERT INTO attempts (id, delivery_id, order_id, destination_id, number, purpose, outcome, status, elapsed_ms)
        SELECT '01900000-0000-7000-8004-000000000001', '01900000-0000-7000-8002-000000000001', '01900000-0000-7000-8000-000000000001', 3, 1, 'send', 'delivered', 201, 12;
        INSERT INTO holds (id, order_id, connection_id, code, reason, opened_at, opened_by)
        SELECT ('01900000-0000-7000-8003-' || lpad(n::text, 12, '0'))::uuid, ('01900000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 1 + n % 2, 'rule', 'look at it', now(), 'crossdock'
        FROM generate_series(1, 120, 10) n;
        INSERT INTO parked_events (event_id, connection_id, order_key, reason, parked_at)
        SELECT ('01900000-0000-7000-8001-' || lpad(n::text, 12, '0'))::uuid, 1 + n % 2, 'ext-' || n, 'no total', now() FROM generate_series(101, 110) n;
        INSERT INTO statistics (connection_id, minute, name, count) VALUES (1, date_trunc('minute', now()), 'received', 7), (1, date_trunc('minute', now()), 'orders', 5);
        """;
}
