-- What each store's documents look like, and what changed in them.

-- One row per connection and topic: places, kinds, words and how often, of all nodes together. A node adds what it saw under this row's lock.
CREATE TABLE shapes (
    connection_id   int NOT NULL REFERENCES connections,
    topic           text NOT NULL,
    documents       bigint NOT NULL DEFAULT 0,
    fields          int NOT NULL DEFAULT 0,
    document        json COMPRESSION lz4 NOT NULL DEFAULT '{}',
    first_at        timestamptz NOT NULL,
    stored_at       timestamptz NOT NULL,
    PRIMARY KEY (connection_id, topic)
);

-- What changed. The id says which change of which place: the same on every node, and found again it is the same row.
CREATE TABLE drifts (
    connection_id   int NOT NULL REFERENCES connections,
    id              text NOT NULL,
    topic           text NOT NULL,
    path            text NOT NULL,                     -- '' for the document as a whole; '=...' for what the mapping made of it
    change          text NOT NULL CHECK (change IN ('new', 'missing', 'type', 'value', 'order', 'crowded')),
    meaning         text CHECK (meaning IN ('amount', 'currency', 'address', 'lines')),     -- what would be wrong; null where no order is held for it
    was             text NOT NULL,
    came            text NOT NULL,
    example         text,                              -- masked
    sentence        text NOT NULL,                     -- also the reason of the holds
    state           text NOT NULL CHECK (state IN ('open', 'accepted', 'ignored', 'replayed', 'over')),
    seen            bigint NOT NULL DEFAULT 1,         -- documents, of what holds
    event_id        uuid,                              -- the first
    first_at        timestamptz NOT NULL,
    last_at         timestamptz NOT NULL,
    changed_at      timestamptz NOT NULL,              -- of the state
    changed_by      text,
    changed_because text,
    told_at         timestamptz,                       -- the alert was raised
    PRIMARY KEY (connection_id, id)
);
CREATE INDEX drifts_changed ON drifts (changed_at);
CREATE INDEX drifts_untold ON drifts (first_at) WHERE told_at IS NULL;

-- Which events, and so which orders, a change that holds has met; deleted once they are released.
CREATE TABLE drift_events (
    connection_id   int NOT NULL,
    drift_id        text NOT NULL,
    event_id        uuid NOT NULL,
    external_id     text NOT NULL,
    PRIMARY KEY (connection_id, drift_id, event_id),
    FOREIGN KEY (connection_id, drift_id) REFERENCES drifts
);
