-- A person's data: requests to export or erase it, what was found, and the orders whose data are erased and stay so.

CREATE TABLE privacy_requests (
    id              uuid PRIMARY KEY,
    kind            text NOT NULL CHECK (kind IN ('export', 'erasure')),
    connection_id   int REFERENCES connections,        -- null: all stores
    is_store        boolean NOT NULL DEFAULT false,    -- everybody of that store: it has removed the app
    subject         text NOT NULL,                     -- who is asked about, masked; of an erasure that is done nothing but how many keys it had
    keys            text[] NOT NULL,                   -- SHA-256 of each mail address, telephone number and order number that was asked for
    protected       text,                              -- the same in clear, protected with the Data Protection keys; null once an erasure is done
    topic           text,                              -- of a request of the platform: its topic
    event_id        uuid UNIQUE,                       -- and its event
    state           text NOT NULL CHECK (state IN ('searching', 'found', 'working', 'done', 'withdrawn')),
    is_confirmed    boolean NOT NULL DEFAULT false,    -- of an erasure: it may begin as soon as everything is found
    cursor          uuid,                              -- searching: the last order, then the last event, that was looked at
    looks_at_events boolean NOT NULL DEFAULT false,    -- searching: orders are through
    looked          bigint NOT NULL DEFAULT 0,         -- searching: orders and events looked at
    orders          int NOT NULL DEFAULT 0,            -- found
    events          int NOT NULL DEFAULT 0,            -- found that belong to none of these orders
    under_way       int NOT NULL DEFAULT 0,            -- orders that are not done yet: they are erased when they are
    erased          json,                              -- what was changed: table to number of rows
    because         text,
    error           text,
    created_at      timestamptz NOT NULL,
    created_by      text NOT NULL,
    due_at          timestamptz,                       -- by when the platform wants it done
    confirmed_at    timestamptz,
    confirmed_by    text,
    done_at         timestamptz,
    next_at         timestamptz NOT NULL,
    leased_until    timestamptz,
    leased_by       uuid
);
CREATE INDEX privacy_requests_open ON privacy_requests (next_at) WHERE state IN ('searching', 'working');

CREATE TABLE privacy_orders (
    request_id      uuid NOT NULL REFERENCES privacy_requests ON DELETE CASCADE,
    order_id        uuid NOT NULL,
    done_at         timestamptz,
    PRIMARY KEY (request_id, order_id)
);

CREATE TABLE privacy_events (
    request_id      uuid NOT NULL REFERENCES privacy_requests ON DELETE CASCADE,
    event_id        uuid NOT NULL,
    done_at         timestamptz,
    PRIMARY KEY (request_id, event_id)
);

-- Orders whose data are erased: what a store sends of them again is erased again, also after a backup was restored. No reference to orders: the list outlives them.
CREATE TABLE erased_orders (
    connection_id   int NOT NULL,
    external_id     text NOT NULL,
    request_id      uuid NOT NULL,
    erased_at       timestamptz NOT NULL,
    swept_at        timestamptz NOT NULL,              -- everything that came before is erased
    PRIMARY KEY (connection_id, external_id)
);
CREATE INDEX erased_orders_swept ON erased_orders (swept_at);

ALTER TABLE orders ADD COLUMN erased_at timestamptz;   -- the person's data are taken out; newer documents of the store are stored without them
