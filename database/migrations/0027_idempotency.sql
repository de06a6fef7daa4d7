-- What programs sent with an Idempotency-Key, and how it was answered: the same key gives the same answer for a day.

CREATE TABLE idempotent_requests (
    principal       text NOT NULL,                     -- whose key: token:ID, user:ID, administrator_token
    key             text NOT NULL,
    request         text NOT NULL,                     -- hash of method, address and body, protected with the Data Protection keys, which are not in this database
    started_at      timestamptz NOT NULL,
    outcome         text CHECK (outcome IN ('answered', 'unclear')),     -- null: under way, or its node died
    answer          text COMPRESSION lz4,              -- status, headers and body, protected likewise: an answer may carry a token that is shown once
    PRIMARY KEY (principal, key)
);
CREATE INDEX idempotent_requests_by_time ON idempotent_requests (started_at);
