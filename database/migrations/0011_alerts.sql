-- What needs somebody: one open row per kind, connection and subject, however often it is found.
CREATE TABLE alerts (
    id                uuid PRIMARY KEY,
    kind              text NOT NULL,
    connection_id     int REFERENCES connections,        -- null: of the hub as a whole
    subject           text NOT NULL,                     -- what of the connection; '' where the kind says it all
    severity          text NOT NULL CHECK (severity IN ('notice', 'warning', 'critical')),
    sentence          text NOT NULL,
    advice            text,
    count             int NOT NULL DEFAULT 1,            -- how often it was found
    opened_at         timestamptz NOT NULL,
    seen_at           timestamptz NOT NULL,              -- found last
    acknowledged_at   timestamptz,                       -- somebody knows of it
    acknowledged_by   text,
    ended_at          timestamptz,
    ended_because     text
);
CREATE UNIQUE INDEX alerts_once ON alerts (kind, coalesce(connection_id, 0), subject) WHERE ended_at IS NULL;
CREATE INDEX alerts_by_connection ON alerts (connection_id, id);
CREATE INDEX alerts_open ON alerts (id) WHERE ended_at IS NULL;
