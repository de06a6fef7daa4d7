-- How a connection is polled, and access tokens that run out, one row each for all nodes: whoever renews one holds its row.
ALTER TABLE connections ADD COLUMN polling jsonb NOT NULL DEFAULT '"auto"';

CREATE TABLE connection_tokens (
    connection_id   int NOT NULL REFERENCES connections,
    name            text NOT NULL,                     -- access, ...
    protected       text,                              -- access and refresh token, protected with the Data Protection keys, which are not in this database
    expires_at      timestamptz,
    obtained_at     timestamptz,
    refused         boolean NOT NULL DEFAULT false,    -- the platform refused it before its time
    PRIMARY KEY (connection_id, name)
);
