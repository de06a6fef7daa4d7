-- People who sign in, their sessions, and the tokens of programs.

CREATE TABLE users (
    id              uuid PRIMARY KEY,
    name            text NOT NULL,
    normal_name     text NOT NULL UNIQUE,              -- upper case: names differ by more than that
    mail            text,
    normal_mail     text UNIQUE,
    password_hash   text,                              -- null until an invited person has chosen one
    role            text NOT NULL CHECK (role IN ('viewer', 'analyst', 'operator', 'administrator')),
    connections     int[],                             -- null: all; otherwise only what belongs to these stores
    stamp           text NOT NULL,                     -- changes with password, role, limits and second factor: sessions begun before it end
    is_disabled     boolean NOT NULL DEFAULT false,
    failures        int NOT NULL DEFAULT 0,            -- wrong passwords since the last right one
    locked_until    timestamptz,
    has_second_factor boolean NOT NULL DEFAULT false,
    authenticator_key text,                            -- protected with the Data Protection keys, which are not in this database
    recovery_codes  text[] NOT NULL DEFAULT '{}',      -- SHA-256, each works once
    used_step       bigint NOT NULL DEFAULT 0,         -- the last half minute whose code was taken: it is not taken twice
    version         bigint NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL,
    created_by      text NOT NULL,
    signed_in_at    timestamptz,
    CHECK (role <> 'administrator' OR connections IS NULL)
);

CREATE TABLE sessions (
    id              uuid PRIMARY KEY,                  -- UUIDv7 of the sign-in
    key_hash        text NOT NULL UNIQUE,              -- SHA-256 of the cookie's value, which is stored nowhere
    user_id         uuid REFERENCES users ON DELETE CASCADE,     -- null: signed in with the administrator's token
    stamp           text NOT NULL,                     -- the user's, or the hash of the token, at the sign-in
    address         text,
    agent           text,
    seen_at         timestamptz NOT NULL,              -- to the minute
    expires_at      timestamptz NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_expired ON sessions (expires_at);

CREATE TABLE api_tokens (
    id              uuid PRIMARY KEY,
    name            text NOT NULL,
    hash            text NOT NULL UNIQUE,              -- SHA-256 of the token, which is shown once and stored nowhere
    ending          text NOT NULL,                     -- its last characters, by which people tell tokens apart
    scopes          text[] NOT NULL,
    connections     int[],                             -- null: all; otherwise only what belongs to these stores
    created_at      timestamptz NOT NULL,
    created_by      text NOT NULL,
    expires_at      timestamptz,
    used_at         timestamptz,                       -- to the minute
    used_from       text,
    revoked_at      timestamptz,
    revoked_by      text
);
