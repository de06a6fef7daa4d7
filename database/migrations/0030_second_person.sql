-- Two people for an order: the setting of a store, and who approved first.

ALTER TABLE connections DROP CONSTRAINT connections_approval_check;
ALTER TABLE connections ADD CONSTRAINT connections_approval_check CHECK (approval ~ '^(automatic|manual|four_eyes( above [0-9]+(\.[0-9]+)?)?)$');

-- A first approval counts for what was seen: it is over when the shop's document or what people changed is another one.
CREATE TABLE order_approvals (
    id              uuid PRIMARY KEY,                  -- UUIDv7 of the moment
    order_id        uuid NOT NULL REFERENCES orders,
    connection_id   int NOT NULL,
    content_hash    uuid NOT NULL,
    approved_by     text NOT NULL,
    approved_at     timestamptz NOT NULL,
    because         text,
    ended_at        timestamptz                        -- used by the second approval, or void
);
CREATE INDEX order_approvals_open ON order_approvals (order_id) WHERE ended_at IS NULL;
