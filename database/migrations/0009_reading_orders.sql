-- Reading: where polling and feeds stand, orders to be fetched, and backfills.

-- One row per connection and activity: poll, feed, fetch. Only the node that holds the lease works on it.
CREATE TABLE reading_states (
    connection_id   int NOT NULL REFERENCES connections,
    activity        text NOT NULL CHECK (activity IN ('poll', 'feed', 'fetch')),
    watermark       timestamptz,                       -- polling: everything up to here is safely stored
    window_from     timestamptz,                       -- polling: the window under way
    window_to       timestamptz,
    cursor          text,                              -- of the next page of that window
    next_at         timestamptz NOT NULL,
    failures        int NOT NULL DEFAULT 0,            -- in a row
    problem         text,                              -- in the platform's own words; null while all is well
    problem_since   timestamptz,
    needs_person    boolean NOT NULL DEFAULT false,
    notice          text,                              -- something a person should know that is no fault
    notice_at       timestamptz,
    succeeded_at    timestamptz,
    version         bigint NOT NULL DEFAULT 0,         -- the connection's version when it failed: a newer one is tried at once
    leased_until    timestamptz,
    leased_by       uuid,
    PRIMARY KEY (connection_id, activity)
);

-- Orders of which only the id is known: one row each, however often it was announced.
CREATE TABLE fetches (
    connection_id   int NOT NULL REFERENCES connections,
    external_id     text NOT NULL,
    event_id        uuid,                              -- the last announcement; parked with the reason when there is no such order
    what            text NOT NULL,                     -- what was announced, in words
    version         int NOT NULL DEFAULT 1,            -- rises with every announcement: one that comes while the order is fetched has it fetched again
    attempts        int NOT NULL DEFAULT 0,
    not_found       int NOT NULL DEFAULT 0,            -- how often the platform said that there is none
    asked_at        timestamptz NOT NULL,
    not_before      timestamptz NOT NULL,
    last_error      text,
    leased_until    timestamptz,
    leased_by       uuid,
    PRIMARY KEY (connection_id, external_id)
);
CREATE INDEX fetches_due ON fetches (connection_id, not_before);

CREATE TABLE backfills (
    id              uuid PRIMARY KEY,
    connection_id   int NOT NULL REFERENCES connections,
    from_at         timestamptz NOT NULL,
    to_at           timestamptz NOT NULL,
    deliver         boolean NOT NULL,
    state           text NOT NULL CHECK (state IN ('running', 'paused', 'stopped', 'done', 'failed')),
    total           bigint,                            -- by the platform's word
    read            bigint NOT NULL DEFAULT 0,
    new             bigint NOT NULL DEFAULT 0,         -- stored for the first time
    known           bigint NOT NULL DEFAULT 0,
    left_out        bigint NOT NULL DEFAULT 0,         -- placed so lately that live traffic brings them
    windows         int,                               -- null until the range was cut
    windows_done    int NOT NULL DEFAULT 0,
    worked_ms       bigint NOT NULL DEFAULT 0,
    error           text,                              -- in the platform's own words
    next_at         timestamptz NOT NULL,
    failures        int NOT NULL DEFAULT 0,
    version         bigint NOT NULL DEFAULT 0,         -- the connection's version when it was paused: a newer one is tried at once
    created_at      timestamptz NOT NULL,
    created_by      text NOT NULL,
    started_at      timestamptz,
    ended_at        timestamptz,
    leased_until    timestamptz,
    leased_by       uuid
);
CREATE INDEX backfills_open ON backfills (id) WHERE state IN ('running', 'paused');
CREATE INDEX backfills_by_connection ON backfills (connection_id, id);

-- The range cut into pieces, each with its own cursor, so that several can be read at once and a crash repeats no more than a page of each.
CREATE TABLE backfill_windows (
    backfill_id     uuid NOT NULL REFERENCES backfills ON DELETE CASCADE,
    number          int NOT NULL,
    from_at         timestamptz NOT NULL,
    to_at           timestamptz NOT NULL,
    cursor          text,
    done            boolean NOT NULL DEFAULT false,
    PRIMARY KEY (backfill_id, number)
);

-- Read as history: shown, and never delivered by itself, until a person says so.
ALTER TABLE orders ADD COLUMN is_history boolean NOT NULL DEFAULT false;
CREATE INDEX orders_history ON orders (connection_id, id) WHERE is_history;
