-- The trunk: connections, what was received, orders, what is to be delivered, and everything that happened.
-- Tables that grow for ever (events, timeline, attempts) are partitioned by their UUIDv7, that is by time: retention is a DROP.

CREATE TABLE connections (
    id              int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key             text NOT NULL UNIQUE CHECK (key ~ '^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$'),
    name            text NOT NULL,
    platform        text NOT NULL,
    enabled         boolean NOT NULL DEFAULT true,
    settings        jsonb NOT NULL DEFAULT '{}',
    secrets         jsonb NOT NULL DEFAULT '{}',       -- name to text protected with the Data Protection keys, which are not in this database
    destinations    text[] NOT NULL DEFAULT '{}',      -- keys, in order
    rules           jsonb NOT NULL DEFAULT '[]',       -- the rules in force
    rules_version   int NOT NULL DEFAULT 0,
    approval        text NOT NULL DEFAULT 'automatic' CHECK (approval IN ('automatic', 'manual')),
    version         bigint NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    deleted_at      timestamptz
);

CREATE TABLE rule_versions (
    connection_id   int NOT NULL REFERENCES connections,
    version         int NOT NULL,
    rules           jsonb NOT NULL,
    applied_at      timestamptz NOT NULL,
    applied_by      text NOT NULL,
    PRIMARY KEY (connection_id, version)
);

-- Any node that changes a connection says so; every node listens on this channel and reads the table again.
CREATE FUNCTION announce_connections() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('crossdock_connections', '');
    RETURN NULL;
END $$;
CREATE TRIGGER connections_changed AFTER INSERT OR UPDATE OR DELETE ON connections
    FOR EACH STATEMENT EXECUTE FUNCTION announce_connections();

