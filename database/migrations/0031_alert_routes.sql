-- Where alerts are told: by mail, webhook or chat; what was told of which alert; and what the watch knows.

CREATE TABLE alert_routes (
    id              uuid PRIMARY KEY,
    name            text NOT NULL,
    channel         text NOT NULL CHECK (channel IN ('mail', 'webhook', 'slack', 'teams')),
    mails           text[] NOT NULL DEFAULT '{}',      -- of mail: the addresses
    host            text,                              -- of the others: the host alone, for people
    protected       text,                              -- of the others: address and signing secret, protected with the Data Protection keys, which are not in this database
    enabled         boolean NOT NULL DEFAULT true,
    severity        text NOT NULL CHECK (severity IN ('notice', 'warning', 'critical')),      -- this or graver
    kinds           text[],                            -- null: all
    connections     int[],                             -- null: all, and what is of the hub as a whole
    group_minutes   int NOT NULL CHECK (group_minutes BETWEEN 0 AND 1440),
    repeat_hours    int CHECK (repeat_hours BETWEEN 1 AND 720),                               -- null: never again
    tells_end       boolean NOT NULL,
    quiet_from      time,                              -- both or neither; past midnight where from is later than to
    quiet_to        time,
    quiet_zone      text,                              -- a name of the time zone database
    created_at      timestamptz NOT NULL,
    created_by      text NOT NULL,
    changed_at      timestamptz NOT NULL,
    next_at         timestamptz NOT NULL,              -- when a node looks at it next
    leased_until    timestamptz,
    leased_by       uuid,
    sent_at         timestamptz,                       -- when a message last got through
    failures        int NOT NULL DEFAULT 0,            -- in a row
    problem         text,
    problem_since   timestamptz,
    CHECK ((quiet_from IS NULL) = (quiet_to IS NULL) AND (quiet_from IS NULL) = (quiet_zone IS NULL))
);

-- What a route has said of an alert. Without a row it does not know of it yet.
CREATE TABLE alert_told (
    route_id        uuid NOT NULL REFERENCES alert_routes ON DELETE CASCADE,
    alert_id        uuid NOT NULL REFERENCES alerts ON DELETE CASCADE,
    severity        text NOT NULL,                     -- as it was then: graver is told again
    is_waiting      boolean NOT NULL,                  -- for the end of the quiet hours; nothing was said yet
    told_at         timestamptz NOT NULL,
    PRIMARY KEY (route_id, alert_id)
);
CREATE INDEX alert_told_by_alert ON alert_told (alert_id);

-- What is to be sent, and was: written with what it tells, so that it is sent by one node and is not lost.
CREATE TABLE alert_messages (
    id              uuid PRIMARY KEY,                  -- also the webhook's id
    route_id        uuid NOT NULL REFERENCES alert_routes ON DELETE CASCADE,
    kind            text NOT NULL CHECK (kind IN ('opened', 'ended', 'reminder', 'summary', 'test')),
    title           text NOT NULL,
    alerts          uuid[] NOT NULL,
    content         json NOT NULL,                     -- the alerts as they were told
    state           text NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    attempts        int NOT NULL DEFAULT 0,
    next_at         timestamptz NOT NULL,
    error           text,
    created_at      timestamptz NOT NULL,
    done_at         timestamptz
);
CREATE INDEX alert_messages_by_route ON alert_messages (route_id, id);
CREATE INDEX alert_messages_waiting ON alert_messages (route_id, next_at) WHERE state = 'waiting';

-- When the hub's own state is looked at next; one row.
CREATE TABLE alert_watch (
    id              smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    next_at         timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO alert_watch DEFAULT VALUES;

-- Certificates of those the hub talks to, as it last met them.
CREATE TABLE certificates (
    host            text PRIMARY KEY,
    not_after       timestamptz NOT NULL,
    seen_at         timestamptz NOT NULL,              -- to the day
    node            text NOT NULL
);
