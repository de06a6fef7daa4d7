-- Webhook subscriptions as they were found at the platform. One row per connection whose webhooks the hub looks after; only the node that holds the lease checks.
CREATE TABLE subscription_checks (
    connection_id       int PRIMARY KEY REFERENCES connections,
    next_at             timestamptz NOT NULL,
    version             bigint NOT NULL DEFAULT 0,         -- the connection's version at the last check: a newer one is checked at once
    failures            int NOT NULL DEFAULT 0,            -- in a row
    address             text,                              -- the capture address that may be registered at the platform; null when nothing of ours is there
    removed_at          timestamptz,                       -- taken away by us, because the connection was disabled or deleted
    checked_at          timestamptz,
    good_at             timestamptz,                       -- when a check last ended with all of them there and on
    topics              jsonb NOT NULL DEFAULT '[]',       -- as the last check found them
    problem             text,                              -- in the platform's own words; null while all is well
    problem_since       timestamptz,
    needs_person        boolean NOT NULL DEFAULT false,
    lost                text,                              -- what was last found missing or off
    lost_from           timestamptz,                       -- since when it may have been
    lost_found_at       timestamptz,
    lost_over_at        timestamptz,                       -- all there and on again; null while it lasts
    gap_from            timestamptz,                       -- orders since then are to be read once all are on; written before anything is put back
    caught_up_at        timestamptz,                       -- when that was done for the last gap; null while it is not
    caught_up_read      bigint,                            -- orders that the shop listed
    caught_up_missing   bigint,                            -- of these, orders that the hub had not heard of
    leased_until        timestamptz,
    leased_by           uuid
);

-- What happened to a connection itself, for whoever asks why; small, and kept for about a year.
CREATE TABLE connection_history (
    connection_id       int NOT NULL REFERENCES connections,
    id                  uuid NOT NULL,                     -- UUIDv7 of the moment
    what                text NOT NULL,                     -- in one stable word: webhooks_registered, webhooks_lost, ...
    sentence            text NOT NULL,
    PRIMARY KEY (connection_id, id)
);

-- Reading once what changed while webhooks were missing.
ALTER TABLE reading_states DROP CONSTRAINT reading_states_activity_check;
ALTER TABLE reading_states ADD CONSTRAINT reading_states_activity_check CHECK (activity IN ('poll', 'feed', 'fetch', 'catch_up'));
ALTER TABLE reading_states ADD COLUMN until_at timestamptz;                     -- of an activity that is done once: everything up to here has to be read
ALTER TABLE reading_states ADD COLUMN ended_at timestamptz;                     -- likewise: done
ALTER TABLE reading_states ADD COLUMN read bigint NOT NULL DEFAULT 0;           -- likewise: orders listed
ALTER TABLE reading_states ADD COLUMN missing bigint NOT NULL DEFAULT 0;        -- likewise: of these, orders that the hub had not heard of
