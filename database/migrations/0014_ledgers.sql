-- Reconciliation: for each store and day what the store lists, in three figures; what differs from what is here, row by row.

-- Every activity that looks again and again keeps its place here; the code knows their names.
ALTER TABLE reading_states DROP CONSTRAINT IF EXISTS reading_states_activity_check;
ALTER TABLE reading_states ADD CONSTRAINT reading_states_activity_check CHECK (activity ~ '^[a-z_]{1,40}$');

ALTER TABLE connections ADD COLUMN time_zone text;         -- the store's own, by its name in the tz database; null for the installation's

CREATE TABLE ledger_days (
    connection_id   int NOT NULL REFERENCES connections,
    day             date NOT NULL,                     -- of the store's calendar
    from_at         timestamptz NOT NULL,              -- 23, 24 or 25 hours; less on the day the connection was made
    to_at           timestamptz NOT NULL,
    zone            text NOT NULL,
    listed          bigint NOT NULL DEFAULT 0,         -- orders the store lists
    hash            bigint NOT NULL DEFAULT 0,         -- of their ids, seconds of change and totals, in no order
    counted_to      timestamptz NOT NULL,              -- up to where they were counted
    is_whole        boolean NOT NULL DEFAULT false,    -- read as a whole after it had ended
    read_at         timestamptz,                       -- when it was last read as a whole, or as far as it had come
    reads           int NOT NULL DEFAULT 0,
    next_read_at    timestamptz,                       -- null: not again by itself
    asked_by        text,                              -- the person who asked for the next reading
    PRIMARY KEY (connection_id, day)
);
CREATE INDEX ledger_days_due ON ledger_days (connection_id, next_read_at) WHERE next_read_at IS NOT NULL;
CREATE INDEX ledger_days_by_day ON ledger_days (day);

CREATE TABLE ledger_sums (
    connection_id   int NOT NULL,
    day             date NOT NULL,
    currency        text NOT NULL,
    listed          numeric NOT NULL,                  -- sum of the totals the store lists
    PRIMARY KEY (connection_id, day, currency)
);

-- A reading under way: where it is, and what it has counted so far.
CREATE TABLE ledger_passes (
    connection_id   int NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('rolling', 'day')),
    day             date,
    from_at         timestamptz NOT NULL,              -- rolling: the window; day: the day
    to_at           timestamptz NOT NULL,
    until_at        timestamptz NOT NULL,              -- rolling: end of what is listed; day: up to here everything is counted
    step_seconds    int NOT NULL,                      -- day: length of its windows
    cursor          text,
    figures         text NOT NULL,
    seen            bytea NOT NULL,                    -- of the window under way: eight bytes an order, so that one on two pages is counted once
    requests        int NOT NULL,
    started_at      timestamptz NOT NULL,
    PRIMARY KEY (connection_id, kind)
);

CREATE TABLE ledger_differences (
    connection_id   int NOT NULL,
    external_id     text NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('missing', 'older', 'other_total', 'other_state', 'not_listed')),
    state           text NOT NULL CHECK (state IN ('open', 'waiting', 'parked', 'healed', 'explained')),
    was_gap         boolean NOT NULL,                  -- open at some time: nothing had brought it
    day             date,
    counted         boolean NOT NULL,                  -- it is in its day's figures
    listed_hash     bigint NOT NULL,
    here_hash       bigint,                            -- null: not here
    placed_at       timestamptz,
    listed_updated_at timestamptz,
    listed_total    numeric,
    listed_currency text,
    listed_status   text,
    here_updated_at timestamptz,
    here_total      numeric,
    here_currency   text,
    here_status     text,
    found_at        timestamptz NOT NULL,
    seen_at         timestamptz NOT NULL,              -- when a reading last met it
    check_at        timestamptz,                       -- when it is looked at again; null: not by itself
    closed_at       timestamptz,
    attempts        int NOT NULL DEFAULT 0,
    last_error      text,
    outcome         text,                              -- how it ended or what it waits for, in one sentence
    event_id        uuid,                              -- parked: the event
    PRIMARY KEY (connection_id, external_id)
);
CREATE INDEX ledger_differences_due ON ledger_differences (connection_id, check_at) WHERE check_at IS NOT NULL;
CREATE INDEX ledger_differences_by_day ON ledger_differences (connection_id, day);
CREATE INDEX ledger_differences_found ON ledger_differences (connection_id, found_at);
