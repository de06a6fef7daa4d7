-- Replay under new rules: trials of stored events, what they would change, and what of it was put back to be worked.

CREATE TABLE replays (
    id              uuid PRIMARY KEY,
    from_at         timestamptz NOT NULL,
    to_at           timestamptz NOT NULL,
    connections     int[] NOT NULL,
    versions        bigint[] NOT NULL,                 -- of those connections when it was asked for: a trial sees one configuration
    configurations  text[] NOT NULL,                   -- hash of settings, rules, destinations and approval that are tried; what is applied must still be that
    rules           jsonb,                             -- rules tried before they are in force; null for those in force
    rules_at        timestamptz NOT NULL,
    state           text NOT NULL CHECK (state IN ('running', 'stopped', 'done', 'failed')),
    total           bigint,                            -- events of the window; null until counted
    not_kept        bigint NOT NULL DEFAULT 0,         -- orders whose event is no longer kept
    read            bigint NOT NULL DEFAULT 0,         -- events
    orders          bigint NOT NULL DEFAULT 0,         -- worked in the trial
    different       bigint NOT NULL DEFAULT 0,
    counts          bigint[] NOT NULL DEFAULT '{}',    -- different orders by kind of difference
    place           int NOT NULL DEFAULT 0,            -- the connection under way
    watermark       uuid,                              -- its last event that is done
    worked_ms       bigint NOT NULL DEFAULT 0,
    error           text,
    next_at         timestamptz NOT NULL,
    failures        int NOT NULL DEFAULT 0,
    because         text,
    created_at      timestamptz NOT NULL,
    created_by      text NOT NULL,
    started_at      timestamptz,
    ended_at        timestamptz,
    dropped_at      timestamptz,                       -- its differences were dropped by retention
    leased_until    timestamptz,
    leased_by       uuid
);
CREATE INDEX replays_open ON replays (id) WHERE state = 'running';

-- One row per order that would be different.
CREATE TABLE replay_differences (
    replay_id       uuid NOT NULL REFERENCES replays ON DELETE CASCADE,
    id              uuid NOT NULL,                     -- the order's; of what is no order yet one of its own
    connection_id   int NOT NULL,
    order_id        uuid,
    external_id     text,
    number          text,
    kinds           int NOT NULL,                      -- a bit per kind of difference
    state_before    text,
    state_after     text,
    version         int NOT NULL,                      -- of the order in the trial; 0 where there was none
    base_event      uuid,                              -- the event that it stood on
    events          uuid[] NOT NULL,                   -- what is worked again when it is applied; empty where nothing can be
    creates         int NOT NULL DEFAULT 0,            -- deliveries that would be planned
    updates         int NOT NULL DEFAULT 0,
    cancels         int NOT NULL DEFAULT 0,
    told            json COMPRESSION lz4 NOT NULL,     -- before and after, cut
    applied         text CHECK (applied IN ('put_back', 'skipped')),
    applied_because text,
    PRIMARY KEY (replay_id, id)
);

-- What was chosen of a trial to be put back.
CREATE TABLE replay_applications (
    id              uuid PRIMARY KEY,
    replay_id       uuid NOT NULL REFERENCES replays ON DELETE CASCADE,
    kinds           int NOT NULL,                      -- 0 for all
    orders          uuid[],                            -- null for all of these kinds
    include_shipped boolean NOT NULL,
    because         text,
    state           text NOT NULL CHECK (state IN ('running', 'stopped', 'done', 'failed')),
    total           bigint NOT NULL,
    put_back        bigint NOT NULL DEFAULT 0,
    skipped         bigint NOT NULL DEFAULT 0,
    watermark       uuid,
    error           text,
    created_at      timestamptz NOT NULL,
    created_by      text NOT NULL,
    ended_at        timestamptz
);
CREATE INDEX replay_applications_by_replay ON replay_applications (replay_id, id);
CREATE INDEX replay_applications_open ON replay_applications (replay_id) WHERE state = 'running';

-- What people did with a stored event, also where no order is there to tell of it.
CREATE TABLE event_actions (
    id              uuid PRIMARY KEY,
    event_id        uuid NOT NULL,
    at              timestamptz NOT NULL,
    actor           text NOT NULL,
    text            text NOT NULL,
    because         text
);
CREATE INDEX event_actions_by_event ON event_actions (event_id, id);
