-- Links that are mailed, mails on their way, and what the operator says of a benchmark.

CREATE TABLE one_time_links (
    -- SHA-256 of the secret in the link; the secret itself is kept nowhere else
    -- than in the mail that has not been sent yet.
    digest TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    -- What it is good for: confirm or reset.
    purpose TEXT NOT NULL,
    ends_at TEXT NOT NULL
);

CREATE INDEX one_time_links_by_user ON one_time_links (user_id, purpose);

-- A mail that is sent is deleted.
CREATE TABLE mails (
    id TEXT NOT NULL PRIMARY KEY,
    to_address TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- `{site}` stands for the site's address; empty once it was given up.
    body TEXT NOT NULL,
    created_at TEXT NOT NULL,
    -- How often sending was begun, also where that killed the process.
    attempts BIGINT NOT NULL,
    next_at TEXT NOT NULL,
    -- Why the last attempt failed; empty before.
    error TEXT NOT NULL
);

CREATE INDEX mails_by_time ON mails (next_at, id);

CREATE TABLE benchmark_settings (
    benchmark_id TEXT NOT NULL PRIMARY KEY REFERENCES benchmarks (id),
    document TEXT NOT NULL,
    changed_at TEXT NOT NULL
);
