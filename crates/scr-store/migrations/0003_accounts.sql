-- People, what they may use the API with, and which terms they accepted.

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    -- In lower case; of an account that was removed a word without `@`.
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    -- Argon2id as a PHC string; without one nobody signs in by password.
    password TEXT,
    created_at TEXT NOT NULL,
    confirmed_at TEXT,
    removed_at TEXT
);

CREATE TABLE tokens (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    -- SHA-256 in hexadecimal digits; the token itself is kept nowhere.
    digest TEXT NOT NULL UNIQUE,
    -- Words with commas between.
    scopes TEXT NOT NULL,
    note TEXT NOT NULL,
    created_at TEXT NOT NULL,
    last_used_at TEXT,
    revoked_at TEXT
);

CREATE INDEX tokens_by_user ON tokens (user_id, created_at, id);

CREATE TABLE acceptances (
    user_id TEXT NOT NULL REFERENCES users (id),
    benchmark_id TEXT NOT NULL REFERENCES benchmarks (id),
    terms_version TEXT NOT NULL,
    accepted_at TEXT NOT NULL,
    PRIMARY KEY (user_id, benchmark_id, terms_version)
);
