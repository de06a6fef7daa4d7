-- Files that people upload, and how far their import is.
CREATE TABLE file_imports (
    id              uuid PRIMARY KEY,
    connection_id   int NOT NULL,
    file_name       text NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('csv', 'xlsx')),
    bytes           bigint NOT NULL,
    state           text NOT NULL CHECK (state IN ('checking', 'checked', 'importing', 'stopped', 'done', 'failed', 'discarded')),
    good_rows_only  boolean NOT NULL DEFAULT false,
    -- What the check found; null until then.
    rows            int,
    orders          int,
    good            int,                               -- orders without an error
    bad             int,                               -- orders with one
    bad_rows        int,
    new             int,                               -- of the good ones: not known yet
    updates         int,                               -- known with other content
    duplicates      int,                               -- known with the same content
    errors          int,
    preview         json,
    checked_version bigint,                            -- the connection's version that it was checked with
    -- How far the import is: everything up to this row is committed.
    done_row        int NOT NULL DEFAULT 0,
    done_orders     int NOT NULL DEFAULT 0,
    imported        int NOT NULL DEFAULT 0,
    skipped         int NOT NULL DEFAULT 0,            -- duplicates
    left_out        int NOT NULL DEFAULT 0,            -- with errors
    worked_ms       bigint NOT NULL DEFAULT 0,
    error           text,
    next_at         timestamptz NOT NULL,
    created_at      timestamptz NOT NULL,
    created_by      text NOT NULL,
    started_at      timestamptz,
    started_by      text,
    ended_at        timestamptz,
    file_dropped_at timestamptz,
    leased_until    timestamptz,
    leased_by       uuid
);
CREATE INDEX file_imports_by_connection ON file_imports (connection_id, id);
CREATE INDEX file_imports_open ON file_imports (id) WHERE state IN ('checking', 'importing');

-- The file itself in pieces, so that any node can work on it; dropped by retention.
CREATE TABLE file_chunks (
    import_id       uuid NOT NULL REFERENCES file_imports,
    number          int NOT NULL,
    body            bytea NOT NULL,
    PRIMARY KEY (import_id, number)
);
ALTER TABLE file_chunks ALTER COLUMN body SET STORAGE EXTERNAL;
