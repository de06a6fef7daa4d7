-- Who changed what, from where. Append-only: nothing in the hub changes or deletes a row.

CREATE TABLE audit (
    id              uuid PRIMARY KEY,                  -- UUIDv7 of the moment
    actor_kind      text NOT NULL CHECK (actor_kind IN ('user', 'token', 'administrator_token', 'hub', 'nobody')),
    actor           text NOT NULL,                     -- the name at that time
    actor_id        uuid,                              -- of the user or token
    address         text,
    action          text NOT NULL,                     -- in one stable word: user_created, order_approved, ...
    subject         text NOT NULL,                     -- what kind of thing: user, token, connection, order, ...
    subject_id      text,
    connection_id   int,                               -- whose, where it belongs to a connection
    before          jsonb,
    after           jsonb,
    because         text
);
CREATE INDEX audit_by_actor ON audit (actor, id);
CREATE INDEX audit_by_subject ON audit (subject, subject_id, id);