-- Received payloads: append-only.
CREATE TABLE events (
    id              uuid NOT NULL,                     -- UUIDv7 of arrival
    connection_id   int NOT NULL,
    topic           text NOT NULL,
    dedupe_key      text NOT NULL,
    order_key       text,
    occurred_at     timestamptz,
    received_at     timestamptz NOT NULL,
    source          text NOT NULL,                     -- webhook, replay, ...; and from where
    headers         text NOT NULL,                     -- one "Name: value" a line, secrets left out
    body            bytea COMPRESSION lz4 NOT NULL,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE TABLE events_default PARTITION OF events DEFAULT;
CREATE INDEX events_by_connection ON events (connection_id, id);
ALTER TABLE events ALTER COLUMN body SET STORAGE MAIN;

-- The first layer of dedupe: one row per event ever accepted, kept longer than payloads. The hash is the first half of SHA-256 of the dedupe key.
CREATE TABLE event_keys (
    connection_id   int NOT NULL,
    key_hash        uuid NOT NULL,
    event_id        uuid NOT NULL,
    PRIMARY KEY (connection_id, key_hash)
);

-- Work waiting: narrow, rows are deleted when done.
CREATE TABLE inbox (
    id              uuid PRIMARY KEY,                  -- the event's id; for a repeat an id of its own
    event_id        uuid NOT NULL,                     -- the payload to work on; for a repeat the first one's
    kind            smallint NOT NULL,                 -- 0 event, 1 repeat, 2 replay
    connection_id   int NOT NULL,
    order_key       text,
    attempts        smallint NOT NULL DEFAULT 0,
    not_before      timestamptz,
    leased_until    timestamptz,                       -- a node has it in memory until then
    leased_by       uuid
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

-- Events that could not be understood or wait for their order.
CREATE TABLE parked_events (
    event_id        uuid PRIMARY KEY,
    connection_id   int NOT NULL,
    order_key       text,
    waits_for_order boolean NOT NULL DEFAULT false,
    reason          text NOT NULL,
    path            text,
    value           text,
    parked_at       timestamptz NOT NULL,
    times           int NOT NULL DEFAULT 1
);
CREATE INDEX parked_by_connection ON parked_events (connection_id, event_id);
CREATE INDEX parked_waiting ON parked_events (connection_id, order_key) WHERE waits_for_order;

CREATE TABLE orders (
    id              uuid PRIMARY KEY,
    connection_id   int NOT NULL REFERENCES connections,
    external_id     text NOT NULL,
    number          text NOT NULL,
    state           text NOT NULL CHECK (state IN ('new', 'awaiting_payment', 'awaiting_approval', 'approved', 'processing', 'in_shipment', 'delivered', 'closed', 'cancelled', 'excluded')),
    state_because   text,
    state_changed_at timestamptz NOT NULL,
    held            boolean NOT NULL DEFAULT false,
    payment_status  text NOT NULL CHECK (payment_status IN ('unknown', 'pending', 'authorized', 'partially_paid', 'paid', 'partially_refunded', 'refunded', 'voided', 'failed', 'cash_on_delivery')),
    fulfilment_status text NOT NULL CHECK (fulfilment_status IN ('unfulfilled', 'partially_fulfilled', 'fulfilled', 'restocked', 'delivered', 'returned', 'on_hold')),
    platform_status text,
    placed_at       timestamptz,
    source_updated_at timestamptz,                     -- the platform's own clock; decides what is newer
    event_id        uuid NOT NULL,                     -- the event the document came from; by arrival where the clock cannot say
    content_hash    uuid NOT NULL,                     -- of the mapped document without its times of change
    currency        text NOT NULL,
    total           numeric NOT NULL,
    customer_name   text,
    customer_email  text,
    ship_country    text,
    ship_region     text,
    rules_version   int NOT NULL,
    version         int NOT NULL DEFAULT 1,
    generation      int NOT NULL DEFAULT 1,            -- of deliveries: rises when what is to be sent changes
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    document        json COMPRESSION lz4 NOT NULL,     -- canonical order after rules
    UNIQUE (connection_id, external_id)
) WITH (fillfactor = 85);
CREATE INDEX orders_by_connection ON orders (connection_id, id);
CREATE INDEX orders_by_state ON orders (state, id);
CREATE INDEX orders_by_number ON orders (number text_pattern_ops);
CREATE INDEX orders_by_email ON orders (lower(customer_email) text_pattern_ops) WHERE customer_email IS NOT NULL;
CREATE INDEX orders_by_customer ON orders (lower(customer_name) text_pattern_ops) WHERE customer_name IS NOT NULL;
CREATE INDEX orders_held ON orders (id) WHERE held;

-- One row per unit of work: everything one transaction had to say about an order, as a JSON list of entries.
CREATE TABLE timeline (
    id              uuid NOT NULL,                     -- UUIDv7 of the moment
    order_id        uuid NOT NULL,
    connection_id   int NOT NULL,
    entries         json NOT NULL,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE TABLE timeline_default PARTITION OF timeline DEFAULT;
CREATE INDEX timeline_by_order ON timeline (order_id, id);

CREATE TABLE deliveries (
    id              uuid PRIMARY KEY,
    order_id        uuid NOT NULL,
    connection_id   int NOT NULL,                      -- the store
    destination_id  int NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('create', 'update', 'cancel')),
    generation      int NOT NULL,
    state           text NOT NULL CHECK (state IN ('waiting', 'delivered', 'held', 'dead', 'dropped', 'superseded')),
    attempts        smallint NOT NULL DEFAULT 0,
    is_unclear      boolean NOT NULL DEFAULT false,    -- a former attempt may have arrived: look up before sending
    next_attempt_at timestamptz NOT NULL,
    leased_until    timestamptz,
    leased_by       uuid,
    remote_id       text,
    last_error      text,
    body_override   text,
    created_at      timestamptz NOT NULL,
    done_at         timestamptz,
    document        json COMPRESSION lz4,              -- what this destination gets, where it is not the whole order
    UNIQUE (order_id, destination_id, kind, generation)
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX deliveries_due ON deliveries (destination_id, next_attempt_at) WHERE state = 'waiting';
CREATE INDEX deliveries_open ON deliveries (state, id) WHERE state IN ('held', 'dead');

-- Every call to a destination with its answer, secrets masked.
CREATE TABLE attempts (
    id              uuid NOT NULL,                     -- UUIDv7 of the start
    delivery_id     uuid NOT NULL,
    order_id        uuid NOT NULL,
    destination_id  int NOT NULL,
    number          smallint NOT NULL,
    purpose         text NOT NULL CHECK (purpose IN ('send', 'find')),
    outcome         text NOT NULL CHECK (outcome IN ('delivered', 'retry_later', 'unclear', 'hold', 'rejected', 'has', 'has_not', 'cannot_say')),
    because         text,
    status          int,
    elapsed_ms      int NOT NULL,
    method          text,
    url             text,
    request_headers text,
    request_body    text COMPRESSION lz4,
    response_headers text,
    response_body   text COMPRESSION lz4,
    error           text,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE TABLE attempts_default PARTITION OF attempts DEFAULT;
CREATE INDEX attempts_by_delivery ON attempts (delivery_id, id);

CREATE TABLE holds (
    id              uuid PRIMARY KEY,
    order_id        uuid NOT NULL REFERENCES orders,
    connection_id   int NOT NULL,
    code            text NOT NULL,                     -- rule, mapping concern, delivery_refused, changed_after_delivery, cancelled_after_delivery, operator, ...
    reason          text NOT NULL,
    delivery_id     uuid,
    opened_at       timestamptz NOT NULL,
    opened_by       text NOT NULL,
    released_at     timestamptz,
    released_by     text,
    released_because text
);
CREATE INDEX holds_open ON holds (id) WHERE released_at IS NULL;
CREATE INDEX holds_by_order ON holds (order_id);
CREATE UNIQUE INDEX holds_once ON holds (order_id, code, reason) WHERE released_at IS NULL;

-- Counts per connection and minute, added up in memory and written every few seconds.
CREATE TABLE statistics (
    connection_id   int NOT NULL,
    minute          timestamptz NOT NULL,
    name            text NOT NULL,                     -- received, repeated, refused, probed, understood, parked, delivered, failed, held, excluded
    count           bigint NOT NULL,
    PRIMARY KEY (connection_id, minute, name)
);
CREATE INDEX statistics_by_minute ON statistics (minute);

-- Privacy requests and other things a platform asked of the store itself.
CREATE TABLE notices (
    id              uuid PRIMARY KEY,
    connection_id   int NOT NULL,
    event_id        uuid NOT NULL,
    topic           text NOT NULL,
    text            text NOT NULL,
    at              timestamptz NOT NULL
);

-- Installation-wide values: the administrator token's hash, the data format.
CREATE TABLE installation (
    name            text PRIMARY KEY,
    value           text NOT NULL,
    set_at          timestamptz NOT NULL
);
