-- Webhooks of the user's own systems: addresses that are told what happens to orders, deliveries and connections.

CREATE TABLE webhooks (
    id              uuid PRIMARY KEY,
    name            text NOT NULL,
    url             text NOT NULL,
    types           text[] NOT NULL,                   -- of events; empty: all
    connections     int[],                             -- null: all; otherwise only what belongs to these
    secret          text NOT NULL,                     -- protected with the Data Protection keys, which are not in this database
    former_secret   text,                              -- signs as well until then, after the secret was changed
    former_until    timestamptz,
    enabled         boolean NOT NULL DEFAULT true,
    disabled_because text,
    enabled_at      timestamptz NOT NULL,              -- told from here on
    failing_since   timestamptz,                       -- since when nothing was taken; null when the last call was
    delivered_at    timestamptz,
    version         bigint NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL,
    created_by      text NOT NULL,
    updated_at      timestamptz NOT NULL
);

-- What happened, as it is told: written where some webhook wants it. The id is made of what it was made of, so that it is made once.
CREATE TABLE webhook_events (
    id              uuid PRIMARY KEY,                  -- begins with the time of what happened
    type            text NOT NULL,
    connection_id   int,
    body            text COMPRESSION lz4 NOT NULL
);

CREATE TABLE webhook_messages (
    webhook_id      uuid NOT NULL REFERENCES webhooks ON DELETE CASCADE,
    event_id        uuid NOT NULL REFERENCES webhook_events ON DELETE CASCADE,
    state           text NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
    attempts        smallint NOT NULL DEFAULT 0,       -- since it was last asked for
    next_attempt_at timestamptz NOT NULL,
    leased_until    timestamptz,
    leased_by       uuid,
    last_status     int,
    last_error      text,
    done_at         timestamptz,
    PRIMARY KEY (webhook_id, event_id)                 -- each event once
);
CREATE INDEX webhook_messages_due ON webhook_messages (webhook_id, next_attempt_at) WHERE state = 'waiting';
CREATE INDEX webhook_messages_by_event ON webhook_messages (event_id);

CREATE TABLE webhook_attempts (
    id              uuid PRIMARY KEY,                  -- UUIDv7 of the start
    webhook_id      uuid NOT NULL REFERENCES webhooks ON DELETE CASCADE,
    event_id        uuid NOT NULL,
    number          smallint NOT NULL,
    status          int,
    elapsed_ms      int NOT NULL,
    request_headers text NOT NULL,                     -- without the signature
    response_headers text,
    response_body   text COMPRESSION lz4,
    error           text
);
CREATE INDEX webhook_attempts_by_message ON webhook_attempts (webhook_id, event_id, id);

-- How far the timelines were read. soon: read at once; safe: read again once nothing older can still be committed.
CREATE TABLE webhook_progress (
    one             boolean PRIMARY KEY DEFAULT true CHECK (one),
    soon            uuid NOT NULL,
    safe            uuid NOT NULL,
    alerts_from     timestamptz NOT NULL,
    pruned_at       timestamptz
);
INSERT INTO webhook_progress (soon, safe, alerts_from)
SELECT at.id, at.id, now() FROM (SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid AS id) at;
