-- What people keep of the list of orders, and what they do to many orders at once.

CREATE TABLE order_views (
    id              uuid PRIMARY KEY,
    owner           text NOT NULL,                     -- user:ID, token:ID or administrator
    owner_name      text NOT NULL,
    name            text NOT NULL,
    is_shared       boolean NOT NULL,                  -- everybody sees it, and in it only what they may see
    filter          text NOT NULL,                     -- as the list's address has it, order included: state=approved&sort=-total
    columns         text[] NOT NULL DEFAULT '{}',      -- empty: those that the reader has chosen
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL
);
CREATE UNIQUE INDEX order_views_once ON order_views (owner, lower(name));
CREATE INDEX order_views_shared ON order_views (lower(name)) WHERE is_shared;

CREATE TABLE order_columns (
    owner           text PRIMARY KEY,
    columns         text[] NOT NULL,
    updated_at      timestamptz NOT NULL
);

CREATE TABLE bulk_actions (
    id              uuid PRIMARY KEY,
    action          text NOT NULL CHECK (action IN ('approve', 'hold', 'release', 'cancel', 'resend')),
    filter          text,                              -- as it was asked; null for chosen orders
    because         text,
    state           text NOT NULL CHECK (state IN ('running', 'stopped', 'done', 'failed')),
    total           int NOT NULL,
    done            int NOT NULL DEFAULT 0,
    refused         int NOT NULL DEFAULT 0,
    place           int NOT NULL DEFAULT 0,            -- orders before this one are dealt with
    error           text,
    actor           text NOT NULL,                     -- as timelines name it
    caller_kind     text NOT NULL,
    caller_name     text NOT NULL,
    caller_id       uuid,
    caller_address  text,
    connections     int[],                             -- what the caller may see; null for all
    created_at      timestamptz NOT NULL,
    ended_at        timestamptz,
    leased_until    timestamptz,
    leased_by       uuid
);
CREATE INDEX bulk_actions_running ON bulk_actions (id) WHERE state = 'running';

CREATE TABLE bulk_action_orders (
    bulk_id         uuid NOT NULL REFERENCES bulk_actions ON DELETE CASCADE,
    place           int NOT NULL,
    order_id        uuid NOT NULL,
    begun           boolean NOT NULL DEFAULT false,    -- a node has set about it: what it finds done afterwards, it has done itself
    outcome         text CHECK (outcome IN ('done', 'refused')),
    because         text,
    PRIMARY KEY (bulk_id, place)
);
