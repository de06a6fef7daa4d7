-- What people changed on orders, kept beside the mapped document: laid over it again whenever the platform sends a newer one.

CREATE TABLE order_edits (
    id              uuid PRIMARY KEY,                  -- UUIDv7 of the moment
    order_id        uuid NOT NULL REFERENCES orders,
    connection_id   int NOT NULL,
    save_id         uuid NOT NULL,                     -- what was saved together
    field           text NOT NULL,                     -- shipTo.city, lines.ID.quantity, attributes.NAME
    label           text NOT NULL,                     -- the field as people read it, at that time
    before_value    text,                              -- what the order said before, null for nothing
    value           text,                              -- what it says since
    shop_value      text,                              -- what the shop's document said when this was last settled
    theirs          text,                              -- what the shop says now, while conflict_at is set
    conflict_at     timestamptz,                       -- the shop changed the same field after the person; a person decides
    version         int NOT NULL,                      -- of the order, from which it was changed
    replaces        uuid,                              -- the former change of the same field, which stands again when this one is undone
    because         text,
    edited_by       text NOT NULL,
    edited_at       timestamptz NOT NULL,
    settled_by      text,                              -- who decided the last conflict
    settled_at      timestamptz,
    ended_at        timestamptz,                       -- null while it stands
    ended_by        text,
    ended_because   text CHECK (ended_because IN ('replaced', 'undone', 'theirs'))
);
CREATE INDEX order_edits_by_order ON order_edits (order_id, id);
CREATE UNIQUE INDEX order_edits_standing ON order_edits (order_id, field) WHERE ended_at IS NULL;

-- Whether any stand. Read with the order: orders that nobody changed cost nothing more.
ALTER TABLE orders ADD COLUMN edited boolean NOT NULL DEFAULT false;
